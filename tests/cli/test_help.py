"""Help is quick because it loads no numerics, and complete because every command is in it."""

import subprocess
import sys

import pytest

COMMANDS = [
    "run",
    "probe",
    "hunt",
    "explain",
    "report",
    "baseline",
    "diff",
    "rules",
    "oracles",
    "structures",
    "diagnoses",
    "conventions",
    "validate",
    "vectors",
    "schema",
    "init",
    "worker-check",
    "workers",
]
HEAVY = {"numpy", "scipy", "findiff", "sympy", "flint", "pydantic", "ruamel", "rich", "threadpoolctl", "pebble"}

LOADED = """
import sys
from eigcheck.cli.program import main
try:
    main({args!r}, prog_name="eigcheck")
finally:
    sys.stderr.write(" ".join({{name.partition(".")[0] for name in sys.modules}}))
"""


def loaded(*args: str) -> tuple[str, set[str], int]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(args=list(args))], capture_output=True, text=True, check=False
    )
    return done.stdout, set(done.stderr.split()), done.returncode


@pytest.mark.parametrize(
    "args",
    [
        ("--help",),
        ("run", "--help"),
        ("probe", "-h"),
        ("hunt", "-h"),
        ("report", "-h"),
        ("explain", "-h"),
        ("init", "-h"),
    ],
)
def test_no_numerics_are_loaded(args: tuple[str, ...]) -> None:
    text, modules, code = loaded(*args)
    assert code == 0
    assert text
    assert modules & HEAVY == set()


def test_the_commands_stand_in_the_order_of_the_manual() -> None:
    text, _, _ = loaded("--help")
    listed = [line.split()[0] for line in text.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed == COMMANDS
    assert max(map(len, text.splitlines())) <= 80
