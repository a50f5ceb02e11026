"""What the trial tells of a real outcome is all that the page draws."""

import numpy as np
import pytest

import eigcheck
from tests.reports.html.opened import opened
from tests.reports.samples import record

S = [[1.0, 2.0], [2.0, 3.0]]
H = [[2.0, 1 - 1j], [1 + 1j, 3.0]]


@pytest.fixture(scope="module")
def failing():
    (outcome,) = eigcheck.probe(S, rule="chainrules/released")
    return outcome


@pytest.mark.parametrize("matrix", [S, H])
@pytest.mark.filterwarnings("error")
def test_every_oracle_has_a_bar_for_every_entry_that_it_answers(matrix):
    (outcome,) = eigcheck.probe(matrix, rule="numpy/left-vectors")
    detail = outcome.judgement.detail
    assert set(detail.bars) == set(detail.references)
    for oracle, bars in detail.bars.items():
        answered = np.isfinite(detail.references[oracle])
        assert np.all(np.isfinite(bars) == answered)
        far = np.abs(detail.references[oracle] - detail.reference)[answered]
        assert np.all(far <= bars[answered] + detail.allowed[answered])


def test_the_ladder_says_which_number_it_is_of(failing):
    detail = failing.judgement.detail
    own = detail.ladder_of
    assert own.truth == detail.reference[own.entry].real
    chosen = min(detail.ladder, key=lambda rung: rung.bar)
    assert chosen.value == detail.references["central"][own.entry]
    assert abs(chosen.value - own.truth) <= chosen.bar


def test_the_cause_is_shown_by_its_algebra(failing):
    (told,) = opened(record(failing)).outcomes
    (cause,) = told["causes"]
    assert cause["name"] == "upper-triangle-collapse"
    np.testing.assert_allclose(cause["predicted"], told["detail"]["gradient"], atol=cause["room"])
    assert {"strip", "ladder", "spectrum", "condition", "matrix", "relations"} <= set(told["detail"])
