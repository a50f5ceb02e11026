"""What there is to say of an outcome, in sentences without a layout: reports for people all say it in these words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from eigcheck.choosing import ranked
from eigcheck.digits import number
from eigcheck.model import Expectation
from eigcheck.names import NOTES
from eigcheck.outcome import Finding, KnownFault, Offender, Outcome
from eigcheck.reports.record import Causes

ALIKE: Final = 4
"""Things of one kind, such as entries that are off, that are told one by one; the rest are counted."""
_FEW: Final = 3
"""Findings that are told in short; further ones are counted."""
GRAVITY: Final = ("fail", "error", "inconclusive", "undefined", "pass")
"""Verdicts, the gravest first: a wrong number is believed, a crash is seen."""


def counted(count: int, noun: str) -> str:
    """A count with its noun, in the plural where there is not one of it."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def magnitude(value: Any) -> str:
    """A size of which only the order matters, such as an error or a bar: two significant digits."""
    return number(value, 2)


def excess(measured: float, allowed: float) -> str:
    """How a measured size stands to the allowed one."""
    if math.isnan(measured) or math.isnan(allowed):
        return f"allowed {magnitude(allowed)}"
    if measured <= allowed:
        return f"within the allowed {magnitude(allowed)}"
    ratio = measured / allowed if allowed > 0 else math.inf
    return f"{magnitude(ratio)} times the allowed {magnitude(allowed)}" if math.isfinite(ratio) else "none is allowed"


def entry_name(entry: Any) -> str:
    """An entry as (row, column), counted from 0."""
    row, column = entry
    return f"({int(row)}, {int(column)})"


def place_of(outcome: Outcome) -> str:
    """The file and line of the case; empty for one that stands in no file."""
    problem = outcome.problem
    return f"{problem.file}:{problem.line}" if problem.file else ""


def expectation_in_words(expected: Expectation) -> str:
    """What was expected, such as `fail with mismatch and jump, cause transposed (by mylib/*@reverse)`."""
    words = " or ".join(expected.verdicts) or "another verdict"  # none are left where the source took away the only one
    if expected.findings:
        words += " with " + " and ".join(expected.findings)
    if expected.diagnosis:
        words += f", cause {expected.diagnosis}"
    return words + (f" (by {expected.source})" if expected.source else "")


def fault_in_words(fault: KnownFault) -> str:
    """Such as `fail with jump and mismatch, cause transposed`."""
    return expectation_in_words(Expectation((fault.verdict,), fault.findings, fault.diagnosis))


@dataclass(frozen=True)
class ToldCause:
    """A cause of an outcome: what went wrong, the form that fits, what it leaves of the error, where; what to do."""

    name: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}" if self.what else self.name


def causes_of(outcome: Outcome, causes: Causes) -> tuple[ToldCause, ...]:
    """The causes of an outcome, most likely first; one that is not among `causes` has no remedy."""
    seen = {cause.name: cause for cause in outcome.judgement.detail.causes}
    told = []
    for name in outcome.judgement.diagnosis:
        what, remedy = causes.get(name, ("", ""))
        parts = [what]
        if known := seen.get(name):
            parts.append(known.said)
            parts.append(f"explains all but {magnitude(known.left)} of the error" if known.left else "")
            parts.append("beside A" if known.beside else "")
        told.append(ToldCause(name, "; ".join(part for part in parts if part), remedy))
    return tuple(told)


def finding_in_words(finding: Finding) -> list[str]:
    """A finding in sentences."""
    return [text for text in (finding.message, _excess(finding), _further_entries(finding)) if text]


def _size(found: Finding | Offender) -> float | None:
    return found.size if found.error is None else found.error


def _excess(finding: Finding) -> str:
    size = _size(finding)
    if size is None or not finding.allowed or not math.isfinite(size) or "allowed" in finding.message:
        return ""  # the message says both
    return f"{magnitude(size)} is {excess(size, finding.allowed)}"


def _further_entries(finding: Finding) -> str:
    """The other offending entries, largest first, if the finding tells them."""
    told = [item for item in finding.extra.entries if item.entry != finding.entry]
    sizes = [f"{entry_name(item.entry)} by {magnitude(_size(item))}" for item in told[:ALIKE]]
    more = f" and {len(told) - ALIKE} more" if len(told) > ALIKE else ""
    return f"also {', '.join(sizes)}{more}" if sizes else ""


def grave(outcome: Outcome) -> list[Finding]:
    """The findings that are more than notes."""
    return [finding for finding in outcome.judgement.findings if finding.kind not in NOTES]


def because(outcome: Outcome) -> tuple[str, ...]:
    """What was found, a sentence each, led by its kind; without findings why there is a verdict at all, if told."""
    found, why = grave(outcome), outcome.judgement.detail.why
    told = [": ".join(filter(None, (finding.kind, finding.message))) for finding in found[:_FEW]]
    if len(found) > _FEW:
        told.append(f"and {len(found) - _FEW} more")
    return (*told, *([why] if why else []))


def in_short(outcome: Outcome, causes: Causes) -> tuple[str, ...]:
    """What was found, the first cause with its remedy, and what was expected instead: a sentence each."""
    told = list(because(outcome))
    for cause in causes_of(outcome, causes)[:1]:
        told.append(f"cause {cause}")
        told += [f"remedy: {cause.remedy}"] if cause.remedy else []
    told.append(f"expected {expectation_in_words(outcome.expected)}, got {outcome.judgement.verdict}")
    return tuple(told)


def excess_of(finding: Finding) -> float:
    """Measured over allowed; infinite where there is no number or nothing is allowed, 0 where nothing was measured."""
    size = _size(finding)
    if size is None or finding.allowed is None:
        return 0.0
    ratio = size / finding.allowed if finding.allowed > 0 else math.inf
    return math.inf if math.isnan(ratio) else ratio


def worst_first(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes by verdict, the gravest first, and among these by how far the worst finding exceeds what is allowed."""
    sizes = [max(map(excess_of, outcome.judgement.findings), default=0.0) for outcome in outcomes]
    by_size = [outcomes[place] for place in ranked(sizes)]
    return tuple(sorted(by_size, key=lambda outcome: GRAVITY.index(outcome.judgement.verdict)))
