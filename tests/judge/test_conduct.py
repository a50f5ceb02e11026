"""Linearity, down to the smallest arguments and at zero."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.domains.tangents import basis
from eigcheck.judge.conduct import (
    LARGE,
    SMALL,
    Challenge,
    check_linear,
    combine,
    forward_challenges,
    reverse_challenges,
    scaled_pairs,
)
from eigcheck.model import Cotangent, Eigenpairs, Tangents, unit_roundoff

U = unit_roundoff(np.float64)
RNG = np.random.default_rng(0)
JACOBIAN = RNG.standard_normal((5, 2))


def cotangent(values=None, vectors=None, gauge=False):
    return Cotangent(Eigenpairs(values, vectors), "c", gauge)


VALUES = [cotangent(row) for row in np.eye(2)]
VECTORS = [cotangent(None, np.array([[1.0, 2], [3, 4]])), cotangent(None, np.array([[0.0, 1], [-1, 0]]))]


def answer(rule, pairs):
    return rule(np.asarray(pairs.values))


def finding(rule, cotangents=VALUES, room=1e-12):
    """What `check_linear` says of a map of values' cotangents (2,) to numbers (5,)."""
    challenges = reverse_challenges(cotangents, range(len(cotangents)), 2, simple=True)
    given_answers = np.stack([answer(rule, c.pairs) for c in cotangents])
    answers = np.stack([answer(rule, c.cotangent) for c in challenges])
    return check_linear(challenges, answers, given_answers, np.full(given_answers.shape, room))


def linear(bar):
    return JACOBIAN @ bar


def test_a_linear_rule_passes():
    assert finding(linear) is None


@pytest.mark.parametrize(
    ("rule", "about"),
    [
        (lambda bar: linear(bar) * (1 + np.linalg.norm(bar)), "2^40"),
        (lambda bar: linear(bar) + 1e-9, "zero"),
        (lambda bar: linear(bar) if np.abs(bar).max() > 1e-8 else 0 * linear(bar), "2^-40"),
        (lambda bar: linear(bar) if bar.any() else np.full(5, 7.0), "zero"),
        (lambda bar: linear(bar) if bar.any() else np.full(5, np.nan), "zero"),
        (lambda bar: np.abs(linear(bar)), "sum"),
    ],
)
def test_every_kind_of_deviation_is_found(rule, about):
    found = finding(rule)
    assert found.kind == "not-linear"
    assert about in found.message
    assert found.error > found.allowed


def test_rounding_within_the_room_is_no_deviation():
    rng = np.random.default_rng(1)

    def noisy(bar):
        return linear(bar) * (1 + 1e-13 * rng.uniform(-1, 1, 5))

    assert finding(noisy, room=1e-12) is None
    assert finding(noisy, room=1e-17).kind == "not-linear"


def test_answers_that_were_not_finite_to_begin_with_are_not_blamed_again():
    challenges = [Challenge("twice", ((0, 2.0),), Eigenpairs(np.ones(2)))]
    nothing = np.full((1, 3), np.nan)
    assert check_linear(challenges, nothing, nothing, np.ones((1, 3))) is None


def asked(cotangents, usable=None, simple=True):
    usable = range(len(cotangents)) if usable is None else usable
    return reverse_challenges(cotangents, usable, 2, simple=simple)


def test_each_form_of_a_cotangent_is_challenged():
    forms = [*VALUES, *VECTORS, cotangent(None, 1j * np.eye(2), gauge=True)]
    about = [c.about for c in asked(forms)]
    for kind in ("2^-40", "2^40", "a cotangent of zero"):
        assert sum(kind in text for text in about) == 3
    assert sum("sum of two" in text for text in about) == 2
    assert sum("in place of an absent one" in text for text in about) == 1


def test_weights_and_questions_belong_together():
    """Every question is the weighted sum of the cotangents whose answers it is held against."""
    cotangents = [*VALUES, *VECTORS]
    for challenge in asked(cotangents):
        for part in ("values", "vectors"):
            question = getattr(challenge.cotangent, part)
            parts = [(getattr(cotangents[c].pairs, part), w) for c, w in challenge.weights]
            present = [w * p for p, w in parts if p is not None]
            if question is None:
                assert present == []
            else:
                assert np.array_equal(question, sum(present, np.zeros(question.shape)))


def test_only_usable_cotangents_are_used():
    used = {c for challenge in asked(VALUES + VECTORS, usable=[1, 3]) for c, _ in challenge.weights}
    assert used == {1, 3}
    assert asked(VALUES, usable=[]) == []


def test_at_a_cluster_absent_and_zero_may_differ():
    about = [c.about for c in asked(VALUES + VECTORS, simple=False)]
    assert not any("in place of an absent one" in text for text in about)


def test_zero_is_asked_for_at_a_cluster_too():
    assert any("cotangent of zero" in c.about for c in asked(VALUES, simple=False))


def test_forward_challenges_are_sums_of_the_tangents():
    tangents = basis(2, "general", is_complex=True)
    challenges = forward_challenges(tangents)
    assert len(challenges) == 4
    for challenge in challenges:
        want = sum((w * tangents.matrices[t] for t, w in challenge.weights), np.zeros((2, 2)))
        assert np.array_equal(challenge.tangent, want)
    assert forward_challenges(Tangents(np.zeros((0, 0, 0)), (), ())) == []


@given(st.sampled_from([SMALL, LARGE, 0.0]), st.sampled_from([np.float32, np.complex64, np.float64, np.complex128]))
def test_scaling_keeps_dtypes_and_is_exact(factor, dtype):
    pairs = Eigenpairs(np.array([1, 1 / 3], dtype), None)
    made = scaled_pairs(pairs, factor)
    assert made.values.dtype == dtype
    assert made.vectors is None
    if factor:
        assert np.array_equal((made.values / factor).astype(dtype), pairs.values)


def test_combining_keeps_absence_and_precision():
    single = [cotangent(np.array([1, 2], np.float32)), cotangent(np.array([3, 4j], np.complex64))]
    made = combine(((0, 0.75), (1, -1.25)), single)
    assert made.values.dtype == np.complex64
    assert made.vectors is None
    assert np.array_equal(made.values, [0.75 - 3.75, 1.5 - 5j])
    assert combine(((0, 1.0),), VECTORS).vectors.dtype == np.float64
