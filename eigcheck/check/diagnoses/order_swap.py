"""Cotangents meet the wrong eigenpairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from eigcheck.check.diagnoses.algebra import Pieces
from eigcheck.check.diagnoses.cause import Cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array
from eigcheck.names import HERMITIAN_FUNCTIONS

ALL_PAIRS = 20
"""Up to this order any two pairs are exchanged, above it only neighbours: n^2 / 2 products of n^3."""


def _other_orders(evidence: Evidence, p: Pieces) -> Iterator[Array]:
    """The gradient for lambda_bar_pi and V_bar_pi, for lambda_bar_pi with V_bar kept, and the reverse of that.

    pi: reversed; to and from the order by (real, imaginary) part, by modulus, and LAPACK's; two exchanged.
    """
    first = np.arange(len(evidence.cotangents)) == np.flatnonzero(evidence.failing)[0]
    single = evidence.only(first)
    probe = replace(p, values_bar=p.values_bar[first], vectors_bar=p.vectors_bar[first])
    for permutation in _permutations(evidence):
        for which in ("both", "values", "vectors"):
            # a rough look at the first failing cotangent rules out most permutations
            trial = evidence.on_domain(_swapped(probe, permutation, which))
            if single.off(trial).max() < single.error.max() / 2:
                yield _swapped(p, permutation, which)


def _swapped(p: Pieces, permutation: Array, which: str) -> Array:
    """The gradient with the values' cotangent, the vectors' or both permuted."""
    values_bar = p.values_bar if which == "vectors" else p.values_bar[:, permutation]
    vectors_bar = p.vectors_bar if which == "values" else p.vectors_bar[:, :, permutation]
    return p.gradient(values_bar=values_bar, vectors_bar=vectors_bar)


def _permutations(evidence: Evidence) -> Iterator[Array]:
    """The permutations to try, most likely first, each once and none that changes nothing."""
    seen = {tuple(range(evidence.order))}
    for permutation in (*_orders(evidence), *_exchanges(evidence.order)):
        key = tuple(int(k) for k in permutation)
        if key not in seen:
            seen.add(key)
            yield np.asarray(permutation)


def _orders(evidence: Evidence) -> Iterator[Array]:
    """Reversal, and sortings with their inverses."""
    values = evidence.values
    yield np.arange(evidence.order)[::-1]
    sortings = [np.lexsort((values.imag, values.real)), np.argsort(np.abs(values), kind="stable")]
    if evidence.function not in HERMITIAN_FUNCTIONS:
        lapack = np.linalg.eigvals(evidence.matrix)
        sortings.append(np.abs(lapack[:, None] - values[None, :]).argmin(axis=1))
    for sorting in sortings:
        if len(set(sorting.tolist())) == evidence.order:
            for permutation in (sorting, sorting[::-1]):
                yield permutation
                yield np.argsort(permutation)


def _exchanges(order: int) -> Iterator[Array]:
    """Two eigenpairs exchanged: any two in small matrices, neighbours in large ones."""
    pairs = combinations(range(order), 2) if order <= ALL_PAIRS else ((k, k + 1) for k in range(order - 1))
    for i, j in pairs:
        permutation = np.arange(order)
        permutation[[i, j]] = j, i
        yield permutation


CAUSES = (
    Cause(
        "order-swap",
        summary="cotangents were applied to the wrong eigenpairs: two exchanged, reversed, or another sorting",
        fix="use one order of eigenvalues and eigenvectors in the primal and in the pullback",
        formula="the formula for λ̄ and V̄ in another order than λ and V",
        slips=_other_orders,
    ),
)
