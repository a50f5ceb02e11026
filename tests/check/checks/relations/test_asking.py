"""The rule is asked for all images at once, with cotangents that went along with their pairs."""

import numpy as np
import pytest

from eigcheck.check.checks.relations.asking import Query, ask_all
from eigcheck.check.checks.relations.known import known_at
from eigcheck.model import Eigenpairs
from tests.check.checks.relations.stand import RELATIONS, heard, place_of
from tests.check.stage import N3, rule_named, rule_of

RIGHT = rule_named("numpy/lapack", "eig")


def asked(rule, matrix=N3, names=("scaling", "embedding"), mode="reverse"):
    point, ask, answers = heard(rule, matrix, mode)
    known, place = known_at(point, answers, mode, 0), place_of(point, answers, mode)
    queries = [Query(image, known.cotangents) for name in names for image in RELATIONS[name].images(place)]
    return known, queries, ask_all(place, ask, queries)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_numbers_come_for_every_image_and_its_own_tangents(mode):
    known, queries, answers = asked(RIGHT, mode=mode)
    assert len(answers) == len(queries) == 3
    for query, (numbers, cotangents, primal) in zip(queries, answers, strict=True):
        assert numbers.shape == (len(known.cotangents), len(query.image.tangents))
        assert len(cotangents) == len(known.cotangents)
        assert np.asarray(primal.values).shape == (len(query.image.matrix),)


def shuffled(A):
    """The right rule with its pairs in reverse order, and other signs, at large matrices."""
    (values, V), pullback = RIGHT.rrule(A)
    if np.linalg.norm(A) < 100:
        return (values, V), pullback

    def back(bar):
        values_bar, vectors_bar = (None if part is None else part[..., ::-1] for part in bar)
        return pullback((values_bar, None if vectors_bar is None else -vectors_bar))

    return (values[::-1].copy(), -V[:, ::-1]), back


def test_order_and_signs_are_followed():
    known, _, plain = asked(RIGHT, names=("scaling",))
    _, _, turned = asked(rule_of(shuffled, "eig", convention="lapack"), names=("scaling",))
    for (numbers, _, _), (others, _, _) in zip(plain, turned, strict=True):
        assert np.all(
            np.abs(numbers - others) <= 2 * np.max(known.allowed) * np.max(np.abs(others) / known.signals.min())
        )
    assert np.array_equal(turned[1][1][0].values, plain[1][1][0].values[::-1])


def test_absent_parts_stay_absent():
    _, _, answers = asked(RIGHT)
    for _, (of_values, of_vectors), _ in answers:
        assert of_values.vectors is None
        assert of_vectors.values is None


def test_a_primal_that_is_something_else_is_not_followed():
    def rrule(A):
        (values, V), pullback = RIGHT.rrule(A)
        return (values + 100 * (len(A) > 3) * np.arange(len(A)), V), pullback

    _, _, answers = asked(rule_of(rrule, "eig"), names=("embedding",))
    assert answers == ["an eigenpair was not recognised"]


def test_no_answer_is_told_with_its_reason():
    def rrule(A):
        if len(A) > 3:
            raise ValueError("not so large")
        return RIGHT.rrule(A)

    _, _, answers = asked(rule_of(rrule, "eig"), names=("embedding", "scaling"))
    assert "not so large" in answers[0]
    assert not any(isinstance(answer, str) for answer in answers[1:])


def test_the_rule_is_called_twice_for_each_image_and_not_again_at_the_matrix():
    seen = []

    def rrule(A):
        seen.append(A.copy())
        return RIGHT.rrule(A)

    point, ask, answers = heard(rule_of(rrule, "eig", convention="lapack"), N3)
    known, place = known_at(point, answers, "reverse", 0), place_of(point, answers)
    queries = [Query(image, known.cotangents) for image in RELATIONS["scaling"].images(place)]
    seen.clear()
    ask_all(place, ask, queries)
    assert len(seen) == 2 * len(queries)
    assert not any(np.array_equal(A, N3) for A in seen)


def test_a_cotangent_is_one_of_the_primal_at_the_image():
    """With one cotangent for each value, the embedding leaves the new one out."""
    point, ask, answers = heard(RIGHT, N3)
    place = place_of(point, answers)
    (image,) = RELATIONS["embedding"].images(place)
    ((_, (carried,), primal),) = ask_all(place, ask, [Query(image, (Eigenpairs(np.ones(3)),))])
    new = np.argmax(np.abs(np.asarray(primal.values)))
    assert np.array_equal(np.flatnonzero(carried.values == 0), [new])
