from __future__ import annotations

import numpy as np

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.conditions import ABSOLUTE, AT_EQUALITY, CAUSES
from tests.check.diagnoses.bench import evidence, matrix


def test_no_gradient_at_one_matrix_shows_them() -> None:
    known = evidence("negated", "eig", matrix("general", 3, np.random.default_rng(0)))
    assert [cause.name for cause in CAUSES] == [AT_EQUALITY, ABSOLUTE]
    assert [form for cause in CAUSES for form in cause.forms(known, pieces(known))] == []
