"""The tangents' part of the dual solver: one fixed-point iteration for many tangents and eigenpairs at once.

For pair k the unknowns are (v_dot, lambda_dot), the equations F_dot = [A - lambda I, -v] (v_dot, lambda_dot) + E v = 0
and z^H v_dot = 0. A step: M = W F_dot, lambda_dot += M_k, and v_dot += V C with C_i = M_i / (lambda_k - lambda_i) but
C_k = 0, made orthogonal to z. V, W and the slopes are those of `dual_start`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array
from eigcheck.oracles.dual_start import Start, U
from eigcheck.oracles.twofold import Sliced, Twofold, add, cut, matmul, product_bound, two_sum

STEPS = 30
"""More than contraction by 1/4 needs to get from 1 to u / 2^8."""


@dataclass(frozen=True)
class Equations:
    """What the equations of K pairs of a matrix (n, n) consist of; left factors are cut into slices once.

    `left` (K, n, n + 1) are [A - lambda I, -v], `rows` (K, n) the vectors, `normal` (K, 1, n) the rows z^H.
    """

    start: Start
    chosen: Array
    left: Sliced
    rows: Sliced
    normal: Array


def equations(matrix: Array, start: Start, chosen: Array, normal: Array) -> Equations:
    """Set up the equations of the pairs `chosen` (K,), with normalisation rows `normal` (K, n): z^H v = 1."""
    order = len(matrix)
    places = np.arange(order)
    high, low = start.vectors.hi.T[chosen], start.vectors.lo.T[chosen]
    is_complex = bool(np.iscomplexobj(high))
    left = np.zeros((2, len(chosen), order, order + 1), dtype=high.dtype)
    left[0, :, :, :order] = matrix
    diagonal, rest = two_sum(matrix.diagonal()[None, :], -start.values.hi[chosen, None])
    left[0, :, places, places] = diagonal.T
    left[1, :, places, places] = (rest - start.values.lo[chosen, None]).T
    left[0, :, :, order], left[1, :, :, order] = -high, -low
    return Equations(
        start,
        chosen,
        cut(Twofold(left[0], left[1]), is_complex),
        cut(Twofold(high, low), is_complex),
        normal[:, None, :],
    )


def iterate(problem: Equations, tangents: Array) -> tuple[Array, Array]:
    """Solve for tangents (T, n, n) of norm about 1: (solutions, errors), of shapes (K, n + 1, T) and (K, T).

    solutions[:, :n] are the vectors' tangents and solutions[:, n] the values'. An error bounds what is wrong with
    M: lambda_dot is off by no more, and v_dot by no more than sum_i |V_ri| |slope_i| times it in entry r, apart from
    multiples of v and from the rounding of the solutions to working precision.
    """
    start, chosen = problem.start, problem.chosen
    count, order, _ = tangents.shape
    moved = matmul(problem.rows, tangents.transpose(2, 1, 0).reshape(order, order * count))
    shape = (len(chosen), order, count)
    forcing = Twofold(moved.hi.reshape(shape), moved.lo.reshape(shape))
    solution = np.zeros((len(chosen), order + 1, count), dtype=start.vectors.hi.dtype)
    own = np.arange(len(chosen)), chosen
    slopes = start.slopes[chosen][:, :, None]
    basis = start.vectors.hi
    vectors = basis.T[chosen][:, :, None]
    rate = (start.contraction[chosen] / (1 - start.contraction[chosen]))[:, None]
    residual, whole = forcing.hi, np.zeros((len(chosen), count))
    for _ in range(STEPS):
        corrections = start.inverse @ residual
        size = np.abs(corrections).max(axis=1)
        step = basis @ (corrections * slopes)
        step -= vectors * (problem.normal @ step)
        solution[:, :order] += step
        solution[:, order] += corrections[own]
        whole = np.maximum(whole, size)
        if (rate * size <= 2.0**-8 * U * whole).all():
            break
        residual = add(matmul(problem.left, solution), forcing).hi
    # What earlier, larger steps left along v by rounding; the equations themselves do not see it.
    solution[:, :order] -= vectors * (problem.normal @ solution[:, :order])
    return solution, rate * size + _rounding(start, size, residual) + _noise(problem, tangents, solution, whole)


def _rounding(start: Start, size: Array, residual: Array) -> Array:
    """Rounding of the last correction: products with W and V of n terms each, in ordinary arithmetic."""
    order = residual.shape[1]
    reach = np.abs(start.inverse).sum(axis=1).max()
    error: Array = 2 * (order + 2) * U * (reach * np.abs(residual).max(axis=1) + 2 * size)
    return error


def _noise(problem: Equations, tangents: Array, solution: Array, whole: Array) -> Array:
    """What twice the working precision leaves uncertain: rounding of the residual, and errors of lambda and v.

    With dl and dv = V x such errors, F_dot is off by E dv + dl v_dot + dv lambda_dot. Times W these are at most
    2 n |W| |E| |x| (|v| is at most 2), dl max_i |C_i| and |x| |lambda_dot|, where C_i = M_i slope_i.
    """
    start, chosen = problem.start, problem.chosen
    order = tangents.shape[1]
    reach = np.abs(start.inverse).sum(axis=1).max()
    left = np.abs(problem.left.stacked[..., -(order + 1) :]).max()
    size = np.abs(tangents)
    forced = size.max(axis=(1, 2))[None, :]
    residual = 2 * product_bound(order + 1) * (left * np.abs(solution).max(axis=1) + forced)
    steepest = np.abs(start.slopes[chosen]).max(axis=1, keepdims=True)
    forcing = 2 * order * reach * size.sum(axis=2).max(axis=1)[None, :] + np.abs(solution[:, order])
    error: Array = (
        reach * residual
        + start.vector_error[chosen, None] * forcing
        + start.value_error[chosen, None] * steepest * whole
    )
    return error
