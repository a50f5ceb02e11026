"""One hunt through the rules of a framework for a function on a domain: everywhere, or where nothing is known to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, time
from typing import Final

import numpy as np
from hypothesis import strategies as st

from benchmarks.findings.known import at, hopeless
from eigcheck.check.settings import Settings
from eigcheck.engine import version
from eigcheck.hunting.judging import Target
from eigcheck.hunting.rounds import Hunt, Progress, hunted
from eigcheck.hunting.telling import told
from eigcheck.model import Problem, Rule
from eigcheck.reports.hunt import HuntRecord
from eigcheck.sources import OpenRules, Wanted, loads_of, opened
from eigcheck.strategies.problems import DrawnProblem

EVERYWHERE: Final = "everywhere"
ELSEWHERE: Final = "elsewhere"
WHERE: Final = (EVERYWHERE, ELSEWHERE)
"""All that a hunt draws; and without the problems at which a finding that is told may show."""


@dataclass(frozen=True)
class Elsewhere(Target):
    """A rule at problems at which none of its findings that are told may show."""

    def takes(self, problem: Problem) -> bool:
        return super().takes(problem) and not at(self.rule.name, problem)

    @property
    def problems(self) -> st.SearchStrategy[DrawnProblem]:
        name = self.rule.name
        return super().problems.filter(lambda drawn: not at(name, drawn.problem))


@contextmanager
def rules_of(name: str) -> Iterator[OpenRules]:
    """The rules of a framework, in a child process, until the block ends."""
    wish = Wanted(rules=(f"{name}/*",), jobs=1)
    with opened(wish, loads_of(wish, (Problem("hunt", np.zeros((0, 0))),))) as found:
        mine = tuple(rule for rule in found.rules if rule.name.startswith(f"{name}/"))
        yield OpenRules(mine, found.runner, found.sources)


def places(rules: Sequence[Rule]) -> list[tuple[str, str, str]]:
    """The functions with the domains that there are rules for, and where to hunt, each once."""
    found = ((rule, where) for rule in rules for where in WHERE)
    worth = ((one, where) for one, where in found if where == EVERYWHERE or not hopeless(one.name, one.function))
    return sorted(dict.fromkeys((rule.function, rule.domain, where) for rule, where in worth))


def look(found: OpenRules, function: str, domain: str, where: str, seconds: float, seed: int) -> HuntRecord:
    """Hunt in this process for so long; what is found is made small in that time."""
    kind = Elsewhere if where == ELSEWHERE else Target
    rules = [rule for rule in found.rules if (rule.function, rule.domain) == (function, domain)]
    if where == ELSEWHERE:
        rules = [rule for rule in rules if not hopeless(rule.name, function)]
    began, clock = time(), monotonic()
    targets = tuple(kind(rule, rule.modes, rule.dtypes) for rule in rules)
    hunt = Hunt(targets, seed=seed, began=began, deadline=began + seconds)
    done, settings = Progress(), Settings()
    for _ in hunted(hunt, done, settings, found.runner, found.sources, 1):
        pass
    return HuntRecord(
        tuple(told(hunt, done, settings, found.runner)),
        rules=len(targets),
        seed=seed,
        coverage=done.coverage,
        doubtful=tuple(done.doubtful),
        seconds=monotonic() - clock,
        version=version(),
    )
