from __future__ import annotations

import numpy as np
import pytest

from eigcheck.check.diagnoses import diagnoses
from eigcheck.check.diagnoses.maps import CAUSES
from eigcheck.check.evidence import adjoint

RNG = np.random.default_rng(0)
G = RNG.standard_normal((2, 3, 3)) + 1j * RNG.standard_normal((2, 3, 3))


@pytest.mark.parametrize("known", diagnoses(), ids=lambda known: known.name)
def test_a_map_takes_each_matrix_of_a_stack_alone(known):
    for k, one in enumerate(G):
        for stacked, alone in zip(known.maps(G), known.maps(one), strict=True):
            np.testing.assert_array_equal(stacked[k], alone)


def test_the_collapse_is_its_formula():
    folded = next(iter(next(known for known in CAUSES if known.name == "upper-triangle-collapse").maps(G)))
    for i, j in np.ndindex(3, 3):
        due = G[:, i, j] + np.conj(G[:, j, i]) if i < j else G[:, i, i].real if i == j else np.zeros(2)
        np.testing.assert_array_equal(folded[:, i, j], due)


def test_the_two_collapses_are_each_others_mirror():
    upper, lower = (known for known in CAUSES if known.name.endswith("-triangle-collapse"))
    np.testing.assert_array_equal(next(iter(upper.maps(G))), adjoint(next(iter(lower.maps(G)))))
    assert "i < j" in upper.formula.split(",")[0]
    assert "i > j" in lower.formula.split(",")[0]
