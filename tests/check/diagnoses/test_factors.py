"""One factor for the whole gradient, or one for each eigenvector."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.diagnoses import explain
from tests.check.diagnoses.bench import diagnose, evidence, matrix, with_answer

KINDS = [("eigvals", "general"), ("eig", "general"), ("eig", "complex-general")]


@pytest.mark.parametrize(("function", "kind"), [*KINDS, ("eigvals", "complex-general")])
def test_left_vectors_of_norm_1(function: str, kind: str) -> None:
    known = evidence("none", function, matrix(kind, 4, np.random.default_rng(6)))
    wrong = with_answer(known, lambda p: p.outer(p.inner(), left=p.left / np.linalg.norm(p.left, axis=0)))
    found = explain(wrong)
    assert (found[0].name, found[0].said) == ("scaled-one-by-one", "left vectors have norm 1")


@pytest.mark.parametrize(("function", "kind"), KINDS)
def test_right_vectors_that_are_scaled_one_by_one(function: str, kind: str) -> None:
    known = evidence("none", function, matrix(kind, 4, np.random.default_rng(6)))
    factors = np.array([1.0, 1.5, 1.0, 3.0])
    wrong = with_answer(known, lambda p: p.outer(p.inner() * factors))
    assert diagnose(wrong)[:1] == ("scaled-one-by-one",)


def test_a_pair_that_is_left_out_is_no_factor() -> None:
    known = evidence("none", "eigvals", matrix("general", 4, np.random.default_rng(6)))
    wrong = with_answer(known, lambda p: p.outer(p.inner() * np.array([1.0, 1, 1, 0])))
    assert "scaled-one-by-one" not in diagnose(wrong)


@pytest.mark.parametrize("seed", range(8))
def test_columns_of_the_gradient_with_factors_of_their_own_have_no_name(seed: int) -> None:
    for kind in ("general", "complex-general"):
        known = evidence("none", "eig", matrix(kind, 3 + seed % 3, np.random.default_rng(seed)))
        assert diagnose(replace(known, got=known.got * (2 + np.arange(known.order)))) == ()


def test_the_factor_is_told() -> None:
    known = evidence("none", "eigvals", matrix("general", 4, np.random.default_rng(6)))
    (found,) = explain(replace(known, got=0.5 * known.got))
    assert found.name == "scaled-by-c"
    assert "0.5 times what it should be" in found.said
