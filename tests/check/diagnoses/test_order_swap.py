from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array
from tests.check.diagnoses.bench import diagnose, evidence, matrix


def swapped(known: Evidence, values: Array, vectors: Array) -> Evidence:
    p = pieces(known)
    assert p is not None
    got = p.gradient(values_bar=p.values_bar[:, values], vectors_bar=p.vectors_bar[:, :, vectors])
    return replace(known, got=known.on_domain(got))


ORDERS = {
    "two exchanged": lambda w: np.array([0, 3, 2, 1, *range(4, len(w))]),
    "reversed": lambda w: np.arange(len(w))[::-1],
    "by real part": lambda w: np.lexsort((w.imag, w.real)),
    "back from real part": lambda w: np.argsort(np.lexsort((w.imag, w.real))),
    "by modulus, descending": lambda w: np.argsort(abs(w))[::-1],
}


@pytest.mark.parametrize(("order", "n"), [(order, 5) for order in ORDERS] + [(order, 24) for order in [*ORDERS][1:]])
@pytest.mark.parametrize("which", ["both", "values", "vectors"])
def test_another_order_is_recognised(order: str, which: str, n: int) -> None:
    known = evidence("none", "eig", matrix("complex-general", n, np.random.default_rng(n + 1)))
    order_ = ORDERS[order](known.values)
    same = np.arange(n)
    moved = swapped(known, same if which == "vectors" else order_, same if which == "values" else order_)
    assert diagnose(moved)[:1] == ("order-swap",)


def test_the_order_of_the_primal_is_not_lapacks() -> None:
    known = evidence("none", "eigvals", matrix("complex-general", 6, np.random.default_rng(0)))
    shuffle = np.random.default_rng(1).permutation(6)
    sorted_ = replace(known, values=known.values[shuffle], vectors=known.vectors[:, shuffle])
    # the primal is shuffled, the pullback takes its cotangents for LAPACK's order
    p = pieces(sorted_)
    assert p is not None
    assert diagnose(replace(sorted_, want=p.gradient()))[:1] == ("order-swap",)


def test_an_order_that_changes_the_loss_by_nothing_is_no_fault() -> None:
    known = evidence("none", "eigvals", matrix("complex-general", 4, np.random.default_rng(0)))
    assert diagnose(swapped(known, np.arange(4), np.arange(4))) == ()
