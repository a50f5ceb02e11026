"""An eigen-solver in dual arithmetic: one matrix, any number of tangents at once, and a bound on every error.

The equations F = (A v - v lambda, z^H v - 1) = 0 are solved by x <- x - P F(x) on dual numbers, P being an approximate
inverse of the Jacobian built from LAPACK's eigenpairs (`dual_start`). The dual part of that iteration is
x_dot <- x_dot - P F_dot with F_dot = A v_dot - v_dot lambda - v lambda_dot + E v; no formula for a derivative of
eigenpairs is used. F and F_dot are formed in twice the working precision (`twofold`), since the accuracy of the residual
is the accuracy of the result: with ordinary ones an oracle is no better than a rule. The values' part has settled before
the tangents set out. z is v itself, so that v^H v_dot = 0 on arrival, for the vectors of the matrix before balancing.

Errors are a posteriori: with H = P F_dot of the last step in the basis of eigenvectors and gamma the contraction, what
remains is at most gamma / (1 - gamma) max |H| plus rounding (Higham, Accuracy and Stability, chapter 12).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array
from eigcheck.oracles.balance import Balanced, balance, exponent, shift
from eigcheck.oracles.dual_start import U, Start, begin
from eigcheck.oracles.twofold import Sliced, Twofold, add, cut, matmul, product_bound, two_sum

ELEMENTS = 2**16
"""Entries of the tangents treated at a time, so that a slice of them stays in a processor's cache."""
STEPS = 30


@dataclass(frozen=True)
class DualPairs:
    """Eigenpairs of a matrix (n, n) with T tangents. Vectors have unit 2-norm, and v_k^H v_k_dot = 0.

    `values` (n,), `vectors` (n, n), `value_tangents` (n, T), `vector_tangents` (n, n, T) or None if not asked for.
    Errors: |value_tangents[k, t]| is off by at most `value_bars[k, t]`, and entry i of the tangent of vector k by at
    most `weights[i, k] * spread[k, t] + 2 u |vector_tangents[i, k, t]|`, apart from multiples of the vector itself.
    `sway[k]` times u n is how far roundoff of u moves vector k, in 2-norm. `real` marks pairs that stay real.
    `reasons[k]`: why pair k has no answer (its numbers are 0 then), else None. `abstained`: why no pair has.
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
    abstained: str | None = None


@dataclass(frozen=True)
class _Equations:
    """What the tangents' equations of the pairs `chosen` (K,) need, cut into slices once."""

    chosen: Array
    vectors: Array
    rows: Sliced
    left: Sliced
    left_size: Array
    slopes: Array
    inverse: Array
    projector: Array


def solve(matrix: Array, tangents: Array, *, hermitian: bool, vectors: bool) -> DualPairs:
    """Eigenpairs of a matrix (n, n) and their derivatives along tangents (T, n, n).

    `hermitian` requires matrix and tangents to be exactly Hermitian: values are then ascending and real. Else pairs
    come in the order of `numpy.linalg.eig`. `vectors` False leaves the vectors' tangents out, which saves memory.
    float32 and complex64 are promoted, exactly. Never raises; see `DualPairs.abstained`.
    """
    order, count = len(matrix), len(tangents)
    if not np.isfinite(matrix).all():
        return _nothing("the matrix holds NaN or infinities", order, count)
    if order == 0:
        return _nothing(None, order, count)
    wide = np.result_type(matrix.dtype, tangents.dtype, np.float64)
    problem = balance(matrix.astype(wide), similar=not hermitian)
    start = begin(problem.matrix, hermitian=hermitian)
    if start.abstained is not None:
        return _nothing(start.abstained, order, count)
    return _assemble(problem, start, tangents.astype(wide), hermitian=hermitian, vectors=vectors)


def _assemble(problem: Balanced, start: Start, tangents: Array, *, hermitian: bool, vectors: bool) -> DualPairs:
    """Solve for the tangents chunk by chunk, and undo scaling and balancing."""
    order, count = len(problem.diagonal), len(tangents)
    values, partners, real = _symmetry(start, problem.matrix)
    resolved = np.array([reason is None for reason in start.reasons])
    resolved &= resolved[partners]
    chosen = np.flatnonzero(resolved & (partners >= np.arange(order)))
    units, back = _unit_vectors(problem, start)
    dtype = start.vectors.hi.dtype
    value_tangents, value_bars = np.zeros((order, count), dtype=dtype), np.zeros((order, count))
    spread = np.zeros((order, count))
    vector_tangents = np.zeros((order, order, count), dtype=dtype) if vectors else None
    equations = _equations(problem, start, units, back, chosen)
    step = max(1, ELEMENTS // max(1, len(chosen) * (order + 1)))
    for first in range(0, count, step) if len(chosen) else ():
        part = slice(first, first + step)
        brought, sizes = problem.bring(tangents[part])
        dual, errors = _tangents(equations, start, brought)
        lam, vec = dual[:, order], dual[:, :order].transpose(1, 0, 2)
        lam = np.where(real[chosen, None], lam.real, lam)
        vec = np.where(real[chosen, None], vec.real, vec)
        value_tangents[chosen, part] = shift(lam, sizes)
        value_bars[chosen, part] = shift(errors + U * np.abs(lam), sizes)
        spread[chosen, part] = shift(errors, sizes - problem.scale)
        if vector_tangents is not None:
            vector_tangents[:, chosen, part] = shift(vec, back[:, chosen, None] + sizes - problem.scale)
    mirrored = np.flatnonzero(resolved & (partners < np.arange(order)))
    twins = partners[mirrored]
    for array in (value_bars, spread):
        array[mirrored] = array[twins]
    value_tangents[mirrored] = value_tangents[twins].conj()
    if vector_tangents is not None:
        vector_tangents[:, mirrored] = vector_tangents[:, twins].conj()
    size = np.abs(start.slopes)
    inner = np.abs(start.vectors.hi) @ size.T
    norms = np.linalg.norm(start.inverse, axis=1)
    sway = np.linalg.norm(shift(np.abs(start.vectors.hi) @ (size * norms).T, back), axis=0)
    reasons = [
        reason or (None if resolved[k] else start.reasons[partners[k]]) for k, reason in enumerate(start.reasons)
    ]
    return DualPairs(
        shift(values.real if hermitian else values, np.array(problem.scale)),
        units,
        value_tangents.real if hermitian else value_tangents,
        vector_tangents,
        value_bars,
        shift(inner, back),
        spread,
        sway * np.linalg.norm(problem.matrix),
        real,
        tuple(reasons),
    )
