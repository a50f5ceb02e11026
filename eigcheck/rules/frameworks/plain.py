"""Rules of plain differentiable functions: `f(x)` in, values or (values, vectors) out, differentiated by a framework."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial, update_wrapper
from importlib import import_module
from typing import Any, Final

import numpy as np

from eigcheck.errors import RuleError, UsageError
from eigcheck.model import Array, Pushforward, Rule
from eigcheck.names import MODES
from eigcheck.rules.frameworks import FRAMEWORKS, framework, framework_of
from eigcheck.rules.frameworks.offering import Way, as_primal, as_pushforward, as_rrule

_TRIED: Final[tuple[Array, ...]] = tuple(
    (np.diag([float(k + k * k) for k in range(1, n + 1)]) + 0.5).astype(dtype)
    for dtype in ("float64", "complex128")
    for n in (2, 3)
)
"""Symmetric matrices with simple eigenvalues, at which a function is tried: one of them may be none that it takes."""

_REFUSAL: Final = re.compile(
    r"(forward|reverse)-mode (autodiff|differentiation)|not support (jvp|forward)|no gradient defined", re.I
)
"""How frameworks say that a function cannot be differentiated so, where the type of what they raise does not say it."""

_DEEPEST: Final = 12
"""Callables within callables that are looked at."""

_LONGEST: Final = 160
"""Characters of a framework's reason that are kept."""


def made_rule(
    given: Callable[[Any], Any] | None, pushforward: Pushforward | None, framework: str | None, declared: Rule
) -> Rule:
    """`declared` with the callables of a user's rrule, a plain function for `framework`, or None; a pushforward besides.

    Raises UsageError as `differentiating` does, for no callable at all and what is none, and RuleError as `settled` does.
    """
    if given is None and pushforward is None:
        raise UsageError("a rule is an rrule, a pushforward, or both; there is neither")
    for one in (given, pushforward):
        if not (one is None or callable(one)):
            raise UsageError(f"a rule is an rrule, a pushforward, or both; a {type(one).__name__} is no callable")
    made = declared if given is None else settled(framework, given, declared)
    forward = pushforward or made.pushforward
    return replace(made, pushforward=forward, has_reverse=made.rrule is not None, has_forward=forward is not None)


def differentiating(name: str, function_of: Callable[[Any], Any], declared: Rule) -> Rule:
    """`declared` with what a framework makes of a function of its arrays: callables, and why some are not there.

    A mode is not there where the framework has none, or says of this function, by its own words, that it cannot be
    differentiated so: a `torch.autograd.Function` without `jvp`, JAX's `custom_vjp`. Raises UsageError for an unknown
    framework and for one that is not installed, RuleError where no mode is left.
    """
    one = framework(name)
    if one.version is None:
        raise UsageError(f"{one.name} is not installed: {one.command}")
    way: Way = import_module(one.module).differentiated(function_of)
    lacks = {mode: why for mode in MODES if (why := _refusal(way, mode)) is not None}
    if way.forward is None:
        lacks["forward"] = f"{name} has none"
    if len(lacks) == len(MODES):
        raise RuleError(f"{name} differentiates it in no mode ({lacks['reverse']}).")
    function = declared.function

    def of_user(made: Callable[..., Any]) -> Callable[..., Any]:
        return update_wrapper(made, function_of, (), ())  # whose code is to be told

    return replace(
        declared,
        rrule=None if "reverse" in lacks else of_user(as_rrule(way, function)),
        pushforward=None if "forward" in lacks else of_user(as_pushforward(way, function)),
        primal=as_primal(way, function) if "reverse" in lacks else None,
        lacks=tuple(lacks.items()),
    )


def _refusal(way: Way, mode: str) -> str | None:
    """What the framework says of a mode that a function does not have; None where it has it or fails otherwise."""
    said = None
    for matrix in map(np.copy, _TRIED):
        try:
            if mode == "reverse":
                outputs, pull = way.reverse(matrix)
                pull((0,), (np.ones_like(outputs[0]),))
            elif way.forward is not None:
                way.forward(matrix, np.ones_like(matrix))
        except Exception as error:
            if isinstance(error, NotImplementedError) or _REFUSAL.search(str(error)):
                line = "".join(str(error).strip().splitlines()[:1])
                told = f"{type(error).__name__}: {line}" if line else type(error).__name__
                said = said or (told if len(told) <= _LONGEST else f"{told[:_LONGEST]}...")
            continue
        return None
    return said


def settled(name: str | None, given: Callable[[Any], Any], declared: Rule) -> Rule:
    """`declared` with what a user's callable is: an rrule already, or a function for `name` to differentiate.

    Without a name it is an rrule, unless it is a framework's own object, or its module imports a framework, and it
    is an rrule at none of the matrices at which functions are tried. Raises RuleError where several frameworks could be
    meant.
    """
    if name is not None:
        return differentiating(name, given, declared)
    meant = _meant_by(given)
    if not meant or _is_rrule(given):
        return replace(declared, rrule=given)
    if len(meant) > 1:
        raise RuleError(f"its module imports {' and '.join(meant)}: say with --framework which one differentiates it.")
    return differentiating(meant[0], given, declared)


def _is_rrule(given: Callable[[Any], Any]) -> bool:
    """Whether it answers one of the matrices with a pair of which the second can be called."""
    for matrix in map(np.copy, _TRIED):
        with suppress(Exception):  # a function of tensors may raise anything when it gets an array
            answer = given(matrix)
            if isinstance(answer, tuple | list) and len(answer) == 2 and callable(answer[1]):
                return True
    return False


def _meant_by(given: Callable[[Any], Any]) -> list[str]:
    """The framework whose own object it is (a jitted function, a module of layers), else those that its module imports."""
    layers = list(_layers(given))
    own = {framework_of(kind.__module__) for layer in layers for kind in type(layer).__mro__} - {None}
    names = own or {framework_of(home) for layer in layers for home in _homes(layer)}
    return [one.name for one in FRAMEWORKS if one.name in names]


def _layers(given: Any) -> Iterator[Any]:
    """A callable, and what is called in its turn: what it wraps, is a part of, or is bound to; a dozen at most."""
    seen: list[Any] = []
    waiting = [given]
    while waiting and len(seen) < _DEEPEST:
        layer = waiting.pop(0)
        if layer is None or any(layer is one for one in seen):
            continue
        seen.append(layer)
        yield layer
        inner = [_told(layer, name) for name in ("__wrapped__", "__self__")]
        if isinstance(layer, partial):
            inner.append(layer.func)
        if not isinstance(layer, type) and _told(layer, "__code__") is None and callable(layer):
            inner.append(_told(type(layer), "__call__"))
        waiting += [one for one in inner if not _is_module(one)]


def _homes(layer: Any) -> set[str]:
    """Names of modules that the module of a callable names, or names something from; and that module's own."""
    values = list((_told(layer, "__globals__") or {}).values())
    homes = [_told(value, "__name__") for value in values if _is_module(value)]
    homes += [_told(value, "__module__") for value in (*values, layer)]
    return {home for home in homes if isinstance(home, str)}


def _told(value: Any, name: str) -> Any:
    """What somebody else's object has under a name; None where it has nothing, or fails when it is asked."""
    try:
        return getattr(value, name, None)
    except Exception:
        return None


def _is_module(value: Any) -> bool:
    """Whether it is a module, by its type: some objects fail when they are asked for their class."""
    return issubclass(type(value), type(sys))
