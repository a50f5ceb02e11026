"""Watches one call of a rule: what it changes that it was lent, and where it contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from eigcheck.accused.answers import UnusableAnswer
from eigcheck.accused.bits import difference, first_change, handed_out
from eigcheck.accused.blame import blame
from eigcheck.accused.quiet import Interrupts
from eigcheck.model import Array, Eigenpairs, Rule, Trouble

Result = TypeVar("Result")

_READ_ONLY = re.compile(r"read-?\s?only|writeable", re.IGNORECASE)
"""NumPy, Cython's memoryviews, memoryview and jax all say one of these."""


class NeedsWriting(Exception):
    """The rule failed on a read-only array: it may change its input, or only ask for a writable buffer."""


class Conduct:
    """Lends arrays to a rule, runs its steps, and collects its misconduct. Lives for one call.

    With `writable`, the rule gets arrays that it can change; whether it does is found by comparing bytes.
    """

    def __init__(self, rule: Rule, interrupts: Interrupts, writable: bool = False) -> None:
        self.rule = rule
        self._interrupts = interrupts
        self._writable = writable
        self._lent: list[tuple[str, Array, Array]] = []
        self._misconduct: dict[tuple[str, str], tuple[str, str]] = {}

    @property
    def misconduct(self) -> tuple[tuple[str, str], ...]:
        """Pairs of finding kind and message, in the order in which they were noticed."""
        return tuple(self._misconduct.values())

    def note(self, kind: str, about: str, message: str) -> None:
        """Remember a piece of misconduct, the first about each thing only."""
        self._misconduct.setdefault((kind, about), (kind, message))

    def lend(self, array: Array, what: str) -> Array:
        """A copy of `array` for the rule. `what` names it in messages, as in `what[1, 0]`."""
        copy = handed_out(array, self._writable)
        self._lent.append((what, array, copy))
        return copy

    @contextmanager
    def lending(self) -> Iterator[None]:
        """Inside the block things are lent for one step only; what was lent before stays under watch."""
        before = len(self._lent)
        try:
            yield
        finally:
            del self._lent[before:]

    def attempt(self, step: Callable[[], Result], who: str) -> Result | Trouble:
        """The result of `step`, in which the rule's code runs, or why there is none.

        `who` is blamed for changes of what was lent. Raises NeedsWriting, and the user's KeyboardInterrupt.
        """
        try:
            return step()
        except UnusableAnswer as error:
            return Trouble("shape", str(error))
        except BaseException as error:
            if self._interrupts.pressed:
                raise KeyboardInterrupt from None
            if not self._writable and _READ_ONLY.search(_text(error)):
                raise NeedsWriting from None
            return Trouble("exception", blame(error, self.rule))
        finally:
            self._inspect(who)

    def _inspect(self, who: str) -> None:
        for what, before, after in self._lent:
            change = first_change(before, after)
            if change is not None:
                self.note("mutates-input", what, f"{who} changed its input {what}{change}")

    def compare(self, what: str, first: Array | Eigenpairs | Trouble, second: Array | Eigenpairs | Trouble) -> None:
        """Note `nondeterministic` where two answers to the same question are not the same, bit by bit."""
        if isinstance(first, Trouble):
            text = None if isinstance(second, Trouble) else f"only the first time it failed: {first.message}"
        elif isinstance(second, Trouble):
            text = f"only the first time it answered, then: {second.message}"
        else:
            text = difference(first, second)
        if text:
            self.note("nondeterministic", what, f"{what}: {text}")


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return ""
