"""What the child process makes of its surroundings, seen through rules that look at them."""

import signal

import pytest

from eigcheck.execution.child.main import _end_of_orphans
from eigcheck.execution.child.runner import ChildRunner
from tests.execution.support import asked

LOOKS = """
import os, signal, sys
import numpy as np
from eigcheck.rules.registry import rule

def look(name):
    def put(view):
        @rule(f"look/{name}", function="eigvals")
        def rrule(A):
            print(view())
            return np.zeros(2), None
    return put

look("input")(lambda: repr(sys.stdin.read()) + repr(os.read(0, 10)))
look("sigint")(lambda: signal.getsignal(signal.SIGINT) == signal.SIG_IGN)
look("limits")(lambda: sorted({os.environ[n] for n in os.environ if n.endswith("_NUM_THREADS")}))
look("session")(lambda: os.getsid(0) == os.getpid())
look("arguments")(lambda: sys.argv)
look("again")(lambda: __import__("warnings").warn("no") or sys.stdout.write("x"))
"""


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "looks.py"
    path.write_text(LOOKS)
    with ChildRunner(str(path), timeout=120) as child:
        yield child


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("input", "''b''\n"),
        ("sigint", "True\n"),
        ("limits", "['1']\n"),
        ("session", "True\n"),
        ("arguments", "['-c']\n"),
        ("again", "x1\n"),
    ],
)
def test_a_rule_sees(runner, name, seen):
    (rule,) = [rule for rule in runner.rules() if rule.name == f"look/{name}"]
    assert [reply.printed for reply in runner.ask(rule, [asked(), asked()])] == [seen, seen]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers here")
def test_an_orphan_would_be_ended_by_the_system():
    before = signal.getsignal(signal.SIGALRM)
    try:
        with _end_of_orphans(100.0):
            assert 100.0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 210.0
            assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    finally:
        signal.signal(signal.SIGALRM, before)
