"""`[tool.eigcheck]` of the nearest pyproject.toml: defaults for a project, over which every option wins."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eigcheck.errors import UsageError
from eigcheck.names import VERDICTS

_LISTS: Final = ("paths", "load", "rule", "allow")
_SECONDS: Final = ("timeout", "outcome-timeout")
_KEYS: Final = (*_LISTS, *_SECONDS, "baseline")


@dataclass(frozen=True)
class Config:
    """What `[tool.eigcheck]` says.

    Paths, files to load and the baseline are relative to the folder of the pyproject.toml. Times are in seconds.
    """

    paths: tuple[str, ...] = ()
    load: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    timeout: float | None = None
    outcome_timeout: float | None = None
    baseline: str | None = None


def nearest_hint(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'x' or 'y'?` for a word that is misspelt, or nothing if none is near."""
    near = difflib.get_close_matches(word, list(known), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""


def _strings(value: Any, where: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise UsageError(f"{where} must be a string or a list of strings, not {value!r}.")
    return tuple(values)


def _seconds(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise UsageError(f"{where} must be a positive number of seconds, not {value!r}.")
    return float(value)


def _checked(table: dict[str, Any], file: Path) -> Config:
    where = f"{file}: [tool.eigcheck]"
    for key in table:
        if key not in _KEYS:
            hint = nearest_hint(key, _KEYS)
            raise UsageError(f"{where} has an unknown key {key!r}.{hint} Known keys: {', '.join(_KEYS)}.")
    lists = {key: _strings(table[key], f"{where} {key}") for key in _LISTS if key in table}
    for verdict in lists.get("allow", ()):
        if verdict not in VERDICTS:
            hint = nearest_hint(verdict, VERDICTS)
            raise UsageError(f"{where} allow: {verdict!r} is no verdict.{hint} Verdicts: {', '.join(VERDICTS)}.")
    times = {key: _seconds(table[key], f"{where} {key}") for key in _SECONDS if key in table}
    lists["paths"] = tuple(_beside(file, path) for path in lists.get("paths", ()))
    lists["load"] = tuple(_beside(file, name) if name.endswith(".py") else name for name in lists.get("load", ()))
    baseline = table.get("baseline")
    if not isinstance(baseline, str | None):
        raise UsageError(f"{where} baseline must be the name of a file, not {baseline!r}.")
    return Config(
        **lists,
        timeout=times.get("timeout"),
        outcome_timeout=times.get("outcome-timeout"),
        baseline=None if baseline is None else _beside(file, baseline),
    )


def _beside(file: Path, name: str) -> str:
    """`name` as seen from here; kept short where the pyproject.toml lies in the current folder."""
    return name if file.parent == Path.cwd() else str(file.parent / name)


def read_config(start: Path | None = None) -> Config:
    """The configuration that holds in `start` (default: here), from the nearest pyproject.toml upwards.

    Raises UsageError for a file that is not TOML, an unknown key (with the nearest) or a wrong value.
    """
    folder = (start or Path.cwd()).resolve()
    file = next((f for parent in (folder, *folder.parents) if (f := parent / "pyproject.toml").is_file()), None)
    if file is None:
        return Config()
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}.") from error
    table = content.get("tool", {}).get("eigcheck", {}) if isinstance(content.get("tool", {}), dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f"{file}: tool.eigcheck must be a table.")
    return _checked(table, file)
