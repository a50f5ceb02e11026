"""`[tool.eigcheck]` of the nearest pyproject.toml: defaults for a project, over which every option wins."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, Final

from eigcheck.errors import UsageError
from eigcheck.names import DOMAINS, FRAMEWORK_NAMES, FUNCTIONS, MODES, VERDICTS


def nearest_hint(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'x' or 'y'?` for a word that is misspelt, or nothing if none is near."""
    near = difflib.get_close_matches(word, list(known), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""


def _strings(value: Any, where: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise UsageError(f"{where} must be a string or a list of strings, not {value!r}.")
    return tuple(values)


def _text(what: str, value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{where} must be {what}, not {value!r}.")
    return value


def _number(what: str, least: float, value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < math.inf:
        raise UsageError(f"{where} must be {what}, not {value!r}.")
    return float(value)


_seconds: Final = partial(_number, "a positive number of seconds", math.ulp(0.0))


def _key(read: Callable[[Any, str], Any], words: tuple[str, ...] = ()) -> Any:
    """A key, with what reads its value and raises UsageError for a wrong one, and the words of which it takes some."""
    return field(default=() if read is _strings else None, metadata={"read": read, "words": words})


@dataclass(frozen=True)
class Config:
    """What `[tool.eigcheck]` says.

    Paths, files to load and the baseline are relative to the folder of the pyproject.toml. Times are in seconds.
    `function`, `domain` and `framework` are those of `callable`.
    """

    paths: tuple[str, ...] = _key(_strings)
    load: tuple[str, ...] = _key(_strings)
    callable: tuple[str, ...] = _key(_strings)
    exec: tuple[str, ...] = _key(_strings)
    rule: tuple[str, ...] = _key(_strings)
    mode: tuple[str, ...] = _key(_strings, MODES)
    function: tuple[str, ...] = _key(_strings, FUNCTIONS)
    domain: tuple[str, ...] = _key(_strings, DOMAINS)
    allow: tuple[str, ...] = _key(_strings, VERDICTS)
    framework: str | None = _key(partial(_text, "the name of one"), FRAMEWORK_NAMES)
    timeout: float | None = _key(_seconds)
    outcome_timeout: float | None = _key(_seconds)
    max_blind: float | None = _key(partial(_number, "a number that is not negative", 0.0))
    baseline: str | None = _key(partial(_text, "the name of a file"))


_KEYS: Final = {one.name.replace("_", "-"): one.metadata for one in fields(Config)}


def check_words(words: Iterable[str], key: str, where: str) -> None:
    """Raise UsageError, with the nearest, for a word that this key does not take."""
    known = _KEYS[key]["words"]
    for word in words:
        if word not in known:
            what = "verdict" if key == "allow" else key
            hint = nearest_hint(word, known)
            raise UsageError(f"{where}: {word!r} is no {what}.{hint} {what.title()}s: {', '.join(known)}.")


def _checked(table: dict[str, Any], file: Path) -> Config:
    where = f"{file}: [tool.eigcheck]"
    for key in table:
        if key not in _KEYS:
            hint = nearest_hint(key, _KEYS)
            raise UsageError(f"{where} has an unknown key {key!r}.{hint} Known keys: {', '.join(_KEYS)}.")
    values = {key: told["read"](table[key], f"{where} {key}") for key, told in _KEYS.items() if key in table}
    for key, given in values.items():
        if _KEYS[key]["words"]:
            check_words((given,) if isinstance(given, str) else given, key, f"{where} {key}")
    if values.get("callable") and not values.get("function"):
        raise UsageError(f'{where} callable: say which function it is a rule of, as in function = "eigvals".')
    if "paths" in values:
        values["paths"] = tuple(_beside(file, path) for path in values["paths"])
    if "load" in values:
        values["load"] = tuple(_beside(file, name) if name.endswith(".py") else name for name in values["load"])
    if "baseline" in values:
        values["baseline"] = _beside(file, values["baseline"])
    return Config(**{key.replace("-", "_"): value for key, value in values.items()})


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
