"""Where rules make themselves known: the `rule` decorator, the look-up by name, and the built-in families.

A rule is known by its key (name, function, domain, uplo).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from types import EllipsisType
from typing import Any, TypeVar

from eigcheck.errors import RuleError
from eigcheck.model import Primal, Pushforward, Rrule, Rule, RuleKey
from eigcheck.names import DTYPES, Convention, Domain, DType, Function, Uplo
from eigcheck.rules.declarations import check_declaration, nearest, orders_of
from eigcheck.words import choices

Registered = TypeVar("Registered", bound=Callable[..., Any] | None)

FAMILIES = ("numpy_general", "numpy_hermitian", "numpy_left", "chainrules_plain", "chainrules_wrapped")
"""The modules of this package that register the built-in rules, in the order in which they are listed."""

_rules: dict[RuleKey, Rule] = {}


def rule(
    name: str,
    *,
    function: Function | Sequence[Function],
    domain: Domain | Sequence[Domain] = "general",
    uplo: Uplo | None = None,
    dtypes: DType | Sequence[DType] | None = None,
    orders: int | Iterable[int] | None = None,
    rrule: EllipsisType | None = ...,
    pushforward: Pushforward | None = None,
    primal: Primal | None = None,
    convention: Convention = "lapack",
    source: str = "",
    devices: str | Sequence[str] = ("cpu",),
    elsewhere: str = "",
) -> Callable[[Registered], Registered]:
    """Register `rrule(A) -> (primal, pullback)` under `name`, once for each of `function` x `domain`.

    The rrule is what is decorated. `pushforward(A, A_dot) -> primal_dot` makes the rule judged in forward mode too. With
    `rrule=None` it has a forward mode only: the decorated callable is then the pushforward or, where `pushforward` gives
    it, there is nothing to decorate. Its primal is that of `primal(A)`, by default NumPy's function of this name.

    `dtypes` defaults to all four, `orders` (2, (2, 3) or range(2, 10)) to every n, `source` to the first paragraph
    of the docstring. `devices` are those on which it computes when `placing.device()` says so; `elsewhere` says why
    there are no others. Returns the callable as it was.

    Raises RuleError for an unknown function, domain, dtype, order, uplo, convention or device, for a uplo that
    contradicts its domain, for another `rrule` than None, for a rule without a mode, and for a key that is taken; nothing
    is then registered.
    """
    functions, domains = choices(function), choices(domain)
    kinds = DTYPES if dtypes is None else choices(dtypes)
    places, taken = choices(devices), orders_of(name, orders)
    check_declaration(name, functions, domains, kinds, uplo, convention, places)
    if not (rrule is ... or rrule is None):
        raise RuleError(f"rule {name!r}: the rrule is what is decorated; rrule=None says that there is none.")
    one = Rule(name, functions[0], domains[0], uplo, tuple(kinds), taken, convention, source, primal=primal)
    one = replace(one, devices=places, elsewhere=elsewhere)

    def take(backward: Callable[..., Any] | None, forward: Pushforward | None) -> None:
        made = _of_callables(one, backward, forward)
        enter([replace(made, function=f, domain=d) for f in functions for d in domains])

    if rrule is None and pushforward is not None:
        take(None, pushforward)

    def register(given: Registered) -> Registered:
        if rrule is ...:
            take(given, pushforward)
        elif pushforward is None:
            take(None, given)
        else:
            raise RuleError(
                f"rule {name!r}: with rrule=None and a pushforward there is nothing to decorate."
                " The function itself is given as primal=."
            )
        return given

    return register


declare: Callable[..., Callable[[Any], Any]] = rule
"""`rule` where the words are variables: a type checker cannot see them, `rule` itself does."""


def registered() -> tuple[Rule, ...]:
    """All rules registered so far, in the order of their registration."""
    return tuple(_rules.values())


def builtin_names() -> frozenset[str]:
    """The names of the built-in rules."""
    load_builtin()
    return frozenset(one.name for one in _rules.values() if one.builtin)


def get_rule(name: str, function: Function, domain: Domain = "general", uplo: Uplo | None = None) -> Rrule:
    """The `rrule(A) -> (primal, pullback)` registered under this key.

    Without `uplo`: the rule without one, else that for L, else for U. A rule without `uplo` reads the lower triangle
    where its function reads one, so it also answers to L. Raises RuleError, with the nearest names, if there is none.
    """
    load_builtin()
    for triangle in (None, "L", "U") if uplo is None else (uplo, None):
        found = _rules.get(Rule(name, function, domain, triangle).key)
        if found is not None and (uplo is None or found.triangle == uplo):
            if found.rrule is None:
                raise RuleError(f"the rule {_described(*found.key)} has no rrule, only a pushforward.")
            return found.rrule
    raise RuleError(_absence(name, function, domain, uplo))


def withdraw(rules: Iterable[Rule]) -> None:
    """Forget these rules, so that the module they came from can be loaded again."""
    for one in rules:
        _rules.pop(one.key, None)


def load_builtin() -> None:
    """Import the built-in families, which registers their rules; a second call does nothing."""
    for family in FAMILIES:
        import_module(f"{__package__}.{family}")


def enter(rules: list[Rule]) -> None:
    """Register rules, all or none. Raises RuleError for a key that is taken."""
    keys = [one.key for one in rules]
    for position, key in enumerate(keys):
        if key in _rules or key in keys[:position]:
            first = _rules.get(key, rules[position])
            raise RuleError(
                f"rule {_described(*first.key)} is registered twice: by {_origin(first)} and by"
                f" {_origin(rules[position])}. Give one of them another name."
            )
    _rules.update(zip(keys, rules, strict=True))


def _of_callables(one: Rule, backward: Callable[..., Any] | None, forward: Pushforward | None) -> Rule:
    """The rule with its rrule and pushforward. Raises RuleError where they make none."""
    there = [given for given in (backward, forward, one.primal) if given is not None]
    if not all(map(callable, there)) or (backward is None and forward is None):
        raise RuleError(
            f"rule {one.name!r}: the rrule and the pushforward must be callable, one of them at least there"
        )
    if backward is not None and one.primal is not None:
        raise RuleError(f"rule {one.name!r}: the rrule gives the primal; primal= is for a rule without one")
    return replace(
        one,
        source=one.source or _first_paragraph(there[0]),
        rrule=backward,
        pushforward=forward,
        has_reverse=backward is not None,
        has_forward=forward is not None,
        registered_in=_imported(),
    )


def _imported() -> str:
    """The file that is being imported, the innermost one; empty where none is."""
    frame = inspect.currentframe()
    while frame is not None and (frame.f_code.co_name != "<module>" or frame.f_code.co_filename.startswith("<")):
        frame = frame.f_back
    return "" if frame is None else frame.f_code.co_filename


def _described(name: str, function: str, domain: str, uplo: str | None) -> str:
    return f"{name!r} for {function} on {domain}" + (f" with uplo {uplo}" if uplo else "")


def _origin(one: Rule) -> str:
    given = one.rrule or one.pushforward
    module, name = getattr(given, "__module__", None), getattr(given, "__qualname__", None)
    return f"{module}.{name}" if module and name else repr(given)


def _absence(name: str, function: str, domain: str, uplo: str | None) -> str:
    here = [_described(*one.key) for one in _rules.values() if one.name == name]
    message = f"there is no rule {_described(name, function, domain, uplo)}."
    if here:
        return f"{message} There is {'; '.join(here)}."
    names = sorted({one.name for one in _rules.values()})
    return message + (nearest(name, names) or " `eigcheck rules` lists what is registered.")


def _first_paragraph(rrule: Callable[..., Any]) -> str:
    while isinstance(rrule, partial) and "__doc__" not in vars(rrule):  # it would be that of the class
        rrule = rrule.func
    text = inspect.getdoc(rrule) if inspect.isroutine(rrule) else getattr(rrule, "__doc__", None)
    return " ".join((text or "").strip().split("\n\n")[0].split())
