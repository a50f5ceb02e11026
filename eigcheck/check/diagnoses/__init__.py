"""From a wrong gradient to its likely cause.

A cause is data (`Cause`): its name and texts, its formula, and the gradients that a rule with this fault would return.
What is a map of the true gradient stands in `maps`, what is a slip in its formula in `slips`, what is more work in a file
of its own. A new one is an entry of `CAUSES` in one of these files or a new one, and its name in `registry.ORDER`.
"""

from __future__ import annotations

from eigcheck.check.diagnoses.cause import Cause
from eigcheck.check.diagnoses.matching import explain
from eigcheck.check.diagnoses.registry import diagnoses

__all__ = ["Cause", "diagnoses", "explain"]
