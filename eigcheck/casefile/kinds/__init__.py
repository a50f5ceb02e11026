"""Kinds of matrices that case files name: one file a family, each found by being here."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from eigcheck.casefile.kinds.registry import Kind, registered


@functools.cache
def matrix_kinds() -> Mapping[str, Kind]:
    """Every registered kind by name, in alphabetical order; `summary` says what it is in one line."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return registered()
