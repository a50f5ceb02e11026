"""Children that say what no child would, to a parent that lives on and knows whom to blame."""

import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from eigcheck.execution.child.runner import ChildRunner
from tests.execution.support import E0, asked

LYING = Path(__file__).with_name("lying_rules.py")
LIES = re.findall(r"^(?:@lie\ndef |    \"(?=\w+\": lambda))(\w+)", LYING.read_text(), re.MULTILINE)
TAKES_LESS = 64 << 20
"""Bytes: two megabytes of JSON that are taken for one answer make at most some twenty times as many of objects."""


@pytest.fixture(scope="module")
def runner():
    with ChildRunner(str(LYING), timeout=120.0) as child:
        yield child


def ask(runner, name):
    (rule,) = [rule for rule in runner.rules() if rule.name == f"lying/{name}"]
    return runner.ask(rule, [asked(E0, matrix=np.diag([2.0, 1.0]))])[0]


@pytest.mark.parametrize("name", LIES)
def test_a_lie_costs_its_own_outcome(runner, name):
    tracemalloc.start()
    reply = ask(runner, name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < TAKES_LESS
    assert reply.trouble.kind == "died"
    told = r"its process (was ended since it (sent|answered|wrote)|exited with|cut the connection)"
    assert re.match(told, reply.trouble.message)
    assert reply.answers == (reply.trouble,)


def test_honest_rules_of_the_same_file_are_asked_in_a_new_process(runner):
    assert ask(runner, "every_pipe").trouble.kind == "died"
    assert ask(runner, "none").trouble is None


def test_what_cannot_be_written_is_told_by_its_number(runner):
    reply = ask(runner, "surrogates")
    assert reply.trouble.kind == "exception"
    assert reply.trouble.message.startswith("ValueError: \\ud800\x1b[2J\u202e\0 (")
    reply.trouble.message.encode()
