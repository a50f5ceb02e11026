"""The rule's numbers at the matrix against those of the oracles: `mismatch`, `gauge` and `nonfinite`."""

from __future__ import annotations

from collections.abc import Sequence

from eigcheck.check.compare import Comparison
from eigcheck.check.known import Found, Known
from eigcheck.check.point import Point
from eigcheck.choosing import foremost, ranked
from eigcheck.digits import apart, modulus
from eigcheck.domains.entries import entry_errors, value_at, worst_of
from eigcheck.oracles import registry
from eigcheck.outcome import Extra, Finding, Offender


def check(known: Known) -> Found:
    """One comparison for each cotangent; one finding of a kind, for the worst of them."""
    # differences of a wrong primal are no derivative of the function: they would accuse a gradient that is right
    believed = [t for t in known.testimonies if not (known.wrong_primal and registry.uses_primal(t.oracle))]
    point, answers = known.point, known.answers
    comparisons = tuple(
        point.compared(c, answers.numbers[c], believed, trouble) for c, trouble in enumerate(answers.troubles)
    )
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
    return Found(found, comparisons)


def _difference(kind: str, point: Point, group: Sequence[Comparison]) -> Finding:
    """The cotangent with the largest excess over what is allowed relative to its signal; the first among equals."""
    sizes = [float(c.excess.max()) / (c.signal or 1.0) for c in group]
    worst = group[foremost(sizes)]
    assert worst.want is not None
    assert worst.got is not None
    assert worst.allowed is not None
    errors = entry_errors(worst.excess, point.tangents)
    entry = worst_of(errors, worst.got, worst.allowed, point.tangents)
    t = foremost(worst.excess)
    got: complex | float = float(worst.got[t])
    want: complex | float = float(worst.want[t])
    if entry is not None:
        got, want = value_at(worst.got, point.tangents, entry), value_at(worst.want, point.tangents, entry)
        t = max((i for i, e in enumerate(point.tangents.entries) if e == entry), key=worst.excess.__getitem__)
    error = modulus(got - want)
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
        error=error,
        allowed=float(worst.allowed[t]),
        oracle=worst.oracle,
        extra=extra,
    )
