"""A complex gradient of a real matrix: `not-real`."""

from __future__ import annotations

import numpy as np

from eigcheck.check.compare import floored
from eigcheck.check.known import Found, Known
from eigcheck.choosing import place_of_foremost
from eigcheck.outcome import Finding

DECIDED = ("agrees", "differs", "nonfinite")


def check(known: Known) -> Found:
    """The first cotangent whose gradient has an imaginary part beyond what its real part may err."""
    point, gradients = known.point, known.answers.gradients
    if point.is_complex or not np.iscomplexobj(gradients):
        return Found()
    for comparison in known.comparisons:
        if comparison.status not in DECIDED:
            continue
        c = comparison.cotangent
        part = np.abs(gradients[c].imag)
        room = float(np.max(floored(point.allowed[c], point.roundoff, comparison.signal), initial=0.0))
        if np.any(part > room):
            entry, size = place_of_foremost(part), float(np.max(part))
            message = f"the gradient of a real matrix has an imaginary part of {size:.3g} at entry {entry}"
            return Found([Finding("not-real", message, cotangent=c, entry=entry, error=size, allowed=room)])
    return Found()
