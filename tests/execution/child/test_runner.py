import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from eigcheck.errors import RuleError
from eigcheck.execution.child import runner as child_module
from eigcheck.execution.child.runner import ChildRunner
from eigcheck.execution.loads import Load
from eigcheck.model import ForwardCall
from tests.execution.support import E0, E1, S, asked, honest
from tests.execution.test_loads import publish

NASTY = str(Path(__file__).with_name("nasty_rules.py"))
GENEROUS = 120.0
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def patient():
    with ChildRunner(NASTY, timeout=GENEROUS) as runner:
        yield runner


@pytest.fixture
def hasty():
    """For rules that hang. Its limit is short, so honest rules are only asked where they may be late."""
    with ChildRunner(NASTY, timeout=0.5) as runner:
        yield runner


def named(runner, name):
    (rule,) = [rule for rule in runner.rules() if rule.name == f"nasty/{name}"]
    return rule


def ask(runner, name, *calls):
    return runner.ask(named(runner, name), calls or [asked(E0, E1, disciplined=True)])


def works(runner):
    (reply,) = ask(runner, "none")
    return reply.trouble is None and isinstance(reply.answers[0], np.ndarray)


def test_the_parent_knows_what_there_is_and_holds_no_callables(patient):
    rules = patient.rules()
    assert all(r.rrule is None and r.pushforward is None and not r.builtin for r in rules)
    assert named(patient, "none").modes == ("reverse", "forward")
    assert named(patient, "raises").modes == ("reverse",)
    assert "tests.execution.child.nasty_rules" not in sys.modules


def test_an_honest_rule_answers_as_it_would_here(patient):
    calls = [asked(E0, E1, matrix=k * S, disciplined=True) for k in (1.0, 2.0, 3.0)]
    replies = ask(patient, "none", *calls)
    for call, reply in zip(calls, replies, strict=True):
        values, pullback = honest(call.matrix)
        np.testing.assert_allclose(np.sort(reply.primal.values), values, rtol=1e-12)
        order = np.argsort(reply.primal.values)
        for cotangent, answer in zip(call.cotangents, reply.answers, strict=True):
            np.testing.assert_allclose(answer, pullback(cotangent.values[order]), atol=1e-12)
        assert (reply.misconduct, reply.printed) == ((), "")


def test_pushforwards_answer_too(patient):
    rule = named(patient, "none")
    replies = patient.ask(rule, [ForwardCall(S, np.stack([np.eye(2), S]), disciplined=True)])
    first, second = replies[0].answers
    np.testing.assert_allclose(first.values, [1, 1], rtol=1e-12)
    np.testing.assert_allclose(np.sort(second.values), np.linalg.eigvalsh(S), rtol=1e-12)


def test_nothing_asked_nothing_answered(patient):
    assert patient.ask(named(patient, "none"), []) == []


def test_many_matrices_in_small_messages_come_back_in_order(patient, monkeypatch):
    monkeypatch.setattr(child_module, "_CHUNK_BYTES", 100)
    calls = [asked(E0, matrix=np.diag([k, k + 0.5])) for k in range(1, 50)]
    replies = ask(patient, "none", *calls)
    assert [reply.primal.values.tolist() for reply in replies] == [[k, k + 0.5] for k in range(1, 50)]


def test_what_is_printed_stays_out_of_our_streams(patient, capfd):
    first, second = ask(patient, "prints", asked(E0), asked(E0))
    assert first.printed == "from Python\nto standard error\nfrom below\n\ufffd\x1b[31m"
    assert second.printed == first.printed
    assert capfd.readouterr() == ("", "")


def test_a_talkative_rule_is_cut(patient):
    (reply,) = ask(patient, "talks", asked())
    assert reply.trouble is None
    assert len(reply.printed) < 4200
    assert reply.printed.endswith(f"... ({1_001_000 - 4096} bytes more)")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("raises", "ArithmeticError: no luck today ("),
        ("exits", "SystemExit: 0 ("),
        ("interrupts", "KeyboardInterrupt ("),
        ("unprintable", "Worse: (its message cannot be shown) ("),
    ],
)
def test_what_is_raised_comes_back_as_a_value_and_the_process_lives(patient, name, message):
    first, second = ask(patient, name, asked(E0), asked(E0))
    assert first.trouble.kind == "exception"
    assert first.trouble.message.startswith(message)
    assert "nasty_rules.py:" in first.trouble.message
    assert second.trouble == first.trouble
    assert first.answers == (first.trouble,)


@pytest.mark.parametrize(
    ("name", "message"),
    [("huge", "an array of shape (1048576, 1048576) came"), ("unpicklable", "a function came")],
)
def test_answers_that_cannot_travel_are_told_as_shape(patient, name, message):
    (reply,) = ask(patient, name, asked(E0))
    assert reply.answers[0].kind == "shape"
    assert message in reply.answers[0].message


def test_subclasses_of_arrays_travel_as_arrays(patient):
    (reply,) = ask(patient, "subclass", asked(E0))
    assert type(reply.primal.values) is np.ndarray
    assert type(reply.answers[0]) is np.ndarray


@pytest.mark.parametrize("name", ["random", "counts"])
def test_contradictions_are_told(patient, name):
    (reply,) = ask(patient, name)
    assert {kind for kind, _ in reply.misconduct} == {"nondeterministic"}


def test_there_is_one_blas_thread(patient):
    values = ask(patient, "threads", asked())[0].primal.values
    np.testing.assert_allclose(np.sort(values), np.linalg.eigvalsh(S) + 1, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("leaves", ["exited with code 0 instead of answering", "last words"]),
        ("crashes", ["SIGSEGV", "nasty_rules.py", "in crashes"]),
        ("crashes-below", ["SIGSEGV", "nasty_rules.py", "in crashes_below"]),
        ("writes-to-every-pipe", ["sent what is no message"]),
    ],
)
def test_a_death_is_told_and_the_next_rule_gets_a_new_process(patient, name, parts):
    first, second = ask(patient, name, asked(E0), asked(E0))
    assert first.trouble.kind == "died"
    assert all(part in first.trouble.message for part in parts)
    assert "at call 1 of 2" in first.trouble.message
    assert second.trouble.kind == "died"
    assert second.trouble.message.startswith("not called, since an earlier call ended so: its process")
    assert first.answers == (first.trouble,)
    assert works(patient)


def test_a_rule_that_fills_the_disk_is_ended(patient):
    (reply,) = patient.ask(named(patient, "floods"), [asked(E0)])
    assert reply.trouble.kind == "died"
    assert "its process was ended since it wrote more than 64 MiB" in reply.trouble.message
    assert works(patient)


def test_a_closed_channel_is_a_death(patient):
    (reply,) = ask(patient, "closes", asked(E0))
    assert reply.trouble.kind == "died"
    assert works(patient)


def test_only_the_guilty_call_and_those_after_it_are_in_trouble(patient):
    calls = [asked(E0, matrix=k * S) for k in (1.0, 2.0, 3.0, 4.0)]
    replies = ask(patient, "leaves-sometimes", *calls)
    assert [reply.trouble is None for reply in replies] == [True, True, False, False]
    assert "exited with code 3 instead of answering at call 3 of 4" in replies[2].trouble.message


@pytest.mark.parametrize("name", ["sleeps", "busy", "stubborn"])
def test_a_rule_that_hangs_is_ended(hasty, name):
    first, second = ask(hasty, name, asked(E0), asked(E0))
    assert first.trouble.kind == "timeout"
    assert first.trouble.message.startswith("no answer within 0.5 s at call 1 of 2")
    assert second.trouble.message == "not called, since an earlier call ended so: no answer within 0.5 s"


def test_closed_output_is_led_back_for_the_next_call(patient):
    (reply,) = ask(patient, "closes-output", asked(E0))
    assert reply.trouble is None
    assert ask(patient, "prints", asked())[0].printed.startswith("from Python\n")


def test_a_fork_does_not_answer_twice(patient):
    replies = ask(patient, "forks", asked(E0, matrix=S), asked(E0, matrix=2 * S))
    assert [reply.trouble for reply in replies] == [None, None]
    assert max(replies[1].primal.values) == pytest.approx(2 * max(replies[0].primal.values))
    assert works(patient)


def test_ctrl_c_is_ours_and_leaves_no_process():
    with ChildRunner(NASTY, timeout=GENEROUS) as runner:
        sleeps = named(runner, "sleeps")
        pid = runner._process._process.pid
        threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            runner.ask(sleeps, [asked(E0)])
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert works(runner)


@pytest.mark.parametrize(("name", "kind"), [("subclass", None), ("none", "died")])
def test_a_process_that_died_while_idle_is_the_fault_of_the_rule_before_and_not_the_nexts(patient, name, kind):
    assert works(patient)
    os.kill(patient._process._process.pid, signal.SIGKILL)
    patient._process._process.wait()
    assert getattr(ask(patient, name)[0].trouble, "kind", None) == kind
    assert works(patient)


def test_threads_take_turns(patient):
    rule = named(patient, "none")
    results = {}

    def work(k):
        results[k] = [patient.ask(rule, [asked(matrix=np.diag([k, k + 0.5]))])[0] for _ in range(10)]

    threads = [threading.Thread(target=work, args=(k,)) for k in (1.0, 2.0, 3.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k, replies in results.items():
        assert [reply.primal.values.tolist() for reply in replies] == [[k, k + 0.5]] * 10


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("import os; os._exit(0)", ["while it was loaded, its process exited with code 0"]),
        ("import time; time.sleep(600)", ["while it was loaded, no answer within 1 s"]),
        ("1 / 0", ["ZeroDivisionError: division by zero", "mine.py:1"]),
        ("x = 1", ["no rules were registered"]),
        (
            "from eigcheck.rules.registry import rule\nrule('chainrules/released', function='eig')(len)",
            ["'chainrules/released'"],
        ),
    ],
)
def test_a_module_that_cannot_be_loaded_is_an_error(tmp_path, monkeypatch, code, parts):
    path = tmp_path / "mine.py"
    path.write_text(code)
    monkeypatch.setattr(child_module, "_LOAD_SECONDS", 1.0 if "sleep" in code else GENEROUS)
    with ChildRunner(str(path), timeout=1.0) as runner:
        with pytest.raises(RuleError) as caught:
            runner.rules()
        assert runner._process is None
    assert str(caught.value).startswith(f"--load {path}: ")
    assert all(part in str(caught.value) for part in parts)


def test_a_missing_file_is_an_error_before_anything_starts():
    with pytest.raises(RuleError, match="does not exist"):
        ChildRunner("no/such/file.py")


def test_a_module_that_loads_only_once_leaves_replies_in_trouble(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("from eigcheck.rules.registry import rule\nrule('a/b', function='eigvals')(len)\n")
    with ChildRunner(str(path), timeout=GENEROUS) as runner:
        (rule,) = runner.rules()
        runner.close()
        path.write_text("1 / 0")
        (reply,) = runner.ask(rule, [asked(E0)])
        assert reply.trouble.kind == "died"
        assert "could not be loaded again" in reply.trouble.message
        path.write_text("from eigcheck.rules.registry import rule\nrule('a/c', function='eigvals')(len)\n")
        (reply,) = runner.ask(rule, [asked(E0)])
        assert "the rule is gone" in reply.trouble.message


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarms")
def test_an_alarm_that_a_rule_leaves_set_is_none_of_another(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "import signal\nfrom eigcheck.rules.registry import rule\n"
        "def leaving(A):\n    signal.setitimer(signal.ITIMER_REAL, 1000)\n    return A[0], lambda bar: A\n"
        "def later(A):\n    return A[0], {0.0: lambda bar: A}[signal.getitimer(signal.ITIMER_REAL)[0]]\n"
        "rule('a/leaving', function='eigvals')(leaving)\nrule('a/later', function='eigvals')(later)\n"
    )
    with ChildRunner(str(path), timeout=GENEROUS) as runner:
        for rule in sorted(runner.rules(), key=lambda rule: rule.name, reverse=True):
            (reply,) = runner.ask(rule, [asked(E0)])
            assert reply.trouble is None, rule.name


def test_an_installed_package_is_loaded_by_its_entry_point(tmp_path, monkeypatch):
    publish(tmp_path, "two", ["alpha = two_rules"])
    text = "from eigcheck.rules.registry import rule\nrule('one', function='eigvals')(len)\n"
    (tmp_path / "two_rules.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    with ChildRunner(Load("two_rules", "entry point 'alpha'", prefix="alpha")) as runner:
        assert [rule.name for rule in runner.rules()] == ["alpha/one"]
    assert "two_rules" not in sys.modules


SCRIPT = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from eigcheck.execution.child.runner import ChildRunner
from tests.execution.support import E0, asked
print("once")
runner = ChildRunner({NASTY!r}, timeout=120)
rule = next(r for r in runner.rules() if r.name == "nasty/none")
print(runner.ask(rule, [asked(E0)])[0].trouble)
"""


@pytest.mark.parametrize("from_input", [False, True])
def test_a_script_without_a_guard_runs_once_and_ends(tmp_path, from_input):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-" if from_input else str(path)],
        input=SCRIPT if from_input else "",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "once\nNone\n", "")


def test_a_rule_that_goes_to_another_folder_goes_alone(patient):
    assert ask(patient, "wanders")[0].trouble is None
    (reply,) = ask(patient, "where", asked(E0))
    assert os.path.samefile(reply.printed.strip(), os.getcwd())
