"""Rules of plain differentiable functions: `f(x)` in, values or (values, vectors) out, differentiated by a framework."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from eigcheck.errors import RuleError, UsageError
from eigcheck.model import Pushforward, Rrule
from eigcheck.rules.frameworks import FRAMEWORKS, framework
from eigcheck.rules.frameworks.offering import as_pushforward, as_rrule


def differentiating(name: str, function_of: Callable[[Any], Any], function: str) -> tuple[Rrule, Pushforward | None]:
    """The rrule and the pushforward that a framework makes of a function of its arrays; None where it has no forward mode.

    `function` says which of the four it computes. Raises UsageError for an unknown framework and for one that is
    not installed.
    """
    one = framework(name)
    if one.version is None:
        raise UsageError(f"{one.name} is not installed: {one.command}")
    way = import_module(one.module).differentiated(function_of)
    return as_rrule(way, function), None if way.forward is None else as_pushforward(way, function)


def settled(name: str | None, given: Callable[[Any], Any], function: str) -> tuple[Rrule, Pushforward | None]:
    """What a user's callable is: an rrule already, or a function for `name` to differentiate.

    Without a name it is an rrule, unless its module imports a framework and it fails to be an rrule at a 2 x 2
    matrix. Raises RuleError where several frameworks could be meant.
    """
    if name is not None:
        return differentiating(name, given, function)
    meant = _imported_by(given)
    if not meant or _is_rrule(given):
        return given, None
    if len(meant) > 1:
        raise RuleError(f"its module imports {' and '.join(meant)}: say with --framework which one differentiates it.")
    return differentiating(meant[0], given, function)


def _is_rrule(given: Callable[[Any], Any]) -> bool:
    """Whether it answers a matrix with a pair of which the second can be called."""
    try:
        answer = given(np.array([[2.0, 1.0], [1.0, 3.0]]))
        return isinstance(answer, tuple | list) and len(answer) == 2 and callable(answer[1])
    except Exception:  # a function of tensors may raise anything when it gets an array
        return False


def _imported_by(given: Callable[[Any], Any]) -> list[str]:
    """Frameworks of which the callable's own module names a module or something from one."""
    values = list(getattr(given, "__globals__", {}).values())
    homes = {str(getattr(value, "__name__", None) or "") for value in values if _is_module(value)}
    homes |= {str(getattr(value, "__module__", None) or "") for value in values}
    homes.add(str(getattr(given, "__module__", None) or ""))
    roots = {home.partition(".")[0] for home in homes}
    return [one.name for one in FRAMEWORKS if one.name in roots or (one.name == "jax" and "jaxlib" in roots)]


def _is_module(value: Any) -> bool:
    return isinstance(value, type(sys))
