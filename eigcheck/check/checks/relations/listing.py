"""What the JSON report says of relations: those of this package, with linearity and adjointness, checked at A itself."""

from __future__ import annotations

from collections.abc import Sequence

from eigcheck.check.known import Checked
from eigcheck.detail import Relation
from eigcheck.outcome import Finding


def listed(
    linear: Finding | None, adjointness: Checked | None, checked: Sequence[Checked], findings: Sequence[Finding]
) -> tuple[Relation, ...]:
    """Name, status, error, allowed and reason of every relation, and the kind of the finding that tells of it, if any."""
    if not checked or adjointness is None:
        return ()
    return tuple(_row(row, findings) for row in (_linearity(linear), adjointness, *checked))


def _row(checked: Checked, findings: Sequence[Finding]) -> Relation:
    told = any(f.kind == checked.kind and f.extra.relation in (None, checked.name) for f in findings)
    kind = checked.kind if told else None
    return Relation(checked.name, checked.status, checked.error, checked.allowed, checked.why, kind)


def _linearity(broken: Finding | None) -> Checked:
    """Of one real-linear map, as `check.linearity` found."""
    if broken is None:
        return Checked("linearity", "holds", kind="not-linear")
    if broken.kind == "not-linear":
        return Checked("linearity", "broken", broken.error, broken.allowed, kind="not-linear")
    return Checked("linearity", "abstained", why=broken.message, kind="not-linear")
