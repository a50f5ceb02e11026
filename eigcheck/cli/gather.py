"""From the words of a command line to problems, rules and a plan: where commands meet the engine."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, Final

from eigcheck import engine
from eigcheck.accused import ChildAccused
from eigcheck.casefile import load_cases, load_shipped
from eigcheck.config import read_config
from eigcheck.errors import UsageError
from eigcheck.model import Outcome, Problem, Rule
from eigcheck.reports.record import RunRecord
from eigcheck.rules import registry

_HERE: Final = "cases"
"""The folder whose cases are taken where none are named."""


@dataclass(frozen=True)
class Wanted:
    """What a command line and the project's configuration ask for, the options having won."""

    paths: tuple[str, ...] = ()
    shipped: bool = False
    rules: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    oracles: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    timeout: float | None = None
    seed: int = 0
    jobs: int = 1
    allow_large: bool = False


def wanted(given: Mapping[str, Any]) -> Wanted:
    """Options over `[tool.eigcheck]`. With --shipped the configured paths are not meant."""
    config = read_config()
    paths = given.get("paths", ()) or (() if given.get("shipped") else config.paths)
    return Wanted(
        paths=tuple(paths),
        shipped=bool(given.get("shipped")),
        rules=given["rule_globs"] or config.rule,
        loads=given["loads"] or config.load,
        oracles=given["oracles"],
        modes=given["modes"],
        texts=given.get("texts", ()),
        allow=given["allow"] or config.allow,
        timeout=given["timeout"] or config.timeout,
        seed=given["seed"],
        jobs=given.get("jobs", 1),
        allow_large=given["allow_large"],
    )


def load_problems(paths: Sequence[str], *, allow_large: bool) -> tuple[Problem, ...]:
    """The problems of case files and folders. Raises CaseFileError with all mistakes of all files."""
    return tuple(load_cases(paths, allow_large=allow_large))


def problems(wish: Wanted) -> tuple[Problem, ...]:
    """The problems of the paths, of `cases` here if there are none, and the shipped ones if wanted."""
    shipped = tuple(load_shipped()) if wish.shipped else ()
    paths = wish.paths
    if not paths and not wish.shipped:
        if not Path(_HERE).is_dir():
            raise UsageError(
                f"no PATH was given and there is no folder {_HERE}/ here. --shipped checks the cases that come with eigcheck."
            )
        paths = (_HERE,)
    return (*shipped, *(load_problems(paths, allow_large=wish.allow_large) if paths else ()))


def version() -> str:
    """The version of the installed package, or a word for a source tree that is not installed."""
    try:
        return installed_version("eigcheck")
    except PackageNotFoundError:
        return "unknown"


def known_rules(loads: Sequence[str]) -> tuple[Rule, ...]:
    """The built-in rules and those of `loads`."""
    registry.load_builtin()
    builtin = registry.registered()
    if not loads:
        return builtin
    with ChildAccused(loads=loads) as child:
        return (*builtin, *child.rules())


def known_diagnoses() -> list[dict[str, object]]:
    """The causes that are recognised, with what went wrong and what to do about it."""
    return [
        {"diagnosis": known.name, "what_went_wrong": known.summary, "remedy": known.fix}
        for known in diagnoses()
    ]


def causes() -> dict[str, str]:
    """One line on each cause that is recognised."""
    return {known.name: known.summary for known in diagnoses()}
