"""eigcheck checks that gradients of eigenvalue problems are right. Public names; none loads numerics until used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eigcheck.api import check, get_rule, probe, run
    from eigcheck.rules.registry import rule

__all__ = ["check", "get_rule", "probe", "rule", "run"]

_HOMES = {
    "check": "eigcheck.api",
    "get_rule": "eigcheck.api",
    "probe": "eigcheck.api",
    "run": "eigcheck.api",
    "rule": "eigcheck.rules.registry",
}


def __getattr__(name: str) -> Any:
    """Public names on first use, so that `import eigcheck` (and `eigcheck --help`) stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'eigcheck' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
