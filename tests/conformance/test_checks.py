"""The conformance check on trial: an honest worker stands every check, and each mistake fails the check that is about it."""

import time

import pytest

from eigcheck.conformance import CHECKS, check_worker
from eigcheck.conformance.examined import ExaminedWorker
from eigcheck.execution.external.runner import Command, NotStarted, WorkerProcess
from tests.execution.external.support import GENEROUS, HERE, command, script

PATIENCE = (GENEROUS, GENEROUS)
WRONG = f"""
import json, re, sys
sys.path.insert(0, {str(HERE)!r})
import honest_worker as worker
"""
MAIN = """
worker.main()
"""


def failed(line, *limits):
    return [check.name for check in check_worker(Command(line, *(limits or PATIENCE))) if check.ok is False]


def test_an_honest_worker_stands_every_check():
    checks = list(check_worker(Command(command("honest_worker.py"), *PATIENCE)))
    assert [check.name for check in checks] == [name for name, _ in CHECKS]
    assert [(check.name, check.told) for check in checks if check.ok is not True] == []


MISTAKES = {
    "every rule answers": "worker.eigenvalues = lambda A: [(1.0, [[1.0]])]",
    "gradients": "old = worker.gradient\nworker.gradient = lambda *a: old(*a)[:1]",
    "tangents": "worker.tangent = lambda parts, A_dot: {'values': []}",
    "many matrices in one request": """
old = worker.reply
def reversed_reply(line):
    message, go_on = old(line)
    return {**message, **({"items": message["items"][::-1]} if "items" in message else {})}, go_on
worker.reply = reversed_reply
""",
    "the same again": """
import itertools
count, old = itertools.count(), worker.eigenvalues
worker.eigenvalues = lambda A: [(value + next(count) * 2.0**-40, slope) for value, slope in old(A)]
""",
    "exact numbers": """
old = worker.written
worker.written = lambda value: old(value) if isinstance(value, complex) else float("%.15g" % value)
""",
    "numbers that are not finite": "worker.written = lambda value: [value.real, value.imag] if isinstance(value, complex)"
    " else value\nold = json.dumps\njson.dumps = lambda m, **k: old(m)",
    "numbers in strings": """
def number(entry):
    return complex(*map(number, entry)) if isinstance(entry, list) else float(entry)
worker.number = number
""",
    "an error costs one matrix": "worker.guarded = lambda step, *arguments: step(*arguments)",
    "ids": """
import itertools
count, old = itertools.count(1), worker.reply
worker.reply = lambda line: ({**old(line)[0], "id": next(count)}, "shutdown" not in line)
""",
    "unknown requests and rules": """
old = worker.reply
worker.reply = lambda line: old(line.replace("transpose", "primal"))
""",
    "lines that are no JSON": """
old = worker.reply
def strict(line):
    json.loads(line)["id"]
    return old(line)
worker.reply = strict
""",
    "nothing else on standard output": """
import threading
old = worker.reply
def chatty(line):
    threading.Timer(0.1, lambda: print("chatter", flush=True)).start()
    return old(line)
worker.reply = lambda line: chatty(line) if '"items":[]' in line and '"primal"' in line else old(line)
""",
    "shutdown": """
old = worker.reply
worker.reply = lambda line: (old(line)[0], True)
""",
    "end of input": """
import time
MAIN_OF_IT = worker.main
def main():
    MAIN_OF_IT()
    if not worker_told: time.sleep(3600)
old, worker_told = worker.reply, []
def noting(line):
    worker_told.extend([1] if "shutdown" in line else [])
    return old(line)
worker.reply, worker.main = noting, main
""",
}


@pytest.mark.parametrize(("check", "mistake"), MISTAKES.items())
def test_a_mistake_fails_the_check_that_is_about_it(tmp_path, check, mistake):
    assert check in failed(script(tmp_path, WRONG + mistake + MAIN))


def test_each_check_has_a_mistake_that_fails_it_or_is_tried_elsewhere():
    assert {name for name, _ in CHECKS} - set(MISTAKES) == {"hello", "small matrices"}


def test_a_worker_that_is_quick_to_leave_is_not_taken_for_one_that_stays(monkeypatch):
    asked = ExaminedWorker.raw

    def until_it_is_gone(examined, message):
        answer = asked(examined, message)
        while isinstance(message, dict) and message["request"] == "shutdown" and examined.asked.alive:
            time.sleep(0.01)
        return answer

    monkeypatch.setattr(ExaminedWorker, "raw", until_it_is_gone)
    assert failed(command("honest_worker.py")) == []


def test_a_worker_that_ends_after_each_answer_is_not_taken_for_one_that_stays(monkeypatch, tmp_path):
    answered = WorkerProcess.ask

    def until_it_is_gone(worker, *arguments):
        answer = answered(worker, *arguments)
        worker._process.wait(GENEROUS)
        return answer

    monkeypatch.setattr(WorkerProcess, "ask", until_it_is_gone)
    mistake = "old = worker.reply\nworker.reply = lambda line: (old(line)[0], False)"
    assert {"every rule answers", "ids"} <= set(failed(script(tmp_path, WRONG + mistake + MAIN)))


def test_a_rule_that_cannot_write_an_empty_matrix(tmp_path):
    mistake = "old = worker.eigenvalues\nworker.eigenvalues = lambda A: old(A) or [(0.0, [[0.0]])]"
    assert failed(script(tmp_path, WRONG + mistake + MAIN)) == ["small matrices"]


@pytest.mark.parametrize("vice", ["no hello", "banner", "other protocol"])
def test_without_a_hello_nothing_else_is_tried(vice):
    checks = list(check_worker(Command(command("nasty_worker.py", vice), *PATIENCE)))
    assert [check.ok for check in checks] == [False, *[None] * (len(CHECKS) - 1)]
    assert checks[0].remedy


def test_a_worker_that_hangs_is_not_waited_for(tmp_path):
    mistake = "import time\nworker.tangent = lambda *a: time.sleep(3600)"
    assert failed(script(tmp_path, WRONG + mistake + MAIN), 15.0, GENEROUS) == ["tangents"]


def test_taken_names_are_told(tmp_path):
    mistake = "worker.HELLO['rules'][0]['name'] = 'numpy/lapack'"
    checks = list(check_worker(Command(script(tmp_path, WRONG + mistake + MAIN), *PATIENCE)))
    assert checks[0].ok is False
    assert "'numpy/lapack'" in checks[0].told


@pytest.mark.parametrize(("command", "told"), [("no-such-program-anywhere", "cannot start"), ("'", "not a command")])
def test_what_cannot_be_started_is_no_worker_to_check(command, told):
    with pytest.raises(NotStarted, match=told):
        next(check_worker(Command(command)))
