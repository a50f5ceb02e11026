"""The oracle `dual`: an eigen-solver run in dual arithmetic, LAPACK's conventions applied to its dual results.

number[c, t] = <cotangent c, primal tangent along E_t> = Re(lambda_bar^H lambda_dot) + Re tr(V_bar^H V_dot)

What is differentiated is the function on the rule's own domain: the Hermitian completion of the triangle that is read,
or else the matrix as it is. See `dual_solver` for the method, `dual_matching` for order and phases.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eigcheck.model import Array, Question, Testimony
from eigcheck.names import HERMITIAN_FUNCTIONS
from eigcheck.oracles.dual_array import Dual, sqrt
from eigcheck.oracles.dual_matching import Matching, match
from eigcheck.oracles.dual_solver import DualPairs, solve, solve_together
from eigcheck.oracles.dual_start import U
from eigcheck.oracles.pairing import turning_noise
from eigcheck.spectra.conventions import real_anchor, unit_norm
from eigcheck.spectra.following import carried
from eigcheck.spectra.gauge import response
from eigcheck.spectra.reads import read

NAME = "dual"
ELEMENTS = 2**20
"""Entries of the vectors' tangents treated at a time."""


def testify(question: Question) -> Testimony:
    """Answer a question by dual arithmetic, with bars that hold: see `dual_solver` and `_vector_part`.

    Abstains altogether where the matrix is not finite, its eigenvectors are dependent to working precision, or the
    rule's primal has other shapes; and on a cotangent, with a reason, where it is not zero on an eigenpair that is not
    resolved, that the rule's primal does not hold, or whose convention of phase is not differentiable and matters.
    """
    matrix, tangents = _read(question)
    order, count = len(matrix), len(question.cotangents)
    wrong = _shapes(question, order)
    if wrong is not None:
        return Testimony(NAME, evaluations=1, abstained=wrong)
    if not order:
        nothing = np.zeros((count, len(tangents)))
        return Testimony(NAME, nothing, nothing, evaluations=1, reasons=(None,) * count)
    with_vectors = _with_vectors(question)
    pairs = solve(matrix, tangents, hermitian=question.function in HERMITIAN_FUNCTIONS, vectors=with_vectors)
    if isinstance(pairs, str):
        return Testimony(NAME, evaluations=1, abstained=pairs)
    matching = match(question, matrix, pairs)
    moved = [carried(cotangent.pairs, matching.places, matching.factors) for cotangent in question.cotangents]
    values = _stack([c.values for c in moved], (order,))
    vectors = _stack([c.vectors for c in moved], (order, order))
    gauge = np.abs(response(matching.own, vectors).imag) if with_vectors else np.zeros((count, order))
    # Vectors that stay real cannot turn.
    sensitive = (gauge > turning_noise(vectors, question.roundoff)) & ~pairs.real
    reasons = [_reason(matching, pairs, values[c], vectors[c], sensitive[c]) for c in range(count)]
    muted = np.array([reason is not None for reason in reasons], dtype=bool)
    values[muted], vectors[muted] = 0, 0
    with np.errstate(over="ignore", invalid="ignore"):
        numbers, bars = _value_part(pairs, values)
        if with_vectors:
            active = np.flatnonzero(vectors.any(axis=(1, 2)))
            more, wider = _vector_part(matching, pairs, vectors[active], sensitive[active], gauge[active])
            numbers[active] += more
            bars[active] += wider
    spoilt = np.asarray(~(np.isfinite(numbers) & np.isfinite(bars)).all(axis=1))
    reasons = [reason or ("the derivative overflows" if spoilt[c] else None) for c, reason in enumerate(reasons)]
    numbers[muted | spoilt], bars[muted | spoilt] = np.nan, np.inf
    return Testimony(NAME, numbers, bars, evaluations=1, reasons=tuple(reasons))


def foresee(questions: Sequence[Question]) -> None:
    """Solve for several questions to one function, along the same tangents, at once: the answers are remembered."""
    first = questions[0]
    matrices, tangents = [_read(question)[0] for question in questions], _read(first)[1]
    if all(np.isfinite(matrix).all() for matrix in matrices) and len(matrices[0]):
        hermitian = first.function in HERMITIAN_FUNCTIONS
        solve_together(matrices, tangents, hermitian=hermitian, vectors=any(map(_with_vectors, questions)))


def _read(question: Question) -> tuple[Array, Array]:
    """What the function reads of the matrix, (n, n), and of the tangents, (T, n, n)."""
    return read(question.matrix, question.triangle), read(question.tangents.matrices, question.triangle)


def _with_vectors(question: Question) -> bool:
    return any(c.pairs.vectors is not None and bool(np.any(c.pairs.vectors)) for c in question.cotangents)


def _stack(parts: list[Array | None], shape: tuple[int, ...]) -> Array:
    """The parts of C cotangents as one array (C, ...), zeros where a part is absent: it adds nothing to a number."""
    there = [np.zeros(shape) if part is None else part for part in parts]
    return np.array(there, np.result_type(float, *there)).reshape(len(parts), *shape)


def _value_part(pairs: DualPairs, cotangents: Array) -> tuple[Array, Array]:
    """Re(lambda_bar^H lambda_dot) for cotangents (C, n), with bars: sums of m terms round to (m + 3) u of their size."""
    size = np.abs(cotangents)
    numbers = (cotangents.conj() @ pairs.value_tangents).real
    terms = (size > 0).sum(axis=1, keepdims=True)
    bars = size @ pairs.value_bars + U * np.where(terms > 1, terms + 3, 3) * (size @ np.abs(pairs.value_tangents))
    return numbers, bars


def _vector_part(
    matching: Matching, pairs: DualPairs, cotangents: Array, sensitive: Array, gauge: Array
) -> tuple[Array, Array]:
    """Re tr(V_bar^H V_dot) for cotangents (C, n, n) of the turned vectors, with bars.

    Unit norm, and a real anchor where `sensitive` (C, n), come from the conventions' own code run on dual numbers.
    A bar holds: the solver's errors, against the cotangent without its component along v, to which they cannot
    contribute; rounding of normalisation and of the sums; and where the response `gauge` (C, n) is mere rounding, the
    little that it would do under LAPACK's convention.
    """
    tangents = pairs.vector_tangents
    assert tangents is not None
    order, _, count = tangents.shape
    free = cotangents * matching.turns.conj()
    turning = np.flatnonzero(sensitive.any(axis=0))
    plain = np.where(sensitive[:, None, :], 0, free)
    fixed = np.where(sensitive[:, None, :], cotangents, 0)[..., turning]
    numbers, bars = np.zeros((2, len(cotangents), count))
    step = max(1, ELEMENTS // max(1, order * order))
    for first in range(0, count, step):
        part = slice(first, first + step)
        unit = unit_norm(Dual(pairs.vectors, tangents[:, :, part]), sqrt)
        numbers[:, part] = _pairing(plain, unit.tangents)
        if len(turning):
            turned = real_anchor(unit[:, turning], matching.rows[turning])
            numbers[:, part] += _pairing(fixed, turned.tangents)
        bars[:, part] = _bars(matching, pairs, free, sensitive, gauge, unit.tangents, part)
    return numbers, bars


def _pairing(cotangents: Array, tangents: Array) -> Array:
    """Re sum_ik conj(c_ik) x_ikt for cotangents (C, n, m) and tangents (n, m, T): (C, T)."""
    left = np.moveaxis(cotangents, 2, 0)
    right = tangents.transpose(1, 0, 2)
    if not (np.iscomplexobj(left) and np.iscomplexobj(right)):
        return np.asarray((left.real @ right.real).sum(axis=0))
    return np.asarray((left.real @ right.real + left.imag @ right.imag).sum(axis=0))


def _bars(
    matching: Matching,
    pairs: DualPairs,
    cotangents: Array,
    sensitive: Array,
    gauge: Array,
    tangents: Array,
    part: slice,
) -> Array:
    """Bars of the vectors' part for cotangents (C, n, n) of the unit vectors and tangents (n, n, T') of these."""
    order = len(tangents)
    units, size, moved = matching.units, np.abs(cotangents), np.abs(tangents)
    norms = np.linalg.norm(pairs.vectors, axis=0)
    along = (units.conj() * cotangents).sum(axis=1)
    across = np.abs(cotangents - units * along[:, None, :])
    weights, spread = pairs.weights / norms, pairs.spread[:, part]
    solver = (across * weights).sum(axis=1) @ spread
    # Sums over n entries and n pairs, a phase from the overlap of n entries, and about twenty operations on each.
    rounding = (3 * order + 20) * U
    summed = (np.moveaxis(size, 2, 0) @ moved.transpose(1, 0, 2)).sum(axis=0)
    radial = np.abs(along) @ (np.abs(units)[:, :, None] * moved).sum(axis=0)
    bars: Array = solver + rounding * (summed + radial)
    known = ~matching.ambiguous & ~pairs.real
    if known.any():
        places = np.arange(order)
        anchor = np.abs(units[matching.rows, places])
        reach = np.divide(1.0, anchor, out=np.zeros_like(anchor), where=known)[:, None]
        rate = reach * np.abs((units[matching.rows, places].conj()[:, None] * tangents[matching.rows, places]).imag)
        rate = rate * reach
        unsure = reach * (weights[matching.rows, places][:, None] * spread + rounding * moved[matching.rows, places])
        bars += np.where(sensitive, np.abs(along.imag), 0) @ unsure
        bars += np.where(sensitive, rounding * size.sum(axis=1), gauge) @ rate
    return bars


def _reason(matching: Matching, pairs: DualPairs, values: Array, vectors: Array, sensitive: Array) -> str | None:
    """Why there is no answer for one cotangent, (n,) and (n, n), or None: only pairs on which it is not zero count."""
    matters = (values != 0) | (vectors != 0).any(axis=0)
    for k in np.flatnonzero(matters):
        if pairs.reasons[k] is not None:
            return pairs.reasons[k]
        if matching.lost[k]:
            return f"the rule's primal has no pair that is clearly the one of eigenvalue {pairs.values[k]:.6g}"
        if sensitive[k] and matching.ambiguous[k]:
            return (
                f"the cotangent depends on the phase of the eigenvector of {pairs.values[k]:.6g}, "
                "and the convention that fixes it is not differentiable or not clear here"
            )
    return None


def _shapes(question: Question, order: int) -> str | None:
    """What is wrong with the shapes of the rule's primal, or None."""
    primal = question.primal
    if primal.values is None or primal.values.shape != (order,):
        return "the rule's primal has no eigenvalues of the right shape"
    if primal.vectors is not None and primal.vectors.shape != (order, order):
        return "the rule's primal has eigenvectors of a wrong shape"
    if primal.vectors is None and any(c.pairs.vectors is not None for c in question.cotangents):
        return "the rule's primal has no eigenvectors to go with the cotangent"
    return None
