"""ChainRules.jl's rules for `eigen` and `eigvals` of plain matrices, in three variants; the first is the bug.

With A = V diag(lambda) V^-1 and cotangents lambda_bar, V_bar, the latter freed of length and phase
(`chainrules_phase`):
    A_bar = V^-H (diag(lambda_bar) + M) V^H,  M_ij = (V^H V_bar)_ij / (conj lambda_j - conj lambda_i), i != j.
Forward, with K = V^-1 A_dot V, and then length and phase:
    lambda_dot = diag K,  V_dot = V F,  F_ij = K_ij / (lambda_j - lambda_i), i != j.

- `chainrules/released`: where A happens to be Hermitian, A is taken for `Hermitian(A)`: the reverse rule
  folds the Hermitian cotangent onto the upper triangle, the forward rule reads the tangent's upper triangle
  only. For a plain matrix, all of whose entries are free, both are wrong.
- `chainrules/pr841`: as released, but for real A without a cotangent of the vectors the Hermitian cotangent
  is returned whole. The forward rule is the released one.
- `chainrules/wrapper-types`: no such branch; only the types `Hermitian` and `Symmetric` take the special
  path.

References: Giles 2008 (real), Boeddeker et al. 2017, arXiv:1701.00392 (complex); ChainRules.jl,
rulesets/LinearAlgebra, factorization.jl, of versions 1.21.1 and 1.73.0 (the same formulas); Zygote.jl issue
1369; ChainRules.jl PR 841 and its review.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.arrays import as_kind, declare_formulas
from eigcheck.rules.chainrules_phase import forward_plain, reverse_plain
from eigcheck.rules.chainrules_wrapped import constructor_pullback, wrapped_pullback, wrapped_pushforward
from eigcheck.rules.julia_primal import eigen, is_hermitian
from eigcheck.rules.triangles import complete


def wrapper_types_pullback(
    A: Array, values: Array, vectors: Array, values_bar: Array | None, vectors_bar: Array | None
) -> Array:
    """The general formula, whatever A is. Zero if both cotangents are absent; complex A: complex gradient.

    Raises numpy.linalg.LinAlgError where the vectors are exactly dependent; not finite where two values
    coincide and `vectors_bar` is there, zero or not.
    """
    if values_bar is None and vectors_bar is None:
        return np.zeros_like(A)
    adjoint = vectors.conj().T
    if vectors_bar is None:
        assert values_bar is not None
        inner = np.diag(values_bar)
    else:
        inner = adjoint @ reverse_plain(vectors_bar, vectors)
        with np.errstate(all="ignore"):
            inner = inner / (values.conj()[None, :] - values.conj()[:, None])
        np.fill_diagonal(inner, 0)
        inner = inner + (0 if values_bar is None else np.diag(values_bar))
    return as_kind(np.linalg.solve(adjoint, inner) @ adjoint, A)


def released_pullback(
    A: Array, values: Array, vectors: Array, values_bar: Array | None, vectors_bar: Array | None
) -> Array:
    """With the branch: for Hermitian A and real values the cotangent of `Hermitian(A)`, folded."""
    if not _takes_branch(A, values):
        return wrapper_types_pullback(A, values, vectors, values_bar, vectors_bar)
    H_bar = wrapped_pullback(values, vectors, "U", values_bar, vectors_bar)
    return as_kind(constructor_pullback(H_bar, "U"), A)


def pr841_pullback(
    A: Array, values: Array, vectors: Array, values_bar: Array | None, vectors_bar: Array | None
) -> Array:
    """As `released_pullback`, but real A without `vectors_bar` gets the cotangent of `Hermitian(A)` whole."""
    if A.dtype.kind == "f" and vectors_bar is None and _takes_branch(A, values):
        return wrapped_pullback(values, vectors, "U", values_bar, None)
    return released_pullback(A, values, vectors, values_bar, vectors_bar)


def wrapper_types_pushforward(
    A: Array,  # noqa: ARG001 - part of what a Pushforward takes
    values: Array,
    vectors: Array,
    A_dot: Array,
) -> tuple[Array, Array]:
    """The general formula, whatever A is. Raises numpy.linalg.LinAlgError for exactly dependent vectors."""
    K = np.linalg.solve(vectors, A_dot) @ vectors
    values_dot = K.diagonal().real.copy() if values.dtype.kind == "f" else K.diagonal().copy()
    with np.errstate(all="ignore"):
        K = K / (values[None, :] - values[:, None])
    np.fill_diagonal(K, 0)
    return values_dot, forward_plain(vectors @ K, vectors)


def released_pushforward(A: Array, values: Array, vectors: Array, A_dot: Array) -> tuple[Array, Array]:
    """The formula with the branch: for Hermitian A the tangent is taken for `Hermitian(A_dot)`."""
    if not is_hermitian(A):
        return wrapper_types_pushforward(A, values, vectors, A_dot)
    return wrapped_pushforward(values.real, vectors, "U", complete(A_dot, "U"))


def _takes_branch(A: Array, values: Array) -> bool:
    return values.dtype.kind == "f" and is_hermitian(A)


for _function in ("eigvals", "eig"):
    for _name, _reverse, _forward, _source in (
        (
            "chainrules/released",
            released_pullback,
            released_pushforward,
            "ChainRules.jl 1.21.1 to 1.73.0, factorization.jl; the bug of Zygote.jl issue 1369",
        ),
        ("chainrules/pr841", pr841_pullback, released_pushforward, "ChainRules.jl PR 841 as proposed"),
        (
            "chainrules/wrapper-types",
            wrapper_types_pullback,
            wrapper_types_pushforward,
            "ChainRules.jl PR 841, the reviewer's alternative: the special path for wrapper types only",
        ),
    ):
        for _domain in ("general", "symmetric"):
            declare_formulas(_name, _function, _domain, None, (eigen, _reverse, _forward), _source)
