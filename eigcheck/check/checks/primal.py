"""Whether a rule's primal is right where it was asked: at the matrix of a case and beside it."""

from __future__ import annotations

from eigcheck.check.point import Ground
from eigcheck.check.primal import check_primal
from eigcheck.model import Eigenpairs, Finding, Rule
from eigcheck.names import HERMITIAN_FUNCTIONS


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
