"""From a way of differentiating to a rule, with ways of plain NumPy."""

import numpy as np

from eigcheck.rules.frameworks.offering import (
    Way,
    as_pushforward,
    as_rrule,
    as_tuple,
    choosing,
    conjugated,
    offer,
)
from tests.registering import registering


def way_of(outputs, seen=None):
    def reverse(A):
        def pull(chosen, bars):
            if seen is not None:
                seen.append((chosen, bars))
            return np.ones_like(A)

        return outputs, pull

    return Way(reverse, lambda A, A_dot: tuple(0 * output for output in outputs))


VALUES, VECTORS = np.ones(2), np.eye(2)


def test_a_value_function_gives_its_values_alone():
    primal, pullback = as_rrule(way_of((VALUES,)), "eigvals")(np.eye(2))
    assert primal is VALUES
    assert np.array_equal(pullback(np.ones(2)), np.ones((2, 2)))


def test_absent_stays_absent_and_is_not_zero():
    seen = []
    primal, pullback = as_rrule(way_of((VALUES, VECTORS), seen), "eigh")(np.eye(2))
    assert primal == (VALUES, VECTORS)
    pullback((None, np.zeros((2, 2))))
    pullback((np.zeros(2), None))
    assert [chosen for chosen, _ in seen] == [(1,), (0,)]
    assert [len(bars) for _, bars in seen] == [1, 1]


def test_nothing_at_all_gives_zero_without_asking():
    seen = []
    _, pullback = as_rrule(way_of((VALUES, VECTORS), seen), "eigh")(np.eye(2, dtype=np.float32))
    for cotangent in ((None, None), None):
        gradient = pullback(cotangent)
        assert not gradient.any()
        assert gradient.dtype == np.float32
    assert seen == []


def test_cotangents_come_in_the_dtype_of_their_output():
    seen = []
    outputs = (np.ones(2, np.complex64), np.eye(2, dtype=np.float32))
    _, pullback = as_rrule(way_of(outputs, seen), "eig")(np.eye(2, dtype=np.float32))
    pullback((np.ones(2), np.full((2, 2), 1 + 2j)))
    ((_, bars),) = seen
    assert [bar.dtype for bar in bars] == [np.complex64, np.float32]
    assert np.array_equal(bars[1], np.ones((2, 2)))


def test_the_pairing_is_converted_by_one_function():
    assert np.array_equal(conjugated(np.array([1 + 2j])), [1 - 2j])
    assert conjugated(VALUES) is VALUES


def test_the_pushforward_has_the_shape_of_the_primal():
    assert np.array_equal(as_pushforward(way_of((VALUES,)), "eigvals")(np.eye(2), np.eye(2)), np.zeros(2))
    assert len(as_pushforward(way_of((VALUES, VECTORS)), "eig")(np.eye(2), np.eye(2))) == 2


def test_outputs_are_chosen_by_number():
    assert as_tuple([1, 2]) == (1, 2)
    assert as_tuple(3) == (3,)
    assert choosing(lambda x: (x, 2 * x), (1,))(3) == (6,)
    assert choosing(lambda x: x, (0,))(3) == (3,)


def test_a_way_is_offered_under_its_name_with_the_modes_that_it_has():
    with registering() as offered:
        offer("some/where", way_of((VALUES,)), "eigvalsh", "symmetric", uplo="U", source="here")
        offer("some/where", Way(way_of((VALUES,)).reverse), "eigvalsh", "lower", source="here")
        assert [(rule.key, rule.modes, rule.convention, rule.source) for rule in offered] == [
            (("some/where", "eigvalsh", "symmetric", "U"), ("reverse", "forward"), "lapack", "here"),
            (("some/where", "eigvalsh", "lower", None), ("reverse",), "lapack", "here"),
        ]
