"""Whether a rule's primal is right where it was asked: at the matrix of a case and beside it."""

from __future__ import annotations

from eigcheck.check.primal import check_primal
from eigcheck.model import Eigenpairs, Finding, Rule
from eigcheck.names import HERMITIAN_FUNCTIONS
from eigcheck.spectra.survey import Spectrum


def primal_finding(rule: Rule, spectrum: Spectrum, primal: Eigenpairs, roundoff: float) -> Finding | None:
    """The finding `primal` if values or vectors at a matrix are wrong in themselves, else None."""
    state = spectrum.conditioning
    return check_primal(
        primal,
        spectrum.decomposed,
        state,
        roundoff,
        ascending=rule.function in HERMITIAN_FUNCTIONS and rule.convention == "lapack",
        unit=rule.convention == "lapack",
    )
