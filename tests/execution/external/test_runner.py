import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from eigcheck.errors import RuleError
from eigcheck.execution.external.runner import Command, Pace, WorkerRunner, weight
from eigcheck.model import Eigenpairs, ForwardCall, ReverseCall
from tests.execution.external.support import E0, E1, GENEROUS, S, asked, honest, named, nasty, script

MISBEHAVIOUR = {
    "dies": "exited with code 3",
    "leaves": "exited with code 0 instead of answering",
    "killed": "SIGKILL",
    "rubbish": "no JSON ('\\x1b[31mno JSON')",
    "half": "in the middle of a line",
    "early": "no JSON ('chatter')",
    "order": "answered out of turn: to id 0",
    "few": "0 items where",
    "nan": "bare word NaN",
    "long-line": "too long to be the answer",
    "many-lines": "no JSON ('chatter')",
    "loud": "it wrote more than 64 MiB",
}


@pytest.fixture(scope="module")
def patient():
    with honest() as runner:
        yield runner


@pytest.fixture(scope="module")
def wicked():
    with nasty() as runner:
        yield runner


def ask(runner, name, *calls):
    return runner.ask(named(runner, name), calls or [asked(E0, E1)])


def test_the_parent_knows_what_there_is(patient):
    first, second = patient.rules()
    assert (first.key, first.modes) == (("two/eigvals", "eigvals", "general", None), ("reverse", "forward"))
    assert (second.domain, second.modes) == ("symmetric", ("reverse",))
    assert first.source == "the worker two-by-two"


def test_an_honest_rule_answers(patient):
    calls = [asked(E0, E1, matrix=k * S, disciplined=True) for k in (1.0, 2.0, 3.0)]
    for call, reply in zip(calls, ask(patient, "two/eigvals", *calls), strict=True):
        values, vectors = np.linalg.eigh(call.matrix)
        assert np.max(np.abs(reply.primal.values - values)) < 1e-13
        for k, gradient in enumerate(reply.answers):
            assert np.max(np.abs(gradient - np.outer(vectors[:, k], vectors[:, k]))) < 1e-13
        assert (reply.misconduct, reply.printed, reply.trouble) == ((), "", None)


def test_pushforwards_answer_too(patient):
    (reply,) = patient.ask(named(patient, "two/eigvals"), [ForwardCall(S, np.stack([np.eye(2), S]), disciplined=True)])
    first, second = reply.answers
    assert isinstance(first, Eigenpairs)
    assert np.max(np.abs(first.values - 1)) < 1e-13
    assert np.max(np.abs(second.values - np.linalg.eigvalsh(S))) < 1e-13
    assert reply.misconduct == ()


def test_nothing_asked_nothing_answered(patient):
    assert patient.ask(named(patient, "two/eigvals"), []) == []


def test_hundreds_of_matrices_come_back_in_order(patient):
    calls = [asked(E0, matrix=np.diag([k, k + 0.5])) for k in range(1, 700)]
    replies = ask(patient, "two/eigvals", *calls)
    assert [reply.primal.values.tolist() for reply in replies] == [[k, k + 0.5] for k in range(1, 700)]


def test_calls_of_several_kinds_may_stand_in_one_list(patient):
    calls = [asked(), asked(E0), asked(E0, E1, disciplined=True), asked(), asked()]
    assert [len(reply.answers) for reply in ask(patient, "two/eigvals", *calls)] == [0, 1, 2, 0, 0]


def test_an_error_of_one_matrix_leaves_the_others_alone(patient):
    calls = [asked(E0), asked(E0, matrix=np.eye(3)), asked(E0)]
    first, second, third = ask(patient, "two/eigvals", *calls)
    assert first.trouble is third.trouble is None
    assert second.trouble.kind == "exception"
    assert second.trouble.message == "ValueError: matrices of order 3 are beyond this worker"


@pytest.mark.parametrize(("vice", "told"), MISBEHAVIOUR.items())
def test_a_worker_that_is_lost_costs_its_own_calls(wicked, vice, told):
    calls = [asked(E0), asked(E0), asked(E0)]
    first, *others = ask(wicked, f"nasty/{vice}", *calls)
    assert first.trouble.kind == "died"
    assert told in first.trouble.message
    assert "at call 1 of 3" in first.trouble.message
    if vice != "loud":
        assert f"it wrote to standard error: last words of nasty/{vice}" in first.trouble.message
    assert all(other.trouble.message.startswith("not called, since an earlier call") for other in others)
    (after,) = ask(wicked, "nasty/none", asked(E0))
    assert after.trouble is None


@pytest.mark.parametrize("vice", ["hangs", "stopped", "closes"])
def test_a_worker_that_does_not_answer_is_ended(vice):
    with nasty(timeout=1.0) as runner:
        (reply,) = ask(runner, f"nasty/{vice}", asked(E0))
        assert reply.trouble.kind == ("died" if vice == "closes" else "timeout")
        assert "last words" in reply.trouble.message
        assert ("--timeout" in reply.trouble.message) == (vice != "closes")
        runner.command = replace(runner.command, timeout=GENEROUS)
        (after,) = ask(runner, "nasty/none", asked(E0))
        assert after.trouble is None


@pytest.mark.parametrize("vice", ["twice", "late"])
def test_what_nobody_asked_for_is_an_error_at_the_latest_with_the_next_call(wicked, vice):
    replies = [ask(wicked, f"nasty/{vice}", asked(E0))[0] for _ in range(2)]
    # how far it comes before we look again decides where it is found out
    places = ("standard output before it was asked", "more than its answer", "no JSON ('chatter')", "out of turn")
    told = [reply.trouble.message for reply in replies if reply.trouble is not None]
    assert any(place in message for message in told for place in places)
    ask(wicked, "nasty/dies", asked(E0))
    assert ask(wicked, "nasty/none", asked(E0))[0].trouble is None


def test_one_that_was_killed_between_two_calls_costs_the_next_and_is_started_again(wicked):
    """As it would if it died a moment later, under the call: what a rule is blamed for must not be a matter of chance."""
    assert ask(wicked, "nasty/none", asked(E0))[0].trouble is None
    os.kill(wicked._process._process.pid, signal.SIGKILL)
    wicked._process._process.wait(GENEROUS)
    (reply,) = ask(wicked, "nasty/none", asked(E0))
    assert reply.trouble.kind == "died"
    assert "the worker was ended by SIGKILL" in reply.trouble.message
    assert "before that" not in reply.trouble.message
    assert "it wrote to standard error: last words of nasty/none" in reply.trouble.message
    assert ask(wicked, "nasty/none", asked(E0))[0].trouble is None


ONE_SHOT = """
import json, sys
rule = {"name": "a/brief", "function": "eigvals"}
print(json.dumps({"protocol": "eigcheck-worker/1", "name": "w", "rules": [rule]}), flush=True)
message = json.loads(input())
print(json.dumps({"id": message["id"], "items": [{"primal": {"values": [1, 2]}} for _ in message["items"]]}), flush=True)
"""


def test_one_that_ends_after_each_answer_is_not_taken_for_one_that_stays(tmp_path):
    with WorkerRunner(Command(script(tmp_path, ONE_SHOT), GENEROUS, GENEROUS)) as runner:
        (rule,) = runner.rules()
        assert runner.ask(rule, [asked()])[0].trouble is None
        runner._process._process.wait(GENEROUS)
        (reply,) = runner.ask(rule, [asked()])
        assert (reply.trouble.kind, reply.trouble.message) == (
            "died",
            "the worker exited with code 0 while it was asked nothing",
        )


def test_what_is_written_to_standard_error_is_told(wicked):
    (reply,) = ask(wicked, "nasty/none", asked(E0))
    assert reply.printed == "last words of nasty/none\n"


@pytest.mark.parametrize(
    ("vice", "told"),
    [
        ("no hello", "before it said hello, the worker exited with code 0"),
        ("banner", "before it said hello, the worker was ended since it wrote a line that is no JSON ('Welcome!')"),
        ("other protocol", "eigcheck-worker/9"),
        ("no rules", "with a rule or more"),
        ("long hello", "too long to be the answer"),
    ],
)
def test_without_a_hello_there_are_no_rules(vice, told):
    with nasty(vice) as runner, pytest.raises(RuleError) as caught:
        runner.rules()
    assert told in str(caught.value)
    assert str(caught.value).startswith("--exec ")


def test_a_worker_that_does_not_say_hello_is_waited_for_as_long_as_the_start_may_take():
    with (
        nasty("silent", startup_timeout=0.5) as runner,
        pytest.raises(RuleError, match=r"0\.5 s; a longer --startup-timeout"),
    ):
        runner.rules()


@pytest.mark.parametrize(
    ("words", "told"),
    [("", "no command"), ("'", "not a command"), ("no-such-program-anywhere --flag", "cannot start 'no-such-program")],
)
def test_what_cannot_be_started_is_told(words, told):
    with pytest.raises(RuleError, match=told), WorkerRunner(Command(words)) as runner:
        runner.rules()


@pytest.mark.parametrize(
    ("name", "told"), [("numpy/lapack", "of a built-in rule"), ("torch/mine", "of an adapter's rules")]
)
def test_names_of_others_cannot_be_taken(tmp_path, name, told):
    worker = Command(script(tmp_path, ONE_SHOT.replace("a/brief", name)), GENEROUS, GENEROUS)
    with WorkerRunner(worker) as runner, pytest.raises(RuleError, match=told):
        runner.rules()


FICKLE = """
import json, pathlib, sys
mark = pathlib.Path(__file__).with_suffix(".started")
rule = {"name": "b/second" if mark.exists() else "a/first", "function": "eigvals"}
mark.touch()
print(json.dumps({"protocol": "eigcheck-worker/1", "name": "w", "rules": [rule]}), flush=True)
sys.stdin.readline()
"""


def test_one_that_offers_other_rules_after_its_death_is_not_trusted(tmp_path):
    with WorkerRunner(Command(script(tmp_path, FICKLE), GENEROUS, GENEROUS)) as runner:
        (rule,) = runner.rules()
        (reply,) = runner.ask(rule, [asked(E0)])
        assert "exited with code 0" in reply.trouble.message
        (reply,) = runner.ask(rule, [asked(E0)])
        assert "offers other rules than before" in reply.trouble.message


UNWILLING = """
import json, os, sys, time
rule = {"name": "a/one", "function": "eigvals"}
print("here I am", file=sys.stderr, flush=True)
if os.path.exists(sys.argv[1]):
    %s
open(sys.argv[1], "w").close()
print(json.dumps({"protocol": "eigcheck-worker/1", "name": "w", "rules": [rule]}), flush=True)
input()
"""


@pytest.mark.parametrize(
    ("ill", "told"),
    [
        ("sys.exit(7)", ["the worker exited with code 7 instead of answering"] * 2),
        # the second time it is waited for as long as for an answer, since it started much faster at first
        ("time.sleep(3600)", [f"no answer within {seconds} s; a longer --startup-timeout" for seconds in (2, 1)]),
    ],
)
def test_one_that_does_not_start_again_says_so_and_is_not_waited_for_forever(tmp_path, ill, told):
    line = script(tmp_path, UNWILLING % ill)
    with WorkerRunner(Command(f"{line} {tmp_path}/began", 1.0, GENEROUS)) as runner:
        (rule,) = runner.rules()
        if "sleep" in ill:
            runner._patience, runner._took = 2.0, 0.25
        assert "exited with code 0 instead of answering" in runner.ask(rule, [asked(E0)])[0].trouble.message
        for expected in told:
            (reply,) = runner.ask(rule, [asked(E0)])
            assert reply.trouble.kind == "died"
            assert reply.trouble.message.startswith(f"the worker could not be started again: {expected}")
            assert "--timeout would" not in reply.trouble.message
            assert "it wrote to standard error: here I am" in reply.trouble.message


COMPILING = """
import json, sys, time
rule = {"name": "a/slow", "function": "eigvals"}
print(json.dumps({"protocol": "eigcheck-worker/1", "name": "w", "compiles": True, "rules": [rule]}), flush=True)
seen = 0
for line in sys.stdin:
    message = json.loads(line)
    time.sleep(%s)
    print(json.dumps({"id": message["id"], "items": [{"primal": {"values": [1, 2]}} for _ in message["items"]]}), flush=True)
"""


def test_one_that_compiles_may_take_longer_for_its_first_answer(tmp_path):
    """The first answer comes long after the limit of a request; the second would, and is not waited for."""
    with WorkerRunner(Command(script(tmp_path, COMPILING % 2), 0.5, GENEROUS)) as runner:
        (rule,) = runner.rules()
        first, second = runner.ask(rule, [asked(), asked()])
        assert first.trouble is None
        assert second.trouble.kind == "timeout"


def test_one_that_compiles_for_too_long_once_gets_no_second_chance(tmp_path):
    with WorkerRunner(Command(script(tmp_path, COMPILING % 3600), 0.5, 1.5)) as runner:
        (rule,) = runner.rules()
        told = [runner.ask(rule, [asked()])[0].trouble.message for _ in range(2)]
        assert "within 1.5 s" in told[0]
        assert "within 0.5 s" in told[1]


CALL = ReverseCall(np.eye(3))


def test_a_call_weighs_what_it_sends_and_expects():
    pairs = Eigenpairs(np.zeros(3))
    assert weight(ReverseCall(np.eye(3), (pairs,) * 5)) - weight(CALL) == 5 * 4 * 9
    assert weight(ForwardCall(np.eye(3), np.zeros((5, 3, 3)))) - weight(CALL) == 5 * 4 * 9
    assert weight(ReverseCall(np.eye(3, dtype=complex))) == 1 + 2 * (weight(CALL) - 1)
    assert weight(ReverseCall(np.zeros((0, 0)))) == 1


def test_one_at_first_then_ever_more():
    pace, counts = Pace(8.0), []
    for _ in range(4):
        counts.append(len(pace.chosen([CALL] * 1000)))
        pace.learn(counts[-1] * weight(CALL), 0.0)
    assert counts == [1, 4, 16, 64]


def test_a_slow_rule_gets_as_many_as_it_can_do_in_a_part_of_its_time():
    pace = Pace(8.0)
    pace.learn(10 * weight(CALL), 2.0)
    assert len(pace.chosen([CALL] * 1000)) == 5


def test_at_least_one_is_asked_however_slow_or_large():
    pace = Pace(8.0)
    pace.learn(weight(CALL), 1000.0)
    assert len(pace.chosen([CALL] * 10)) == 1
    assert len(Pace(8.0).chosen([ReverseCall(np.zeros((2000, 2000)))])) == 1
