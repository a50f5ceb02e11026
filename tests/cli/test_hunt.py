"""`eigcheck hunt` from outside: what it finds and writes, when it ends, how it exits."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from eigcheck.names import installing
from tests.cli.conftest import Eigcheck

RULES = """
import numpy as np
from eigcheck import rule

def made(wrong):
    def rrule(A):
        w, V = np.linalg.eig(A)
        def pullback(bar):
            G = np.linalg.solve(V.conj().T, np.asarray(bar)[:, None] * V.conj().T)
            G = G if np.iscomplexobj(A) else G.real
            return 2 * G if wrong(A) else G
        return w, pullback
    return rrule

rule("my/integers", function="eigvals")(made(lambda A: len(A) == 2 and np.array_equal(A, np.round(A))))
rule("my/right", function="eigvals")(made(lambda A: False))
"""
WRONG = ("hunt", "--load", "rules.py", "--rule", "my/integers", "--dtype", "float64", "-j", "1")
RIGHT = ("hunt", "--load", "rules.py", "--rule", "my/right", "--dtype", "float64", "-j", "1")


def test_what_is_found_is_small_told_in_full_and_kept_as_a_case_that_fails(eigcheck: Eigcheck) -> None:
    done = eigcheck(*WRONG, "--examples", "60", "--write", "cases/found", files={"rules.py": RULES})
    assert (done.returncode, done.stderr) == (1, "")
    assert "2 x 2 float64, domain general" in done.stdout
    assert "cause      scaled-by-c" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("of fault found")
    assert max(len(line) for line in done.stdout.splitlines()[:-1] if "::" not in line) <= 80, "names cannot be broken"
    with_it = eigcheck("run", "--load", "rules.py", "--rule", "my/integers")
    assert with_it.returncode == 1, with_it.stdout
    without = eigcheck("run", "--load", "rules.py", "--rule", "my/right")
    assert without.returncode == 0, without.stdout
    again = eigcheck(*WRONG, "--examples", "1", "--format", "json")
    kinds = [one["kind"] for one in json.loads(again.stdout)["found"]]
    assert "mismatch, scaled-by-c" in kinds, "what was found is remembered"


def test_a_right_rule_exits_with_0_and_says_what_was_covered(eigcheck: Eigcheck) -> None:
    done = eigcheck(*RIGHT, "--examples", "8", "--report", "json=hunt.json", files={"rules.py": RULES})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("structure ")
    assert done.stdout.splitlines()[-1].endswith("; nothing found")
    again = eigcheck(*RIGHT, "--examples", "8", "--format", "json")
    first, second = (
        json.loads(text) for text in (again.stdout, eigcheck(*RIGHT, "--examples", "8", "--format", "json").stdout)
    )
    assert {**first, "seconds": 0} == {**second, "seconds": 0}
    assert again.stderr.splitlines()[-1].endswith("; nothing found")


def test_a_mutant_may_be_hunted(eigcheck: Eigcheck) -> None:
    chosen = ("--rule", "mutant/transposed", "--function", "eigvals", "--mode", "forward", "--dtype", "float64")
    done = eigcheck("hunt", *chosen, "--examples", "3", "--fail-fast", "-j", "2")
    assert done.returncode == 1, done.stderr
    assert "mutant/transposed::eigvals::forward\n" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--time", "0s"), "no time such as 60s"),
        (("--time", "soon"), "no time such as 60s"),
        (("--examples", "0"), "0 is not in the range"),
        (("--rule", "nothing/*"), "matches no rule"),
        (("--report", "html=x.html"), "no report html of a hunt"),
        (
            (
                "--rule",
                "numpy/lapack",
                "--function",
                "eig",
                "--domain",
                "upper",
                "--dtype",
                "float32",
                "--mode",
                "nonsense",
            ),
            "nonsense",
        ),
        (("--oracle", "delphi", "--examples", "1"), "there is no oracle 'delphi'"),
        (("--load", "missing.py"), "missing.py"),
    ],
)
def test_nonsense_is_answered_without_a_traceback(eigcheck: Eigcheck, arguments: tuple[str, ...], told: str) -> None:
    done = eigcheck("hunt", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rule_that_has_nothing_of_what_is_asked_for_is_told(eigcheck: Eigcheck) -> None:
    done = eigcheck("hunt", "--load", "rules.py", "--function", "eigh", files={"rules.py": RULES})
    assert (done.returncode, "nothing to hunt: of the 2 rules" in done.stderr) == (2, True)


def test_without_hypothesis_the_extra_is_told() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; from eigcheck.cli.program import main; main(['hunt'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, installing("hunt") in done.stderr) == (2, True)


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_a_ctrl_c_keeps_what_was_done(tmp_path) -> None:
    (tmp_path / "rules.py").write_text(RULES)
    command = [sys.executable, "-m", "eigcheck", *RIGHT, "--time", "300s"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while not psutil.Process(running.pid).children():  # the rules are being loaded
            time.sleep(0.05)
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert out.splitlines()[-1].startswith("cut short after 1 rule")
    assert "Traceback" not in err
