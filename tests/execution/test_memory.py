import os
import sys
from pathlib import Path

import numpy as np
import pytest

from eigcheck.execution.child import ChildRunner
from eigcheck.execution.memory import MIB, default_limit, overweight, resident
from eigcheck.model import ReverseCall

told = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell resident memory")

GREEDY = """
import time
import numpy as np
from eigcheck import rule

@rule("greedy/one", function="eigvals")
def greedy(A):
    hoard = []
    if A[0, 0] == 13:
        for _ in range(100_000):
            hoard.append(np.ones(1 << 20))
            time.sleep(0.002)
    return np.linalg.eigvals(A), lambda bar: 0 * A
"""


@told
def test_resident_memory_is_that_of_the_process():
    assert 5 * MIB < resident(os.getpid()) < default_limit() * 2
    assert not overweight(os.getpid(), default_limit() * 2)
    assert overweight(os.getpid(), 1)


def test_a_process_that_is_not_there_has_no_weight():
    assert resident(2**22 + 12345) is None
    assert not overweight(2**22 + 12345, 1)


@told
def test_a_rule_that_takes_too_much_costs_its_call_and_the_next_finds_a_new_process(tmp_path):
    path = tmp_path / "greedy.py"
    path.write_text(GREEDY, encoding="utf-8")
    with ChildRunner(str(path), timeout=300, memory_limit=600 * MIB) as child:
        (rule,) = child.rules()
        bad, good = np.diag([13.0, 1.0]), np.diag([2.0, 1.0])
        (reply,) = child.ask(rule, [ReverseCall(bad)])
        assert reply.trouble.kind == "died"
        assert "more than 600 MiB of memory" in reply.trouble.message
        assert "--memory-limit" in reply.trouble.message
        (reply,) = child.ask(rule, [ReverseCall(good)])
        assert sorted(reply.primal.values) == [1, 2]


def test_the_default_is_a_share_of_the_machine():
    limit = default_limit()
    assert limit is None or limit > 256 * MIB, sys.platform
