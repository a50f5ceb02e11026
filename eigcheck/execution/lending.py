"""Watches one call of a rule: what it changes that it was lent, and what it gave that does not last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from eigcheck.execution.answers import UnusableAnswer
from eigcheck.execution.bits import first_change, handed_out
from eigcheck.execution.blame import blame
from eigcheck.execution.discipline import Answer, contradiction
from eigcheck.execution.quiet import Interrupts
from eigcheck.execution.time_limit import TimeUp
from eigcheck.model import Array, Rule, Trouble

Result = TypeVar("Result")

_READ_ONLY = re.compile(r"read-?\s?only|writeable", re.IGNORECASE)
"""NumPy, Cython's memoryviews, memoryview and jax all say one of these."""


class NeedsWriting(Exception):
    """The rule failed on a read-only array: it may change its input, or only ask for a writable buffer."""


class Lender:
    """Lends arrays to a rule, runs its steps, and collects its misconduct. Lives for one call.

    With `writable`, the rule gets arrays that it can change; whether it does is found by comparing bytes.
    """

    def __init__(self, rule: Rule, interrupts: Interrupts, writable: bool = False) -> None:
        self.rule = rule
        self._interrupts = interrupts
        self._writable = writable
        self._lent: list[tuple[str, Array, Array]] = []
        self._kept: list[tuple[str, Answer, Callable[[], Answer]]] = []
        self._keeping = False
        self._reused: dict[tuple[str, str, tuple[int, ...]], Array] = {}
        self._reusing = False
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
        copy = self._filled(array, what) if self._reusing else handed_out(array, self._writable)
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

    @contextmanager
    def asking(self, *, keep: bool = False, reuse: bool = False) -> Iterator[None]:
        """Lends for one question. What the rule gives is kept with `keep`, to be read again.

        With `reuse` things are lent in the arrays of the last such block, which the rule may write to.
        """
        self._keeping, self._reusing = keep, reuse
        try:
            with self.lending():
                yield
        finally:
            self._keeping = self._reusing = False

    def _filled(self, array: Array, what: str) -> Array:
        """The array that was lent as `what` before, filled with other numbers; a new one at first, or for another kind."""
        key = (what, array.dtype.str, array.shape)
        copy = self._reused.get(key)
        with suppress(ValueError, TypeError):  # a rule may do anything to an array that it was lent
            if copy is not None and (copy.shape, copy.dtype) == (array.shape, array.dtype):
                copy.flags.writeable = True
                copy[...] = array
                return copy
        self._reused[key] = handed_out(array, writable=True)
        return self._reused[key]

    def keep(self, what: str, given: Answer, read: Callable[[], Answer]) -> None:
        """Remember what was `given` and how to `read` it again."""
        if self._keeping:
            self._kept.append((what, given, read))

    def lapsed(self, since: str) -> list[str]:
        """What was kept and is another thing by now, the first of each kind; `since` says what was done in between."""
        told: dict[str, str] = {}
        for what, given, read in self._kept:
            text = None if what in told else contradiction(given, self.attempt(read, "the pullback"))
            if text:
                told[what] = f"{what} does not last; as it was given and after {since}: {text}"
        return list(told.values())

    def attempt(self, step: Callable[[], Result], who: str) -> Result | Trouble:
        """The result of `step`, in which the rule's code runs, or why there is none.

        `who` is blamed for changes of what was lent. Raises NeedsWriting, TimeUp, and the user's KeyboardInterrupt.
        """
        try:
            return step()
        except UnusableAnswer as error:
            return Trouble("shape", str(error))
        except TimeUp:
            raise
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


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return ""
