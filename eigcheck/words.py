"""Words and numbers that callers give: one or several, among those that there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from eigcheck.errors import UsageError


def choices(given: Any) -> tuple[Any, ...]:
    """One name (number, path) or several, as a tuple."""
    return (given,) if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)


def one_of(word: str, known: Sequence[str], what: str) -> str:
    """The word. Raises UsageError for an unknown one."""
    if word not in known:
        raise UsageError(f"unknown {what} {word!r}; there are {', '.join(known)}")
    return word


def words_of(given: str | Sequence[str], known: Sequence[str], what: str) -> tuple[str, ...]:
    """One word or several, each once. Raises UsageError for an unknown one."""
    return tuple(dict.fromkeys(one_of(one, known, what) for one in choices(given)))


def some_of(given: str | Sequence[str], known: Sequence[str], what: str) -> tuple[str, ...]:
    """The same. Raises UsageError where none is named, too."""
    named = words_of(given, known, what)
    if not named:
        raise UsageError(f"no {what} is named; there are {', '.join(known)}")
    return named
