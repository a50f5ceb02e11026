"""One task's outcomes, whatever happens on the way."""

import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest

from eigcheck import tasks
from eigcheck.check.settings import Settings
from eigcheck.errors import RuleError, UsageError
from eigcheck.execution import RuleRunner
from eigcheck.execution.child.runner import ChildRunner
from eigcheck.execution.perform import LocalRunner
from eigcheck.execution.time_limit import TimeUp, time_limit
from eigcheck.model import Expectation, ForwardCall, Problem, Reply, ReverseCall, Rule, Trouble
from eigcheck.outcome import Judgement
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.tasks import MonitoredRunner, Task, expectation, lost, outcomes_of
from tests.execution.support import E0, E1, S, asked, honest, rule_of

TASK = Task(Problem("case", np.eye(2)), Rule("mine/rule", "eigvals", has_forward=True), ("reverse", "forward"))


def judged(monkeypatch: pytest.MonkeyPatch, error: Exception, after: int) -> list[tuple[str, Judgement]]:
    def examine(*args: Any) -> Iterator[tuple[str, Judgement, float]]:
        for mode in TASK.modes[:after]:
            yield mode, Judgement("pass"), 0.0
        raise error

    monkeypatch.setattr(tasks, "examine", examine)
    return [(one.mode, one.judgement) for one in outcomes_of(TASK, Settings(), LocalRunner())]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_every_call_is_for_the_device_of_the_case(device: str) -> None:
    load_builtin()

    class Listening(LocalRunner):
        heard: ClassVar[set[str]] = set()

        def ask(self, rule: Rule, calls: Sequence[ReverseCall]) -> list[Reply]:
            self.heard.update(call.device for call in calls)
            return super().ask(rule, calls)

    rule = next(rule for rule in registered() if rule.key == ("numpy/lapack", "eigvals", "general", None))
    task = Task(Problem("case", np.array([[1.0, 2.0], [2.0, 3.0]]), device=device), rule, ("reverse",))
    listening = Listening()
    (outcome,) = outcomes_of(task, Settings(), listening)
    assert outcome.judgement.verdict == "pass"
    assert listening.heard == {device}


@pytest.mark.parametrize("after", [0, 1])
def test_our_own_failure_costs_what_is_not_there_yet(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    found = judged(monkeypatch, ZeroDivisionError("boom"), after)
    assert [mode for mode, _ in found] == ["reverse", "forward"]
    assert [judgement.verdict for _, judgement in found[:after]] == ["pass"] * after
    for _, judgement in found[after:]:
        assert judgement.verdict == "inconclusive"
        assert judgement.detail.why == "eigcheck itself failed: ZeroDivisionError: boom"
        assert "Traceback" in judgement.detail.internal


@pytest.mark.parametrize(
    ("error", "kind"), [(UsageError("no such cotangent"), "exception"), (RuleError("the module is gone"), "died")]
)
def test_what_a_case_or_a_rule_is_to_blame_for_is_an_error(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: str
) -> None:
    found = judged(monkeypatch, error, 0)
    assert [judgement.verdict for _, judgement in found] == ["error", "error"]
    assert {finding.kind for _, judgement in found for finding in judgement.findings} == {kind}
    assert all(str(error) in judgement.findings[0].message for _, judgement in found)


@pytest.mark.parametrize("after", [0, 1])
def test_a_failure_has_the_seconds_since_the_outcome_before(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    passed = [0.0]

    def examine(*args: Any) -> Iterator[tuple[str, Judgement, float]]:
        for mode in TASK.modes[:after]:
            yield mode, Judgement("pass"), 2.0
        passed[0] += 3
        raise ZeroDivisionError

    monkeypatch.setattr(tasks, "examine", examine)
    monkeypatch.setattr(tasks, "perf_counter", lambda: passed[0])
    seconds = []
    for outcome in outcomes_of(TASK, Settings(), LocalRunner()):
        seconds.append(outcome.seconds)
        passed[0] += 100
    assert seconds == [[3.0, 0.0], [2.0, 3.0]][after]


def test_warnings_of_ours_are_nobodys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    def examine(*args: Any) -> Iterator[tuple[str, Judgement, float]]:
        warnings.warn("overflow", RuntimeWarning, stacklevel=1)
        yield "reverse", Judgement("pass"), float(np.float64(1) / np.float64(0))

    monkeypatch.setattr(tasks, "examine", examine)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = next(outcomes_of(TASK, Settings(), LocalRunner()))
    assert found.judgement.verdict == "pass"


def test_the_outcomes_of_a_lost_process_say_why() -> None:
    found = list(lost(TASK, "its worker process ended with signal 9"))
    assert [one.mode for one in found] == ["reverse", "forward"]
    assert all("signal 9" in one.judgement.detail.why and one.judgement.detail.internal for one in found)


def test_the_first_key_that_matches_is_what_is_expected() -> None:
    keys = ("other/*", "mine/*@eigh", "mine/*@forward", "mine/*@eigvals@reverse", "*")
    problem = Problem("case", np.eye(2), expect=tuple((key, Expectation(source=key)) for key in keys))
    assert expectation(problem, "mine/rule", "forward").source == "mine/*@forward"
    assert expectation(problem, "mine/rule", "reverse").source == "mine/*@eigvals@reverse"
    assert expectation(problem, "another", "reverse").source == "*"
    assert expectation(Problem("case", np.eye(2)), "any", "reverse") == Expectation()


@pytest.mark.parametrize("kind", ["died", "timeout"])
def test_a_rule_that_died_on_the_way_is_in_error_though_it_was_right_where_it_answered(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    class Fragile(LocalRunner):
        def ask(self, rule: Rule, calls: Sequence[ReverseCall]) -> list[Reply]:
            return [Reply(trouble=Trouble(kind, f"lost at neighbour {k}")) for k, _ in enumerate(calls)]

    def examine(
        problem: Problem, rule: Rule, runner: RuleRunner, *others: Any
    ) -> Iterator[tuple[str, Judgement, float]]:
        runner.ask(rule, [ReverseCall(problem.matrix)] * 2)
        yield "reverse", Judgement("pass"), 0.0
        yield "forward", Judgement("pass"), 0.0

    monkeypatch.setattr(tasks, "examine", examine)
    reverse, forward = (one.judgement for one in outcomes_of(TASK, Settings(), Fragile()))
    assert (reverse.verdict, reverse.findings[0].kind) == ("error", kind)
    assert reverse.findings[0].message == "lost at neighbour 0"
    assert forward.verdict == "pass"


def test_an_outcome_that_takes_too_long_is_a_timeout_and_the_next_mode_has_its_own_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, ...]] = []

    def examine(
        problem: Problem, rule: Rule, runner: RuleRunner, modes: Sequence[str], settings: Settings
    ) -> Iterator[tuple[str, Judgement, float]]:
        asked.append(tuple(modes))
        for mode in modes:
            runner.ask(rule, [ReverseCall(problem.matrix)] * 3)
            if mode == "reverse":
                time.sleep(60)
            yield mode, Judgement("pass"), 0.0

    monkeypatch.setattr(tasks, "examine", examine)
    task = Task(TASK.problem, replace(TASK.rule, rrule=lambda A: (np.ones(2), None)), TASK.modes)
    late, good = outcomes_of(task, Settings(outcome_timeout=0.1), LocalRunner())
    assert asked == [("reverse", "forward"), ("forward",)]
    assert (late.judgement.verdict, good.judgement.verdict) == ("error", "pass")
    (finding,) = late.judgement.findings
    assert finding.kind == "timeout"
    assert finding.message.startswith("not there within 0.1 s, after 3 calls of the rule; this is the limit of the who")
    assert "--outcome-timeout" in finding.message


@pytest.mark.parametrize("swallows", [False, True])
def test_many_slow_calls_end_at_the_outcomes_limit(swallows: bool) -> None:
    calls = []

    def rrule(A: Any) -> Any:
        calls.append(A)
        try:
            time.sleep(0.3)
        except BaseException:
            if not swallows:
                raise
        w, v = np.linalg.eig(A)
        return w, lambda bar: np.linalg.inv(v).T @ np.diag(bar) @ v.T

    rule = Rule("slow/eigvals", "eigvals", rrule=rrule)
    task = Task(Problem("slow", np.array([[1.0, 2.0], [3.0, 4.0]])), rule, ("reverse",))
    (outcome,) = outcomes_of(task, Settings(outcome_timeout=0.5), LocalRunner())
    assert [finding.kind for finding in outcome.judgement.findings] == ["timeout"]
    assert outcome.judgement.verdict == "error"
    assert len(calls) < 20


DIED, RAISED = Trouble("died", "gone"), Trouble("exception", "no luck")


class Told:
    """Answers with the troubles that it was given, in turn."""

    def __init__(self, *troubles):
        self.troubles = list(troubles)

    def ask(self, rule, calls):
        found = [self.troubles.pop(0) for _ in calls]
        return [
            Reply() if trouble is None else Reply.in_trouble(trouble, call)
            for call, trouble in zip(calls, found, strict=True)
        ]


def test_the_first_loss_is_remembered_once():
    later = Trouble("timeout", "too slow")
    with MonitoredRunner(Told(None, RAISED, DIED, later)) as monitored:
        replies = monitored.ask(rule_of(honest), [asked(E0)] * 4)
        assert [reply.trouble for reply in replies] == [None, RAISED, DIED, later]
        assert monitored.pop_failure() == DIED
        assert monitored.pop_failure() is None


def test_what_is_raised_is_no_loss():
    monitored = MonitoredRunner(Told(RAISED, None))
    monitored.ask(rule_of(honest), [ForwardCall(S, S[None])] * 2)
    assert monitored.pop_failure() is None


def test_nothing_is_asked_once_the_time_is_over():
    monitored = MonitoredRunner(Told(None, None))
    monitored.ask(rule_of(honest), [asked(E0)])
    with pytest.raises(TimeUp), time_limit(0.0):
        monitored.ask(rule_of(honest), [asked(E0)])
    assert (monitored.asked, monitored.answered) == (1, 1)


RULE = """
import numpy as np
from eigcheck import rule
from eigcheck.rules.placing import device

def pushforward(A, A_dot):
    return np.full(2, 7.0 if device() == "cuda" else 3.0)

@rule("tells/device", function="eigvals", devices=("cpu", "cuda"), pushforward=pushforward)
def tells(A):
    values = np.full(2, 7.0 if device() == "cuda" else 3.0)
    return values, lambda bar: np.full((2, 2), 7.0 if device() == "cuda" else 3.0)
"""


def test_a_rule_in_its_process_learns_for_which_device_it_is_called(tmp_path):
    (tmp_path / "mine.py").write_text(RULE)
    with ChildRunner(str(tmp_path / "mine.py"), 120.0) as child:
        (rule,) = child.rules()
        assert rule.devices == ("cpu", "cuda")
        for runner, told in ((MonitoredRunner(child, "cuda"), 7.0), (child, 3.0)):
            with_both = runner.ask(rule, [asked(E0, E1), asked(E0)])
            assert [reply.primal.values.tolist() for reply in with_both] == [[told] * 2] * 2
            assert [len(reply.answers) for reply in with_both] == [2, 1]
            assert {answer[0, 0] for reply in with_both for answer in reply.answers} == {told}
            (reply,) = runner.ask(rule, [ForwardCall(S, S[None])])
            assert reply.answers[0].values.tolist() == [told] * 2


def test_what_it_passes_on_to_stays_open():
    class Open:
        def close(self):
            raise AssertionError("it is its owner's")

    with MonitoredRunner(Open(), "cuda") as monitored:
        assert (monitored.asked, monitored.pop_failure()) == (0, None)
