"""Plain JSON values: complex numbers `[re, im]`, NaN and infinities as strings."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import numpy as np

from eigcheck.jsonable import Jsonable
from eigcheck.reports.escape import COMMAND, without_surrogates


def plain(value: Any, text: Callable[[str], str] = without_surrogates) -> Any:
    """`value` in terms of JSON: numpy scalars and arrays, complex numbers, tuples, mappings and our own objects included.

    `text` makes strings harmless. What is none of these becomes its `str`: a report never breaks over an oracle's detail.
    """
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype in (np.float64, np.float32) and np.isfinite(value).all():  # nearly all that a report holds
            return value.tolist()
        value = value.tolist()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float | np.floating):  # tolist leaves long doubles as they are
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, complex | np.complexfloating):
        return [plain(float(value.real)), plain(float(value.imag))]
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Jsonable):
        value = value.members()
    if isinstance(value, Mapping):
        return {text(str(key)): plain(item, text) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, text) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return text(str(value))


def dumps(value: Any, indent: int | None = None) -> str:
    """Strict JSON in ASCII, without a control character in it, and without what a CI log takes for a command."""
    return written(plain(value), indent)


def written(value: Any, indent: int | None = None) -> str:
    """The same of a value that is in terms of JSON already."""
    text = json.dumps(value, indent=indent, allow_nan=False, ensure_ascii=True)
    return COMMAND.sub(r"\\u0023", text.replace("\x7f", "\\u007f"))


def whole(members: Mapping[str, Any], lists: Collection[str] = ()) -> str:
    """A JSON object with a member a line; of those among `lists` each item takes a line of its own."""
    told = (f'"{key}": {_rows(value) if key in lists else dumps(value)}' for key, value in members.items())
    return "{" + ",\n ".join(told) + "}\n"


def _rows(values: Iterable[Any]) -> str:
    lines = ",\n  ".join(dumps(value) for value in values)
    return f"[\n  {lines}]" if lines else "[]"
