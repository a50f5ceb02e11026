"""`assert_rule` inside a test."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eigcheck import get_rule
from eigcheck.errors import CaseFileError, UsageError
from eigcheck.testing import assert_rule
from tests.test_pytest_plugin import tried

pytest_plugins = ["pytester"]

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


def test_a_pushforward_alone_and_a_mode_of_two(cases: str) -> None:
    def pushforward(A, A_dot):
        vectors = np.linalg.eig(A)[1]
        return np.diag(np.linalg.inv(vectors) @ A_dot @ vectors)

    outcomes = assert_rule(None, cases, pushforward=pushforward)
    assert [(one.rule, one.mode) for one in outcomes] == [("pushforward", "forward")] * 2
    both = assert_rule(get_rule("numpy/lapack", "eigvals"), cases, pushforward=pushforward, mode="reverse")
    assert [one.mode for one in both] == ["reverse"] * 2
    with pytest.raises(UsageError, match="checked on nothing: has no forward mode"):
        assert_rule(get_rule("numpy/lapack", "eigvals"), cases, mode="forward")


def test_cases_of_other_orders_and_dtypes_are_left_out(cases: str, tmp_path: Path) -> None:
    (tmp_path / "three.yaml").write_text("matrix: [[1, 2, 0], [4, 3, 0], [0, 0, 9]]\n", encoding="utf-8")
    (tmp_path / "single.yaml").write_text("matrix: [[1, 2], [4, 3]]\ndtype: float32\n", encoding="utf-8")
    rrule = get_rule("numpy/lapack", "eigvals")
    assert len(assert_rule(rrule, cases)) == 4
    outcomes = assert_rule(rrule, cases, orders=2, dtypes="float64")
    assert sorted(one.problem.case for one in outcomes) == ["plain", "symmetric"]
    with pytest.raises(UsageError, match="does not take matrices of order 2; does not take matrices of order 3"):
        assert_rule(rrule, cases, orders=range(4, 9))


def test_checking_nothing_is_an_error(cases: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="checked on nothing: has no rule for eigvals"):
        assert_rule(get_rule("numpy/lapack", "eigh", "upper"), cases, function="eigh", domain="upper")
    (tmp_path / "bad.yaml").write_text("matrx: 1\n", encoding="utf-8")
    with pytest.raises(CaseFileError):
        assert_rule(get_rule("numpy/lapack", "eigvals"), cases)


@pytest.mark.parametrize(
    ("function", "folder", "told"),
    [
        ("eigvals", "cases", "AssertionError: 1 of 1 outcomes are not as expected"),
        ("eigh", "cases", "UsageError: wrong was checked on nothing*"),
        ("eigvals", "nowhere", "UsageError: nowhere: there is no such file or folder*"),
    ],
)
def test_pytest_shows_the_line_of_the_test_and_none_of_ours(
    pytester: pytest.Pytester, function: str, folder: str, told: str
) -> None:
    (pytester.mkdir("cases") / "one.yaml").write_text("matrix: [[1, 2], [4, 3]]\n", encoding="utf-8")
    pytester.makepyfile(
        f"""
        import numpy as np
        from eigcheck.testing import assert_rule

        def wrong(A):
            return np.linalg.eigvals(A), lambda bar: 0 * A

        def test_it():
            assert_rule(wrong, {folder!r}, function={function!r})
        """
    )
    done = tried(pytester, "-p", "no:cacheprovider")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([">*assert_rule(wrong, *", f"E*{told}"])
    places = [line for line in done.outlines if line.endswith("Error") and ".py:" in line]
    assert [place.partition(":")[0] for place in places] == [
        "test_pytest_shows_the_line_of_the_test_and_none_of_ours.py"
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"function": "svd"}, "unknown function 'svd'; there are eigvals"),
        ({"domain": "all"}, "unknown domain 'all'"),
        ({"uplo": "X"}, "unknown uplo 'X'"),
        ({"convention": "julia"}, "unknown convention 'julia'"),
        ({"dtypes": ("float64", "float16")}, "unknown dtype 'float16'"),
        ({"dtypes": ()}, "no dtype is named"),
        ({"allow": "undefind"}, "unknown verdict 'undefind'"),
        ({"mode": "backward"}, "unknown mode 'backward'"),
        ({"seed": 1.5}, "seed is a whole number"),
        ({"rrule": 5}, "an? int is no callable"),
    ],
)
def test_what_is_wrong_is_told_as_check_does(cases: str, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        assert_rule(**{"rrule": get_rule("numpy/lapack", "eigvals"), "cases": cases} | wrong)


def test_cases_may_be_one_path(cases: str) -> None:
    assert len(assert_rule(get_rule("numpy/lapack", "eigvals"), Path(cases))) == 2
