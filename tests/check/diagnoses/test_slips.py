"""A slip in one line of the formula: elementwise products, a phase that is ignored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.diagnoses.algebra import Pieces, diagonal, pieces
from eigcheck.check.evidence import adjoint
from eigcheck.model import Array
from tests.check.diagnoses.bench import diagnose, evidence, matrix, with_answer
from tests.check.diagnoses.test_algebra import problem

KINDS = [("eigvals", "general"), ("eig", "general"), ("eig", "complex-general")]
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


@pytest.mark.parametrize(("function", "kind"), [("eig", "complex-general"), ("eigh", "complex-symmetric")])
def test_a_rule_that_ignores_lapacks_phase(function: str, kind: str) -> None:
    known = problem(function, kind, 4, 5, invariant=False)
    p = pieces(known)
    assert p is not None
    ignored = known.on_domain(p.gradient(vectors_bar=p.free_vectors_bar))
    assert diagnose(replace(known, got=ignored)) == ("missing-phase",)


def test_a_rule_that_keeps_vectors_orthogonal_to_their_change() -> None:
    known = problem("eig", "complex-general", 4, 5, invariant=False)
    p = pieces(known)
    assert p is not None
    M = adjoint(p.vectors) @ p.free_vectors_bar
    inner = M - (adjoint(p.vectors) @ p.vectors) * np.diagonal(M, axis1=1, axis2=2)[:, None, :]
    got = p.outer(p.inner(vectors_bar=0 * M) + np.conj(p.gaps) * inner)
    assert diagnose(replace(known, got=got)) == ("missing-phase",)


def test_a_free_convention_misses_no_phase() -> None:
    known = replace(problem("eig", "complex-general", 4, 5, invariant=False), convention="free")
    p = pieces(known)
    assert p is not None
    assert diagnose(replace(known, got=p.gradient())) == ()
