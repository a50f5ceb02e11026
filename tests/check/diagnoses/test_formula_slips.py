"""Causes that are a slip in one line of the formula: elementwise products, the gap matrix's diagonal, single vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.diagnoses import diagnose, explain
from eigcheck.check.diagnoses.algebra import Pieces, diagonal, pieces
from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array
from tests.check.diagnoses.bench import evidence, matrix

KINDS = [("eigvals", "general"), ("eig", "general"), ("eig", "complex-general")]


def with_answer(known: Evidence, answer: Callable[[Pieces], Array]) -> Evidence:
    p = pieces(known)
    assert p is not None
    return replace(known, got=known.on_domain(answer(p)))


PRODUCTS: dict[str, Callable[[Pieces], Array]] = {
    "V^-H * K @ V^H": lambda p: (p.left * p.inner()) @ adjoint(p.vectors),
    "V^-H @ K * V^H": lambda p: (p.left @ p.inner()) * adjoint(p.vectors),
    "V^-H @ (K * V^H)": lambda p: p.left @ (p.inner() * adjoint(p.vectors)),
}


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize(("function", "kind"), KINDS)
@pytest.mark.parametrize("n", [3, 5])
def test_elementwise_products(product: str, function: str, kind: str, n: int) -> None:
    known = evidence("none", function, matrix(kind, n, np.random.default_rng(n)))
    assert diagnose(with_answer(known, PRODUCTS[product])) == ("elementwise-product",)


@pytest.mark.parametrize("kind", ["general", "complex-general"])
def test_a_product_with_the_gap_matrix(kind: str) -> None:
    known = evidence("none", "eig", matrix(kind, 4, np.random.default_rng(2)))
    wrong = with_answer(known, lambda p: p.outer(diagonal(p.values_bar) + np.conj(p.gaps) @ p.pulled()))
    assert diagnose(wrong) == ("elementwise-product",)


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
