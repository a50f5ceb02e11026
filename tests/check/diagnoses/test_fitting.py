from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.diagnoses.fitting import doubt, factor, multiple, multiples, shows_in_all
from eigcheck.check.evidence import Evidence
from tests.check.diagnoses.bench import evidence, matrix


@pytest.fixture
def known() -> Evidence:
    told = evidence("negated", "eig", matrix("complex-general", 3, np.random.default_rng(0)))
    assert told.failing.all()
    return told


def test_a_factor_is_that_of_least_squares() -> None:
    part, other = np.array([1.0, 1j]), np.array([1.0, -1j])
    assert factor(part, (2 + 3j) * part + other) == pytest.approx(2 + 3j)
    assert factor(0 * part, part) is None


def test_a_multiple_is_fitted_to_what_is_left_of_the_answer(known: Evidence) -> None:
    part = np.roll(known.want, 1, axis=0)
    made = replace(known, got=known.want + 2.5j * part)
    assert multiple(made, part, known.want) == pytest.approx(2.5j)


def test_several_are_fitted_together(known: Evidence) -> None:
    parts = np.stack([np.roll(known.want, shift, axis=0) for shift in range(3)])
    factors = np.array([1.0, -2.0, 0.5])
    made = replace(known, got=np.einsum("k,kcij->cij", factors, parts))
    assert multiples(made, parts) == pytest.approx(factors)
    assert multiples(made, np.stack([parts[0], parts[0]])) is None
    assert multiples(made, np.stack([parts[0], 0 * parts[0]]))[1] == 1.0


def test_what_is_allowed_is_what_leaves_a_factor_open(known: Evidence) -> None:
    assert 0 < doubt(known, known.want) < 1e-10
    assert doubt(known, 100 * known.want) == pytest.approx(doubt(known, known.want) / 100)
    assert shows_in_all(known, known.want)
    assert not shows_in_all(known, 1e-20 * known.want)
