"""Where nothing is defined nobody is blamed: repeated and defective eigenvalues, NaN, losses that overflow."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec
from tests.check.stage import JORDAN, R3, S, finding, judge, kinds, rule_named, rule_of, verdict

ALL = Settings()


@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("matrix", [np.eye(2), R3, JORDAN, np.zeros((3, 3)), np.diag([1 + 1j, 1 + 1j, 2])])
def test_clusters_determine_nothing_and_nobody_is_blamed(matrix, function, mode):
    judgement = judge(rule_named("numpy/lapack", function), matrix, mode, ALL)
    assert judgement.verdict == "undefined"
    assert set(kinds(judgement)) <= {"silent"}
    assert "coincide" in judgement.detail.why


def test_a_particular_loss_at_a_defective_matrix_is_undefined_although_differentiable():
    """tr A^2 and 2 tr A have one cotangent (2, 2) at [[1, 1], [0, 1]] and other gradients."""
    spec = CotangentSpec(kind="trace-power", power=2)
    assert verdict(rule_named("numpy/lapack"), JORDAN, cotangent=spec, settings=ALL) == "undefined"


def raising(A):
    raise ValueError("no derivative here")


def late(A):
    return np.linalg.eigvals(A), raising


@pytest.mark.parametrize("rrule", [raising, late])
def test_raising_is_acceptable_where_nothing_is_defined_and_an_error_elsewhere(rrule):
    assert verdict(rule_of(rrule), np.eye(2)) == "undefined"
    judgement = judge(rule_of(rrule), S)
    assert judgement.verdict == "error"
    assert "no derivative here" in finding(judgement, "exception").message


def refusing(A, A_dot):
    raise ValueError("no derivative here")


@pytest.mark.parametrize(
    ("matrix", "word"),
    [
        (R3, "undefined"),
        (np.diag([1.0, 1, 2]), "undefined"),
        (np.diag([1.0, 1 + 2.0**-52, 2]), "inconclusive"),
        (S, "error"),
    ],
)
@pytest.mark.parametrize("function", ["eigvalsh", "eigh"])
def test_a_pushforward_answers_for_all_and_may_raise_for_the_sake_of_one(matrix, word, function):
    right = rule_named("numpy/lapack", function, "symmetric")
    rule = rule_of(right.rrule, function, "symmetric", pushforward=refusing, convention="lapack")
    assert judge(right, matrix, "forward", ALL).verdict == ("pass" if word == "error" else word)
    assert judge(rule, matrix, "forward", ALL).verdict == word


@pytest.mark.parametrize(("matrix", "word"), [(np.diag([1.0, 1, 2]), "undefined"), (S, "error")])
def test_so_may_a_rule_that_gives_no_primal(matrix, word):
    judgement = judge(rule_of(raising), matrix, settings=ALL)
    assert judgement.verdict == word
    assert word == "error" or "coincide" in judgement.detail.why


@pytest.mark.parametrize("rrule", [raising, late])
def test_raising_is_acceptable_where_roundoff_may_change_everything(rrule):
    """Eigenvalues 2^-29 apart with vectors as near to each other: any number would have been acceptable."""
    judgement = judge(rule_of(rrule), np.array([[1.0, 1], [2.0**-60, 1]]), settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("inconclusive", [])
    assert "not computable in this precision" in judgement.detail.why


def test_nan_is_acceptable_where_nothing_is_defined_and_a_failure_elsewhere():
    rule = rule_of(lambda A: (np.linalg.eigvals(A), lambda bar: np.full(A.shape, np.nan)))
    judgement = judge(rule, np.eye(2))
    assert (judgement.verdict, kinds(judgement)) == ("undefined", [])
    assert "nonfinite" in kinds(judge(rule, S))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_matrix_that_is_not_finite_has_no_derivative(bad, mode):
    matrix = np.array([[1, bad], [2, 3]])
    judgement = judge(rule_named("numpy/lapack"), matrix, mode)
    assert judgement.verdict == "undefined"
    assert "not finite" in judgement.detail.why


def test_finite_values_of_a_matrix_that_is_not_finite_are_noted():
    rule = rule_of(lambda A: (np.ones(2), lambda bar: np.zeros((2, 2))))
    judgement = judge(rule, np.array([[1, np.nan], [2, 3]]))
    assert (judgement.verdict, kinds(judgement)) == ("undefined", ["silent"])


OVERFLOWING = {
    "trace-power": ("eigvals", np.float64, CotangentSpec(kind="trace-power", power=3)),
    "matrix-power": ("eig", np.float64, CotangentSpec(kind="matrix-power", power=3, weight=np.eye(2)[::-1])),
    "no double's": ("eigvals", np.float32, CotangentSpec(kind="explicit", values=np.array([1e39, 1.0]))),
    "a part's": ("eig", np.float32, CotangentSpec(kind="explicit", values=np.ones(2), vectors=np.full((2, 2), 1e39))),
}


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("case", OVERFLOWING)
def test_a_loss_that_overflows_asks_nothing_and_no_rule_is_given_what_is_no_number(case, mode):
    function, dtype, spec = OVERFLOWING[case]
    right = rule_named("numpy/lapack", function)
    given = []

    def rrule(A):
        primal, pullback = right.rrule(A)

        def heard(bar):
            given.extend(part for part in (bar if isinstance(bar, tuple) else (bar,)) if part is not None)
            return pullback(bar)

        return primal, heard

    rule = replace(right, rrule=rrule)
    matrix = (np.array([[2, 1], [1, 3]]) * (1e200 if dtype == np.float64 else 1)).astype(dtype)
    judgement = judge(rule, matrix, mode, settings=Settings(), cotangent=spec)
    assert judgement.verdict == "undefined"
    assert "overflows" in judgement.detail.why
    assert kinds(judgement) == []
    assert all(np.all(np.isfinite(part)) for part in given)


def changing(A):
    A[0, 1] = 7
    raise ValueError("no derivative here")


@pytest.mark.parametrize("matrix", [np.array([[1, np.nan], [2, 3]]), JORDAN])
@pytest.mark.parametrize(
    ("rrule", "kind"),
    [(changing, "mutates-input"), (lambda A: (np.zeros(3), lambda bar: np.zeros((2, 2))), "shape")],
)
def test_a_changed_input_and_a_wrong_shape_are_acceptable_nowhere(matrix, rrule, kind):
    judgement = judge(rule_of(rrule), matrix)
    assert (judgement.verdict, kinds(judgement)) == ("error" if kind == "shape" else "fail", [kind])


@pytest.mark.parametrize("matrix", [np.array([[1, np.nan], [2, 3]]), JORDAN, S])
def test_what_a_rule_that_raises_has_printed_is_told_everywhere(matrix):
    def loud(A):
        print("here I am")
        raising(A)

    assert judge(rule_of(loud), matrix).detail.printed == "here I am\n"


def test_a_pullback_may_refuse_what_touches_values_that_roundoff_cannot_tell_apart():
    """Whether it is asked for one of them alone, or for both with another whose gradient is computable."""
    right = rule_named("numpy/lapack", "eigvals")

    def rrule(A):
        values, pullback = right.rrule(A)
        close = np.abs(values - 1) < 1e-8

        def careful(bar):
            if np.any(bar[close]):
                raise ValueError("no derivative here")
            return pullback(bar)

        return values, careful

    judgement = judge(rule_of(rrule), np.diag([1.0, 1 + 2.0**-52, 3]), settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("inconclusive", [])
