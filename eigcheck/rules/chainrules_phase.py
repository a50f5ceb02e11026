"""How ChainRules.jl accounts for the length and the phase that LAPACK gives eigenvectors.

A tangent of unit vectors loses its component along v_k: dv_k - v_k Re(v_k^H dv_k). Where the entry v_pk is
kept real, the rest is turned back: dv_k - i v_k Im(dv_pk) / v_pk. The cotangent rules are the adjoints of
these two maps. Reference: Boeddeker et al. 2017, arXiv:1701.00392, for the length; the phase as in
ChainRules.jl, unpublished.

- Plain matrices (`geev`): p is the row of the largest entry. The search starts from the first entry, whether
  that is real or not, and passes over others that are not exactly real; a later entry of the same modulus
  wins.
- `Hermitian` ones (`heevr`): p is the last row for uplo U, the first for L, and the phase's term is dropped
  where abs(v_pk) <= sqrt(machine epsilon), since it explodes there.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array


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


def forward_hermitian(vectors_dot: Array, vectors: Array, uplo: str) -> Array:
    """Tangents (n, n) of `heevr`'s vectors with the last (U) or first (L) row real where it is not small."""
    if vectors.dtype.kind == "f" or not len(vectors):
        return vectors_dot
    entries, kept = _kept(vectors, uplo)
    row = -1 if uplo == "U" else 0
    turn = np.where(kept, vectors_dot[row].imag / np.where(kept, entries, 1), 0)
    return np.asarray(vectors_dot - 1j * turn * vectors)


def reverse_hermitian(vectors_bar: Array, vectors: Array, uplo: str) -> Array:
    """The adjoint of `forward_hermitian`."""
    if vectors.dtype.kind == "f" or not len(vectors):
        return vectors_bar
    entries, kept = _kept(vectors, uplo)
    response = np.einsum("ij,ij->j", vectors.conj(), vectors_bar).imag
    freed = vectors_bar.astype(vectors.dtype)
    freed[-1 if uplo == "U" else 0] -= 1j * np.where(kept, response / np.where(kept, entries, 1), 0)
    return freed


def _kept(vectors: Array, uplo: str) -> tuple[Array, Array]:
    entries = vectors[-1 if uplo == "U" else 0].real
    return entries, np.abs(entries) > np.sqrt(np.finfo(entries.dtype).eps)
