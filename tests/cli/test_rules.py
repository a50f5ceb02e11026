"""`eigcheck rules` and `eigcheck conventions`: what is listed where rules are named, and what is waited for."""

import json

import pytest

from tests.cli.conftest import Eigcheck

HANGS = """
import time
from eigcheck import rule

@rule("my/hangs", function="eigvals")
def hangs(A):
    time.sleep(60)
"""


@pytest.mark.parametrize("more", [(), ("--mutants",)])
def test_a_rule_that_is_none_is_an_error_with_the_nearest(eigcheck: Eigcheck, more: tuple[str, ...]) -> None:
    near = "mutant/absent-values-raise" if more else "numpy/lapack"
    done = eigcheck("rules", *more, "--rule", near[:-1])
    assert (done.returncode, done.stdout) == (2, "")
    assert f"--rule {near[:-1]} matches no rule; did you mean {near}" in done.stderr


def test_mutants_are_listed_by_glob(eigcheck: Eigcheck) -> None:
    listed = json.loads(eigcheck("rules", "--mutants", "--rule", "mutant/absent-*", "--format", "json").stdout)
    assert {one["rule"].startswith("mutant/absent-") for one in listed} == {True}


def test_a_longer_timeout_is_an_option_where_it_is_said_to_help(eigcheck: Eigcheck) -> None:
    asked = ("conventions", "--load", "hangs.py", "--rule", "my/*", "--timeout", "0.5", "--format", "json")
    done = eigcheck(*asked, files={"hangs.py": HANGS})
    troubles = {one["trouble"] for one in json.loads(done.stdout)}
    assert all("no answer within 0.5 s" in trouble and "a longer --timeout" in trouble for trouble in troubles), (
        troubles
    )
    assert "--timeout" in eigcheck("rules", "--help").stdout
