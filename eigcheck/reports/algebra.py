"""The algebra of an outcome's cause: what is due, what the rule did instead, and what that makes of the oracles' gradient.

Where a cause is a map of the true gradient G alone, it is applied to G and held against what the rule returned. Here
V are unit eigenvectors, F_ij = 1 / (lambda_j - lambda_i) off the diagonal, and M = V^H V_bar (Boeddeker et al. 2017,
arXiv:1701.00392, in the pairing Re tr(X^H Y)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from eigcheck.detail import Detail
from eigcheck.jsonable import Jsonable
from eigcheck.model import Array
from eigcheck.names import VECTOR_FUNCTIONS
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


def explained(known: Algebra | None, function: str, detail: Detail) -> Explained | None:
    """The algebra of a cause at an outcome; None for an unknown cause."""
    if known is None:
        return None
    told = Explained(DUE_VECTORS if function in VECTOR_FUNCTIONS else DUE_VALUES, known.formula)
    want, got, allowed = detail.reference, detail.gradient, detail.allowed
    if want is None or got is None or allowed is None:
        return told
    if not (np.isfinite(got).all() and np.isfinite(want).all() and got.size):
        return told
    return _fitted(told, known.predicted(want, got), want, got, allowed)


def _fitted(told: Explained, forms: Sequence[Array], want: Array, got: Array, allowed: Array) -> Explained:
    """With the form nearest to what the rule returned, if it is within SHARES of what is allowed and the truth is not."""
    if not forms:
        return told
    best = min(forms, key=lambda form: float(np.abs(form - got).max()))
    off, room = float(np.abs(best - got).max()), SHARES * float(np.max(allowed))
    moved = float(np.abs(best - want).max())
    return replace(told, predicted=best, off=off, room=room) if off <= room < moved else told
