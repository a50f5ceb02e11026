"""Whether a rule's primal is right where it was asked: at the matrix of a case and beside it."""

from __future__ import annotations

from collections.abc import Sequence

from eigcheck.judge.continuity import Jump
from eigcheck.judge.primal import check_primal
from eigcheck.model import Eigenpairs, Finding, Rule
from eigcheck.names import HERMITIAN_FUNCTIONS
from eigcheck.trial.scene import Ground, Scene, survey
from eigcheck.trial.voice import Voice


def primal_finding(rule: Rule, ground: Ground, primal: Eigenpairs, roundoff: float) -> Finding | None:
    """The finding `primal` if values or vectors at `ground` are wrong in themselves, else None."""
    state = ground.state
    assert state is not None
    return check_primal(
        primal,
        ground.decomposed,
        state,
        roundoff,
        ascending=rule.function in HERMITIAN_FUNCTIONS and rule.convention == "lapack",
        unit=rule.convention == "lapack",
    )


def primals_beside(scene: Scene, voice: Voice, jumps: Sequence[Jump]) -> list[Finding | None]:
    """For each jump the finding `primal` at its neighbour: what a wrong primal makes of a gradient is not its fault."""
    matrices = [jump.neighbour.matrix for jump in jumps]
    found: list[Finding | None] = []
    for matrix, primal in zip(matrices, voice.primals(matrices), strict=True):
        ground = survey(matrix, scene.ground.triangle)
        known = primal is not None and ground.state is not None
        found.append(primal_finding(scene.rule, ground, primal, scene.roundoff) if known and primal else None)
    return found
