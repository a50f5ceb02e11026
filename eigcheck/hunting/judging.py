"""A rule under suspicion, what is drawn for it, and the two depths at which it is judged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import time
from typing import Final

from hypothesis import strategies as st

from eigcheck.check.settings import Settings
from eigcheck.execution import RuleRunner
from eigcheck.execution.perform import LocalRunner
from eigcheck.execution.quiet import Interrupts
from eigcheck.model import Problem, Rule
from eigcheck.outcome import Outcome
from eigcheck.reports.words import GRAVITY
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.strategies.builders import BUILDERS
from eigcheck.strategies.matrices import ORDERS, dtypes_of
from eigcheck.strategies.problems import DrawnProblem, drawn_problems
from eigcheck.tasks import Task, outcomes_of

RIGHT: Final = "numpy/"  # how the names begin of rules that are right, of every function and domain
SCREENING: Final = ("certified", "identities", "dual")
"""Oracles that answer alone at most matrices; `central` costs a dozen primals more and is asked where these do not."""

HUNTED: Final[Mapping[int, int]] = {n: 4 * often for n, often in ORDERS.items()} | {33: 2, 65: 1}
"""Orders with how often each is drawn. The largest are past common sizes of blocks, and nobody waits for them here."""

_OTHERS: Final = 4
"""Orders beside the usual ones that are drawn for a rule of certain orders, which may be thousands and dear."""


@dataclass(frozen=True)
class Target:
    """A rule in some of its modes, with the dtypes that it is asked in."""

    rule: Rule
    modes: tuple[str, ...]
    dtypes: tuple[str, ...]

    def takes(self, problem: Problem) -> bool:
        """Whether it is a rule of problems of this order and dtype."""
        orders = self.rule.orders
        return problem.dtype in self.dtypes and (orders is None or len(problem.matrix) in orders)

    @property
    def problems(self) -> st.SearchStrategy[DrawnProblem]:
        """What is drawn for it."""
        rule, dtypes = self.rule, dtypes_of(self.dtypes)
        return drawn_problems(rule.function, rule.domain, rule.uplo, self.orders, dtypes, tuple(BUILDERS), self.modes)

    @property
    def orders(self) -> Mapping[int, int]:
        """The orders that are drawn for it, with how often each is: the usual ones that it takes, and a few others."""
        if self.rule.orders is None:
            return HUNTED
        others = [n for n in self.rule.orders if n not in HUNTED][:_OTHERS]
        return {n: HUNTED.get(n, 1) for n in self.rule.orders if n in HUNTED or n in others}


def references_of(rule: Rule) -> tuple[Rule, ...]:
    """The rules that are known to be right for the same function, domain and triangle; none for those themselves."""
    load_builtin()
    if rule.builtin and rule.name.startswith(RIGHT):
        return ()
    place = (rule.function, rule.domain, rule.triangle)
    right = (one for one in registered() if one.name.startswith(RIGHT))
    return tuple(one for one in right if (one.function, one.domain, one.triangle) == place)


class OutOfTime(BaseException):
    """The time is up; Hypothesis lets pass what is no Exception."""


@dataclass(frozen=True)
class Judge:
    """The house's judge with a rule before it. `deadline` is in the seconds of `time.time`."""

    rule: Rule
    runner: RuleRunner
    settings: Settings
    deadline: float = math.inf
    interrupts: Interrupts = field(default_factory=Interrupts)
    """What is known of Ctrl-C: a KeyboardInterrupt is lost where it comes while the interpreter runs a callback, such as
    that of Hypothesis after each collection of garbage."""

    def check_time(self) -> None:
        """Raise OutOfTime where there is none left, and KeyboardInterrupt where one was lost."""
        if self.interrupts.pressed:
            raise KeyboardInterrupt
        if time() > self.deadline:
            raise OutOfTime

    def screened(self, problem: Problem, modes: tuple[str, ...]) -> list[Outcome]:
        """Outcomes of what is asked at the matrix itself. A fault in them is one; a `pass` says less than a full one."""
        settings = replace(self.settings, here=True, oracles=self.settings.oracles or SCREENING)
        return list(outcomes_of(Task(problem, self.rule, modes), settings, self.runner))

    def full(self, problem: Problem, modes: tuple[str, ...]) -> list[Outcome]:
        """Outcomes as `eigcheck run` has them."""
        return list(outcomes_of(Task(problem, self.rule, modes), self.settings, self.runner))

    def reference_verdict(self, problem: Problem, mode: str) -> str:
        """The gravest full verdict on rules of our own that are right; `pass` where there are none of this mode.

        Where one is accused as well, the judge is to blame.
        """
        tasks = [Task(problem, rule, (mode,)) for rule in references_of(self.rule) if mode in rule.modes]
        found = [o.judgement.verdict for task in tasks for o in outcomes_of(task, self.settings, LocalRunner())]
        return min(found, key=GRAVITY.index, default="pass")
