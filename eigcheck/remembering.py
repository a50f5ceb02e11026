"""Answers kept for the latest questions, since several rules and modes ask about the same matrices."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import update_wrapper
from hashlib import blake2b
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
T = TypeVar("T")

_EVERY: list[Remembered[Any, Any]] = []


class Remembered(Generic[P, T]):
    """A function that answers from memory what it was asked before with arrays that are the same to the bit.

    The latest answers are held whose `size` (1 each, unless said otherwise) adds up to `limit` at most; one that is larger
    itself is not. The function gets copies of arrays that nobody can write to, so that what is remembered cannot be changed
    by whoever asked.
    """

    def __init__(self, function: Callable[P, T], limit: int, size: Callable[[T], int]) -> None:
        self.function, self.limit, self.size = function, limit, size
        self.held: OrderedDict[object, tuple[T, int]] = OrderedDict()
        self.total = 0
        update_wrapper(self, function)
        _EVERY.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's answer, from memory if it is there."""
        key = _question(*args, **kwargs)
        if key in self.held:
            self.held.move_to_end(key)
            return self.held[key][0]
        ask: Callable[..., T] = self.function
        found = ask(*map(_protected, args), **{name: _protected(value) for name, value in kwargs.items()})
        self._hold(key, found)
        return found

    def hold(self, answer: T, *args: P.args, **kwargs: P.kwargs) -> None:
        """Remember the answer to a question, which was found by the way."""
        self._hold(_question(*args, **kwargs), answer)

    def holds(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Whether the answer is in memory."""
        return _question(*args, **kwargs) in self.held

    def _hold(self, key: object, found: T) -> None:
        size = self.size(found)
        if size > self.limit:
            return
        # the question may have come up once more while it was answered
        self.total += size - self.held.pop(key, (found, 0))[1]
        self.held[key] = found, size
        while self.total > self.limit:
            self.total -= self.held.popitem(last=False)[1][1]

    def forget(self) -> None:
        """Hold nothing any more."""
        self.held.clear()
        self.total = 0


def remembered(limit: int, size: Callable[[Any], int] = lambda _: 1) -> Callable[[Callable[P, T]], Remembered[P, T]]:
    """Make a function of arrays and other hashable arguments a `Remembered` one."""
    return lambda function: Remembered(function, limit, size)


def forget() -> None:
    """Empty every memory, for measurements of the whole work."""
    for memory in _EVERY:
        memory.forget()


def _question(*args: object, **kwargs: object) -> object:
    return (*map(_exactly, args), *((name, _exactly(value)) for name, value in sorted(kwargs.items())))


def _exactly(value: object) -> object:
    """What tells arrays apart that differ in dtype, shape or a bit."""
    if not isinstance(value, np.ndarray):
        return value
    return value.dtype.str, value.shape, blake2b(np.ascontiguousarray(value).data).digest()


def _protected(value: object) -> object:
    if not isinstance(value, np.ndarray):
        return value
    copy = np.array(value, order="C")
    copy.flags.writeable = False
    return copy
