"""The rule's numbers at the matrix against those of the oracles: `mismatch`, `gauge`, `nonfinite` and `not-real`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eigcheck.check.ask import Answers
from eigcheck.check.compare import Comparison, entry_errors, floored, value_at, worst_entry
from eigcheck.check.known import Found, Known
from eigcheck.check.point import Point
from eigcheck.choosing import foremost, place_of_foremost, ranked
from eigcheck.digits import apart
from eigcheck.oracles import registry
from eigcheck.outcome import Extra, Finding, Offender

DECIDED = ("agrees", "differs", "nonfinite")


def check(known: Known) -> Found:
    """One comparison for each cotangent; one finding of a kind, for the worst of them."""
    # differences of a wrong primal are no derivative of the function: they would accuse a gradient that is right
    believed = [t for t in known.testimonies if not (known.wrong_primal and registry.uses_primal(t.oracle))]
    point, answers = known.point, known.answers
    comparisons = tuple(point.compared(c, answers.numbers[c], believed) for c in range(len(point.cotangents)))
    found: list[Finding] = []
    for kind, gauge in (("mismatch", False), ("gauge", True)):
        group = [c for c in comparisons if c.status == "differs" and point.cotangents[c.cotangent].gauge == gauge]
        if group:
            found.append(_difference(kind, point, group))
    broken = [c for c in comparisons if c.status == "nonfinite" and answers.troubles[c.cotangent] is None]
    if broken:
        label = point.cotangents[broken[0].cotangent].label
        message = f"NaN or infinity where the gradient for {label} is finite"
        found.append(Finding("nonfinite", message, cotangent=broken[0].cotangent))
    imaginary = _imaginary(point, answers, comparisons)
    return Found([*found, imaginary] if imaginary is not None else found, comparisons)


def _difference(kind: str, point: Point, group: Sequence[Comparison]) -> Finding:
    """The cotangent with the largest excess over what is allowed relative to its signal; the first among equals."""
    sizes = [float(np.max(c.excess / (c.signal or 1.0))) for c in group]
    worst = group[foremost(sizes)]
    assert worst.want is not None
    assert worst.got is not None
    assert worst.allowed is not None
    errors, entry = entry_errors(worst, point.tangents), worst_entry(worst, point.tangents)
    t = foremost(worst.excess)
    got: complex | float = float(worst.got[t])
    want: complex | float = float(worst.want[t])
    if entry is not None:
        got, want = value_at(worst.got, point.tangents, entry), value_at(worst.want, point.tangents, entry)
        t = next(i for i, e in enumerate(point.tangents.entries) if e == entry)
    error = abs(got - want)
    place = f"entry {entry}" if entry is not None else "a dense direction"
    label = point.cotangents[worst.cotangent].label
    shown, right = apart(got, want, 10)
    message = (
        f"{place} of the gradient for {label} is {shown} where {worst.oracle} finds {right}: "
        f"off by {error:.3g}, allowed {float(worst.allowed[t]):.2g}"
    )
    offenders = [Offender(e, error=size) for e, size in errors.items()]
    extra = Extra(
        entries=tuple(offenders[place] for place in ranked(list(errors.values()))),
        cotangents=tuple(c.cotangent for c in group),
        label=label,
    )
    return Finding(
        kind,
        message,
        cotangent=worst.cotangent,
        entry=entry,
        got=got,
        want=want,
        error=float(error),
        allowed=float(worst.allowed[t]),
        oracle=worst.oracle,
        extra=extra,
    )


def _imaginary(point: Point, answers: Answers, comparisons: Sequence[Comparison]) -> Finding | None:
    """A complex gradient of a real matrix, beyond what its real part may err."""
    if point.is_complex or not np.iscomplexobj(answers.gradients):
        return None
    for comparison in comparisons:
        if comparison.status not in DECIDED:
            continue
        part = np.abs(answers.gradients[comparison.cotangent].imag)
        room = float(
            np.max(floored(point.allowed[comparison.cotangent], point.roundoff, comparison.signal), initial=0.0)
        )
        if np.any(part > room):
            entry = place_of_foremost(part)
            size = float(np.max(part))
            return Finding(
                "not-real",
                f"the gradient of a real matrix has an imaginary part of {size:.3g} at entry {entry}",
                cotangent=comparison.cotangent,
                entry=entry,
                error=size,
                allowed=room,
            )
    return None
