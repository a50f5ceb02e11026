"""Our records as data: JSON for what they are made of and, beside it, the bytes of their arrays one after another.

A record is a list that begins with the name of its class; an array is its dtype and its shape, as `["<f8", [2, 2]]`,
and its numbers are the next ones of those that came beside. What is read is led by the annotations of the classes:
nothing comes out that they do not allow, no code runs, and no more room is taken than the data themselves have.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

import numpy as np

from eigcheck.execution.pipes import Unreadable
from eigcheck.model import Array

_WIRE: Final = {code: np.dtype(code) for code in ("<f4", "<f8", "<c8", "<c16")}
_NATIVE: Final = {code: dtype.newbyteorder("=") for code, dtype in _WIRE.items()}
_CODE_OF: Final = {dtype: code for code, dtype in _NATIVE.items()}
_DIMENSIONS: Final = 3
_LONGEST: Final = 1 << 31
"""The most that an array can measure in a direction; one that is empty in another has no numbers to show for it."""


class _Numbers:
    """Bytes of arrays, taken in their order."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, code: str, shape: tuple[int, ...]) -> Array:
        start, self._at = self._at, self._at + math.prod(shape) * _WIRE[code].itemsize
        if self._at > len(self._data):
            raise Unreadable("it sent arrays without their numbers")
        # a copy of its own: aligned, writable, in the machine's byte order
        return np.ndarray(shape, _WIRE[code], self._data, start).astype(_NATIVE[code])

    def end(self) -> None:
        if self._at != len(self._data):
            raise Unreadable("it sent numbers of no array")


_Read: TypeAlias = Callable[[Any, _Numbers], Any]


def packed(record: object) -> tuple[bytes, bytes]:
    """A record as JSON, and the numbers of its arrays. Raises TypeError for what is no data."""
    numbers: list[bytes] = []
    text = json.dumps(_plain(record, numbers), allow_nan=False, separators=(",", ":"))
    return text.encode("ascii"), b"".join(numbers)


def unpacked(text: bytes, numbers: bytes, kinds: tuple[type, ...]) -> Any:
    """The record, of one of these classes. Raises Unreadable."""
    try:
        data = json.loads(text.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it sent what is no message ({type(error).__name__})") from None
    beside = _Numbers(numbers)
    record = _union(kinds)(data, beside)
    beside.end()
    return record


def writable(text: str) -> str:
    """The text with halves of surrogate pairs, which no file or terminal takes, told by their numbers."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _plain(value: Any, numbers: list[bytes]) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, tuple):
        return [_plain(part, numbers) for part in value]
    if isinstance(value, np.ndarray):
        code = _CODE_OF[value.dtype]
        numbers.append(value.astype(_WIRE[code], copy=False).tobytes())
        return [code, value.shape]
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_plain(getattr(value, name), numbers) for name in _names(type(value)))]
    raise TypeError(f"a {type(value).__name__} is no data")


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _reader(hint: Any) -> _Read:
    """What reads a value that is annotated so."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _union(inner)
    if origin is tuple:
        return _sequence(inner[0]) if inner[1:] == (...,) else _row(inner)
    if origin is np.ndarray:
        return _array
    if is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    return _scalar(hint)


def _scalar(kind: Any) -> _Read:
    def read(data: Any, _: _Numbers) -> Any:
        if type(data) is not kind and not (kind is float and type(data) is int):
            raise _unexpected(data)
        return writable(data) if kind is str else data

    return read


@cache
def _union(hints: tuple[Any, ...]) -> _Read:
    """Lists are told apart by the word at their beginning, all else by its type."""
    listed = {hint.__name__: _record(hint) for hint in hints if is_dataclass(hint) and isinstance(hint, type)}
    if any(get_origin(hint) is np.ndarray for hint in hints):
        listed |= dict.fromkeys(_WIRE, _array)
    tuples = next((_reader(hint) for hint in hints if get_origin(hint) is tuple), None)
    scalars = {hint: _scalar(hint) for hint in hints if hint in (str, int, float, bool, NoneType)}

    def read(data: Any, numbers: _Numbers) -> Any:
        if type(data) is not list:
            found = scalars.get(type(data))
        else:
            first = data[0] if data else None
            found = listed.get(first, tuples) if type(first) is str else tuples
        if found is None:
            raise _unexpected(data)
        return found(data, numbers)

    return read


def _sequence(hint: Any) -> _Read:
    one = _reader(hint)

    def read(data: Any, numbers: _Numbers) -> Any:
        if type(data) is not list:
            raise _unexpected(data)
        return tuple([one(part, numbers) for part in data])

    return read


def _row(hints: Sequence[Any]) -> _Read:
    readers = [_reader(hint) for hint in hints]

    def read(data: Any, numbers: _Numbers) -> Any:
        if type(data) is not list or len(data) != len(readers):
            raise _unexpected(data)
        return tuple([one(part, numbers) for one, part in zip(readers, data, strict=True)])

    return read


@cache
def _record(kind: type) -> _Read:
    """A row that begins with the name of its class."""
    hints = get_type_hints(kind)
    row = _row([str, *(hints[name] for name in _names(kind))])

    def read(data: Any, numbers: _Numbers) -> Any:
        name, *parts = row(data, numbers)
        if name != kind.__name__:
            raise _unexpected(data)
        return kind(*parts)

    return read


def _array(data: Any, numbers: _Numbers) -> Array:
    if type(data) is not list or len(data) != 2 or type(data[0]) is not str or type(data[1]) is not list:
        raise _unexpected(data)
    code, shape = data
    if (
        code not in _WIRE
        or len(shape) > _DIMENSIONS
        or any(type(length) is not int or not 0 <= length < _LONGEST for length in shape)
    ):
        raise _unexpected(data)
    return numbers.take(code, tuple(shape))


def _unexpected(data: Any) -> Unreadable:
    if type(data) is list and data and type(data[0]) is str:
        return Unreadable(f"it sent what is no message (a list that begins with {data[0][:40]!r})")
    return Unreadable(f"it sent what is no message (a {type(data).__name__} where there is none)")
