"""Workers, and what they are asked, for the tests of this folder."""

import shlex
import sys
from pathlib import Path

from eigcheck.execution.external.runner import Command, WorkerRunner
from tests.execution.support import E0, E1, S, asked

HERE = Path(__file__).parent
GENEROUS = 120.0
__all__ = ["E0", "E1", "GENEROUS", "HERE", "S", "asked", "command", "honest", "named", "nasty", "script"]


def command(name, *args):
    """The command line of a worker of this folder."""
    return shlex.join([sys.executable, str(HERE / name), *args])


def script(folder, code, name="worker.py"):
    """The command line of a worker with this code."""
    path = Path(folder) / name
    path.write_text(code)
    return shlex.join([sys.executable, str(path)])


def honest(timeout=GENEROUS):
    return WorkerRunner(Command(command("honest_worker.py"), timeout, GENEROUS))


def nasty(*args, timeout=GENEROUS, startup_timeout=GENEROUS):
    return WorkerRunner(Command(command("nasty_worker.py", *args), timeout, startup_timeout))


def named(runner, name, domain="general"):
    (rule,) = [rule for rule in runner.rules() if rule.name == name and rule.domain == domain]
    return rule
