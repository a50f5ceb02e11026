"""`[tool.eigcheck]` of the nearest pyproject.toml: defaults for a project, over which every option wins."""

from __future__ import annotations

import difflib
import math
import os
import sys
import tomllib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from eigcheck.errors import UsageError
from eigcheck.names import DOMAINS, FRAMEWORK_NAMES, FUNCTIONS, MODES, VERDICTS


def nearest_hint(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'x' or 'y'?` for a word that is misspelt, or nothing if none is near."""
    near = difflib.get_close_matches(word, list(known), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""


def _strings(value: Any) -> tuple[str, ...] | None:
    values = [value] if isinstance(value, str) else value
    return tuple(values) if isinstance(values, list) and all(isinstance(item, str) for item in values) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(least: float, value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and least <= value <= sys.float_info.max else None


class Key(NamedTuple):
    """What a key stands for: the option, as commands call it, and what its value is: if `words`, some of them.

    `read` gives what commands take, None for what is not `what`.
    """

    option: str
    words: tuple[str, ...] = ()
    what: str = "a string or a list of strings"
    read: Callable[[Any], Any] = _strings


_SECONDS: Final = ("a positive number of seconds", partial(_number, math.ulp(0.0)))
_KEYS: Final = {
    "paths": Key("paths"),
    "load": Key("loads"),
    "callable": Key("callables"),
    "exec": Key("commands"),
    "rule": Key("rule_globs"),
    "mode": Key("modes", MODES),
    "function": Key("functions", FUNCTIONS),
    "domain": Key("domains", DOMAINS),
    "allow": Key("allow", VERDICTS),
    "framework": Key("framework", FRAMEWORK_NAMES, "the name of one", _text),
    "timeout": Key("timeout", (), *_SECONDS),
    "outcome-timeout": Key("outcome_timeout", (), *_SECONDS),
    "max-blind": Key("max_blind", (), "a number that is not negative", partial(_number, 0.0)),
    "baseline": Key("baseline", (), "the name of a file", _text),
}


def check_words(words: Iterable[str], key: str, where: str) -> None:
    """Raise UsageError, with the nearest, for a word that this key does not take."""
    known = _KEYS[key].words
    for word in words:
        if word not in known:
            what = "verdict" if key == "allow" else key
            hint = nearest_hint(word, known)
            raise UsageError(f"{where}: {word!r} is no {what}.{hint} {what.title()}s: {', '.join(known)}.")


def _checked(table: dict[str, Any], file: Path) -> dict[str, Any]:
    where = f"{file}: [tool.eigcheck]"
    for key in table:
        if key not in _KEYS:
            hint = nearest_hint(key, _KEYS)
            raise UsageError(f"{where} has an unknown key {key!r}.{hint} Known keys: {', '.join(_KEYS)}.")
    values = {key: known.read(table[key]) for key, known in _KEYS.items() if key in table}
    for key, value in values.items():
        if value is None:
            raise UsageError(f"{where} {key} must be {_KEYS[key].what}, not {table[key]!r}.")
        if _KEYS[key].words:
            check_words((value,) if isinstance(value, str) else value, key, f"{where} {key}")
    if values.get("callable") and not values.get("function"):
        raise UsageError(f'{where} callable: say which function it is a rule of, as in function = "eigvals".')
    if "paths" in values:
        values["paths"] = tuple(_beside(file, path) for path in values["paths"])
    if "load" in values:
        values["load"] = tuple(_beside(file, name) if name.endswith(".py") else name for name in values["load"])
    if "baseline" in values:
        values["baseline"] = _beside(file, values["baseline"])
    return {_KEYS[key].option: value for key, value in values.items()}


def _beside(file: Path, name: str) -> str:
    """`name` as seen from here; kept short where the pyproject.toml lies in the current folder."""
    return name if file.parent == Path.cwd() else str(file.parent / name)


def read_config(start: Path | None = None) -> dict[str, Any]:
    """The configuration that holds in `start` (default: here), from the nearest pyproject.toml upwards, as options.

    Paths, files to load and the baseline are relative to its folder there. Times are in seconds.
    Raises UsageError for a file that is not TOML, an unknown key (with the nearest) or a wrong value.
    """
    folder = (start or Path.cwd()).resolve()
    files = (parent / "pyproject.toml" for parent in (folder, *folder.parents))
    file = next(filter(os.path.isfile, files), None)
    if file is None:
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}.") from error
    table = content.get("tool", {}).get("eigcheck", {}) if isinstance(content.get("tool", {}), dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f"{file}: tool.eigcheck must be a table.")
    return _checked(table, file)
