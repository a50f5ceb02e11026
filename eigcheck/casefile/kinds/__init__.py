"""The kinds of matrices that a case may ask for: one file a family, each found by being here.

A kind is a function; its keyword arguments are its parameters.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from eigcheck.casefile.kinds.parts import Parts

Reals = tuple[float, ...]
Integers = tuple[int, ...]
Numbers = tuple[complex, ...]

PARAMETER_TYPES: Final[Mapping[Any, str]] = {
    bool: "flag",
    int: "integer",
    float: "real",
    complex: "number",
    str: "text",
    Reals: "reals",
    Integers: "integers",
    Numbers: "numbers",
}
"""What a parameter's annotation (without `| None`) says about what the case file must hold."""

COMMON: Final[Mapping[str, tuple[str, str]]] = {
    "n": ("integer", "the order of the matrix"),
    "seed": ("integer", "of the random numbers (default 0)"),
    "scale": ("real", "multiplies the whole matrix; powers of two do so exactly"),
    "complex": ("flag", "whether to make a complex matrix where the case names no dtype"),
}
"""Parameters that every kind has: type and meaning."""


@dataclass(frozen=True)
class Kind:
    """A registered kind. `parameters` are its own, by name, with their types; see PARAMETER_TYPES."""

    name: str
    summary: str
    build: Callable[..., Parts]
    parameters: Mapping[str, str]
    order: int | None
    """The n, where there is only one."""
    order_from: tuple[str, ...]
    """Parameters (lists) whose length gives n where the case names none."""
    complex_default: bool


_TYPE_WORDS: Final = {arm: word for form, word in PARAMETER_TYPES.items() for arm in (form, form | None)}
Built = TypeVar("Built", bound=Callable[..., Parts])
_KINDS: dict[str, Kind] = {}


def kind(
    name: str, *, order: int | None = None, order_from: tuple[str, ...] = (), complex_default: bool = False
) -> Callable[[Built], Built]:
    """Register a function `(plan, *, parameters...) -> Parts` as the kind `name`.

    The first line of its docstring is its description. Raises ValueError for a second kind of that name, and TypeError
    for a parameter whose annotation is not among PARAMETER_TYPES.
    """

    def register(build: Built) -> Built:
        if name in _KINDS:
            raise ValueError(f"the kind {name} is there already")
        hints = typing.get_type_hints(build)
        own = {key: hints[key] for key in inspect.getfullargspec(build).kwonlyargs}
        for key, hint in own.items():
            if hint not in _TYPE_WORDS:
                raise TypeError(f"the parameter {key} has the type {hint}, which no case file can give")
        words = {key: _TYPE_WORDS[hint] for key, hint in own.items()}
        summary = (inspect.getdoc(build) or "").partition("\n")[0]
        _KINDS[name] = Kind(name, summary, build, words, order, order_from, complex_default)
        return build

    return register


@functools.cache
def matrix_kinds() -> Mapping[str, Kind]:
    """Every registered kind by name, in alphabetical order; `summary` says what it is in one line."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(_KINDS.items()))
