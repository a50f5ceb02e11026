"""A rule under suspicion, what is drawn for it, and the two depths at which it is judged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import time
from typing import Final

from hypothesis import strategies as st

from eigcheck.check.settings import Settings
from eigcheck.execution import RuleRunner
from eigcheck.execution.local import LocalRunner
from eigcheck.model import Problem, Rule
from eigcheck.outcome import Outcome
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.strategies.matrices import BUILDERS, ORDERS, dtypes_of
from eigcheck.strategies.problems import DrawnProblem, drawn_problems
from eigcheck.tasks import Task, outcomes_of

RIGHT: Final = "numpy/lapack"
"""Rules that are right, of every function and domain."""
SCREENING: Final = ("certified", "identities", "dual")
"""Oracles that answer alone at most matrices; `central` costs a dozen primals more and is asked where these do not."""


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
        rule = self.rule
        orders: Mapping[int, int] = ORDERS
        if rule.orders is not None:
            orders = {n: ORDERS.get(n, 1) for n in rule.orders}
        return drawn_problems(
            rule.function,  # type: ignore[arg-type]  # the words of a rule are checked where it is declared
            rule.domain,  # type: ignore[arg-type]
            rule.uplo,  # type: ignore[arg-type]
            orders,
            dtypes_of(self.dtypes),
            tuple(BUILDERS),
            self.modes,
        )


def reference_of(rule: Rule) -> Rule | None:
    """The rule that is known to be right for the same function, domain and triangle; None for that rule itself."""
    load_builtin()
    places = (rule.function, rule.domain, rule.triangle)
    found = [one for one in registered() if one.name == RIGHT and (one.function, one.domain, one.triangle) == places]
    return next(iter(found), None) if rule.name != RIGHT else None


class OutOfTime(BaseException):
    """The time is up; Hypothesis lets pass what is no Exception."""


@dataclass(frozen=True)
class Judge:
    """The house's judge with a rule before it. `deadline` is in the seconds of `time.time`."""

    rule: Rule
    runner: RuleRunner
    settings: Settings
    deadline: float = math.inf
    reference: Rule | None = None
    """A rule of our own that is right: where it is accused as well, the judge is to blame. None for the rule itself."""

    def check_time(self) -> None:
        """Raise OutOfTime where there is none left."""
        if time() > self.deadline:
            raise OutOfTime

    def screened(self, problem: Problem, modes: tuple[str, ...]) -> list[Outcome]:
        """Outcomes of what is asked at the matrix itself. A fault in them is one; a `pass` says less than a full one."""
        oracles = self.settings.oracles or SCREENING
        return self._outcomes(problem, modes, replace(self.settings, here=True, oracles=oracles))

    def full(self, problem: Problem, modes: tuple[str, ...]) -> list[Outcome]:
        """Outcomes as `eigcheck run` has them."""
        return self._outcomes(problem, modes, self.settings)

    def reference_verdict(self, problem: Problem, mode: str) -> str:
        """The full verdict on the rule that is right; `pass` where there is none of this mode."""
        if self.reference is None or mode not in self.reference.modes:
            return "pass"
        task = Task(problem, self.reference, (mode,))
        return next(outcomes_of(task, self.settings, LocalRunner())).judgement.verdict

    def _outcomes(self, problem: Problem, modes: tuple[str, ...], settings: Settings) -> list[Outcome]:
        return list(outcomes_of(Task(problem, self.rule, modes), settings, self.runner))
