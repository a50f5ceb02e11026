"""How far LAPACK's own eigenpairs are from being any, at matrices where it may fail without saying so."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import scipy.linalg

from eigcheck.model import Array, unit_roundoff
from eigcheck.remembering import remembered
from eigcheck.spectra.assignment import assign_each
from eigcheck.spectra.conditioning import is_hermitian
from eigcheck.spectra.elimination import elimination_growth, magnified
from eigcheck.spectra.scaling import scale_exponent, scaled

SLACK = 512
"""LAPACK's backward error is a multiple of n u norm(A): up to 90 n u was measured for matrices with graded rows."""


REMEMBERED = 2**25
"""Bytes of LAPACK's own pairs that are kept: each matrix is asked about in two systems of coordinates, and by each rule."""


@dataclass(frozen=True)
class Shown:
    """What LAPACK's own pairs of a matrix show, in coordinates that were asked for.

    `error` is the largest norm(B y - lambda y) / norm(y), y = D^-1 v, of A and of A^H; infinite where LAPACK gives up.
    `magnified` is how many times the unit roundoff a row of V^-1 may err relative to itself (see `conditioning.magnified`):
    of repeated eigenvalues LAPACK returns whatever basis rounding chose, or none; or, if that is more, how many times it
    may err where left vectors of a basis of their own are paired with the right ones. `skewed` is the larger of that and of
    the first for the left vectors, in the coordinates. Both are 1 for what is decomposed as Hermitian.
    """

    error: float
    magnified: float = 1.0
    skewed: float = 1.0


SOUND = Shown(0.0)
"""Nothing."""


def lapack_holds(matrix: Array, *, hermitian: bool) -> bool:
    """Whether the pairs that LAPACK returns for a finite (n, n) matrix, and for its adjoint, are pairs.

    With `hermitian` those of its solvers for Hermitian matrices, where the matrix is one.

    That is norm(A v - lambda v) <= SLACK n u norm(A) for unit v. Beside a row of zeros it is not: with 5e-324 in that row
    the back substitution of `geev` returns unit vectors far from any eigenvector, and with 1e-16 norm(A) there half
    the digits are lost (measured at [[1, 2, -1], [0, 0, 0], [3, 1, -2]]).
    """
    if not matrix.size:
        return True
    exponent = scale_exponent(matrix)
    # of the scaled matrix, whose norm neither overflows nor underflows
    norm = float(np.linalg.norm(scaled(matrix, exponent)))
    allowed = SLACK * len(matrix) * unit_roundoff(matrix.dtype) * norm
    try:
        return _error(matrix, exponent, np.ones(len(matrix)), hermitian=hermitian) <= allowed
    except np.linalg.LinAlgError:
        return False


def shown_by_lapack(
    matrix: Array, exponent: int, balance: Array, *, hermitian: bool, repeated: tuple[Array, Array] | None = None
) -> Shown:
    """What the pairs of A and of A^H show: NumPy's, computed in double precision, and SciPy's, computed in A's own.

    They are asked about a scaled matrix where entries are so large or small that LAPACK scales, since the LAPACK of some
    releases does not scale eigenvalues back (docs/findings.md).

    Arguments:
        matrix: A, finite, (n, n).
        exponent, balance: B = 2^-exponent D^-1 A D with D = diag(balance), (n,).
        hermitian: whether a matrix that is Hermitian is decomposed as one.
        repeated: the values of the scaled matrix, (n,), and the number of the cluster that each of them is in, (n,).
    """
    if not matrix.size:
        return SOUND
    try:
        error = _error(matrix, exponent, balance, hermitian=hermitian)
        if hermitian and is_hermitian(matrix):
            return Shown(error)
        _, right, _, left = _general(matrix, exponent)
        if _beyond(matrix, exponent):
            # other roundings, other bases
            more = _as_they_are(matrix)
            right, left = np.concatenate([right, more[0]]), np.concatenate([left, more[1]])
        with np.errstate(all="ignore"):
            skewed = max(_magnified(right), _paired(matrix, exponent, balance, repeated))
            return Shown(error, skewed, max(skewed, _magnified(_units(left, 1 / balance))))
    except np.linalg.LinAlgError:
        return Shown(float("inf"), float("inf"), float("inf"))


@np.errstate(all="ignore")
def _error(matrix: Array, exponent: int, balance: Array, *, hermitian: bool) -> float:
    """See `Shown`. Raises numpy.linalg.LinAlgError where LAPACK gives up."""
    near = scaled(matrix, exponent) / balance[:, None] * balance
    if hermitian and is_hermitian(matrix):
        values, vectors = np.linalg.eigh(matrix)
        return _residual(near, scaled(values, exponent), _units(vectors, balance))
    values, right, conjugates, left = _general(matrix, exponent)
    adjoint = np.conj(near.T)
    errors = [
        _residual(near, values, _units(right, balance)),
        _residual(adjoint, conjugates, _units(left, 1 / balance)),
    ]
    if _beyond(matrix, exponent):
        # whatever values come with them (see `shown_by_lapack`), vectors of one are at best as good as its own quotient
        for at, basis, scale in zip((near, adjoint), _as_they_are(matrix), (balance, 1 / balance), strict=True):
            units = _units(basis, scale)
            errors.append(_residual(at, np.sum(np.conj(units) * (at @ units), axis=-2), units))
    return max(errors)


@remembered(REMEMBERED, size=lambda parts: sum(part.nbytes for part in parts))
def _general(matrix: Array, exponent: int) -> tuple[Array, Array, Array, Array]:
    """Values of the scaled matrix (m, n) and right vectors of A (m, n, n), then those of A^H: by NumPy and by SciPy.

    A real matrix is decomposed in complex arithmetic, too, as some rules do.
    """
    beyond = _beyond(matrix, exponent)
    moderate = scaled(matrix, beyond).astype(matrix.dtype) if beyond else matrix
    complex_one = np.result_type(matrix, np.complex64)
    right = [np.linalg.eig(moderate)]
    if not np.iscomplexobj(matrix):
        right.append(np.linalg.eig(moderate.astype(complex_one)))
    values, left, vectors = scipy.linalg.eig(moderate, left=True, check_finite=False)
    adjoint = np.linalg.eig(np.conj(moderate.T))
    rest = exponent - beyond
    return (
        np.stack([scaled(one, rest) for one in (*(pairs[0] for pairs in right), values)]),
        np.stack([*(pairs[1] for pairs in right), vectors]).astype(complex_one),
        np.stack([scaled(adjoint[0], rest), np.conj(scaled(values, rest))]),
        np.stack([adjoint[1], left]),
    )


@remembered(REMEMBERED, size=lambda parts: sum(part.nbytes for part in parts))
def _as_they_are(matrix: Array) -> tuple[Array, Array]:
    """Right and left vectors (m, n, n) of a matrix that LAPACK scales by itself, where it gives any.

    That of NumPy 2.0.0 does not converge at a sixth of complex matrices of 1e60 and more, the real ones as complex among
    them, which is no fault of the real ones' vectors.
    """
    right: list[Array] = []
    left: list[Array] = []
    complex_one = matrix.astype(np.result_type(matrix, np.complex64))
    for found, one in ((right, matrix), (right, complex_one), (left, np.conj(matrix.T))):
        with suppress(np.linalg.LinAlgError):
            found.append(np.linalg.eig(one)[1])
    with suppress(np.linalg.LinAlgError):
        _, of_adjoint, of_matrix = scipy.linalg.eig(np.asarray(matrix), left=True, check_finite=False)
        left.append(of_adjoint)
        right.append(of_matrix)
    if not (left and right):
        raise np.linalg.LinAlgError("LAPACK gives no vectors of the matrix as it is")
    return np.stack(right), np.stack(left)


def _beyond(matrix: Array, exponent: int) -> int:
    """The power of two that is taken out of a matrix whose entries are so large or small that LAPACK scales, else 0."""
    return exponent if abs(exponent) > np.finfo(matrix.dtype).maxexp // 4 else 0


def _magnified(bases: Array) -> float:
    """The largest `magnified` of inverting V, for V in (..., n, n)."""
    try:
        return float(np.max(magnified(np.linalg.inv(bases), elimination_growth(bases))))
    except np.linalg.LinAlgError:
        return float("inf")


def _paired(matrix: Array, exponent: int, balance: Array, repeated: tuple[Array, Array] | None) -> float:
    """How many times the unit roundoff w_k may err relative to itself where W = U O^-1, O = V^H U, U of A^H as V is of A.

    Beside what elimination loses the entries of O are rounded, to |V^H| |U|, and where both bases are skewed those of a
    cluster nearly cancel. Left and right vectors of distinct values are orthogonal, so O is taken to have blocks only:
    norm(D |W_k| (|V^H| |U| + |L| |U_O|) |O^-1|) / norm(D W_k); it is 1 where no value is repeated.
    """
    if repeated is None or np.all(np.bincount(repeated[1]) < 2):
        return 1.0
    computed, right, conjugates, left = _general(matrix, exponent)
    rows = _numbers_of_clusters(computed, *repeated)[:, None, :, None]
    columns = _numbers_of_clusters(np.conj(conjugates), *repeated)[None, :, None, :]
    adjoint = np.conj(right[:, None].swapaxes(-1, -2))
    overlaps = np.where(rows == columns, adjoint @ left, 0)
    sizes = np.where(rows == columns, np.abs(adjoint) @ np.abs(left), 0)
    try:
        inverse = np.linalg.inv(overlaps)
    except np.linalg.LinAlgError:
        return float("inf")
    paired = balance[:, None] * (left @ inverse)
    lost = np.abs(paired) @ (sizes + elimination_growth(overlaps)) @ np.abs(inverse)
    most = np.max(np.linalg.norm(lost, axis=-2) / np.linalg.norm(paired, axis=-2))
    return float(most) if np.isfinite(most) else float("inf")


def _numbers_of_clusters(computed: Array, values: Array, clusters: Array) -> Array:
    """The cluster that each of the `computed` values (m, n) belongs to, (m, n)."""
    return np.asarray(clusters[assign_each(np.abs(computed[:, :, None] - values))])


def _units(vectors: Array, balance: Array) -> Array:
    """D^-1 v as unit columns."""
    vectors = vectors / balance[..., :, None]
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-2, keepdims=True))


def _residual(near: Array, values: Array, vectors: Array) -> float:
    largest = np.max(np.linalg.norm(near @ vectors - vectors * values[..., None, :], axis=-2))
    return float(largest) if np.isfinite(largest) else float("inf")
