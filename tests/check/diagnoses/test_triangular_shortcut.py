from __future__ import annotations

from dataclasses import replace

import numpy as np

from eigcheck.check.diagnoses.algebra import pieces
from tests.check.diagnoses.bench import diagnose, evidence

W = np.array([[1, -2, 0.5, 0], [2, -3, 0, 0.25], [0.5, 0, 1, -1], [1, 0, 3, 1.0]])
"""A pair of complex eigenvalues, of which neither is the nearest to any entry of the diagonal."""


def test_a_cotangent_that_is_dropped_is_no_diagonal() -> None:
    """Where no entry of the diagonal takes an eigenvalue, this cause used to predict zero for it."""
    known = evidence("none", "eigvals", W)
    dropped = known.values.imag < 0
    assert dropped.any()
    p = pieces(known)
    assert p is not None
    got = known.on_domain(p.gradient(values_bar=np.where(dropped, 0, p.values_bar)))
    assert diagnose(replace(known, got=got)) == ("zero-gradient",)


def test_the_diagonals_own_order_is_recognised() -> None:
    A = np.triu(np.arange(1.0, 17).reshape(4, 4)) / 16
    known = evidence("none", "eigvals", A)
    shuffle = np.array([2, 0, 3, 1])
    shuffled = replace(known, values=known.values[shuffle], vectors=known.vectors[:, shuffle])
    p = pieces(shuffled)
    assert p is not None
    bars = p.values_bar[:, np.argsort(shuffle)]
    got = np.stack([np.diag(bar) for bar in bars])
    assert diagnose(replace(shuffled, want=p.gradient(), got=got))[:1] == ("triangular-shortcut",)
