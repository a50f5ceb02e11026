"""Says in one line what a rule raised and where, whatever its exception does to prevent it."""

from __future__ import annotations

import functools
import inspect
import os
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

from eigcheck.model import Rule

_LIMIT = 1000
"""Characters of an exception's own message that are kept."""

_HERE = Path(__file__).parent
_OURS = tuple(f"{folder}{os.sep}" for folder in (_HERE, _HERE.parent / "rules" / "frameworks"))
_LIBRARIES = tuple(f"{sysconfig.get_path(name)}{os.sep}" for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def blame(error: BaseException, rule: Rule) -> str:
    """`TypeName: message (file:line)`, the line being the innermost one in the rule's own file.

    Where that is not on the way, or is a library's, which calls what the user gave it: the innermost line outside of
    Python's library and installed packages; failing that one in the rule's own file; failing that the innermost line;
    failing that the rule's definition.
    """
    codes = _codes(rule)
    home = {code.co_filename for code in codes}
    frames = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if not is_ours(frame.f_code.co_filename)
    ]
    outside = [place for place in frames if not is_library(place[0])]
    mine, own = ([place for place in places if place[0] in home] for places in (outside, frames))
    definition = [(code.co_filename, code.co_firstlineno) for code in codes[:1]]
    text, places = exception_text(error), mine or outside or own or frames or definition
    if not places:
        return text
    path, line = places[-1]
    return f"{text} ({shown_path(path)}:{line})"


def exception_text(error: BaseException) -> str:
    """`TypeName: message`, cut, also for exceptions that cannot be printed."""
    message, name = message_of(error), type(error).__name__
    if len(message) > _LIMIT:
        message = message[:_LIMIT] + "..."
    return f"{name}: {message}" if message else name


def message_of(error: BaseException) -> str:
    """What an exception says of itself."""
    try:
        return str(error)
    except BaseException:  # a rule's own exception class may do anything in __str__
        return "(its message cannot be shown)"


def is_ours(path: str) -> bool:
    """Whether a file belongs to the part of eigcheck that calls rules, or that has frameworks make them."""
    return path.startswith(_OURS)


def is_library(path: str) -> bool:
    """Whether a file belongs to Python's library or an installed package."""
    return path.startswith((*_LIBRARIES, "<frozen"))


def shown_path(path: str) -> str:
    """A path as seen from the current folder where it lies below, else as it is."""
    try:
        below = os.path.relpath(path)
    except (ValueError, OSError):
        return path
    return path if path.startswith("<") or below.startswith("..") else below


def place_of(rule: Rule) -> str:
    """`FILE:LINE` of the code that makes a rule, whoever loads it and from where; empty where it has none."""
    return next((f"{code.co_filename}:{code.co_firstlineno}" for code in _codes(rule)), "")


def _codes(rule: Rule) -> list[CodeType]:
    """The code of its rrule and of its pushforward, where there is any."""
    codes = [_code(function) for function in (rule.rrule, rule.pushforward) if function is not None]
    return [code for code in codes if code is not None]


def _code(function: Callable[..., Any]) -> CodeType | None:
    """The code object behind decorated functions, partials, methods and callable objects, if there is one."""
    try:
        current: Any = inspect.unwrap(function)
        while isinstance(current, functools.partial):
            current = inspect.unwrap(current.func)
        if not hasattr(current, "__code__"):
            current = type(current).__call__
        code = getattr(current, "__code__", None)
    except Exception:  # attributes of a foreign object may raise anything
        return None
    return code if isinstance(code, CodeType) else None
