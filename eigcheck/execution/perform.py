"""Calls of a rule in this process: `rrule(A) -> (primal, pullback)`, or its pushforward, in arrays that it is lent.

A rule is never trusted. It gets read-only copies; where it cannot work on these it gets writable ones, and a change of
their bytes is told, as is what it gave that does not last. What it raises comes back as a value (`Trouble`). With a
call's `disciplined` it is asked the same things again, as `discipline` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from eigcheck.execution import RuleRunner
from eigcheck.execution.answers import UnusableAnswer, meant, plain_gradient, plain_pairs, split_pair
from eigcheck.execution.blame import blame, message_of
from eigcheck.execution.discipline import Answer, contradiction, disciplined
from eigcheck.execution.quiet import Interrupts, quietly
from eigcheck.execution.time_limit import TimeUp, check_time
from eigcheck.model import Array, Call, Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Trouble
from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS
from eigcheck.spectra.reads import read

Result = TypeVar("Result")
Plain = TypeVar("Plain", Array, Eigenpairs)
Pullback = Callable[[Any], Any]

_READ_ONLY = re.compile(r"read-?\s?only|writeable", re.IGNORECASE)
"""NumPy, Cython's memoryviews, memoryview and jax all say one of these."""

_ALIGNMENT = 64
"""Bytes of a cache line. BLAS kernels may take another path, with other bits, for data aligned otherwise."""


class NeedsWriting(Exception):
    """The rule failed on a read-only array: it may change its input, or only ask for a writable buffer."""


def answer(rule: Rule, call: Call, interrupts: Interrupts) -> Reply:
    """The reply to one call, without care for what is printed and warned of."""
    try:
        return LentRule(rule, interrupts).reply(call)
    except NeedsWriting:
        return LentRule(rule, interrupts, writable=True).reply(call)


class LentRule:
    """A rule of this process, for one call: it is lent arrays, its steps are run, its misconduct is collected.

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
        self._known: set[int] = set()
        self._reusing = False
        self.misconduct: dict[tuple[str, str], tuple[str, str]] = {}
        """Finding kinds and messages in the order in which they were noticed, the first about each thing only."""

    def reply(self, call: Call) -> Reply:
        """The reply to a call, with the misconduct that came with it."""
        if call.disciplined:
            reply = disciplined(call, partial(self._ask, keep=True), partial(self._ask, reuse=True), self.lapsed)
            self._kept.clear()  # these refer to us, and to arrays that need not wait for a search for such circles
        else:
            reply = self._ask(call)
        told = tuple(self.misconduct.values())
        return replace(reply, misconduct=told + reply.misconduct) if told else reply

    def _ask(self, call: Call, *, keep: bool = False, reuse: bool = False) -> Reply:
        """The reply to one question. What the rule gives is kept with `keep`, to be read again.

        With `reuse` things are lent in the arrays of the last such question, which the rule may write to.
        """
        self._keeping, self._reusing = keep, reuse
        try:
            return self._forward(call) if isinstance(call, ForwardCall) else self._reverse(call)
        finally:
            self._keeping = self._reusing = False
            self._lent.clear()

    def _reverse(self, call: ReverseCall) -> Reply:
        opening = self._open(call.matrix)
        if isinstance(opening, Trouble):
            return Reply.in_trouble(opening, call)
        primal, pullback = opening
        plain = partial(plain_gradient, matrix_dtype=call.matrix.dtype, n=len(call.matrix))

        def pulled(cotangent: Eigenpairs) -> Array | Trouble:
            def step() -> Array:
                named = ((cotangent.values, "values_bar"), (cotangent.vectors, "vectors_bar"))
                bars = tuple(None if part is None else self.lend(part, what) for part, what in named)
                given = bars if self.rule.function in VECTOR_FUNCTIONS else bars[0]
                return self._taken("a gradient", pullback(given), plain)

            return self.attempt(step, "the pullback")

        answers = tuple(map(pulled, call.cotangents))
        if answers:
            self.keep("the pullback's answer to c1", answers[0], lambda: pulled(call.cotangents[0]))
        return Reply(primal=primal, answers=answers)

    def _forward(self, call: ForwardCall) -> Reply:
        pushforward, plain = self.rule.pushforward, self._pairs_like(call.matrix, "the primal tangent")
        if pushforward is None:
            return Reply.in_trouble(Trouble("exception", "the rule has no pushforward"), call)

        def pushed(tangent: Array) -> Eigenpairs | Trouble:
            def step() -> Eigenpairs:
                given = self.lend(call.matrix, "A"), self.lend(tangent, "A_dot")
                return self._taken("a tangent", pushforward(*given), plain)

            return self.attempt(step, "the pushforward")

        return Reply(answers=tuple(map(pushed, call.tangents)))

    def _open(self, matrix: Array) -> tuple[Eigenpairs, Pullback] | Trouble:
        """What the rrule returned, made plain."""
        rule = self.rule
        given = self.lend(matrix, "A")

        def step() -> tuple[Eigenpairs, Pullback]:
            if not rule.here:
                raise UnusableAnswer("the rule cannot be called in this process")
            primal, pullback = (
                (_own_primal(rule, given), _no_pullback)
                if rule.rrule is None
                else split_pair(rule.rrule(given), "the rrule", ("primal", "pullback"))
            )
            if not callable(pullback):
                raise UnusableAnswer(
                    f"the rrule: a {type(pullback).__name__} came as second value; a pullback was expected"
                    f"{meant(pullback)}"
                )
            return self._taken("the primal", primal, self._pairs_like(matrix, "the primal")), pullback

        return self.attempt(step, "the primal" if rule.rrule is None else "the rrule")

    def _pairs_like(self, matrix: Array, what: str) -> Callable[[Any], tuple[Eigenpairs, list[str]]]:
        return partial(plain_pairs, function=self.rule.function, matrix_dtype=matrix.dtype, n=len(matrix), what=what)

    def _taken(self, what: str, given: Any, plain: Callable[[Any], tuple[Plain, list[str]]]) -> Plain:
        """What a rule gave, made plain, which can be done again; what is odd about its dtype is noted."""
        answer, notes = plain(given)
        for note in notes:
            self.misconduct.setdefault(("dtype", what), ("dtype", note))
        self.keep(what, answer, lambda: plain(given)[0])
        return answer

    def lend(self, array: Array, what: str) -> Array:
        """A copy of `array` for the rule. `what` names it in messages, as in `what[1, 0]`."""
        copy = self._filled(array, what) if self._reusing else handed_out(array, self._writable)
        self._known |= _known_by(copy)
        self._lent.append((what, array, copy))
        return copy

    def _filled(self, array: Array, what: str) -> Array:
        """The array that was lent as `what` before, filled with other numbers; a new one at first, or for another kind."""
        key = (what, array.dtype.str, array.shape)
        copy = self._reused.get(key)
        with suppress(ValueError, TypeError):  # a rule may do anything to an array that it was lent
            if copy is not None and (copy.shape, copy.dtype) == (array.shape, array.dtype):
                copy.flags.writeable = True
                copy[...] = array
                return copy
        made = [handed_out(array, writable=True)]
        while self._known & _known_by(made[-1]):  # as one that was lent before and is gone: a rule may take it for that
            made.append(handed_out(array, writable=True))
        self._reused[key] = made[-1]
        return made[-1]

    def keep(self, what: str, given: Answer, read: Callable[[], Answer]) -> None:
        """Remember what was `given` and how to `read` it again."""
        if self._keeping:
            self._kept.append((what, given, read))

    def lapsed(self, since: str) -> list[str]:
        """What was kept and is another thing by now, the first of each kind; `since` says what was done in between."""
        told: dict[str, str] = {}
        for what, given, again in self._kept:
            text = None if what in told else contradiction(given, self.attempt(again, "the pullback"))
            if text:
                told[what] = f"{what} does not last; as it was given and after {since}: {text}"
        return list(told.values())

    def attempt(self, step: Callable[[], Result], who: str) -> Result | Trouble:
        """The result of `step`, in which the rule's code runs, or why there is none.

        `who` is blamed for changes of what was lent; what is lent by the step itself is not looked at later.
        Raises NeedsWriting, TimeUp, and the user's KeyboardInterrupt.
        """
        lent_before = len(self._lent)
        try:
            return step()
        except UnusableAnswer as error:
            return Trouble("shape", str(error))
        except TimeUp:
            raise
        except BaseException as error:
            if self._interrupts.pressed:
                raise KeyboardInterrupt from None
            if not self._writable and _READ_ONLY.search(message_of(error)):
                raise NeedsWriting from None
            return Trouble("exception", blame(error, self.rule))
        finally:
            for what, before, after in self._lent:
                if change := first_change(before, after):
                    kind = "mutates-input"
                    self.misconduct.setdefault((kind, what), (kind, f"{who} changed its input {what}{change}"))
            del self._lent[lent_before:]


def handed_out(array: Array, writable: bool) -> Array:
    """A fresh contiguous copy, always aligned alike, read-only unless `writable`."""
    room = np.empty(array.nbytes + _ALIGNMENT, dtype=np.uint8)
    address: int = room.__array_interface__["data"][0]
    copy: Array = np.ndarray(array.shape, array.dtype, room, -address % _ALIGNMENT)
    copy[...] = array
    copy.setflags(write=writable)
    return copy


def _known_by(array: Array) -> set[int]:
    """By what a rule that remembers arrays may know one again: its id, and where its numbers lie."""
    return {id(array), array.__array_interface__["data"][0]}


def first_change(before: Array, after: Array) -> str | None:
    """What was changed in place, such as `[1, 0] from 2.0 to 0.0`; None if nothing was."""
    if after.shape != before.shape or after.dtype != before.dtype:
        return f" from shape {before.shape}, {before.dtype} to shape {after.shape}, {after.dtype}"
    if before.tobytes() == after.tobytes():
        return None
    width = before.dtype.itemsize
    rows = [np.frombuffer(a.tobytes(), dtype=np.uint8).reshape(-1, width) for a in (before, after)]
    changed = np.flatnonzero(np.any(rows[0] != rows[1], axis=1))
    place = tuple(int(i) for i in np.unravel_index(changed[0], before.shape))
    rest = f" and {changed.size - 1} more" if changed.size > 1 else ""
    return f"{list(place)} from {before[place]} to {after[place]}{rest}"


def _own_primal(rule: Rule, matrix: Array) -> Any:
    """The function itself, for a rule that has a pushforward only: what it declares, or NumPy's `eig` and `eigh`.

    These for values alone too: a pushforward needs the vectors, and has the values in the order that comes with them.
    """
    if rule.primal is not None:
        return rule.primal(matrix)
    whole = read(matrix, rule.triangle)
    pair = (
        np.linalg.eigh(whole, "U" if rule.triangle == "U" else "L")
        if rule.function in HERMITIAN_FUNCTIONS
        else np.linalg.eig(whole)
    )
    return pair if rule.function in VECTOR_FUNCTIONS else pair[0]


def _no_pullback(_cotangent: Any) -> Any:
    raise UnusableAnswer("the rule has no pullback")


class LocalRunner(RuleRunner):
    """Calls rules where we are ourselves.

    A closure cannot be sent to another process, so `eigcheck.check(rrule, A)` comes here too. What this
    cannot do, and a child can: survive a crash, end a call that hangs, catch what is printed below Python.
    """

    def ask(self, rule: Rule, calls: Sequence[Call]) -> list[Reply]:
        """One reply a call. Output, warnings and interruptions are looked after once for all of them."""
        replies: list[Reply] = []
        with quietly() as (printed, interrupts):
            for call in calls:
                check_time()
                reply, told = answer(rule, call, interrupts), printed.taken()
                replies.append(replace(reply, printed=told) if told else reply)
        return replies
