"""The checkers, one a file; each module has a `CHECKERS` tuple and loads its framework when first asked."""

from __future__ import annotations

from importlib import import_module

from benchmarks.campaign.checkers.answers import Checker

HOMES = {
    "eigcheck": "by_eigcheck",
    "torch": "by_torch",
    "torch fast": "by_torch",
    "jax": "by_jax",
    "autograd": "by_autograd",
    "pytensor": "by_pytensor",
    "scipy check_grad": "by_scipy_optimize",
    "numdifftools": "by_numdifftools",
    "scipy differentiate": "by_scipy_differentiate",
}
"""In the order of the tables."""

NAMES = tuple(HOMES)
OTHERS = NAMES[1:]


def checker(name: str) -> Checker:
    """The checker of this name."""
    module = import_module(f"{__name__}.{HOMES[name]}")
    return next(one for one in module.CHECKERS if one.name == name)
