"""What counts an eigenvector's change along itself: the gap matrix's diagonal. (Tangents off the sphere need a rule.)"""

from __future__ import annotations

import numpy as np
import pytest

from eigcheck.check.diagnoses import explain
from tests.check.diagnoses.bench import evidence, matrix, with_answer


@pytest.mark.parametrize("c", [1.0, 1e3, -0.25])
@pytest.mark.parametrize(
    ("function", "kind"), [("eigh", "symmetric"), ("eigh", "complex-symmetric"), ("eig", "general")]
)
def test_something_on_the_diagonal_of_the_gap_matrix(c: float, function: str, kind: str) -> None:
    domain = "symmetric" if function == "eigh" else "general"
    known = evidence("none", function, matrix(kind, 4, np.random.default_rng(2)), domain=domain)
    wrong = with_answer(known, lambda p: p.outer(p.inner() + c * p.pulled(normalised=False) * np.eye(4)))
    (found,) = explain(wrong)
    assert found.name == "diagonal-of-gap-matrix"
    assert found.said == f"F_kk = {c:.6g}"
