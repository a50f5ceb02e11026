"""ChainRules.jl's rules for `eigen` and `eigvals` of plain matrices, in three variants; the first is the bug.

The primal is that of Julia's LinearAlgebra: a diagonal matrix has its diagonal, sorted, and unit vectors, of the dtype
of A; an exactly Hermitian one is taken for `Hermitian(A)` (`chainrules_wrapped`); any other goes to `geevx`, here through
`numpy.linalg.eig`, which shares its conventions, and is sorted by (real part, imaginary part).

With A = V diag(lambda) V^-1 and cotangents lambda_bar, V_bar, the latter freed of length and phase:
    A_bar = V^-H (diag(lambda_bar) + M) V^H,  M_ij = (V^H V_bar)_ij / (conj lambda_j - conj lambda_i), i != j.
Forward, with K = V^-1 A_dot V, and then length and phase:
    lambda_dot = diag K,  V_dot = V F,  F_ij = K_ij / (lambda_j - lambda_i), i != j.

Length and phase: a tangent of unit vectors loses its component along v_k, dv_k - v_k Re(v_k^H dv_k), and where the entry
v_pk is kept real the rest is turned back: dv_k - i v_k Im(dv_pk) / v_pk. Cotangents go through the adjoints of these two
maps. The row p is that of the largest entry. The search starts from the first one, whether that is real or not, and
passes over others that are not exactly real; a later entry of the same modulus wins.

- `chainrules/released`: where A happens to be Hermitian, A is taken for `Hermitian(A)`: the reverse rule
  folds the Hermitian cotangent onto the upper triangle, the forward rule reads the tangent's upper triangle
  only. For a plain matrix, all of whose entries are free, both are wrong.
- `chainrules/pr841`: as released, but for real A without a cotangent of the vectors the Hermitian cotangent
  is returned whole. The forward rule is the released one.
- `chainrules/wrapper-types`: no such branch; only the types `Hermitian` and `Symmetric` take the special
  path.

References: Giles 2008 (real), Boeddeker et al. 2017, arXiv:1701.00392 (complex, and the length); the phase as in
ChainRules.jl, rulesets/LinearAlgebra, factorization.jl, of versions 1.21.1 and 1.73.0 (the same formulas); Zygote.jl
issue 1369; ChainRules.jl PR 841 and its review.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.arrays import Bar, as_kind, declare_formulas
from eigcheck.rules.chainrules_wrapped import (
    constructor_pullback,
    eigen_hermitian,
    wrapped_pullback,
    wrapped_pushforward,
)
from eigcheck.rules.triangles import complete


def is_hermitian(A: Array) -> bool:
    """Whether A equals its conjugate transpose exactly, as `ishermitian` of Julia asks."""
    return bool(np.array_equal(A, A.conj().T))


def eigen(A: Array) -> tuple[Array, Array]:
    """Values (n,) and vectors (n, n) of a plain matrix; real for a real matrix whose eigenvalues all are.

    Raises numpy.linalg.LinAlgError where A is not finite or LAPACK does not converge.
    """
    if not np.isfinite(A).all():
        raise np.linalg.LinAlgError("the matrix holds NaN or infinity")
    if np.array_equal(A, np.diag(A.diagonal())):
        values, vectors = A.diagonal().copy(), np.eye(len(A), dtype=A.dtype)
    elif is_hermitian(A):
        return eigen_hermitian(A, "U")
    else:
        values, vectors = np.linalg.eig(A)
    order = np.lexsort((values.imag, values.real))
    return values[order], np.ascontiguousarray(vectors[:, order])


def real_rows(vectors: Array) -> Array:
    """The row of each column that the rule for plain matrices takes for LAPACK's real entry: shape (n,)."""
    squares = vectors.real**2 + vectors.imag**2
    eligible = vectors.imag == 0
    eligible[:1] = True
    squares = np.where(eligible, squares, -1)
    return np.asarray(len(vectors) - 1 - np.argmax(squares[::-1], axis=0)) if len(vectors) else np.zeros(0, int)


def forward_plain(vectors_dot: Array, vectors: Array) -> Array:
    """Tangents (n, n) of vectors with unit length and, if complex, one entry real."""
    along = np.einsum("ij,ij->j", vectors.conj(), vectors_dot).real
    if vectors.dtype.kind == "f":
        return np.asarray(vectors_dot - vectors * along)
    rows, columns = real_rows(vectors), np.arange(vectors.shape[1])
    turn = -vectors_dot[rows, columns].imag / vectors[rows, columns].real
    return np.asarray(vectors_dot + vectors * (-along + 1j * turn))


def reverse_plain(vectors_bar: Array, vectors: Array) -> Array:
    """The adjoint of `forward_plain`: cotangents (n, n) of vectors of any length and phase."""
    response = np.einsum("ij,ij->j", vectors.conj(), vectors_bar)
    freed = vectors_bar - vectors * response.real
    if vectors.dtype.kind == "c":
        rows, columns = real_rows(vectors), np.arange(vectors.shape[1])
        freed[rows, columns] -= 1j * (response.imag / vectors[rows, columns].real)
    return np.asarray(freed)


def wrapper_types_pullback(A: Array, values: Array, vectors: Array, values_bar: Bar, vectors_bar: Bar) -> Array:
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


def released_pullback(A: Array, values: Array, vectors: Array, values_bar: Bar, vectors_bar: Bar) -> Array:
    """With the branch: for Hermitian A and real values the cotangent of `Hermitian(A)`, folded."""
    if not _takes_branch(A, values):
        return wrapper_types_pullback(A, values, vectors, values_bar, vectors_bar)
    H_bar = wrapped_pullback(values, vectors, "U", values_bar, vectors_bar)
    return as_kind(constructor_pullback(H_bar, "U"), A)


def pr841_pullback(A: Array, values: Array, vectors: Array, values_bar: Bar, vectors_bar: Bar) -> Array:
    """As `released_pullback`, but real A without `vectors_bar` gets the cotangent of `Hermitian(A)` whole."""
    if A.dtype.kind == "f" and vectors_bar is None and _takes_branch(A, values):
        return wrapped_pullback(values, vectors, "U", values_bar, None)
    return released_pullback(A, values, vectors, values_bar, vectors_bar)


def wrapper_types_pushforward(_A: Array, values: Array, vectors: Array, A_dot: Array) -> tuple[Array, Array]:
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
