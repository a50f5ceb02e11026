"""`eigcheck run --watch`: the run again whenever a case file or a loaded file changes, until Ctrl-C.

Each run is a process of its own, so that nothing of an earlier one is remembered and a mistake ends that run only.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.streams import write_error
from eigcheck.config import read_config
from eigcheck.errors import EigcheckError
from eigcheck.execution.loads import installed
from eigcheck.paths import python

FLAG: Final = "--watch"
_AGAIN: Final = "from eigcheck.cli.leaving import entry; entry()"
_POLL: Final = 0.3  # seconds between two looks, in which a few hundred files cost some milliseconds
_CASES: Final = frozenset({".yaml", ".yml", ".npy", ".mtx"})  # what a folder of cases is made of

State: TypeAlias = dict[str, tuple[int, int]]  # time of the last change in nanoseconds, and size, of each file by path


def watch(given: Mapping[str, Any], args: Sequence[str]) -> Exit:
    """Run `eigcheck` with `args`, less the flag, now and after every change. Ctrl-C ends it with its own code."""
    words = [word for word in args if word != FLAG]
    try:
        while True:
            before = state_of(watched(given))
            subprocess.run(python(_AGAIN, *words), check=False)
            write_error("watching for changes; Ctrl-C ends this\n")
            while state_of(watched(given)) == before:
                time.sleep(_POLL)
            if sys.stdout.isatty():
                click.clear()
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def watched(given: Mapping[str, Any]) -> tuple[Path, ...]:
    """The files and folders that a run depends on: cases, loaded files, packages of modules, and the configuration."""
    config: dict[str, Any] = {}
    with suppress(EigcheckError):  # the run itself says what is wrong with it
        config = read_config()
    paths, loads, callables, globs = (
        given.get(key) or config.get(key, ()) for key in ("paths", "loads", "callables", "rule_globs")
    )
    cases = given["paths"] or (() if given["shipped"] else paths or ("cases",))
    loads = [*loads, *(name.partition(":")[0] for name in callables)]
    # the package of an entry point may be one that is edited where it lies
    loads += [load.target for load in installed(globs or None)]
    return (*map(Path, cases), *dict.fromkeys(map(_source_of, loads)), Path("pyproject.toml"))


def _source_of(name: str) -> Path:
    """A FILE.py, or the whole package that a module belongs to: here, else where it is installed.

    A module that is neither is looked for here until it comes.
    """
    if name.endswith(".py"):
        return Path(name)
    top = Path(name.partition(".")[0])
    if (top / "__init__.py").is_file():
        return top
    if top.with_suffix(".py").is_file():
        return top.with_suffix(".py")
    here = Path(*name.split("."))
    return installed_at(top.name) or (here if here.is_dir() else here.with_suffix(".py"))


def installed_at(top: str) -> Path | None:
    """The package or file of an importable module, which is not imported for that; None for none that has one."""
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if folders:
        return Path(folders[0])
    return Path(spec.origin) if spec and spec.has_location and spec.origin else None


def state_of(paths: Iterable[Path]) -> State:
    """When each file was changed; what is gone is left out."""
    found: State = {}
    for path in paths:
        wanted = {".py"} if (path / "__init__.py").is_file() else _CASES
        files = (below for below in path.rglob("*") if below.suffix.lower() in wanted) if path.is_dir() else (path,)
        for file in files:
            with suppress(OSError):
                told = file.stat()
                found[str(file)] = (told.st_mtime_ns, told.st_size)
    return found
