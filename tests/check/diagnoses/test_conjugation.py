from __future__ import annotations

import numpy as np
import pytest

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.conjugation import CAUSES
from tests.check.diagnoses.bench import evidence, matrix


@pytest.mark.parametrize(("function", "kind", "told"), [("eigh", "symmetric", False), ("eig", "complex-general", True)])
def test_real_vectors_and_cotangents_have_nothing_to_conjugate(function: str, kind: str, told: bool) -> None:
    known = evidence("none", function, matrix(kind, 3, np.random.default_rng(2)))
    differing = [
        bool(np.abs(form.gradients - known.want).max() > 1e-8) for form in CAUSES[0].forms(known, pieces(known))
    ]
    assert len(differing) > 10
    assert any(differing) == told
