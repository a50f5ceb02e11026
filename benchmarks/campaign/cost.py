"""What a verdict costs: the least time of some rounds, one check at a time, whatever was remembered forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.campaign import rules
from benchmarks.campaign.checkers import checker
from benchmarks.campaign.checkers.answers import answer_of
from benchmarks.campaign.families import gaussian, symmetric
from benchmarks.campaign.subject import Subject, of_rule
from eigcheck.remembering import forget

SMALL = 2
"""The order at which every checker is called once before its time is taken, so that imports do not count."""


def problems(n: int) -> tuple[Subject, ...]:
    """A Gaussian matrix for `eigvals` and `eig`, a symmetric one for `eigh`; reverse mode only."""
    general, hermitian = gaussian(np.random.default_rng(n), n), symmetric(np.random.default_rng(n), n)
    chosen = [(rule, general) for rule in rules.for_others(False)] + [(rules.for_others(True)[-1], hermitian)]
    return tuple(replace(of_rule(rule, matrix), pushforward=None) for rule, matrix in chosen)


def times(name: str, n: int, rounds: int) -> Iterator[dict[str, Any]]:
    """A record for each problem of order n."""
    asked = checker(name)
    for warm in problems(SMALL):
        answer_of(asked, warm)
    for subject in problems(n):
        taken, word = [], ""
        for _ in range(rounds):
            forget()
            started = perf_counter()
            word = answer_of(asked, subject).word
            taken.append(perf_counter() - started)
        yield {"checker": name, "n": n, "function": subject.function, "seconds": min(taken), "word": word}
