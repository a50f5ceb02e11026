"""All known causes in one order. Each module of this package gives its own as `CAUSES`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from eigcheck.check.diagnoses.cause import Cause

ORDER = (
    "wrong-triangle",
    "upper-triangle-collapse",
    "lower-triangle-collapse",
    "triangular-shortcut",
    "right-vectors-for-inverse",
    "missing-normalisation",
    "missing-phase",
    "missing-eigenvector-part",
    "zero-gradient",
    "missing-eigenvalue-part",
    "sign-of-gap-matrix",
    "transposed",
    "missing-conjugate",
    "symmetrised",
    "missing-fold",
    "doubled-offdiagonal",
    "halved-offdiagonal",
    "one-triangle-only",
    "dropped-imaginary",
    "missing-real-part",
    "elementwise-product",
    "diagonal-of-gap-matrix",
    "order-swap",
    "lower-precision",
    "regularised-gap",
    "negated",
    "scaled-by-c",
    "scaled-one-by-one",
    "off-the-unit-sphere",
    "equal-eigenvalues",
    "absolute-tolerance",
)
"""All causes, the most specific first: where two explain an error equally well, the earlier one is likelier.

A fault of one line of the formula stands before one of the whole gradient, a form without parameters before one that is
fitted, and what predicts where a rule is right before what says only that it is wrong.
"""


@cache
def diagnoses() -> tuple[Cause, ...]:
    """Every known cause, most specific first, with its name, its one-line summary and its remedy."""
    modules = (import_module(f"{__package__}.{module.name}") for module in iter_modules([str(Path(__file__).parent)]))
    return in_order(known for module in modules for known in getattr(module, "CAUSES", ()))


def in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """The causes as in ORDER. Raises ValueError if a name is taken twice or stands in no place of ORDER."""
    found: dict[str, Cause] = {}
    for known in causes:
        if known.name not in ORDER:
            raise ValueError(f"the cause {known.name!r} has no place in ORDER")
        if known.name in found:
            raise ValueError(f"there are two causes {known.name!r}")
        found[known.name] = known
    return tuple(found[name] for name in ORDER if name in found)
