"""YAML case files to Problems, and what else describes a matrix in words.

Everything is loaded on first use: pydantic and ruamel.yaml cost 0.1 s that `eigcheck --help` need not spend.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from eigcheck.casefile.cotangents import parse_cotangent
    from eigcheck.casefile.faults import format_fault
    from eigcheck.casefile.inline import parse_matrix, read_matrix_file
    from eigcheck.casefile.jsonschema import json_schema
    from eigcheck.casefile.kinds import matrix_kinds
    from eigcheck.casefile.load import load_cases, load_shipped

__all__ = [
    "format_fault",
    "json_schema",
    "load_cases",
    "load_shipped",
    "matrix_kinds",
    "parse_cotangent",
    "parse_matrix",
    "read_matrix_file",
]

_HOMES: Final = {
    "format_fault": "faults",
    "json_schema": "jsonschema",
    "load_cases": "load",
    "load_shipped": "load",
    "matrix_kinds": "kinds",
    "parse_cotangent": "cotangents",
    "parse_matrix": "inline",
    "read_matrix_file": "inline",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
