"""The tangents' part of the dual solver: one fixed-point iteration for many tangents and eigenpairs at once.

For pair k the unknowns are (v_dot, lambda_dot), the equations F_dot = [A - lambda I, -v] (v_dot, lambda_dot) + E v = 0
and z^H v_dot = 0. A step: M = W F_dot, lambda_dot += M_k, and v_dot += V C with C_i = M_i / (lambda_k - lambda_i) but
C_k = 0, made orthogonal to z. V, W and the slopes are those of `dual_start`. Leading axes of arrays count matrices; the
shapes that are given leave them out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from eigcheck.model import Array
from eigcheck.oracles.dual_start import Start, U, largest_row
from eigcheck.oracles.twofold import (
    Factor,
    Sliced,
    Twofold,
    cut,
    factors,
    matmul,
    residual_bound,
    rounded_sum,
    times,
    twofold,
)

STEPS = 30
"""More than contraction by 1/4 needs to get from 1 to u / 2^8."""


@dataclass(frozen=True)
class Equations:
    """What the equations of K pairs of a matrix (n, n) consist of; factors of products are cut into slices once.

    `matrix` (n, n) and `rows` (K, n), the vectors, are cut; `shift` (2, n, K, 1) holds lambda in every entry, and v.
    `size` () bounds the parts of entries of these, `normal` (n, K, 1) holds z^H, `reach` (1, 1) the largest row sum of |W|.
    """

    start: Start
    chosen: Array
    matrix: Sliced
    rows: Sliced
    shift: tuple[Factor, ...]
    size: Array
    normal: Array
    reach: Array

    def residual(self, vectors: Array, values: Array, forcing: Twofold) -> Array:
        """A v_dot - lambda v_dot - v lambda_dot + E v for (n, K, T) and (K, T): (n, K, T), rounded once."""
        image = matmul(self.matrix, _flat(vectors))
        whole = Twofold(image.hi.reshape(vectors.shape), image.lo.reshape(vectors.shape))
        shifted = times(self.shift, -np.stack((vectors, np.broadcast_to(values[..., None, :, :], vectors.shape))))
        return rounded_sum(whole, *(Twofold(shifted.hi[k], shifted.lo[k]) for k in (0, 1)), forcing)


@dataclass(frozen=True)
class Solutions:
    """Answers to T tangents: those of vectors (n, K, T), of values (K, T), and errors (K, T).

    An error bounds what is wrong with M: lambda_dot is off by no more, and v_dot by no more than
    sum_i |V_ri| |slope_i| times it in entry r, apart from multiples of v and from the rounding of the solutions to working
    precision. `reach` (K, T) bounds M itself.
    """

    vectors: Array
    values: Array
    errors: Array
    reach: Array


def equations(matrix: Array, start: Start, chosen: Array, normal: Array) -> Equations:
    """Set up the equations of the pairs `chosen` (K,), with z^H, for which z^H v = 1, in the columns of `normal` (n, K)."""
    parts = [(start.values.hi, start.vectors.hi), (start.values.lo, start.vectors.lo)]
    chosen_ones = [(values[..., None, chosen], vectors[..., chosen]) for values, vectors in parts]
    shift = Twofold(*(np.stack(np.broadcast_arrays(*both))[..., None] for both in chosen_ones))
    size = np.maximum(np.abs(matrix).max(axis=(-2, -1)), np.abs(shift.hi).max(axis=(0, -3, -2, -1)))
    rows = cut(Twofold(*(vectors.mT for _, vectors in chosen_ones)))
    reach = largest_row(start.inverse)[..., None, None]
    return Equations(start, chosen, cut(matrix), rows, factors(shift), size, normal[..., None], reach)


def iterate(problem: Equations, tangents: Array) -> Solutions:
    """Solve for tangents (T, n, n) of norm about 1."""
    *leading, count, order, _ = tangents.shape
    moved = matmul(problem.rows, _flat(tangents.swapaxes(-1, -3)))
    shape = (*leading, len(problem.chosen), order, count)
    forcing = Twofold(*(part.reshape(shape).swapaxes(-3, -2) for part in (moved.hi, moved.lo)))
    solutions = _solved(problem, forcing, np.abs(tangents).max(axis=(-2, -1)))
    return replace(solutions, errors=solutions.errors + _moved_along(problem, tangents))


def by_unit(problem: Equations) -> Solutions:
    """Solve with the n unit vectors in place of E v, from which `combined` makes the answers to any tangents."""
    *leading, order, pairs, _ = problem.normal.shape
    unit = np.eye(order, dtype=problem.start.vectors.hi.dtype)[:, None]
    return _solved(problem, twofold(np.broadcast_to(unit, (*leading, order, pairs, order))), np.ones(order))


def combined(problem: Equations, units: Solutions, tangents: Array) -> Solutions:
    """What `iterate` finds, as sums over the entries of E v, from the answers `by_unit`.

    Where only one of these is not zero, as for a tangent of one entry, the answers are off by up to 5 u of their size: two
    factors are rounded, and so is their product, which costs sqrt(5) u if it is complex. Else each term of a sum of m
    rounds to (m + 4) u of its size, and is at most what its M reaches; E v itself, where it is a sum of r terms, is off by
    (r + 4) u of theirs.
    """
    *leading, count, order, _ = tangents.shape
    rows, directions = tangents.reshape(*leading, count * order, order), problem.start.vectors.hi[..., problem.chosen]
    both = (rows @ directions, np.abs(rows) @ np.abs(directions))
    forcing, terms = (one.reshape(*leading, count, order, -1).swapaxes(-1, -3) for one in both)
    vectors = (units.vectors.swapaxes(-3, -2) @ forcing).swapaxes(-3, -2)
    among = np.count_nonzero(tangents, axis=-1).mT[..., None, :, :]
    added = np.count_nonzero(forcing, axis=-2, keepdims=True)
    lost = U * (np.where(among > 1, among + 4, 0) * terms + np.where(added > 1, added + 4, 0) * np.abs(forcing))
    values = _along(units.values, forcing)
    errors = _along(units.errors, np.abs(forcing)) + _along(units.reach, lost)
    reach = _along(units.reach, np.abs(forcing))
    return Solutions(vectors, values, errors + _moved_along(problem, tangents), reach)


def _along(parts: Array, forcing: Array) -> Array:
    """sum_r parts_kr forcing_krt for (K, n) and (K, n, T): (K, T)."""
    return np.asarray((parts[..., None, :] @ forcing)[..., 0, :])


def _flat(array: Array) -> Array:
    """(n, K, T) as (n, K T)."""
    return array.reshape(*array.shape[:-2], -1)


def _solved(problem: Equations, forcing: Twofold, sizes: Array) -> Solutions:
    """Solve with `forcing` (n, K, R) in place of E v; `sizes` (R,) bound what it was made of."""
    start, chosen = problem.start, problem.chosen
    residual, shape = forcing.hi, forcing.hi.shape
    vectors = values = whole = np.zeros(())
    own = (..., chosen, np.arange(len(chosen)), slice(None))
    slopes = start.slopes[..., chosen, :].mT[..., None]
    basis = start.vectors.hi
    directions = basis[..., chosen, None]
    rate = (start.contraction[..., chosen] / (1 - start.contraction[..., chosen]))[..., None]
    for _ in range(STEPS):
        corrections = (start.inverse @ _flat(residual)).reshape(shape)
        size = np.abs(corrections).max(axis=-3)
        step = (basis @ _flat(corrections * slopes)).reshape(shape)
        vectors = vectors + _across(problem, directions, step)
        values = values + corrections[own]
        whole = np.maximum(whole, size)
        if (rate * size <= 2.0**-8 * U * whole).all():
            break
        residual = problem.residual(vectors, values, forcing)
    # What earlier, larger steps left along v by rounding; the equations themselves do not see it.
    vectors = _across(problem, directions, vectors)
    # of the last correction: products with W and V of n terms each, in ordinary arithmetic
    rounding = 2 * (shape[-3] + 2) * U * (problem.reach * np.abs(residual).max(axis=-3) + 2 * size)
    errors = rate * size + rounding + _noise(problem, sizes, vectors, values, whole)
    # a step contracts by 1/4 or more, so that all of them together are within 4/3 of the largest
    return Solutions(vectors, values, errors, 4 / 3 * whole)


def _across(problem: Equations, directions: Array, vectors: Array) -> Array:
    """Vectors (n, K, T) without their parts along v, so that z^H v_dot = 0."""
    return np.asarray(vectors - directions * (problem.normal * vectors).sum(axis=-3, keepdims=True))


def _noise(problem: Equations, sizes: Array, vectors: Array, values: Array, whole: Array) -> Array:
    """What twice the working precision leaves uncertain: rounding of the residual, and errors of lambda and v.

    With dl and dv = V x such errors, F_dot is off by dl v_dot + dv lambda_dot. Times W these are at most
    dl max_i |C_i| and |x| |lambda_dot|, where C_i = M_i slope_i.
    """
    start, chosen = problem.start, problem.chosen
    order = vectors.shape[-3]
    moving = np.maximum(np.abs(vectors).max(axis=-3), np.abs(values))
    residual = 2 * residual_bound(order) * (problem.size[..., None, None] * moving + sizes[..., None, :])
    steepest = np.abs(start.slopes[..., chosen, :]).max(axis=-1, keepdims=True)
    error: Array = (
        problem.reach * residual
        + start.vector_error[..., chosen, None] * np.abs(values)
        + start.value_error[..., chosen, None] * steepest * whole
    )
    return error


def _moved_along(problem: Equations, tangents: Array) -> Array:
    """What an error dv = V x of v does to E v, times W: at most 2 n |W| |E| |x|, since |v| is at most 2."""
    largest = largest_row(tangents)[..., None, :]
    missing = problem.start.vector_error[..., problem.chosen, None]
    return np.asarray(2 * tangents.shape[-1] * problem.reach * largest * missing)
