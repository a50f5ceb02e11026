"""`assert_rule` inside a test."""

from pathlib import Path

import numpy as np
import pytest

from eigcheck import get_rule
from eigcheck.errors import CaseFileError, UsageError
from eigcheck.testing import assert_rule

CASES = """
rules: ["numpy/*"]
cases:
- name: plain
  matrix: [[1, 2], [4, 3]]
- name: symmetric
  matrix: [[1, 2], [2, 3]]
  expect: {wrong: {verdict: fail, diagnosis: upper-triangle-collapse}}
"""


@pytest.fixture
def cases(tmp_path: Path) -> str:
    (tmp_path / "two.yaml").write_text(CASES, encoding="utf-8")
    return str(tmp_path)


def test_a_right_rule_is_right_on_all_cases(cases: str) -> None:
    outcomes = assert_rule(get_rule("numpy/lapack", "eigvals"), cases)
    assert [outcome.judgement.verdict for outcome in outcomes] == ["pass", "pass"]


def test_a_wrong_rule_raises_with_the_text_of_the_console(cases: str) -> None:
    with pytest.raises(AssertionError) as told:
        assert_rule(get_rule("chainrules/released", "eigvals"), cases, name="mine")
    text = str(told.value)
    assert text.startswith("1 of 2 outcomes are not as expected\n\nFAIL  symmetric::mine::eigvals::reverse")
    assert "upper-triangle-collapse" in text
    assert "remedy" in text


def test_what_a_case_expects_or_the_test_allows_is_no_failure(cases: str) -> None:
    rrule = get_rule("chainrules/released", "eigvals")
    assert len(assert_rule(rrule, [cases], name="wrong")) == 2
    assert len(assert_rule(rrule, cases, allow=("fail",))) == 2


def test_a_pushforward_is_judged_too(cases: str) -> None:
    def pushforward(A, A_dot):
        vectors = np.linalg.eig(A)[1]
        return np.diag(np.linalg.inv(vectors) @ A_dot @ vectors)

    outcomes = assert_rule(get_rule("numpy/lapack", "eigvals"), cases, pushforward=pushforward)
    assert {outcome.mode for outcome in outcomes} == {"reverse", "forward"}


def test_checking_nothing_is_an_error(cases: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="checked on nothing: has no rule for eigvals"):
        assert_rule(get_rule("numpy/lapack", "eigh", "upper"), cases, function="eigh", domain="upper")
    (tmp_path / "bad.yaml").write_text("matrx: 1\n", encoding="utf-8")
    with pytest.raises(CaseFileError):
        assert_rule(get_rule("numpy/lapack", "eigvals"), cases)
