"""An outcome as the console shows it, for `print` and for notebooks, with the causes that are known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from eigcheck.check.diagnoses import diagnoses
from eigcheck.outcome import Outcome
from eigcheck.reports.console import in_full
from eigcheck.reports.page import Look, to_html, to_text
from eigcheck.reports.record import Algebra, Causes

LOOK = Look(unicode=True)


@lru_cache(maxsize=1)
def causes() -> Causes:
    """What went wrong and what to do about it, by the name of each cause that is recognised."""
    return {known.name: (known.summary, known.fix) for known in diagnoses()}


def algebra() -> Mapping[str, Algebra]:
    """The formula of each cause that is recognised, and what it makes of a true gradient, by its name."""
    return {known.name: known for known in diagnoses()}


def text(outcome: Outcome) -> str:
    """The outcome in full, 80 columns wide; nothing in it steers a terminal."""
    return to_text(in_full(outcome, LOOK, causes())).rstrip("\n")


def html(outcome: Outcome) -> str:
    """The same for a page, in the console's styles."""
    return to_html(in_full(outcome, LOOK, causes()))
