"""What a rule may declare about itself: the checks behind the `rule` decorator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import islice

from eigcheck.errors import RuleError
from eigcheck.names import CONVENTIONS, DEVICES, DOMAINS, DTYPES, FUNCTIONS, HERMITIAN_FUNCTIONS, STORED

_MOST_ORDERS = 4096
"""Orders that a rule may name: they travel with it between processes. Cases have lower ones."""

MOST_RULES = 5000
"""That one module or program may offer. Each is looked at for each case."""

_UNSELECTABLE = re.compile(r"[\s*?\[\]@]|::")


def orders_of(name: str, given: int | Iterable[int] | None) -> tuple[int, ...] | None:
    """The orders that a rule takes, None for all. Raises RuleError for what is no order, and for too many of them."""
    if given is None:
        return None
    orders = tuple(islice(given, _MOST_ORDERS + 1)) if isinstance(given, Iterable) else (given,)
    if not orders or any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in orders):
        raise RuleError(f"rule {name!r}: orders={given!r}: say for which n it is, such as 2, (2, 3) or range(2, 10).")
    if len(orders) > _MOST_ORDERS:
        raise RuleError(f"rule {name!r}: orders={given!r}: name {_MOST_ORDERS} at most, or leave them out for all.")
    return orders


def nearest(word: str, among: Iterable[str]) -> str:
    """` Did you mean 'x' or 'y'?` with the nearest of `among`, or nothing where none is near."""
    close = get_close_matches(str(word), list(among), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(map(repr, close))}?" if close else ""


def check_declaration(
    name: str,
    functions: Sequence[str],
    domains: Sequence[str],
    dtypes: Sequence[str],
    uplo: str | None,
    convention: str,
    devices: Sequence[str] = ("cpu",),
) -> None:
    """Raise RuleError, with what is possible instead, unless each word of a declaration is known and fits."""
    if not isinstance(name, str) or not name or not name.isprintable() or _UNSELECTABLE.search(name):
        raise RuleError(
            f"{name!r} cannot be a rule's name: it must be printable text without spaces, `@`, `::` or the"
            " characters of globs, such as 'mylib/eigvals'."
        )
    for kind, given, known in (
        ("function", functions, FUNCTIONS),
        ("domain", domains, DOMAINS),
        ("dtype", dtypes, DTYPES),
        ("convention", (convention,), CONVENTIONS),
        ("device", devices, DEVICES),
        ("uplo", () if uplo is None else (uplo,), ("L", "U")),
    ):
        if not given and kind != "uplo":
            raise RuleError(f"rule {name!r}: no {kind} is given; there are {', '.join(known)}.")
        for word in given:
            if word not in known:
                hint = nearest(word, known) or f" There are {', '.join(known)}."
                raise RuleError(f"rule {name!r}: {word!r} is no {kind}.{hint}")
    if uplo is not None:
        for function in functions:
            for domain in domains:
                _check_triangle(name, function, domain, uplo)


def _check_triangle(name: str, function: str, domain: str, uplo: str) -> None:
    if domain in STORED and uplo != STORED[domain]:
        raise RuleError(
            f"rule {name!r}: the domain {domain!r} stores the triangle {STORED[domain]}, not {uplo}."
            " Leave uplo out or change the domain."
        )
    if domain not in STORED and function not in HERMITIAN_FUNCTIONS:
        raise RuleError(
            f"rule {name!r}: {function} on the domain {domain!r} reads the whole matrix, so it takes no uplo."
            f" Functions that do: {', '.join(sorted(HERMITIAN_FUNCTIONS))}."
        )
