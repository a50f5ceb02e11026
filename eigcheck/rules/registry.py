"""Where rules make themselves known: the `rule` decorator, the look-up by name, and the built-in families.

A rule is known by its key (name, function, domain, uplo). On the domains `upper` and `lower` the domain
already says which triangle is stored, so there `uplo` adds nothing to the key.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar

from eigcheck.errors import RuleError
from eigcheck.model import Pushforward, Rrule, Rule
from eigcheck.names import DTYPES
from eigcheck.rules.declarations import check_declaration, choices, nearest

Registered = TypeVar("Registered", bound=Callable[..., Any])

FAMILIES = (
    "numpy_general",
    "numpy_hermitian",
    "numpy_left",
    "chainrules_plain",
    "chainrules_wrapped",
)
"""The modules of this package that register the built-in rules, in the order in which they are listed."""

_rules: dict[tuple[str, str, str, str | None], Rule] = {}
_collectors: list[list[Rule]] = []


def rule(
    name: str,
    *,
    function: str | Sequence[str],
    domain: str | Sequence[str] = "general",
    uplo: str | None = None,
    dtypes: str | Sequence[str] | None = None,
    pushforward: Pushforward | None = None,
    convention: str = "lapack",
    source: str = "",
    devices: str | Sequence[str] = ("cpu",),
    elsewhere: str = "",
) -> Callable[[Registered], Registered]:
    """Register `rrule(A) -> (primal, pullback)` under `name`, once for each of `function` x `domain`.

    `pushforward(A, A_dot) -> primal_dot` makes the rule judged in forward mode too. `dtypes` defaults to all
    four, `source` to the first paragraph of the docstring. `devices` are those on which it computes when
    `placing.device()` says so; `elsewhere` says why there are no others. Returns the callable as it was.

    Raises RuleError for an unknown function, domain, dtype, uplo, convention or device, for a uplo that contradicts
    its domain, and for a key that is taken; nothing is then registered.
    """
    functions, domains = choices(function), choices(domain)
    kinds = DTYPES if dtypes is None else choices(dtypes)
    places = choices(devices)
    check_declaration(name, functions, domains, kinds, uplo, convention, places)

    def register(rrule: Registered) -> Registered:
        if not callable(rrule) or not (pushforward is None or callable(pushforward)):
            raise RuleError(f"rule {name!r}: the rrule and the pushforward must be callable")
        about = source or _first_paragraph(rrule)
        _enter(
            [
                Rule(
                    name=name,
                    function=f,
                    domain=d,
                    uplo=uplo,
                    dtypes=tuple(kinds),
                    convention=convention,
                    source=about,
                    rrule=rrule,
                    pushforward=pushforward,
                    has_forward=pushforward is not None,
                    devices=places,
                    elsewhere=elsewhere,
                    builtin=str(getattr(rrule, "__module__", "")).startswith(f"{__package__}."),
                )
                for f in functions
                for d in domains
            ]
        )
        return rrule

    return register


def registered() -> tuple[Rule, ...]:
    """All rules registered so far, in the order of their registration."""
    return tuple(_rules.values())


def get_rule(name: str, function: str, domain: str = "general", uplo: str | None = None) -> Rrule:
    """The rrule registered under this key. Without `uplo`: the rule without one, else that for L, else for U.

    A rule without `uplo` reads the lower triangle where its function reads one, so it also answers to L.
    Raises RuleError, with the nearest names, if there is none.
    """
    load_builtin()
    for triangle in (None, "L", "U") if uplo is None else (uplo, None):
        found = _rules.get(_key(name, function, domain, triangle))
        if found is not None and found.rrule is not None and (uplo is None or found.triangle == uplo):
            return found.rrule
    raise RuleError(_absence(name, function, domain, uplo))


@contextmanager
def collecting() -> Iterator[list[Rule]]:
    """Inside the block, every rule that is registered is also appended to the list that this yields."""
    collected: list[Rule] = []
    _collectors.append(collected)
    try:
        yield collected
    finally:
        # by identity: two collectors that hold the same rules are equal lists
        _collectors[:] = [one for one in _collectors if one is not collected]


def withdraw(rules: Iterable[Rule]) -> None:
    """Forget these rules, so that the module they came from can be loaded again."""
    for one in rules:
        _rules.pop(_key(*one.key), None)


def load_builtin() -> None:
    """Import the built-in families, which registers their rules; a second call does nothing."""
    for family in FAMILIES:
        import_module(f"{__package__}.{family}")


def _enter(rules: list[Rule]) -> None:
    keys = [_key(*one.key) for one in rules]
    for position, key in enumerate(keys):
        if key in _rules or key in keys[:position]:
            first = _rules.get(key, rules[position])
            raise RuleError(
                f"rule {_described(*first.key)} is registered twice: by {_origin(first)} and by"
                f" {_origin(rules[position])}. Give one of them another name."
            )
    _rules.update(zip(keys, rules, strict=True))
    for collected in _collectors:
        collected.extend(rules)


def _key(name: str, function: str, domain: str, uplo: str | None) -> tuple[str, str, str, str | None]:
    stored = {"upper": "U", "lower": "L"}.get(domain)
    return (name, function, domain, None if stored == uplo else uplo)


def _described(name: str, function: str, domain: str, uplo: str | None) -> str:
    return f"{name!r} for {function} on {domain}" + (f" with uplo {uplo}" if uplo else "")


def _origin(one: Rule) -> str:
    module, name = getattr(one.rrule, "__module__", None), getattr(one.rrule, "__qualname__", None)
    return f"{module}.{name}" if module and name else repr(one.rrule)


def _absence(name: str, function: str, domain: str, uplo: str | None) -> str:
    here = [_described(*one.key) for one in _rules.values() if one.name == name]
    message = f"there is no rule {_described(name, function, domain, uplo)}."
    if here:
        return f"{message} There is {'; '.join(here)}."
    names = sorted({one.name for one in _rules.values()})
    return message + (nearest(name, names) or " `eigcheck rules` lists what is registered.")


def _first_paragraph(rrule: Callable[..., Any]) -> str:
    text = inspect.getdoc(rrule) if inspect.isroutine(rrule) else getattr(rrule, "__doc__", None)
    return " ".join((text or "").strip().split("\n\n")[0].split())
