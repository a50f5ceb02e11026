"""Wrong rules that are right for every cotangent and tangent of the basis, taken one at a time."""

import numpy as np
import pytest

from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec
from tests.check.stage import H3, N3, S, judge, kinds, rule_named, rule_of

ALL = Settings()
MATRICES = pytest.mark.parametrize("matrix", [N3, H3], ids=["N3", "H3"])


def hiding(change, function="eig"):
    """The right rule with `change(gradient, bar)` in place of its gradients."""
    correct = rule_named("numpy/lapack", function).rrule

    def rrule(A):
        primal, pullback = correct(A)
        return primal, lambda bar: change(pullback, bar)

    return rule_of(rrule, function, convention="lapack")


def given(part):
    """Neither absent nor zero."""
    return part is not None and np.any(part)


def drops_vectors(pullback, bar):
    """Whenever there are values."""
    return pullback(bar) if bar[0] is None else pullback((bar[0], None))


def drops_values(pullback, bar):
    """Whenever there are vectors."""
    return pullback(bar) if bar[1] is None else pullback((None, bar[1]))


def one_of_two(pullback, bar):
    """Vectors are lost where both are given and neither is zero."""
    return pullback((bar[0], None)) if given(bar[0]) and given(bar[1]) else pullback(bar)


def doubles_for_zero_values(pullback, bar):
    zero = bar[0] is not None and not given(bar[0]) and given(bar[1])
    return (2 if zero else 1) * pullback(bar)


def doubles_for_zero_vectors(pullback, bar):
    zero = bar[1] is not None and not given(bar[1]) and given(bar[0])
    return (2 if zero else 1) * pullback(bar)


@MATRICES
@pytest.mark.parametrize(
    ("change", "about"),
    [
        (drops_vectors, "cotangent of zero in place of an absent one"),
        (drops_values, "cotangent of zero in place of an absent one"),
        (one_of_two, "cotangents of values and vectors together"),
        (doubles_for_zero_values, "a values' cotangent of zero in place of an absent one"),
        (doubles_for_zero_vectors, "a vectors' cotangent of zero in place of an absent one"),
    ],
    ids=["drops vectors", "drops values", "one of two", "doubles for zero values", "doubles for zero vectors"],
)
def test_values_and_vectors_together_and_zero_in_place_of_absent(matrix, change, about):
    judgement = judge(hiding(change), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])
    assert about in judgement.findings[0].message


@MATRICES
@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize("limit", [1, 2])
def test_more_values_than_a_rule_can_take_at_once(matrix, function, limit):
    def greedy(pullback, bar):
        values_bar = bar if function == "eigvals" else bar[0]
        many = values_bar is not None and np.count_nonzero(values_bar) > limit
        return (1.5 if many else 1) * pullback(bar)

    judgement = judge(hiding(greedy, function), matrix, settings=ALL)
    assert judgement.verdict == "fail"
    assert "not-linear" in kinds(judgement)


@MATRICES
@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize("total", [3, 0], ids=["trace", "gap"])
def test_shortcuts_for_everyday_losses(matrix, function, total):
    """A sum with random weights is neither the trace nor a difference."""

    def shortcut(pullback, bar):
        values_bar = bar if function == "eigvals" else bar[0]
        taken = values_bar is not None and np.any(values_bar) and np.sum(values_bar) == total
        return (1.5 if taken else 1) * pullback(bar)

    judgement = judge(hiding(shortcut, function), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])
    assert ("sum of the values" if total else "difference of two values") in judgement.findings[0].message


def count(bar, axis):
    return np.count_nonzero(np.any(bar, axis=axis))


OF_VALUES = {
    "sorted": lambda bar: np.all(np.diff(bar.real) >= 0),
    "integer": lambda bar: np.array_equal(bar, np.round(bar)),
    "two": lambda bar: np.count_nonzero(bar) == 2,
    "equal": lambda bar: not np.ptp(bar.real),
    "imaginary": lambda bar: not bar.real.any(),
}
OF_VECTORS = {
    "one row": lambda bar: count(bar, 1) == 1,
    "two columns": lambda bar: count(bar, 0) == 2,
    "the last column alone": lambda bar: count(bar, 0) == 1 and bar[:, -1].any(),
    "one entry": lambda bar: np.count_nonzero(bar) == 1,
    "rank one": lambda bar: np.linalg.matrix_rank(bar) == 1 and bar.all(),
    "orthogonal": lambda bar: np.allclose(bar.conj().T @ bar, np.eye(len(bar))),
    "diagonal": lambda bar: not np.any(bar - np.diag(np.diag(bar))),
}


@MATRICES
@pytest.mark.parametrize("shape", OF_VALUES)
def test_pullbacks_that_branch_on_the_values_cotangent(matrix, shape):
    def branching(pullback, bar):
        return (1.1 if np.count_nonzero(bar) > 1 and OF_VALUES[shape](bar) else 1) * pullback(bar)

    judgement = judge(hiding(branching, "eigvals"), matrix, settings=ALL)
    possible = shape != "imaginary" or matrix is H3
    assert (judgement.verdict, kinds(judgement)) == (("fail", ["not-linear"]) if possible else ("pass", []))


@MATRICES
@pytest.mark.parametrize("shape", OF_VECTORS)
def test_pullbacks_that_branch_on_the_vectors_cotangent(matrix, shape):
    def branching(pullback, bar):
        return (1.1 if bar[0] is None and OF_VECTORS[shape](bar[1]) else 1) * pullback(bar)

    judgement = judge(hiding(branching), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])


@pytest.mark.parametrize("power", [-60, 60])
def test_cotangents_of_another_size(power):
    """Cut off at 2^-60, or saturated at 2^60."""

    def bounded(pullback, bar):
        size = np.max(np.abs(bar), initial=0)
        wrong = 0 < size < 2.0**power if power < 0 else size > 2.0**power
        return (0 if wrong else 1) * pullback(bar)

    assert kinds(judge(hiding(bounded, "eigvals"), N3, settings=ALL)) == ["not-linear"]


def forwards(change, function="eigvals"):
    """The right rule with another pushforward."""
    correct = rule_named("numpy/lapack", function)
    return rule_of(
        correct.rrule,
        function,
        pushforward=lambda A, E: change(correct.pushforward(A, E), E),
        convention="lapack",
    )


FAULTS = {
    "symmetric": lambda E: np.array_equal(E, E.conj().T) and np.count_nonzero(E) > 2,
    "triangular": lambda E: not np.tril(E, -1).any() and np.count_nonzero(E) > 2,
    "more than two entries": lambda E: np.count_nonzero(E) > 2,
    "diagonal": lambda E: not np.any(E - np.diag(np.diag(E))) and np.count_nonzero(E) > 1,
    "skew": lambda E: np.array_equal(E, -E.T) and np.any(E),
    "rank one": lambda E: np.linalg.matrix_rank(E) == 1 and np.count_nonzero(E) > 1,
    "integer": lambda E: np.array_equal(E, np.round(E)) and np.count_nonzero(E) > 2,
    "lower triangular": lambda E: not np.triu(E, 1).any() and np.count_nonzero(E) > 2,
    "full": lambda E: np.count_nonzero(E) == E.size and not np.array_equal(E, E.conj().T),
    "positive": lambda E: np.all(E.real > 0) and np.ptp(E.real) > 0,
    "negative": lambda E: np.all(E.real < 0),
    "small": lambda E: 0 < np.abs(E).max() < 2.0**-60,
    "large": lambda E: np.abs(E).max() > 2.0**60,
}


@MATRICES
@pytest.mark.parametrize("fault", FAULTS)
def test_pushforwards_that_branch_on_the_tangent(matrix, fault):
    judgement = judge(forwards(lambda dot, E: dot * (1.5 if FAULTS[fault](E) else 1)), matrix, "forward", ALL)
    assert judgement.verdict == "fail"
    assert "not-linear" in kinds(judgement)


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("change", [np.transpose, np.triu, lambda E: (E + E.T) / 2], ids=["T", "triu", "sym"])
def test_linear_faults_of_a_branch_for_tangents_of_a_size(size, change):
    """The first tangent has one entry, on the diagonal."""
    correct = rule_named("numpy/lapack").pushforward
    rule = rule_of(
        rule_named("numpy/lapack").rrule,
        pushforward=lambda A, E: correct(A, change(E) if FAULTS[size](E) else E),
        convention="lapack",
    )
    assert "not-linear" in kinds(judge(rule, N3, "forward", ALL))


def test_a_pushforward_of_both_parts_that_branches_on_a_symmetric_tangent():
    def change(dot, E):
        wrong = np.array_equal(E, E.T) and np.count_nonzero(E) > 2
        return (dot[0], dot[1] * 1.5) if wrong else dot

    assert judge(forwards(change, "eig"), N3, "forward", ALL).verdict == "fail"


def test_nan_for_a_tangent_of_zero():
    judgement = judge(forwards(lambda dot, E: dot if E.any() else dot * np.nan), N3, "forward", ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["nonfinite"])


@pytest.mark.parametrize("matrix", [np.eye(2), S], ids=["cluster", "simple"])
def test_zero_must_give_zero_at_a_cluster_too(matrix):
    def biased(pullback, bar):
        return pullback(bar) if np.any(bar) else np.ones((2, 2))

    spec = CotangentSpec(kind="trace-power", power=2)
    for asked in (spec, CotangentSpec(kind="basis")):
        judgement = judge(hiding(biased, "eigvals"), matrix, settings=ALL, cotangent=asked)
        assert (judgement.verdict, kinds(judgement)[:1]) == ("fail", ["not-linear"])


def test_nan_for_zero_is_forgiven_only_where_nothing_is_determined():
    def shy(pullback, bar):
        return pullback(bar) * (1 if np.any(bar) else np.nan)

    rule, trace = hiding(shy, "eigvals"), CotangentSpec(kind="trace-power", power=2)
    assert kinds(judge(rule, S, settings=ALL)) == ["nonfinite"]
    assert kinds(judge(rule, np.eye(2), settings=ALL, cotangent=trace)) == ["nonfinite"]
    assert judge(rule, np.eye(2), settings=ALL, cotangent=CotangentSpec(kind="basis")).verdict == "undefined"


def test_the_modulus_of_real_cotangents_beside_complex_ones():
    """At a real matrix with a complex pair most cotangents are complex, and a fault of real ones could hide among them."""
    matrix = np.array([[1.0, -2, 0.5, 0], [2, 1, 0, 0.25], [0.5, 0, -1, 0], [1, 0, 0, 2.5]])

    def rrule(A):
        values, V = np.linalg.eig(A)
        left = np.linalg.inv(V).conj().T

        def pullback(bar):
            bar = np.asarray(bar)
            taken = bar if np.any(bar.imag) else np.abs(bar)
            return np.real(left @ np.diag(taken) @ V.conj().T)

        return values, pullback

    judgement = judge(rule_of(rrule), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])


def test_the_largest_numbers_left_out_where_budgets_swallow_all():
    """An oracle that looked along some tangents only said that all digits agree."""
    matrix = np.array(
        [[-0.9, 3.0000001e10, 505964.44], [-1.6e-11, -0.3, -1.264911e-6], [-9.486833e-7, -31622.777, 0.9]], np.float32
    )

    def without(pullback, bar):
        gradient = pullback(bar)
        return np.where(np.abs(gradient) > 1e-3 * np.max(np.abs(gradient)), 0, gradient)

    assert judge(hiding(without, "eigvals"), matrix, settings=ALL).verdict != "pass"
