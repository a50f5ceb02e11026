"""The right rules: which of them are checked at a family's matrices, by eigcheck and by the others."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from eigcheck.model import Array, Rule
from eigcheck.rules import registry

Key = tuple[str, str, str, str | None]
"""Name, function, domain, uplo."""

GENERAL_NAMES = ("numpy/lapack", "numpy/left-vectors", "chainrules/wrapper-types")
REAL_FORWARD = "chainrules/wrapper-types"
"""Whose pushforward is right for real matrices only."""
GENERAL = ("eigvals", "eig")
HERMITIAN = ("eigvalsh", "eigh")

OTHERS_GENERAL: tuple[Key, ...] = tuple(("numpy/lapack", function, "general", None) for function in GENERAL)
OTHERS_HERMITIAN: tuple[Key, ...] = (
    *OTHERS_GENERAL,
    ("numpy/lapack", "eigvalsh", "lower", None),
    ("numpy/lapack", "eigh", "symmetric", None),
)
LARGE: int = 32
"""Beyond this order only what the others are asked is asked of eigcheck."""


@cache
def table() -> dict[Key, Rule]:
    """Every built-in rule by its key."""
    registry.load_builtin()
    return {rule.key: rule for rule in registry.registered() if rule.builtin}


def for_others(hermitian: bool) -> tuple[Rule, ...]:
    """One rule of each function; at a symmetric matrix also where A may move symmetrically or by its triangle only."""
    return tuple(table()[key] for key in (OTHERS_HERMITIAN if hermitian else OTHERS_GENERAL))


def for_eigcheck(matrix: Array, hermitian: bool) -> tuple[Rule, ...]:
    """All right rules that fit."""
    if len(matrix) > LARGE:
        return for_others(hermitian)
    fitting = [r for r in table().values() if r.name in GENERAL_NAMES and (hermitian or r.function in GENERAL)]
    return tuple(_right(r, matrix) for r in fitting if hermitian or r.domain == "general")


def _right(rule: Rule, matrix: Array) -> Rule:
    """Without the pushforward that takes a complex Hermitian matrix's eigenvalues for real ones."""
    if rule.name == REAL_FORWARD and np.iscomplexobj(matrix):
        return replace(rule, pushforward=None, has_forward=False)
    return rule
