"""The rule as the judge hears it: the same numbers `<y_bar, y_dot>` in either mode."""

import numpy as np
import pytest

from eigcheck.check.ask import Ask, directions, forward_numbers, gradients_of, reverse_numbers
from eigcheck.domains.tangents import basis
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import Eigenpairs, ForwardCall, Reply, Trouble, unit_roundoff
from tests.check.stage import H3, N3, S, rule_named, rule_of

U = unit_roundoff(np.float64)
TANGENTS = basis(2, "general", is_complex=False)


def ask(rule, mode="reverse"):
    return Ask(LocalRunner(), rule, mode)


@pytest.mark.parametrize("matrix", [N3, H3], ids=["N3", "H3"])
def test_both_modes_of_a_correct_rule_give_the_same_numbers(matrix):
    """`<A_bar, E> = <y_bar, y_dot>`: the pushforward is the adjoint of the pullback."""
    rng = np.random.default_rng(0)
    is_complex = np.iscomplexobj(matrix)
    values, vectors = np.linalg.eig(matrix)
    bar = rng.standard_normal((3, 3)) + 1j * is_complex * rng.standard_normal((3, 3))
    bar = bar - 1j * vectors * np.sum(vectors.conj() * bar, axis=0).imag
    cotangents = (Eigenpairs(np.ones(3)), Eigenpairs(values, bar if is_complex else bar.real), Eigenpairs(None, bar))
    tangents = basis(3, "general", is_complex=is_complex)
    rule = rule_named("numpy/lapack", "eig")
    reverse, forward = (
        ask(rule, mode).hear([matrix, 2 * matrix], [cotangents] * 2, tangents) for mode in ("reverse", "forward")
    )
    for pulled, pushed in zip(reverse, forward, strict=True):
        one, other = pulled.numbers, pushed.numbers
        assert np.array_equal(pulled.primal.values, pushed.primal.values)
        assert one.shape == other.shape == (3, len(tangents.entries))
        assert np.allclose(one, other, rtol=0, atol=1e3 * U * np.abs(one).max())


def test_primals_are_those_of_the_rule_and_none_where_it_raises():
    def rrule(A):
        if A[0, 0] == 0:
            raise ValueError
        return np.linalg.eigvals(A), None

    def complete(A):
        values, _ = rrule(A)
        return values, lambda bar: A

    first, second = ask(rule_of(complete)).primals([S, np.zeros((2, 2))])
    assert np.array_equal(first.values, np.linalg.eigvals(S))
    assert second is None


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_rule_without_any_answer_gives_no_numbers(mode):
    rule = rule_of(lambda A: 1 / 0, pushforward=lambda A, E: 1 / 0)
    (heard,) = ask(rule, mode).hear([S], [(Eigenpairs(np.ones(2)),)], TANGENTS)
    assert heard.primal is None
    assert heard.numbers is None or np.isnan(heard.numbers).all()


def test_a_pullback_that_raises_once_costs_one_row():
    def pullback(bar):
        if bar[1]:
            raise ValueError
        return np.ones((2, 2))

    rule = rule_of(lambda A: (np.linalg.eigvals(A), pullback))
    cotangents = tuple(Eigenpairs(row) for row in np.eye(2))
    numbers = ask(rule).numbers(S, cotangents, TANGENTS)
    assert np.array_equal(numbers[0], np.ones(4))
    assert np.isnan(numbers[1]).all()


def test_a_pushforward_that_raises_once_costs_one_column():
    def pushforward(A, E):
        if E[1, 0]:
            raise ValueError
        return E.sum(axis=1)

    rule = rule_of(lambda A: (np.linalg.eigvals(A), lambda bar: A), pushforward=pushforward)
    numbers = ask(rule, "forward").numbers(S, (Eigenpairs(np.array([1.0, 10])),), TANGENTS)
    assert numbers[0, (0, 1, 3)].tolist() == [1, 1, 10]
    assert np.isnan(numbers[0, 2])


def test_tangents_come_in_the_dtype_of_the_matrix():
    seen = []

    def pushforward(A, E):
        seen.append(E.dtype)
        return np.zeros(2, E.dtype)

    rule = rule_of(lambda A: (np.linalg.eigvals(A), lambda bar: A), pushforward=pushforward)
    ask(rule, "forward").numbers(S.astype(np.float32), (Eigenpairs(np.ones(2)),), TANGENTS)
    assert set(seen) == {np.dtype(np.float32)}
    assert directions(TANGENTS, S).dtype == np.float64


def test_gradients_are_widened_and_missing_ones_are_nan():
    reply = Reply(answers=(np.ones((2, 2), np.float32), Trouble("exception", ""), np.full((2, 2), 1j, np.complex64)))
    made = gradients_of(reply)
    assert [g.dtype for g in made] == [np.complex128] * 3
    assert np.isnan(made[1]).all()
    assert np.array_equal(made[0], np.ones((2, 2)))
    assert [g.dtype for g in gradients_of(Reply(answers=(np.ones((1, 1), np.float32),)))] == [np.float64]
    assert reverse_numbers(Reply(trouble=Trouble("exception", "")), TANGENTS) is None


def test_nan_that_a_cotangent_does_not_touch_stays_away():
    answer = Eigenpairs(np.array([1.0, np.nan]), np.array([[np.nan, 2], [np.nan, 3]]))
    cotangents = (
        Eigenpairs(np.array([5.0, 0])),
        Eigenpairs(np.array([0, 1.0])),
        Eigenpairs(None, np.array([[0, 1.0], [0, 1]])),
        Eigenpairs(np.array([1.0, 0]), np.array([[0, 1j], [0, 0]])),
    )
    numbers = forward_numbers(Reply(answers=(answer,)), cotangents)[:, 0]
    assert numbers[[0, 2, 3]].tolist() == [5, 5, 1]
    assert np.isnan(numbers[1])


def test_a_tangent_without_the_part_that_is_asked_for_is_nan():
    numbers = forward_numbers(Reply(answers=(Eigenpairs(np.ones(2)),)), (Eigenpairs(None, np.eye(2)),))
    assert np.isnan(numbers).all()


def test_imaginary_directions_pair_with_imaginary_tangents():
    """Re sum conj(y_bar) y_dot."""
    numbers = forward_numbers(Reply(answers=(Eigenpairs(np.array([3 + 4j])),)), (Eigenpairs(np.array([1j])),))
    assert numbers.tolist() == [[4.0]]


def test_forward_asks_each_direction_once():
    asked = []

    class Counting(LocalRunner):
        def ask(self, rule, calls):
            asked.extend(call for call in calls if isinstance(call, ForwardCall))
            return super().ask(rule, calls)

    Ask(Counting(), rule_named("numpy/lapack"), "forward").numbers(S, (Eigenpairs(np.ones(2)),), TANGENTS)
    (call,) = asked
    assert isinstance(call, ForwardCall)
    assert call.tangents.shape == (4, 2, 2)


def test_nobody_is_asked_for_a_primal_out_of_the_range_of_what_is_read():
    rule = rule_named("numpy/lapack", "eigvalsh", "upper")
    stored = np.array([[1.0, 2], [np.nan, 3]])
    first, second = ask(rule).primals([stored, np.where(stored == 2, np.inf, stored)])
    assert np.allclose(first.values, np.linalg.eigvalsh(S))
    assert second is None
