"""`numpy/lapack` for `eigvalsh` and `eigh`: `numpy.linalg.eigh` on the stored triangle.

With H = V diag(lambda) V^H, V unitary. Forward, with K = V^H H_dot V:
    lambda_dot = Re diag K,  V_dot = V F,  F_kl = K_kl / (lambda_l - lambda_k), k != l;
and for complex H the phase: v_dot - i v Im(v_dot_p) / v_p, p being the last row for uplo U and the first for
L, which `heevd` keeps real (measured).

Reverse, the adjoint:
    H_bar = V (diag(Re lambda_bar) + M) V^H,  M_kl = (N - N^H)_kl / (2 (lambda_l - lambda_k)),  N = V^H U,
with the columns of U being v_bar - i e_p Im(v^H v_bar) / v_p. The anti-Hermitian part of N is taken before
the division, so that what cancels in it is not divided by a gap.

Domains: on `symmetric` the gradient is H_bar. On `upper`, `lower` and, with a uplo, `general` only the stored
triangle is free: H_bar is folded onto it (`triangles`). References: Giles 2008; Magnus 1985;
Boeddeker et al. 2017, arXiv:1701.00392.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.names import STORED
from eigcheck.rules.arrays import Bar, Decomposition, Pullback, Pushforward, declare_formulas, vanishes
from eigcheck.rules.eig_formulas import over_gaps
from eigcheck.rules.triangles import complete, fold, hermitian_part, stored

SOURCE = "Giles 2008; Magnus 1985; Boeddeker et al. 2017, arXiv:1701.00392"


def hermitian_pullback(values: Array, vectors: Array, uplo: str, values_bar: Bar, vectors_bar: Bar) -> Array:
    """The Hermitian cotangent (n, n) of H from cotangents (n,) and (n, n); None is absent."""
    adjoint = vectors.conj().T
    inner = np.zeros_like(vectors) if values_bar is None else np.diag(values_bar.real).astype(vectors.dtype)
    if vectors_bar is not None:
        freed = vectors_bar.real if vectors.dtype.kind == "f" else _freed(vectors_bar, vectors, uplo)
        N = adjoint @ freed
        inner = inner + over_gaps((N - N.conj().T) / 2, values)
    with np.errstate(all="ignore"):
        return hermitian_part(vectors @ inner @ adjoint)


def hermitian_pushforward(values: Array, vectors: Array, uplo: str, H_dot: Array) -> tuple[Array, Array]:
    """Tangents (n,) of the values and (n, n) of the vectors for a Hermitian tangent H_dot (n, n)."""
    K = hermitian_part(vectors.conj().T @ H_dot @ vectors)
    with np.errstate(all="ignore"):
        vectors_dot = vectors @ over_gaps(K, values)
    if vectors.dtype.kind == "c" and len(vectors):
        row = _real_row(uplo)
        vectors_dot = vectors_dot - 1j * vectors * _over_entries(vectors_dot[row].imag, vectors[row].real)
    return K.diagonal().real.copy(), vectors_dot


def _freed(vectors_bar: Array, vectors: Array, uplo: str) -> Array:
    """Cotangents of vectors of any phase, from those of vectors with one row real.

    The response to a phase is exact zero for a gauge-invariant cotangent. What rounding leaves of it, n u
    norm(v_bar), is taken for zero: over a small entry it would grow without bound.
    """
    freed = vectors_bar.astype(vectors.dtype)
    if not len(vectors):
        return freed
    response = np.einsum("ij,ij->j", vectors.conj(), vectors_bar).imag
    rounding = len(vectors) * unit_roundoff(vectors.dtype) * np.linalg.norm(vectors_bar.astype(np.complex128), axis=0)
    response = np.where(np.abs(response) <= rounding, 0, response)
    row = _real_row(uplo)
    freed[row] -= 1j * _over_entries(response, vectors[row].real)
    return freed


def _real_row(uplo: str) -> int:
    return -1 if uplo == "U" else 0


def _over_entries(numerators: Array, entries: Array) -> Array:
    """The quotients, and 0 where the entry that is kept real is zero: it then defines no phase.

    What rounding leaves of a zero in a unit vector, n u, is taken for one: a phase that turns at 1 / (n u) would leave no
    digit of anything else in a tangent.
    """
    rounding = len(entries) * unit_roundoff(entries.dtype)
    return np.divide(numerators, entries, out=np.zeros_like(numerators), where=np.abs(entries) > rounding)


def _formulas(domain: str, triangle: str) -> tuple[Decomposition, Pullback, Pushforward]:
    def decomposed(A: Array) -> tuple[Array, Array]:
        return np.linalg.eigh(stored(A, triangle), UPLO="U" if triangle == "U" else "L")

    def pullback(A: Array, values: Array, vectors: Array, values_bar: Bar, vectors_bar: Bar) -> Array:
        if vanishes(values_bar, vectors_bar):
            return np.zeros_like(A)
        H_bar = hermitian_pullback(values, vectors, triangle, values_bar, vectors_bar)
        return H_bar if domain == "symmetric" else fold(H_bar, triangle)

    def pushforward(_A: Array, values: Array, vectors: Array, A_dot: Array) -> tuple[Array, Array]:
        return hermitian_pushforward(values, vectors, triangle, complete(A_dot, triangle))

    return decomposed, pullback, pushforward


for _function in ("eigvalsh", "eigh"):
    for _domain, _uplo in (
        ("general", "L"),
        ("general", "U"),
        ("symmetric", None),
        ("symmetric", "U"),
        ("upper", None),
        ("lower", None),
    ):
        _of = _formulas(_domain, STORED.get(_domain, _uplo or "L"))
        declare_formulas("numpy/lapack", _function, _domain, _uplo, _of, SOURCE)
