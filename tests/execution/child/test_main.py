"""What the child process makes of its surroundings, seen through rules that look at them."""

import pytest

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
