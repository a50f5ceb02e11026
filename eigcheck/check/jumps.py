"""The continuity probe: does the rule's gradient jump where the true one does not?

For a neighbour A' the rule is asked for the gradient of cotangents that followed their eigenpairs. A correct rule obeys

    |G(A') - G(A)| <= 2 budget + variation of the true gradient over the distance,

and the variation to first order is the budget's own, times distance / (u norm(A)); entries that do not vary to first
order do so to second, by (2 distance max_k norm(S_k) (1 + kappa_k))^2 times the size of the terms.
Repeated eigenvalues are followed as one: cotangents that determine a gradient there are the same for all of them.
No reference is needed: a relative jump of correct rules over one ULP was measured to be at most 2.8e-14, of a rule
that branches on exact symmetry at least 7e-3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eigcheck.check.budget import factor_of
from eigcheck.check.neighbours import Neighbour, along, difference
from eigcheck.model import Array, Eigenpairs, Tangents
from eigcheck.spectra.conditioning import Conditioning, scaled
from eigcheck.spectra.conventions import least_anchor
from eigcheck.spectra.following import Followed, follow_to
from eigcheck.spectra.gauge import lengths

Answer = tuple[Eigenpairs | None, Array | None]
Respond = Callable[[Sequence[Array], Sequence[tuple[Eigenpairs, ...]]], Sequence[Answer]]
"""Primal and numbers (C, T) of the rule at many matrices, each with cotangents of its own."""


@dataclass(frozen=True)
class Start:
    """What the probe starts from at A itself.

    `numbers` (C, T) are the rule's for `cotangents`; `budget` (C, T) what they may err; `eps` is u times the norm of the
    balanced, scaled matrix, the distance that the budget stands for; `second` (C, T) times the square of a distance
    bounds what varies to second order. `kinds` are the conventions of phase of which one may be at work. `free` says that
    the rule's convention fixes no length or phase.
    """

    matrix: Array
    primal: Eigenpairs
    cotangents: tuple[Eigenpairs, ...]
    numbers: Array
    budget: Array
    state: Conditioning
    eps: float
    tangents: Tangents
    second: Array
    kinds: tuple[str | None, ...] = (None,)
    free: bool = False


@dataclass(frozen=True)
class Jump:
    """A neighbour at which the numbers jump: `sizes` and `allowed` of shape (C, T), 0 in `sizes` where within it."""

    neighbour: Neighbour
    sizes: Array
    allowed: Array
    numbers: Array

    @property
    def size(self) -> float:
        """The largest jump of any number."""
        return float(np.max(self.sizes, initial=0.0))


def balanced_distance(start: Start, moved: Array) -> float:
    """Frobenius norm of D^-1 (A' - A) D of the scaled matrix: the distance that the budget's eps is measured in."""
    d = start.state.balance
    return float(np.linalg.norm(scaled(moved, start.state.exponent) / d[:, None] * d[None, :]))


def probe(start: Start, neighbours: Sequence[Neighbour], respond: Respond) -> list[Jump]:
    """All neighbours at which the rule's numbers jump, nearest first as given; unrecognised pairs are passed over."""
    jumps = []
    matrices = [neighbour.matrix for neighbour in neighbours]
    for neighbour, answer in zip(neighbours, followed_numbers(start, matrices, respond), strict=True):
        jump = None if answer is None else _jump(start, neighbour, *answer)
        if jump is not None:
            jumps.append(jump)
    return jumps


def followed_numbers(start: Start, matrices: Sequence[Array], respond: Respond) -> list[tuple[Array, Array] | None]:
    """The rule's numbers (C, T) at nearby matrices for cotangents that followed their pairs; None where one was lost.

    With them comes what rounding of phases may add to each there, (C, 1). Every matrix is first asked with the
    cotangents as they are, since most often order and phases stay; where they did not, and where vectors have phases or
    free lengths, it is asked again with the carried ones.
    """
    if not matrices:
        return []
    vectors = start.primal.vectors
    turning = vectors is not None and (start.free or np.iscomplexobj(vectors))
    phases = turning and any(c.vectors is not None for c in start.cotangents)
    first = () if phases else start.cotangents
    result: list[tuple[Array, Array] | None] = [None] * len(matrices)
    again: list[tuple[int, tuple[Eigenpairs, ...], Array]] = []
    for place, (beside, numbers) in enumerate(respond(matrices, [first] * len(matrices))):
        followed = None if beside is None else follow_to(start.primal, beside, start.state)
        if followed is None or _lost(start.cotangents, followed):
            continue
        if followed.unmoved and not phases:
            result[place] = None if numbers is None else (numbers, np.zeros((len(start.cotangents), 1)))
        else:
            carried = tuple(followed.carry(c, invariant=True, free=start.free) for c in start.cotangents)
            again.append((place, carried, phase_rounding(start, carried, followed.second_vectors)))
    answers = respond([matrices[place] for place, _, _ in again], [c for _, c, _ in again]) if again else []
    for (place, _, room), (_, numbers) in zip(again, answers, strict=True):
        result[place] = None if numbers is None else (numbers, room)
    return result


def phase_rounding(start: Start, cotangents: Sequence[Eigenpairs], vectors: Array | None) -> Array:
    """What a rule that makes an entry of each vector real may err: n u norm(v_bar_k) norm(S) / |that entry|, (C, 1).

    A response to phases of n u norm(v_bar_k) is always left by rounding, and the phase moves by norm(S) / |entry|. Vectors
    of length l have l times that response, and a phase that moves by l norm(S) / |entry|.
    """
    room = np.zeros((len(cotangents), 1))
    if vectors is None or not np.iscomplexobj(vectors) or not vectors.size:
        return room
    _, entries = least_anchor(vectors, start.kinds)
    squares = lengths(vectors) ** 2
    reach = float(np.ldexp(start.state.largest_resolvent, -start.state.exponent))
    unit = start.eps / (start.state.norm or 1.0) * len(vectors) * factor_of(start.state) * reach
    for index, cotangent in enumerate(cotangents):
        if cotangent.vectors is not None:
            sizes = np.linalg.norm(cotangent.vectors.astype(np.complex128), axis=0) * squares
            with np.errstate(divide="ignore", over="ignore"):
                terms = np.divide(sizes, entries, out=np.zeros_like(entries, float), where=sizes > 0)
            room[index] = unit * float(np.sum(terms))
    return room


def _lost(cotangents: Sequence[Eigenpairs], followed: Followed) -> bool:
    """Whether a pair that some cotangent touches was not recognised."""
    for cotangent in cotangents:
        if cotangent.values is not None and np.any(followed.lost_values & (cotangent.values != 0)):
            return True
        if cotangent.vectors is not None and np.any(followed.lost_vectors & np.any(cotangent.vectors != 0, axis=0)):
            return True
    return False


def _jump(start: Start, neighbour: Neighbour, numbers: Array, room: Array) -> Jump | None:
    allowed = tolerance(start, neighbour) + room
    with np.errstate(invalid="ignore"):
        sizes = np.abs(numbers - start.numbers)
    # a number that turns into NaN within roundoff is a jump without a size
    sizes = np.where(np.isnan(sizes) & np.isfinite(start.numbers), np.inf, np.nan_to_num(sizes, nan=0.0, posinf=np.inf))
    over = sizes > allowed
    if not np.any(over):
        return None
    return Jump(neighbour, np.where(over, sizes, 0.0), allowed, numbers)


def tolerance(start: Start, neighbour: Neighbour) -> Array:
    """Two budgets, and the variation over the distance to first and second order, (C, T)."""
    distance = balanced_distance(start, difference(neighbour.matrix, start.matrix))
    ratio = distance / start.eps if start.eps else 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        allowed = start.budget * (2 + 2 * ratio / factor_of(start.state)) + start.second * distance**2
    return np.where(np.isnan(allowed), np.inf, allowed)


def flip_distance(start: Start, direction: Array, near: float, far: float, respond: Respond) -> tuple[float, float]:
    """Bisect for the distance at which the branch flips: (largest without a jump, smallest with one).

    Arguments:
        direction: of Frobenius norm 1.
        near, far: distances without and with a jump; `near` may be 0.
    """
    for _ in range(60):
        middle = np.sqrt(near * far) if near > 0 else far / 16
        if not near < middle < far or far <= 1.1 * near:
            break
        matrix = along(start.matrix, direction, middle)
        if np.array_equal(matrix, start.matrix):
            break
        neighbour = Neighbour(matrix, None, "re", 0.0, float(middle))
        if probe(start, [neighbour], respond):
            far = float(middle)
        else:
            near = float(middle)
    return near, far
