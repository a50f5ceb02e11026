"""One rule on one problem: its outcomes, whatever happens on the way."""

from __future__ import annotations

import traceback
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from eigcheck.check.judgement import examine
from eigcheck.check.settings import Settings
from eigcheck.detail import Detail
from eigcheck.errors import RuleError, UsageError
from eigcheck.execution import RuleRunner
from eigcheck.execution.quiet import unwarned
from eigcheck.execution.time_limit import TimeUp, check_time, time_limit
from eigcheck.model import Call, Expectation, Problem, Reply, Rule, Trouble
from eigcheck.names import PROCESS_FAILURES, meant
from eigcheck.outcome import Finding, Judgement, Outcome
from eigcheck.reports.words import counted


@dataclass(frozen=True)
class Task:
    """One rule on one problem in some of its modes."""

    problem: Problem
    rule: Rule
    modes: tuple[str, ...]

    @property
    def cost(self) -> float:
        """About how long it takes, in the time of one outcome of order 2."""
        return len(self.modes) * cost(self.problem)


def cost(problem: Problem) -> float:
    """About how long one outcome takes, in the time of one of order 2."""
    n = problem.matrix.shape[0]
    return 1.0 + float(n * n) / 20


def expectation(problem: Problem, rule: str, mode: str) -> Expectation:
    """What the case expects of a rule in a mode: the first key that matches counts; without one, `pass`."""
    for pattern, expected in problem.expect:
        glob, *scopes = pattern.split("@")
        if meant(glob, rule) and all(scope in (problem.function, mode) for scope in scopes):
            return expected
    return Expectation()


def outcomes_of(task: Task, settings: Settings, runner: RuleRunner) -> Generator[Outcome]:
    """One outcome for each of the task's modes, in their order. Raises nothing but KeyboardInterrupt.

    A cotangent that cannot be put to a function, a rule that is gone and a failure of our own cost the outcomes of
    this task that are not there yet, and no others. Our own warnings are not for whoever runs us.
    """
    left = list(task.modes)
    began = perf_counter()
    monitored = MonitoredRunner(runner, task.problem.device)
    examination = examine(task.problem, task.rule, monitored, tuple(left), settings)
    try:
        while left:
            began, monitored.asked, monitored.answered = perf_counter(), 0, 0
            try:
                with unwarned(), time_limit(settings.outcome_timeout):
                    mode, judgement, seconds = next(examination)
            except TimeUp:
                mode, judgement, seconds = left[0], _late(settings, monitored), perf_counter() - began
                examination = examine(task.problem, task.rule, monitored, left[1:], settings)
            left.remove(mode)
            yield outcome_of(task, mode, _with_loss(judgement, monitored.pop_failure()), seconds)
    except UsageError as error:
        why = Judgement("error", (Finding("exception", f"this case cannot be put to this rule: {error}"),))
    except RuleError as error:
        why = Judgement("error", (Finding("died", f"its rules cannot be loaded again: {error}"),))
    except Exception as error:
        told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        why = _own_failure(told, "".join(traceback.format_exception(error)))
    seconds = perf_counter() - began
    for mode in left:
        yield outcome_of(task, mode, why, seconds)
        seconds = 0.0


def _late(settings: Settings, monitored: MonitoredRunner) -> Judgement:
    told = f"not there within {settings.outcome_timeout:g} s, after {counted(monitored.answered, 'call')} of the rule"
    if monitored.asked > monitored.answered:
        told += f" and during {monitored.asked - monitored.answered} more"
    remedy = "this is the limit of the whole outcome, and a longer --outcome-timeout would wait for it"
    return Judgement("error", (Finding("timeout", f"{told}; {remedy}"),))


def _with_loss(judgement: Judgement, loss: Trouble | None) -> Judgement:
    """The judgement of a rule that hung or died on the way, wherever that was."""
    if loss is None or any(finding.kind in PROCESS_FAILURES for finding in judgement.findings):
        return judgement
    return replace(judgement, verdict="error", findings=(Finding(loss.kind, loss.message), *judgement.findings))


def lost(task: Task, told: str) -> Iterator[Outcome]:
    """The outcomes of a task that our own process did not live to judge."""
    for mode in task.modes:
        yield outcome_of(task, mode, _own_failure(told, told), 0.0)


def _own_failure(told: str, trace: str) -> Judgement:
    return Judgement("inconclusive", detail=Detail(why=f"eigcheck itself failed: {told}", internal=trace))


def outcome_of(task: Task, mode: str, judgement: Judgement, seconds: float) -> Outcome:
    """A judgement of one mode of a task with where it belongs and what was expected."""
    problem, rule = task.problem, task.rule.name
    expected = expectation(problem, rule, mode)
    return Outcome(problem, rule, mode, judgement, expected, seconds, place=task.rule.place)


class MonitoredRunner(RuleRunner):
    """Passes calls on to another runner, which stays its owner's, counts them, and remembers the first lost process.

    Rules are asked about hundreds of neighbours, and one that hangs or dies at any of them is no good rule, whatever is made
    of that reply. Raises TimeUp where the time of the outcome leaves none for calls.
    """

    def __init__(self, runner: RuleRunner, device: str = "cpu") -> None:
        """`device` is where rules compute; whoever judges need not know."""
        self._runner = runner
        self._device = device
        self._failure: Trouble | None = None
        self.asked = 0
        self.answered = 0

    def pop_failure(self) -> Trouble | None:
        """The first failure of a process since this was last asked."""
        failure, self._failure = self._failure, None
        return failure

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply a call."""
        check_time()
        self.asked += len(calls)
        if self._device != "cpu":
            calls = [replace(call, device=self._device) for call in calls]
        replies = self._runner.ask(rule, calls)
        self.answered += len(calls)
        troubles = (reply.trouble for reply in replies if reply.trouble is not None)
        failures = (trouble for trouble in troubles if trouble.kind in PROCESS_FAILURES)
        self._failure = self._failure or next(failures, None)
        return replies
