"""What the shipped cases expect of frameworks' rules is what comes out."""

import subprocess
import sys
from pathlib import Path

import pytest

from eigcheck.names import FRAMEWORK_NAMES
from tests.frameworks.support import need

CASES = Path(__file__).parents[2] / "cases" / "frameworks"


@pytest.mark.parametrize("name", FRAMEWORK_NAMES)
def test_every_case_about_frameworks_comes_out_as_it_expects(name):
    need(name)
    command = [sys.executable, "-m", "eigcheck", "run", str(CASES), "--rule", f"{name}/*"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all as expected" in done.stdout
