"""Diagonal matrices and constants."""

from __future__ import annotations

import numpy as np

from eigcheck.casefile.kinds.parts import Parts, zeros
from eigcheck.casefile.kinds.registry import Numbers, Plan, kind
from eigcheck.casefile.kinds.spectral import choose_spectrum


@kind("diagonal", order_from=("spectrum",))
def diagonal(plan: Plan, *, spectrum: Numbers | None = None, gap: float | None = None) -> Parts:
    """Diagonal with the given spectrum or gap, else 1, 2, ..., n."""
    out = zeros(plan.n, plan.is_complex)
    for i, value in enumerate(choose_spectrum(plan, spectrum, gap)):
        out.put(i, i, value, "a real diagonal matrix has real eigenvalues")
    return out


@kind("identity")
def identity(plan: Plan) -> Parts:
    """The identity."""
    return Parts(np.eye(plan.n))


@kind("exchange")
def exchange(plan: Plan) -> Parts:
    """Ones on the antidiagonal: symmetric, orthogonal, eigenvalues 1 and -1 repeated."""
    return Parts(np.eye(plan.n)[::-1].copy())


@kind("zeros")
def all_zeros(plan: Plan) -> Parts:
    """All entries 0."""
    return zeros(plan.n)


@kind("ones")
def ones(plan: Plan) -> Parts:
    """All entries 1: symmetric, of rank one."""
    return Parts(np.ones((plan.n, plan.n)))
