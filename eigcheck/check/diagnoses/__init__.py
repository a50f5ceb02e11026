"""From a wrong gradient to its likely cause: one cause (or two twins) a file, each with the gradient that it would produce.

A new cause is one more module here with a function under the decorator `cause`, its name in `registry.ORDER`, and its
formula in `reports.html.algebra`, which shows it beside the right one.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from eigcheck.check.diagnoses.matching import Explanation, diagnose, explain
from eigcheck.check.diagnoses.registry import Cause, cause, registered

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def diagnoses() -> tuple[Cause, ...]:
    """Every known cause, most specific first, with its name, its one-line summary and its remedy."""
    return registered()


__all__ = ["Cause", "Explanation", "cause", "diagnose", "diagnoses", "explain"]
