"""What excuses a gradient for a jump: something at the neighbour that is not the rule's derivative to answer for.

- LAPACK's eigenpairs are none there, or the matrix is defective there.
- The rule's own primal is wrong there: that is the finding then, since LAPACK may be another one in every library.
- A right rule may err by more there than at A. Beside a row of zeros balancing scales by 1e7 and more, and rounding in
  the balanced matrix is that much larger in A; the two budgets of a jump are one of A and one of the neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eigcheck.check.ask import Ask
from eigcheck.check.jumps import Jump, Start
from eigcheck.check.neighbours import in_ulps
from eigcheck.check.point import Point, among_answers, budget_of
from eigcheck.check.primal import primal_finding
from eigcheck.model import Eigenpairs
from eigcheck.outcome import Finding
from eigcheck.spectra.following import follow_to
from eigcheck.spectra.reads import read
from eigcheck.spectra.soundness import lapack_holds
from eigcheck.spectra.survey import Spectrum, survey


def unexcused(point: Point, ask: Ask, start: Start, jumps: Sequence[Jump]) -> tuple[list[Jump], Finding | None]:
    """The jumps that remain, and the finding `primal` of a neighbour where that excuses one."""
    triangle = point.triangle
    jumps = [jump for jump in jumps if lapack_holds(read(jump.neighbour.matrix, triangle))]
    left: list[Jump] = []
    misled: Finding | None = None
    for jump, primal in zip(jumps, ask.primals([jump.neighbour.matrix for jump in jumps]), strict=True):
        there = survey(jump.neighbour.matrix, triangle)
        if there.multiplicity.defective:
            continue
        if primal is None or there.state is None:
            left.append(jump)
            continue
        wrong = primal_finding(point.rule, there, primal, point.roundoff)
        if wrong is not None:
            misled = misled or _told(jump, wrong)
            continue
        judged = _with_budget_of(jump, point, start, there, primal)
        if np.any(judged.sizes):
            left.append(judged)
    return left, misled


def _with_budget_of(jump: Jump, point: Point, start: Start, there: Spectrum, primal: Eigenpairs) -> Jump:
    """The jump where one of its two budgets is that of the neighbour, if that is the larger one."""
    followed = follow_to(start.primal, primal, start.state)
    carried = tuple(followed.carry(c, invariant=True, free=start.free) for c in start.cotangents)
    made = budget_of(there, point.rule, primal, carried, point.roundoff)
    beside = among_answers(made.allowed, start.tangents, there.triangle)
    allowed = jump.allowed + np.maximum(beside - start.budget, 0.0)
    # no budget, be it infinite beside a repeated eigenvalue, lets a number become NaN
    over = (jump.sizes > allowed) | np.isinf(jump.sizes)
    return replace(jump, allowed=allowed, sizes=np.where(over, jump.sizes, 0.0))


def _told(jump: Jump, found: Finding) -> Finding:
    """The finding `primal` of a neighbour, which says where that is."""
    neighbour = jump.neighbour
    where = "moved along a random direction"
    if neighbour.moved is not None:
        where = f"entry {neighbour.moved} moved by {in_ulps(neighbour.ulps)}"
    return replace(found, message=f"beside A ({where}) {found.message}")
