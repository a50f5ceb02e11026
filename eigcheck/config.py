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
from eigcheck.names import DOMAINS, FRAMEWORK_NAMES, FUNCTIONS, MODES, VERDICTS

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "allow": VERDICTS,
    "mode": MODES,
    "function": FUNCTIONS,
    "domain": DOMAINS,
    "framework": FRAMEWORK_NAMES,
}
"""Keys that take some of the words that there are."""
_LISTS: Final = ("paths", "load", "callable", "exec", "rule", "mode", "function", "domain", "allow")
_SECONDS: Final = ("timeout", "outcome-timeout")
_KEYS: Final = (*_LISTS, "framework", *_SECONDS, "max-blind", "baseline")


@dataclass(frozen=True)
class Config:
    """What `[tool.eigcheck]` says.

    Paths, files to load and the baseline are relative to the folder of the pyproject.toml. Times are in seconds.
    `function`, `domain` and `framework` are those of `callable`.
    """

    paths: tuple[str, ...] = ()
    load: tuple[str, ...] = ()
    callable: tuple[str, ...] = ()
    exec: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    function: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    framework: str | None = None
    allow: tuple[str, ...] = ()
    max_blind: float | None = None
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


def _number(value: Any, where: str, what: str, least: float) -> float:
    """A finite number from `least` on. Raises UsageError with `what` it should be."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < math.inf:
        raise UsageError(f"{where} must be {what}, not {value!r}.")
    return float(value)


def _word(value: Any, where: str, what: str) -> str | None:
    if not isinstance(value, str | None):
        raise UsageError(f"{where} must be {what}, not {value!r}.")
    return value


def check_words(words: Iterable[str], key: str, where: str) -> None:
    """Raise UsageError, with the nearest, for a word that this key does not take."""
    for word in words:
        if word not in _WORDS[key]:
            what = "verdict" if key == "allow" else key
            hint = nearest_hint(word, _WORDS[key])
            raise UsageError(f"{where}: {word!r} is no {what}.{hint} {what.title()}s: {', '.join(_WORDS[key])}.")


def _checked(table: dict[str, Any], file: Path) -> Config:
    where = f"{file}: [tool.eigcheck]"
    for key in table:
        if key not in _KEYS:
            hint = nearest_hint(key, _KEYS)
            raise UsageError(f"{where} has an unknown key {key!r}.{hint} Known keys: {', '.join(_KEYS)}.")
    lists: dict[str, tuple[str, ...]] = {key: _strings(table[key], f"{where} {key}") for key in _LISTS if key in table}
    framework = _word(table.get("framework"), f"{where} framework", "the name of one")
    for key in _WORDS:
        words = (framework,) if key == "framework" and framework is not None else lists.get(key, ())
        check_words(words, key, f"{where} {key}")
    if lists.get("callable") and not lists.get("function"):
        raise UsageError(f'{where} callable: say which function it is a rule of, as in function = "eigvals".')
    seconds = "a positive number of seconds"
    times = {key: _number(table[key], f"{where} {key}", seconds, math.ulp(0.0)) for key in _SECONDS if key in table}
    blind = table.get("max-blind")
    lists["paths"] = tuple(_beside(file, path) for path in lists.get("paths", ()))
    lists["load"] = tuple(_beside(file, name) if name.endswith(".py") else name for name in lists.get("load", ()))
    baseline = _word(table.get("baseline"), f"{where} baseline", "the name of a file")
    return Config(
        **lists,
        framework=framework,
        max_blind=None if blind is None else _number(blind, f"{where} max-blind", "a number that is not negative", 0.0),
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
