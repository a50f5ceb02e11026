"""What a correct rule may differ by between A and T(A)."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.checks.relations.asking import Query, ask_all
from eigcheck.check.checks.relations.comparing import NO_PHASE, UNCLEAR, Held, compared
from eigcheck.check.checks.relations.known import known_at
from tests.check.checks.relations.stand import RELATIONS, heard, place_of
from tests.check.stage import N3, rule_named

C3 = N3 + 1j * np.rot90(N3)


def stood(name, matrix=N3, function="eig", place_in=0):
    """The arguments of `compared` for the first cotangent at the first image of a relation."""
    point, ask, answers = heard(rule_named("numpy/lapack", function), matrix)
    known, place = known_at(point, answers, "reverse", 0), place_of(point, answers)
    image = RELATIONS[name].images(place)[0]
    ((numbers, cotangents, primal),) = ask_all(place, ask, [Query(image, known.cotangents)])
    return [point, known, place_in, image, numbers[place_in], cotangents[place_in], primal]


@pytest.mark.parametrize("name", ["scaling", "orthogonal", "embedding", "shift", "signed-permutation"])
@pytest.mark.parametrize("row", [0, 1])
def test_right_numbers_hold_and_wrong_ones_do_not(name, row):
    arguments = stood(name, place_in=row)
    assert compared(*arguments).status == "holds"
    wrong = arguments[4].copy()
    wrong[3] += 1e-6 * arguments[1].signals[row] * arguments[3].vectors_factor ** row
    arguments[4] = wrong
    found = compared(*arguments)
    assert (found.status, found.place) == ("broken", 3)
    assert found.error / arguments[1].signals[row] == pytest.approx(1e-6, rel=1e-3)
    assert found.share > 1


def test_a_number_that_is_none_is_an_error_without_bounds():
    arguments = stood("shift")
    arguments[4] = np.where(np.arange(len(arguments[4])) == 2, np.nan, arguments[4])
    found = compared(*arguments)
    assert (found.status, found.error, found.place) == ("broken", np.inf, 2)


def test_the_gradient_must_not_respond_to_the_new_row_and_column():
    arguments = stood("embedding")
    wrong = arguments[4].copy()
    wrong[-1] = 1e-6
    arguments[4] = wrong
    found = compared(*arguments)
    assert found.status == "broken"
    assert found.place == len(wrong) - 1 >= len(arguments[1].entries)


def test_rounding_of_the_image_itself_is_allowed_for():
    """With a defect of 1e-6 norm(A) the matrix may be another one by as much; with none it may not."""
    arguments = stood("orthogonal")
    wrong = arguments[4].copy()
    wrong[0] += 1e-9
    arguments[4] = wrong
    assert compared(*arguments).status == "broken"
    image = arguments[3]
    arguments[3] = replace(image, defect=np.full(image.matrix.shape, 1e-7))
    assert compared(*arguments).status == "holds"
    arguments[3] = replace(image, defect=np.full(image.matrix.shape, 1.0))
    found = compared(*arguments)
    assert (found.status, found.why) == ("abstained", UNCLEAR)


def test_phases_that_are_not_settled_leave_no_word():
    """A vector whose largest entries tie: which of them a rule takes for the real one is open."""
    arguments = stood("scaling", C3, place_in=1)
    wrong = arguments[4] + 1e-3 * np.max(np.abs(arguments[4]))
    arguments[4] = wrong
    assert compared(*arguments).status == "broken"
    primal = arguments[6]
    vectors = np.exp(1j * np.arange(9).reshape(3, 3)) / np.sqrt(3)
    arguments[6] = replace(primal, vectors=vectors)
    assert compared(*arguments).status == "abstained"


def test_nan_is_told_apart_from_an_open_phase():
    arguments = stood("scaling", C3, place_in=1)
    arguments[4] = np.full(len(arguments[4]), np.nan)
    assert compared(*arguments).status == "broken"
    vectors = np.exp(1j * np.arange(9).reshape(3, 3)) / np.sqrt(3)
    arguments[6] = replace(arguments[6], vectors=vectors)
    found = compared(*arguments)
    assert (found.status, found.why) == ("abstained", NO_PHASE)


def test_shares_of_what_is_allowed():
    assert Held("holds", 1.0, 4.0).share == 0.25
    assert Held("holds", 0.0, 0.0).share == 0.0
    assert Held("broken", 1.0, 0.0).share == np.inf
    assert Held("abstained").share == 0.0
