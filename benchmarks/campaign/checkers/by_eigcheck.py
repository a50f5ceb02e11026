"""eigcheck itself, by its Python interface."""

from __future__ import annotations

from typing import Any

import numpy as np

import eigcheck
from benchmarks.campaign.checkers.answers import ABSTAIN, AGREE, DISAGREE, RAISED, Answer, Checker
from benchmarks.campaign.subject import Subject
from eigcheck.outcome import Outcome

WORDS = {"pass": AGREE, "fail": DISAGREE, "inconclusive": ABSTAIN, "undefined": ABSTAIN, "error": RAISED}


def outcomes(subject: Subject) -> tuple[Outcome, ...]:
    """The outcomes of all modes that the rule has."""
    with np.errstate(all="ignore"):
        return eigcheck.check(
            subject.rrule,
            subject.matrix,
            function=subject.function,
            domain=subject.domain,
            uplo=subject.uplo,
            pushforward=subject.pushforward,
            convention=subject.convention,
            cotangent=subject.cotangent,
            seed=subject.seed,
        )


def answer(outcome: Outcome) -> Answer:
    judged = outcome.judgement
    said = "; ".join(finding.message for finding in judged.findings) or (judged.detail.why or "")
    more: dict[str, Any] = {
        "mode": outcome.mode,
        "verdict": judged.verdict,
        "findings": sorted({finding.kind for finding in judged.findings}),
        "diagnosis": list(judged.diagnosis),
    }
    return Answer(WORDS[judged.verdict], said[:400], tuple(more.items()))


def _check(subject: Subject) -> Answer:
    return answer(outcomes(subject)[0])


CHECKERS = (Checker("eigcheck", "eigcheck.check", "none: budget and bars follow from the matrix", _check),)
