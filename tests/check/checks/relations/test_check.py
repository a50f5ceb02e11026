"""All relations at one matrix: how the rule is asked, what it may differ by, which come to nothing, and what is told."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.checks.relations import there as transformed
from eigcheck.check.checks.relations.check import (
    NO_PHASE,
    NOTHING_SAID,
    TOO_LARGE,
    UNCLEAR,
    ask_all,
    check_relations,
    compared,
    listed,
    share,
)
from eigcheck.check.checks.relations.sums import sums_at
from eigcheck.check.known import Checked
from eigcheck.model import CotangentSpec, Eigenpairs
from eigcheck.outcome import Extra
from tests.check.checks.relations.stand import NAMES, RELATIONS, checked, heard, place_of
from tests.check.stage import N3, Settings, judge, rule_named, rule_of

RIGHT = rule_named("numpy/lapack", "eig")
OF_VALUES = rule_named("numpy/lapack")
C3 = N3 + 1j * np.rot90(N3)


def asked(rule, matrix=N3, names=("scaling", "embedding"), mode="reverse"):
    point, ask, answers = heard(rule, matrix, mode)
    sums, place = sums_at(point, answers, mode, 0)[0], place_of(point, answers, mode)
    cotangents = [one.cotangent for one in sums]
    images = [image for name in names for image in RELATIONS[name].images(place)]
    return sums, images, ask_all(point, ask, [(image, cotangents) for image in images])


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_numbers_come_for_every_image_and_its_own_tangents(mode):
    sums, images, answers = asked(RIGHT, mode=mode)
    assert len(answers) == len(images) == 3
    for image, there in zip(images, answers, strict=True):
        assert there.numbers.shape == (len(sums), len(image.tangents))
        assert len(there.cotangents) == len(sums)
        assert np.asarray(there.primal.values).shape == (len(image.matrix),)


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
    sums, _, plain = asked(RIGHT, names=("scaling",))
    allowed, signal = max(np.max(one.allowed) for one in sums), min(one.signal for one in sums)
    _, _, turned = asked(rule_of(shuffled, "eig", convention="lapack"), names=("scaling",))
    for one, other in zip(plain, turned, strict=True):
        assert np.all(np.abs(one.numbers - other.numbers) <= 2 * allowed * np.max(np.abs(other.numbers) / signal))
    assert np.array_equal(turned[1].cotangents[0].values, plain[1].cotangents[0].values[::-1])


def test_absent_parts_stay_absent():
    _, _, answers = asked(RIGHT)
    for of_values, of_vectors in (there.cotangents for there in answers):
        assert of_values.vectors is None
        assert of_vectors.values is None


def test_a_primal_that_is_something_else_is_told():
    def rrule(A):
        (values, V), pullback = RIGHT.rrule(A)
        return (values + 100 * (len(A) > 3) * np.arange(len(A)), V), pullback

    _, _, answers = asked(rule_of(rrule, "eig"), names=("embedding",))
    assert [answer.kind for answer in answers] == ["primal"]
    assert "is no eigenvalue" in answers[0].message


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
    sums, place = sums_at(point, answers, "reverse", 0)[0], place_of(point, answers)
    queries = [(image, [one.cotangent for one in sums]) for image in RELATIONS["scaling"].images(place)]
    seen.clear()
    ask_all(point, ask, queries)
    assert len(seen) == 2 * len(queries)
    assert not any(np.array_equal(A, N3) for A in seen)


def test_a_cotangent_is_one_of_the_primal_at_the_image():
    """With one cotangent for each value, the embedding leaves the new one out."""
    point, ask, answers = heard(RIGHT, N3)
    place = place_of(point, answers)
    (image,) = RELATIONS["embedding"].images(place)
    (there,) = ask_all(point, ask, [(image, (Eigenpairs(np.ones(3)),))])
    new = np.argmax(np.abs(np.asarray(there.primal.values)))
    assert np.array_equal(np.flatnonzero(there.cotangents[0].values == 0), [new])


def stood(name, matrix=N3, row=0):
    """What came at the first image of a relation, the sum of a row at A, and what is found of other numbers for it."""
    point, ask, answers = heard(RIGHT, matrix)
    (sums, tangents), place = sums_at(point, answers, "reverse", 0), place_of(point, answers)
    image = RELATIONS[name].images(place)[0]
    (there,) = ask_all(point, ask, [(image, [one.cotangent for one in sums])])

    def judged(numbers, **changes):
        changed = replace(
            there, numbers=np.where(np.arange(len(sums))[:, None] == row, numbers, there.numbers), **changes
        )
        return compared(RELATIONS[name], changed, row, sums[row], tangents)

    return there, sums[row], judged


@pytest.mark.parametrize("name", ["scaling", "orthogonal", "embedding", "shift", "signed-permutation"])
@pytest.mark.parametrize("row", [0, 1])
def test_right_numbers_hold_and_wrong_ones_do_not(name, row):
    there, one, judged = stood(name, row=row)
    assert judged(there.numbers[row]).status == "holds"
    wrong = there.numbers[row].copy()
    wrong[3] += 1e-6 * one.signal * there.image.vectors_factor**row
    found = judged(wrong)
    assert (found.status, found.entry) == ("broken", (1, 0))
    assert found.error / one.signal == pytest.approx(1e-6, rel=1e-3)
    assert share(found) > 1


def test_a_number_that_is_none_is_an_error_without_bounds():
    there, _, judged = stood("shift")
    found = judged(np.where(np.arange(9) == 2, np.nan, there.numbers[0]))
    assert (found.status, found.error, found.entry) == ("broken", np.inf, (0, 2))


def test_the_gradient_must_not_respond_to_the_new_row_and_column():
    there, one, judged = stood("embedding")
    wrong = there.numbers[0].copy()
    wrong[-1] = 1e-6
    assert len(wrong) > len(one.numbers)
    found = judged(wrong)
    assert (found.status, found.entry) == ("broken", None)


def test_rounding_of_the_image_itself_is_allowed_for():
    """With a defect of 1e-6 norm(A) the matrix may be another one by as much; with none it may not."""
    there, _, judged = stood("orthogonal")
    wrong = there.numbers[0].copy()
    wrong[0] += 1e-9
    assert judged(wrong).status == "broken"
    image = there.image
    assert judged(wrong, image=replace(image, defect=np.full(image.matrix.shape, 1e-7))).status == "holds"
    found = judged(wrong, image=replace(image, defect=np.full(image.matrix.shape, 1.0)))
    assert (found.status, found.why) == ("abstained", UNCLEAR)


TIED = np.exp(1j * np.arange(9).reshape(3, 3)) / np.sqrt(3)
"""Vectors whose largest entries tie: which of them a rule takes for the real one is open."""


def test_phases_that_are_not_settled_leave_no_word():
    there, _, judged = stood("scaling", C3, row=1)
    wrong = there.numbers[1] + 1e-3 * np.max(np.abs(there.numbers[1]))
    assert judged(wrong).status == "broken"
    assert judged(wrong, primal=replace(there.primal, vectors=TIED)).status == "abstained"


def test_nan_is_told_apart_from_an_open_phase():
    there, _, judged = stood("scaling", C3, row=1)
    nothing = np.full(there.numbers.shape[1], np.nan)
    assert judged(nothing).status == "broken"
    found = judged(nothing, primal=replace(there.primal, vectors=TIED))
    assert (found.status, found.why) == ("abstained", NO_PHASE)


def test_shares_of_what_is_allowed():
    assert share(Checked("any", "holds", 1.0, 4.0)) == 0.25
    assert share(Checked("any", "holds", 0.0, 0.0)) == 0.0
    assert share(Checked("any", "broken", 1.0, 0.0)) == np.inf
    assert share(Checked("any", "abstained")) == 0.0


def test_every_relation_is_listed_once():
    assert set(checked(rule_named("numpy/lapack"), N3)) == set(NAMES)


def test_the_worst_number_is_kept():
    found = checked(rule_named("numpy/lapack", "eig"), N3)["shift"]
    assert found.status == "holds"
    assert 0 <= found.error <= found.allowed
    assert found.at == "A + 32 I"
    assert found.finding is None


def test_what_speaks_of_values_is_silent_about_vectors():
    spec = CotangentSpec(kind="random", of=("vectors",))
    found = checked(rule_named("numpy/lapack", "eig"), N3, cotangent=spec)
    assert found["transposition"].status == "abstained"
    assert "speaks of values" in found["transposition"].why
    assert found["scaling"].status == "holds"


def test_nothing_is_asked_where_no_number_is_computable():
    A = np.array([[1, 1e-4], [0, np.nextafter(np.float32(1), np.float32(2))]], np.float32)
    found = checked(rule_named("numpy/lapack", "eig"), A)
    assert {(c.status, c.why) for c in found.values()} == {("abstained", NOTHING_SAID)}


def test_rounded_relations_stop_at_an_order():
    found = checked(rule_named("numpy/lapack"), np.diag(np.arange(1.0, 18)) + np.triu(np.ones((17, 17)), 1))
    assert {name for name, c in found.items() if c.why == TOO_LARGE} == {"orthogonal", "shift"}


@pytest.mark.parametrize(
    ("error", "entry", "text"),
    [
        (
            0.5,
            (1, 2),
            "shift: at A + 4 I the gradient for e differs from the one at A by 0.5, allowed 0.25; entry (1, 2)",
        ),
        (np.inf, None, "shift: at A + 4 I the gradient for e is not finite, allowed 0.25"),
    ],
)
def test_a_broken_relation_in_words(error, entry, text):
    found = Checked("shift", "broken", error, 0.25, None, "A + 4 I", "e", entry).finding
    assert (found.kind, found.message, found.entry) == ("invariance", text, entry)
    assert found.extra == Extra(relation="shift")


def rows(judgement):
    return {row.name: row for row in judgement.detail.relations}


def test_linearity_and_adjointness_stand_beside_the_others():
    for mode in ("reverse", "forward"):
        told = rows(judge(OF_VALUES, N3, mode, Settings()))
        assert set(told) == {"linearity", "adjointness", *NAMES}
        assert told["linearity"].status == "holds"
        assert told["adjointness"].status == ("holds" if mode == "forward" else "abstained")
        assert {key for row in told.values() for key in row.members()} == {
            "name",
            "status",
            "error",
            "allowed",
            "why",
            "finding",
        }


def test_a_mode_that_is_not_linear():
    def rrule(A):
        values, pullback = OF_VALUES.rrule(A)
        return values, lambda bar: pullback(bar) * (1 + np.linalg.norm(bar))

    told = rows(judge(rule_of(rrule), N3, settings=Settings()))
    assert (told["linearity"].status, told["linearity"].finding) == ("broken", "not-linear")
    assert told["linearity"].error > told["linearity"].allowed


def test_a_pushforward_that_is_not_the_adjoint():
    rule = rule_of(OF_VALUES.rrule, pushforward=lambda A, E: OF_VALUES.pushforward(A, E) * 1.5)
    told = rows(judge(rule, N3, "forward", Settings()))
    assert (told["adjointness"].status, told["adjointness"].finding) == ("broken", "pushforward")


def test_a_pullback_that_is_not_the_adjoint_is_not_the_pushforwards_fault():
    def rrule(A):
        values, pullback = OF_VALUES.rrule(A)
        return values, lambda bar: pullback(bar) * 1.5

    told = rows(judge(rule_of(rrule, pushforward=OF_VALUES.pushforward), N3, "forward", Settings()))
    assert told["adjointness"].status == "abstained"
    assert "not the one to blame" in told["adjointness"].why


def test_nothing_is_listed_where_nothing_was_checked():
    point, ask, answers = heard(OF_VALUES, np.eye(2))
    assert listed(answers.linear, None, check_relations(point, ask, answers), ()) == ()
    assert not judge(OF_VALUES, np.eye(2), settings=Settings()).detail.relations


@pytest.mark.parametrize("function", ["eigvals", "eig"])
def test_nothing_is_decomposed_where_the_pairs_are_those_of_the_matrix(function, monkeypatch):
    """A wrong primal is looked for only where pairs are lost, or values are off by more than roundoff."""
    asked_for = []
    monkeypatch.setattr(transformed, "spectrum_at", lambda *given: asked_for.append(given))
    assert checked(rule_named("numpy/lapack", function), N3)["embedding"].status == "holds"
    assert asked_for == []
