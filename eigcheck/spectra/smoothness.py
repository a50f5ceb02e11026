"""How a repeated eigenvalue moves: jump, kink, fractional power or smooth, told apart by the second difference.

With f(h) the distance by which the cluster's eigenvalues leave their mean along A + hE, the second difference
s(h) = f(h) - 2 f(0) + f(-h) over a ladder of h has the slope

    0 jump     1/m a Jordan block of order m (fractional power)     1 kink     2 smooth

on doubly logarithmic scale (Lidskii's theorem: Moro, Burke and Overton 1997). Central differences alone see none of
this: they erase a kink. Where the sides differ the one-sided derivatives of the sorted values are given.
"""

from __future__ import annotations

import numpy as np

from eigcheck.detail import Smoothness
from eigcheck.model import Array, Question
from eigcheck.spectra.conditioning import Conditioning
from eigcheck.spectra.following import Primals

FACTOR = 4.0
"""Between the steps of the ladder."""

RUNGS = 7


def measure(
    question: Question,
    state: Conditioning,
    primal: Primals,
    cluster: tuple[int, ...],
    block: int,
    directions: Array,
) -> Smoothness | None:
    """Measure how the eigenvalues numbered `cluster` (in the order of `question.primal`) move off their common value.

    `block` is the order of the cluster's largest Jordan block (1: semisimple); it sets where roundoff begins, at
    (n u)^(1/block) of the norm. `directions` (D, n, n) are of Frobenius norm 1. None if the primal fails beside the
    matrix or the ladder has no room.
    """
    n = question.matrix.shape[0]
    norm = state.size
    centre = complex(np.mean(np.asarray(question.primal.values)[list(cluster)]))
    steps = _steps(question.roundoff, n, norm, block, _room(state, norm))
    if len(steps) < 3:
        return None
    ladders = [_ladder(question, primal, cluster, centre, direction, steps) for direction in directions]
    best = max((ladder for ladder in ladders if ladder is not None), key=lambda ladder: ladder[0][-1], default=None)
    return None if best is None else _told(best, steps, norm, question.roundoff * n, block)


def _room(state: Conditioning, norm: float) -> float:
    """Relative distance to the nearest eigenvalue outside any cluster; 1 if there is none."""
    finite = state.gaps[np.isfinite(state.gaps)]
    return min(1.0, float(np.ldexp(np.min(finite), state.exponent)) / norm) if finite.size and norm else 1.0


def _steps(roundoff: float, n: int, norm: float, block: int, room: float) -> list[float]:
    """From where the spread h^(1/block) fills a sixteenth of the gap down to 128 times the roundoff n u."""
    ladder = [(room / 16) ** block / FACTOR**rung for rung in range(RUNGS)]
    # a defective cluster shows (n u)^(1/block) of spread by roundoff alone, as a step of n u would
    return [step * norm for step in ladder if step >= 128 * n * roundoff]


def _ladder(
    question: Question, primal: Primals, cluster: tuple[int, ...], centre: complex, tangent: Array, steps: list[float]
) -> tuple[Array, Array, Array] | None:
    """Second differences (R,), and the cluster's sorted values at the smallest step on the right and on the left."""
    dtype = question.matrix.dtype
    matrices = [
        np.ascontiguousarray((question.matrix + sign * h * tangent).astype(dtype)) for h in steps for sign in (1, -1)
    ]
    answers = primal(matrices)
    if any(answer is None for answer in answers):
        return None
    nearest = [_nearest(np.asarray(a.values), centre, len(cluster)) for a in answers if a is not None]
    # their mean moves smoothly, always; what is not smooth is how they leave it
    spread = np.array([float(np.max(np.abs(values - np.mean(values)))) for values in nearest])
    if not np.all(np.isfinite(spread)):
        return None
    seconds = spread[0::2] + spread[1::2]
    return seconds, nearest[-2] - centre, nearest[-1] - centre


def _nearest(values: Array, centre: complex, count: int) -> Array:
    """The `count` values next to the centre, sorted by real and imaginary part."""
    chosen = values[np.argsort(np.abs(values - centre), kind="stable")[:count]]
    return np.asarray(chosen[np.lexsort((np.imag(chosen), np.real(chosen)))], np.complex128)


def _told(found: tuple[Array, Array, Array], steps: list[float], norm: float, noise: float, block: int) -> Smoothness:
    seconds, right, left = found
    usable = seconds > 8 * norm * noise ** (1.0 / block)
    h = np.asarray(steps)
    if np.count_nonzero(usable) < 3:
        kind, order = ("smooth", 2.0) if block == 1 else ("unclear", float("nan"))
    else:
        order = float(np.polyfit(np.log(h[usable]), np.log(seconds[usable]), 1)[0])
        kind = _kind(order)
    sentence = _sentence(kind, order)
    if kind not in ("unclear", "jump") and (round(1 / order) if kind == "fractional" else 1) != block:
        # Where a Jordan block is coupled weakly, or an eigenvector leans far, roundoff ends the ladder before the power
        # that theory promises sets in: one-sided slopes of a defective eigenvalue, or an unbounded derivative of a
        # semisimple one, would be claims that are false.
        kind, sentence = "unclear", _too_coarse(order, block)
    slopes = (right / h[-1], -left / h[-1])
    rising, falling = (tuple(map(complex, slope)) if kind == "kink" else None for slope in slopes)
    return Smoothness(kind, order, rising, falling, tuple(steps), tuple(map(float, seconds)), sentence)


def _too_coarse(order: float, block: int) -> str:
    nearer = (
        "they split like h, for they have a full set of eigenvectors"
        if block == 1
        else f"like h^(1/{block}), as a Jordan block of order {block} does"
    )
    return f"eigenvalues move like h^{order:.2f} at the steps that roundoff leaves; nearer to the matrix {nearer}"


def _kind(order: float) -> str:
    """The nearest of the slopes that theory knows: 0, 1/m for 2 <= m <= 10, 1, 2; halfway to the neighbour."""
    if order < 0.05:
        return "jump"
    if order < 0.75:
        return "fractional"
    return "kink" if order < 1.5 else "smooth"


def _sentence(kind: str, order: float) -> str:
    if kind == "fractional":
        nearest = round(1 / order)
        return (
            f"eigenvalues move like h^{order:.2f} along random directions (a Jordan block of order {nearest} moves like "
            f"h^(1/{nearest})): their derivative is unbounded"
        )
    return {
        "kink": f"eigenvalues split like h^{order:.2f}: a kink, with other slopes on the two sides",
        "jump": "eigenvalues jump",
        "smooth": "eigenvalues stay together along the directions tried",
    }.get(kind, "the steps leave no room to tell how eigenvalues move")
