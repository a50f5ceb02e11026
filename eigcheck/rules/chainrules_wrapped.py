"""ChainRules.jl's rules for `Hermitian(A, uplo)`, `Symmetric` of a real A alike, and for that constructor.

The primal is LAPACK's `syevr` / `heevr` on the stored triangle. With H = U diag(lambda) U^H and cotangents lambda_bar,
U_bar, the latter freed of phase:
    H_bar = herm U (diag(Re lambda_bar) + M) U^H,  M_ij = (U^H U_bar)_ij / (lambda_j - lambda_i), i != j.
Forward, for a Hermitian H_dot and K = U^H H_dot U, and then the phase:
    lambda_dot = Re diag K,  U_dot = U F,  F_ij = K_ij / (lambda_j - lambda_i), i != j.

The phase: `heevr` keeps the entry v_pk real, p being the last row for uplo U and the first for L, so that a tangent is
turned back, dv_k - i v_k Im(dv_pk) / v_pk, and a cotangent goes through the adjoint of that map. The term is dropped
where abs(v_pk) <= sqrt(machine epsilon), since it explodes there.

- `chainrules/hermitian`: the wrapper's matrix is the argument (domain `symmetric`); the gradient is
  Hermitian.
- `chainrules/hermitian-constructor`: the plain matrix of which the wrapper stores a triangle is the argument
  (`upper`, `lower`); the constructor's own rule folds H_bar onto that triangle, and there that is correct.

References: Giles 2008 (real), Boeddeker et al. 2017, arXiv:1701.00392 (complex); ChainRules.jl,
rulesets/LinearAlgebra, symmetric.jl, of versions 1.21.1 and 1.73.0 (the same formulas).
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array
from eigcheck.names import STORED
from eigcheck.rules.arrays import Bar, Decomposition, Pullback, Pushforward, declare_formulas
from eigcheck.rules.triangles import complete, hermitian_part, stored

SOURCE = "ChainRules.jl 1.21.1 to 1.73.0, src/rulesets/LinearAlgebra/symmetric.jl"


def eigen_hermitian(A: Array, uplo: str) -> tuple[Array, Array]:
    """Values (n,), real and ascending, and vectors (n, n) of `Hermitian(A, uplo)`.

    Raises numpy.linalg.LinAlgError where the stored triangle is not finite or LAPACK does not converge.
    """
    triangle = stored(A, uplo)
    if not np.isfinite(triangle).all():
        raise np.linalg.LinAlgError("the stored triangle holds NaN or infinity")
    if len(triangle) == 0:
        return np.zeros(0, dtype=triangle.real.dtype), triangle
    from scipy.linalg import eigh  # here, since it takes longer to load than all the rules together

    values, vectors = eigh(triangle, lower=uplo == "L", driver="evr", check_finite=False)
    return values, np.ascontiguousarray(vectors)


def forward_hermitian(vectors_dot: Array, vectors: Array, uplo: str) -> Array:
    """Tangents (n, n) of `heevr`'s vectors with the last (U) or first (L) row real where it is not small."""
    if vectors.dtype.kind == "f" or not len(vectors):
        return vectors_dot
    row, entries, kept = _kept(vectors, uplo)
    turn = np.where(kept, vectors_dot[row].imag / np.where(kept, entries, 1), 0)
    return np.asarray(vectors_dot - 1j * turn * vectors)


def reverse_hermitian(vectors_bar: Array, vectors: Array, uplo: str) -> Array:
    """The adjoint of `forward_hermitian`."""
    if vectors.dtype.kind == "f" or not len(vectors):
        return vectors_bar
    row, entries, kept = _kept(vectors, uplo)
    response = np.einsum("ij,ij->j", vectors.conj(), vectors_bar).imag
    freed = vectors_bar.astype(vectors.dtype)
    freed[row] -= 1j * np.where(kept, response / np.where(kept, entries, 1), 0)
    return freed


def _kept(vectors: Array, uplo: str) -> tuple[int, Array, Array]:
    """The row that is kept real, its entries, and which of them are not small."""
    row = -1 if uplo == "U" else 0
    entries = vectors[row].real
    return row, entries, np.abs(entries) > np.sqrt(np.finfo(entries.dtype).eps)


def wrapped_pullback(values: Array, vectors: Array, uplo: str, values_bar: Bar, vectors_bar: Bar) -> Array:
    """The Hermitian cotangent (n, n) of `Hermitian(A, uplo)`; None is absent, and both absent give zero.

    Real where `vectors` are. Not finite where two values coincide and `vectors_bar` is there, zero or not.
    """
    if values_bar is None and vectors_bar is None:
        return np.zeros_like(vectors)
    if vectors_bar is None:
        assert values_bar is not None
        G = vectors @ (values_bar.real[:, None] * vectors.conj().T)
    else:
        inner = vectors.conj().T @ reverse_hermitian(vectors_bar, vectors, uplo)
        with np.errstate(all="ignore"):
            inner = inner / (values[None, :] - values[:, None])
        np.fill_diagonal(inner, 0 if values_bar is None else values_bar.real)
        G = vectors @ (inner @ vectors.conj().T)
    return hermitian_part(G.real if vectors.dtype.kind == "f" else G)


def wrapped_pushforward(values: Array, vectors: Array, uplo: str, H_dot: Array) -> tuple[Array, Array]:
    """Tangents of values (n,) and vectors (n, n) for a Hermitian tangent H_dot (n, n)."""
    K = vectors.conj().T @ H_dot @ vectors
    values_dot = K.diagonal().real.copy()
    with np.errstate(all="ignore"):
        K = K / (values[None, :] - values[:, None])
    np.fill_diagonal(K, 0)
    return values_dot, forward_hermitian(vectors @ K, vectors, uplo)


def constructor_pullback(H_bar: Array, uplo: str) -> Array:
    """The cotangent (n, n) of A under `Hermitian(A, uplo)`: the other triangle moved onto the stored one."""
    upper, lower = np.triu(H_bar), np.tril(H_bar)
    diagonal = np.diag(H_bar.diagonal().real)
    if uplo == "U":
        return np.asarray(np.triu(upper + lower.conj().T - diagonal))
    return np.asarray(np.tril(lower + upper.conj().T - diagonal))


def _formulas(domain: str, triangle: str) -> tuple[Decomposition, Pullback, Pushforward]:
    def pullback(_A: Array, values: Array, vectors: Array, values_bar: Bar, vectors_bar: Bar) -> Array:
        H_bar = wrapped_pullback(values, vectors, triangle, values_bar, vectors_bar)
        return H_bar if domain == "symmetric" else constructor_pullback(H_bar, triangle)

    def pushforward(_A: Array, values: Array, vectors: Array, A_dot: Array) -> tuple[Array, Array]:
        return wrapped_pushforward(values, vectors, triangle, complete(A_dot, triangle))

    return lambda A: eigen_hermitian(A, triangle), pullback, pushforward


for _function in ("eigvalsh", "eigh"):
    for _domain, _uplo in (("symmetric", None), ("symmetric", "U"), ("upper", None), ("lower", None)):
        _name = "chainrules/hermitian" if _domain == "symmetric" else "chainrules/hermitian-constructor"
        _of = _formulas(_domain, STORED.get(_domain, _uplo or "L"))
        declare_formulas(_name, _function, _domain, _uplo, _of, SOURCE)
