"""An outcome in a few sentences without a layout, for formats that draw their own, and which outcome is the worst."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from eigcheck.choosing import ranked
from eigcheck.names import NOTES
from eigcheck.outcome import Finding, Outcome
from eigcheck.reports.console_outcome import cause_in_words, expectation_in_words, said
from eigcheck.reports.record import Causes

_FEW: Final = 3
"""Findings that are told; further ones are counted."""
_GRAVITY: Final = ("fail", "error", "inconclusive", "undefined", "pass")
"""Verdicts, the gravest first: a wrong number is believed, a crash is seen."""


def because(outcome: Outcome) -> tuple[str, ...]:
    """What was found, a sentence each, led by its kind; without findings why there is a verdict at all, if told."""
    labels = outcome.judgement.detail.cotangents
    grave = [finding for finding in outcome.judgement.findings if finding.kind not in NOTES]
    told = [": ".join((finding.kind, *said(finding, labels)[:1])) for finding in grave[:_FEW]]
    if len(grave) > _FEW:
        told.append(f"and {len(grave) - _FEW} more")
    why = outcome.judgement.detail.why
    return (*told, *([why] if why else []))


def in_short(outcome: Outcome, causes: Causes) -> tuple[str, ...]:
    """What was found, the first cause with its remedy, and what was expected instead: a sentence each."""
    told = list(because(outcome))
    for name in outcome.judgement.diagnosis[:1]:
        remedy = causes.get(name, ("", ""))[1]
        told.append(f"cause {cause_in_words(outcome, name, causes)}")
        told += [f"remedy: {remedy}"] if remedy else []
    told.append(f"expected {expectation_in_words(outcome.expected)}, got {outcome.judgement.verdict}")
    return tuple(told)


def excess_of(finding: Finding) -> float:
    """Measured over allowed; infinite where there is no number or nothing is allowed, 0 where nothing was measured."""
    size = finding.error if finding.error is not None else finding.size
    if size is None or finding.allowed is None:
        return 0.0
    ratio = size / finding.allowed if finding.allowed > 0 else math.inf
    return math.inf if math.isnan(ratio) else ratio


def worst_first(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes by verdict, the gravest first, and among these by how far the worst finding exceeds what is allowed."""
    excess = [max(map(excess_of, outcome.judgement.findings), default=0.0) for outcome in outcomes]
    by_size = [outcomes[place] for place in ranked(excess)]
    return tuple(sorted(by_size, key=lambda outcome: _GRAVITY.index(outcome.judgement.verdict)))
