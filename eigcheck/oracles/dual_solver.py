"""An eigen-solver in dual arithmetic: one matrix, any number of tangents at once, and a bound on every error.

The equations F = (A v - v lambda, z^H v - 1) = 0 are solved by x <- x - P F(x) on dual numbers, P being an approximate
inverse of the Jacobian built from LAPACK's eigenpairs. The dual part of that iteration is x_dot <- x_dot - P F_dot with
F_dot = A v_dot - v_dot lambda - v lambda_dot + E v; no formula for a derivative of eigenpairs is used. F and F_dot are
formed in twice the working precision, since the accuracy of the residual is the accuracy of the result: with ordinary
ones an oracle is no better than a rule. The values' part settles first (`dual_start`), then the tangents'
(`dual_tangents`). z is v itself, before balancing, so that v^H v_dot = 0 on arrival.

Errors are a posteriori: with H the last correction in the basis of eigenvectors and gamma the contraction, what remains
is at most gamma / (1 - gamma) max |H| plus rounding (Higham, Accuracy and Stability of Numerical Algorithms, ch. 12).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array
from eigcheck.oracles.balance import Balanced, balance, exponent, shift
from eigcheck.oracles.dual_start import Start, U, Unsolvable, begin
from eigcheck.oracles.dual_tangents import by_unit, combined, equations, iterate
from eigcheck.remembering import remembered

REMEMBERED_BYTES = 200 * 2**20
"""Most memory that answers to earlier questions may take."""

ELEMENTS = 2**14
"""Entries of the tangents treated at a time, so that a slice of them stays in a processor's cache."""

MANY = 4
"""Multiples of n beyond which tangents are combined from the answers to unit vectors."""


@dataclass(frozen=True)
class DualPairs:
    """Eigenpairs of a matrix (n, n) with T tangents. Vectors are of norm about 1, and v_k^H v_k_dot = 0.

    `values` (n,), `vectors` (n, n), `value_tangents` (n, T), `vector_tangents` (n, n, T) or None if not asked for.
    `value_bars` (n, T) bound the errors of the value tangents. Entry i of the tangent of vector k is off by at most
    `weights[i, k] * spread[k, t] + 5 u |vector_tangents[i, k, t]|`, apart from multiples of the vector itself.
    Roundoff of u moves vector k, brought to norm 1, by about n u `sway[k]` in 2-norm. `real` (n,) marks pairs that are and
    stay real.
    `reasons[k]`: why pair k has no answer (its tangents are 0 then), else None.
    """

    values: Array
    vectors: Array
    value_tangents: Array
    vector_tangents: Array | None
    value_bars: Array
    weights: Array
    spread: Array
    sway: Array
    real: Array
    reasons: tuple[str | None, ...]

    @property
    def nbytes(self) -> int:
        """Memory held, roughly."""
        parts = (self.value_tangents, self.value_bars, self.spread, self.vector_tangents)
        return sum(part.nbytes for part in parts if part is not None)

    def of(self, place: int) -> DualPairs:
        """The pairs of one of several matrices, whose number is in front of the shapes of arrays here."""
        return DualPairs(*(part[place] if isinstance(part, np.ndarray) else part for part in vars(self).values()))


@remembered(REMEMBERED_BYTES, size=lambda pairs: getattr(pairs, "nbytes", 0))
def solve(matrix: Array, tangents: Array, *, hermitian: bool, vectors: bool = True) -> DualPairs | str:
    """Eigenpairs of a matrix (n, n), n > 0, and their derivatives along tangents (T, n, n); or why there are none.

    `hermitian` requires matrix and tangents to be exactly Hermitian: values are then ascending and real. Else pairs
    come in the order of `numpy.linalg.eig`. `vectors` False leaves the vectors' tangents out, which saves memory.
    float32 and complex64 are promoted, exactly.
    """
    if not (np.isfinite(matrix).all() and np.isfinite(tangents).all()):
        return "the matrix or a tangent holds NaN or infinities"
    try:
        return _solved(matrix, tangents, hermitian, vectors)
    except Unsolvable as why:
        return str(why)


def solve_together(matrices: Sequence[Array], tangents: Array, *, hermitian: bool, vectors: bool = True) -> None:
    """Remember what `solve` answers for each of several finite matrices of one order and dtype, solved all at once.

    Those whose answer is in memory, as from another rule, are left out. Where they cannot be solved at once, as one of them
    has eigenvalues that are not resolved, nothing is remembered.
    """
    new = [one for one in matrices if not solve.holds(one, tangents, hermitian=hermitian, vectors=vectors)]
    if len(new) < 2:
        return
    with suppress(Unsolvable):
        made = _solved(np.stack(new), tangents, hermitian, vectors)
        for place, matrix in enumerate(new):
            solve.hold(made.of(place), matrix, tangents, hermitian=hermitian, vectors=vectors)


def _solved(matrix: Array, tangents: Array, hermitian: bool, vectors: bool) -> DualPairs:
    """`solve` for matrices (..., n, n), whose number is in front of the shapes of what it returns. Raises Unsolvable."""
    wide = np.result_type(matrix.dtype, tangents.dtype, np.float64)
    matrix, tangents = (one.astype(wide, copy=False) for one in (matrix, tangents))
    problem = balance(matrix, similar=not hermitian)
    start = begin(problem.matrix, hermitian=hermitian, scale=int(problem.scale.max()))
    # Vectors of the matrix itself are D y; a power of two each brings them to norm about 1.
    back = np.broadcast_to(problem.diagonal[..., :, None], problem.matrix.shape)
    back = back - exponent(shift(start.vectors.hi, back).mT)[..., None, :]
    pairs = _differentiate(problem, start, tangents, back, vectors)
    values = shift(start.values.hi, problem.scale[..., None])
    return DualPairs(
        values.real if hermitian else values,
        shift(start.vectors.hi, back),
        pairs[0].real if hermitian else pairs[0],
        pairs[1],
        pairs[2],
        shift(np.abs(start.vectors.hi) @ np.abs(start.slopes).mT, back),
        pairs[3],
        _sway(start, back) * np.linalg.norm(problem.matrix, axis=(-2, -1))[..., None],
        start.real,
        start.reasons,
    )


def _differentiate(
    problem: Balanced, start: Start, tangents: Array, back: Array, vectors: bool
) -> tuple[Array, Array | None, Array, Array]:
    """Value tangents, vector tangents, value bars and spread, chunk by chunk of tangents, scaling undone."""
    *leading, order, _ = back.shape
    count, places = len(tangents), np.arange(order)
    dtype = start.vectors.hi.dtype
    value_tangents = np.zeros((*leading, order, count), dtype=dtype)
    vector_tangents = np.zeros((*leading, order, order, count), dtype=dtype) if vectors else None
    value_bars, spread = np.zeros((2, *leading, order, count))
    answered = np.array([reason is None for reason in start.reasons])
    # of several matrices one may have conjugate pairs where another has real ones
    upper = (start.partners >= places).reshape(-1, order).any(axis=0)
    chosen, mirrored = np.flatnonzero(answered & upper), np.flatnonzero(answered & ~upper)
    if len(chosen) == 0:
        return value_tangents, vector_tangents, value_bars, spread
    unit = shift(start.vectors.hi, back)
    normal = shift(unit, back).conj() / (unit.real**2 + unit.imag**2).sum(axis=-2, keepdims=True)
    system = equations(problem.matrix, start, chosen, normal[..., chosen])
    straight = start.real[..., chosen, None]
    step = max(1, ELEMENTS // (len(chosen) * (order + 1)))
    units = by_unit(system) if count > MANY * order else None
    rounding = U if units is None else 5 * U  # see `combined`
    for first in range(0, count, step):
        part = slice(first, first + step)
        brought, sizes = problem.bring(tangents[part])
        solved = iterate(system, brought) if units is None else combined(system, units, brought)
        lam = np.where(straight, solved.values.real, solved.values)
        sizes, smaller = sizes[..., None, :], (sizes - problem.scale[..., None])[..., None, :]
        value_tangents[..., chosen, part] = shift(lam, sizes)
        value_bars[..., chosen, part] = shift(solved.errors + rounding * np.abs(lam), sizes)
        spread[..., chosen, part] = shift(solved.errors, smaller)
        if vector_tangents is not None:
            vec = solved.vectors
            vec = np.where(straight[..., None, :, :], vec.real, vec) if start.real.any() else vec
            moved = shift(shift(vec, back[..., chosen, None]), smaller[..., None, :, :])
            vector_tangents[..., chosen, part] = moved
    twins = mirrored - 1  # LAPACK returns the two of a pair one after the other
    for made in (value_tangents, vector_tangents, value_bars, spread):
        if made is not None:
            made[..., mirrored, :] = made[..., twins, :].conj()
    return value_tangents, vector_tangents, value_bars, spread


def _sway(start: Start, back: Array) -> Array:
    """norm(S_k) / norm(v_k) in the Frobenius norm for S_k = V diag(slopes_k) W, with V scaled by 2^back: (n,).

    norm(S_k)^2 = slopes_k^H (V^H V o (W W^H)^T) slopes_k costs n^3 for all k. What that loses where terms cancel is at
    most 4 n u times the square of the bound without signs, and no norm is above that bound.
    """
    reach = np.linalg.norm(start.inverse, axis=-1)[..., None, :]
    weighted = (np.abs(start.slopes) * reach).mT
    most = np.linalg.norm(shift(np.abs(start.vectors.hi) @ weighted, back), axis=-2)
    # one column of `back` for each k: the scaling of vector k, common to a column, is taken out of V and put back
    rows = back[..., :1]
    wide = shift(start.vectors.hi, np.broadcast_to(rows, back.shape))
    with np.errstate(over="ignore", invalid="ignore"):
        grams = (wide.conj().mT @ wide) * (start.inverse.conj() @ start.inverse.mT)
        squares = ((start.slopes.conj() @ grams) * start.slopes).sum(axis=-1).real
    norms = np.ldexp(np.sqrt(np.maximum(squares, 0)), (back - rows)[..., 0, :])
    sway = np.fmin(most, norms + np.sqrt(4 * back.shape[-1] * U) * most)
    return np.asarray(sway / np.linalg.norm(shift(start.vectors.hi, back), axis=-2))
