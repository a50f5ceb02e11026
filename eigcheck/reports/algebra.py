"""The algebra of an outcome's cause: what is due, what the rule did instead, and what that makes of the oracles' gradient.

Where a cause is a map of the true gradient G alone, it is applied to G and held against what the rule returned. Here
V are unit eigenvectors, F_ij = 1 / (lambda_j - lambda_i) off the diagonal, and M = V^H V_bar (Boeddeker et al. 2017,
arXiv:1701.00392, in the pairing Re tr(X^H Y)).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from eigcheck.jsonable import Jsonable
from eigcheck.model import Array
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.outcome import Outcome
from eigcheck.reports.record import Algebra

DUE_VALUES: Final = "G = V⁻ᴴ diag(λ̄) Vᴴ"
DUE_VECTORS: Final = "G = V⁻ᴴ (diag(λ̄) + conj(F) ∘ (M − VᴴV diag(Re diag M))) Vᴴ,  M = VᴴV̄,  Fᵢⱼ = 1/(λⱼ − λᵢ)"
SHARES: Final = 4.0
"""Allowed errors that map and rule may be apart: the rule, the oracle, and two entries that a map adds."""


@dataclass(frozen=True)
class Explained(Jsonable):
    """What is `due` and what the rule returned instead (`wrong`), as formulas.

    Where the fault is a map of G that fits here, `predicted` is what it makes of the oracles' gradient, `off` from what
    the rule returned, within `room`.
    """

    due: str
    wrong: str
    predicted: Array | None = None
    off: float | None = None
    room: float | None = None


def explained(known: Algebra | None, outcome: Outcome) -> Explained | None:
    """The algebra of a cause at an outcome; None for an unknown cause.

    Of the forms that are a map of G, the one nearest to what the rule returned counts, if it is within SHARES of what is
    allowed and the truth is not.
    """
    if known is None:
        return None
    detail, vectors = outcome.judgement.detail, outcome.problem.function in VECTOR_FUNCTIONS
    told = Explained(DUE_VECTORS if vectors else DUE_VALUES, known.formula)
    want, got, allowed = detail.reference, detail.gradient, detail.allowed
    if want is None or got is None or allowed is None or not got.size or not np.isfinite((got, want)).all():
        return told
    forms = known.predicted(want, got)
    if not forms:
        return told
    best = min(forms, key=lambda form: float(np.abs(form - got).max()))
    off, room = float(np.abs(best - got).max()), SHARES * float(np.max(allowed))
    moved = float(np.abs(best - want).max())
    return replace(told, predicted=best, off=off, room=room) if off <= room < moved else told
