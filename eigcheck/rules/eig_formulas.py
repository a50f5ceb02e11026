"""The derivative of A = V diag(lambda) V^-1, given values, right vectors V and left vectors W with W^H V = I.

Forward, with K = W^H A_dot V:
    lambda_dot = diag K,  V_dot = V F,  F_kl = K_kl / (lambda_l - lambda_k), k != l;
then, for each column, the length and the phase: v_dot - v Re(v^H v_dot) - i v Im(v_dot_p / v_p), p being the
row of the entry of largest modulus, which LAPACK's `geev` makes real.

Reverse, the adjoint:
    A_bar = W (diag(lambda_bar) + M) V^H,  M_kl = (V^H U)_kl / (conj lambda_l - conj lambda_k), k != l,
with the columns of U being v_bar - v Re(v^H v_bar) - i e_p Im(v^H v_bar) / conj(v_p).

Nothing is divided by a gap unless it differs from zero, so equal cotangents of the values over a semisimple
cluster are right, with the vectors' cotangent zero or absent. References: Giles 2008; Magnus 1985; Boeddeker
et al. 2017, arXiv:1701.00392, for length and complex values.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.arrays import Bar


def over_gaps(numerators: Array, values: Array) -> Array:
    """`numerators[k, l] / (values[l] - values[k])`, shape (n, n), with 0 wherever the numerator is exactly 0.

    So zeros stay zeros on the diagonal and inside a cluster, where 0/0 would be NaN; a numerator that is not
    zero over a gap that is gives an infinity or NaN, since nothing is then determined.
    """
    gaps = values[None, :] - values[:, None]
    quotients = np.zeros(numerators.shape, dtype=np.result_type(numerators, values))
    wanted = (numerators != 0) & ~np.eye(len(values), dtype=bool)
    with np.errstate(all="ignore"):
        np.divide(numerators, gaps, out=quotients, where=wanted)
    return quotients


def eig_pullback(values: Array, vectors: Array, left: Array, values_bar: Bar, vectors_bar: Bar) -> Array:
    """The gradient (n, n); for a real matrix its real part is what counts. None is absent."""
    inner = np.zeros_like(vectors) if values_bar is None else np.diag(values_bar)
    adjoint = vectors.conj().T
    if vectors_bar is not None:
        inner = inner + over_gaps(adjoint @ _freed(vectors_bar, vectors), values.conj())
    with np.errstate(all="ignore"):
        return np.asarray(left @ inner @ adjoint)


def eig_pushforward(values: Array, vectors: Array, left: Array, A_dot: Array) -> tuple[Array, Array]:
    """Tangents (n,) of the values and (n, n) of the vectors for the tangent A_dot (n, n)."""
    K = left.conj().T @ A_dot @ vectors
    with np.errstate(all="ignore"):
        return K.diagonal().copy(), _pinned(vectors @ over_gaps(K, values), vectors)


def inverse_vectors(_A: Array, _values: Array, vectors: Array) -> Array:
    """Left vectors W = V^-H, shape (n, n), from the inverse of V, so that W^H V = I.

    Before V^H is inverted, its columns and rows are scaled by powers of two to entries of modulus about one, which is
    exact and undone exactly: for A = D B D^-1 the rows of V differ by as much as D does, and the pivoting must not see
    that. Raises numpy.linalg.LinAlgError where the vectors are exactly dependent.
    """
    rows = _powers_of_two(np.abs(vectors).max(axis=1, initial=0))
    level = vectors / rows[:, None]
    columns = _powers_of_two(np.abs(level).max(axis=0, initial=0))
    inverse = np.linalg.solve((level / columns).conj().T, np.eye(len(vectors), dtype=vectors.dtype))
    return np.asarray(inverse / columns / rows[:, None])


def _powers_of_two(sizes: Array) -> Array:
    """The power of two just above each size, 1 where the size is 0 or not finite."""
    exponents = np.frexp(np.where(np.isfinite(sizes), sizes, 0))[1]
    return np.ldexp(np.ones_like(sizes), exponents)


def real_rows(vectors: Array) -> Array:
    """The row of each column, shape (n,), that holds the entry which `geev` made real: the largest of the
    real ones.

    Where no real entry differs from zero, the row of the largest entry.
    """
    if not len(vectors):
        return np.zeros(0, dtype=int)
    modulus = np.abs(vectors)
    real = np.where(vectors.imag == 0, modulus, 0)
    return np.asarray(np.where(real.any(axis=0), np.argmax(real, axis=0), np.argmax(modulus, axis=0)))


def _pinned(vectors_dot: Array, vectors: Array) -> Array:
    """Tangents of unit vectors with one real entry each, from those of vectors of any length and phase."""
    change = np.einsum("ij,ij->j", vectors.conj(), vectors_dot).real
    if vectors.dtype.kind == "c":
        rows, columns = real_rows(vectors), np.arange(vectors.shape[1])
        change = change + 1j * (vectors_dot[rows, columns] / vectors[rows, columns]).imag
    return np.asarray(vectors_dot - vectors * change)


def _freed(vectors_bar: Array, vectors: Array) -> Array:
    """The adjoint of `_pinned`."""
    response = np.einsum("ij,ij->j", vectors.conj(), vectors_bar)
    freed = vectors_bar - vectors * response.real
    if vectors.dtype.kind == "c":
        rows, columns = real_rows(vectors), np.arange(vectors.shape[1])
        freed[rows, columns] -= 1j * response.imag / vectors[rows, columns].conj()
    return np.asarray(freed)
