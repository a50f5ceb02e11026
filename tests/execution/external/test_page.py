"""The protocol's page: its session is a real one, its example is the worker that is tested, its table names all checks."""

import json
import re
import subprocess
import sys
from pathlib import Path

from eigcheck.conformance import CHECKS
from eigcheck.execution.external.messages import _HELLO, _OFFER, PROTOCOL
from eigcheck.execution.external.runner import DEFAULT_STARTUP_TIMEOUT
from tests.execution.external.support import HERE

PAGE = (Path(__file__).parents[3] / "docs" / "worker-protocol.md").read_text()
EXAMPLE = HERE / "honest_worker.py"


def test_the_session_is_a_real_one():
    (session,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    lines = session.splitlines()
    asked = [line[2:] for line in lines if line.startswith("> ")]
    done = subprocess.run(
        [sys.executable, str(EXAMPLE)],
        input="".join(line + "\n" for line in asked),
        capture_output=True,
        text=True,
        check=True,
    )
    answered = [json.loads(line[2:]) for line in lines if line.startswith("< ")]
    assert [json.loads(line) for line in done.stdout.splitlines()] == answered
    assert len(answered) == len(asked) + 1
    assert {json.loads(line)["request"] for line in asked if "JSON" not in line} >= {
        "primal",
        "rrule",
        "frule",
        "shutdown",
    }


def test_the_example_is_the_worker_that_is_tested():
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert example == EXAMPLE.read_text()


def test_every_check_is_told():
    told = re.findall(r"^\| ([a-z][^|]*?) \| ", PAGE[PAGE.index("## Checking a worker") :], re.MULTILINE)
    assert told[1:] == [name for name, _ in CHECKS]


def test_every_key_of_the_hello_is_told():
    assert {key for key in (*_HELLO, *_OFFER) if f"| `{key}` |" not in PAGE} == set()
    assert f'"{PROTOCOL}"' in PAGE
    assert f"{DEFAULT_STARTUP_TIMEOUT:.0f} by default" in PAGE
