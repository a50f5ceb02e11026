"""Digests of what an outcome follows from: its case, its rule and the code of that, as far as it stands in files.

Settings are told beside them, since a run has one set of these.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from eigcheck.execution.router import Home
from eigcheck.model import RuleKey
from eigcheck.tasks import Task, expectation

_APART: Final = frozenset({"rules", "modes", "expect"})
"""Of a case: which rules and modes run, and what is expected of all of them, of which one counts here."""


def digest(task: Task, mode: str, code: str) -> str:
    """That of the outcome of a task in a mode, in 32 hexadecimal digits; `code` is that of the rule's code."""
    problem = {f.name: getattr(task.problem, f.name) for f in fields(task.problem) if f.name not in _APART}
    expected = expectation(task.problem, task.rule.name, mode)
    told = _told((problem, task.rule.bare, mode, expected, code))
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def of_code(task: Task, homes: Mapping[RuleKey, Home]) -> str:
    """The digest of the file that declares a rule, and of those that the command line of its program names."""
    home, place = homes.get(task.rule.key), task.rule.place
    named = _words(home) if isinstance(home, str) else []
    return " ".join(filter(None, map(of_file, [*([place.file] if place else []), *named])))


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return []


@lru_cache
def of_file(path: str) -> str:
    """The digest of a file, empty for what is none that can be read."""
    try:
        return sha256(Path(path).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return ""


def _told(value: Any) -> str:
    """A text that is the same for equal values only. Arrays count bit by bit."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype.str}{value.shape}{sha256(np.ascontiguousarray(value).tobytes()).hexdigest()}"
    if is_dataclass(value):
        return _told({f.name: getattr(value, f.name) for f in fields(value)})
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {_told(item)}' for key, item in value.items())}}}"
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return f"({', '.join(map(_told, value))})"
    return repr(value)
