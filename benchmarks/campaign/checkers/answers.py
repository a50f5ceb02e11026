"""What a checker answers, and what is made of its exceptions."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.campaign.subject import Subject

AGREE, DISAGREE, ABSTAIN, RAISED = "agree", "disagree", "abstain", "raised"
"""`abstain`: it says itself that it cannot tell, or is not made for this; `raised`: something else than its verdict."""

LIMIT = 120
"""Seconds for one check, after which it counts as an abstention."""


@dataclass(frozen=True)
class Answer:
    """One word about one rule at one matrix. `more` is what the tables need beside it."""

    word: str
    note: str = ""
    more: tuple[tuple[str, Any], ...] = ()


Check = Callable[[Subject], Answer]


@dataclass(frozen=True)
class Checker:
    """A checker as it is shown: its name in the tables, the call, its tolerances in words."""

    name: str
    call: str
    tolerance: str
    check: Check


class _TooSlow(Exception):
    pass


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise inside the block when it takes longer. Needs the main thread of a process."""

    def ring(*_: Any) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def answer_of(checker: Checker, subject: Subject, limit: int = LIMIT) -> Answer:
    """The checker's answer, whatever it raises."""
    try:
        with time_limit(limit):
            return checker.check(subject)
    except _TooSlow:
        return Answer(ABSTAIN, f"no answer within {limit} s")
    except Exception as error:
        return Answer(RAISED, f"{type(error).__name__}: {error}"[:300])
