"""Paths from the user to case files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from eigcheck.errors import Fault, UsageError

SUFFIXES: Final = (".yaml", ".yml")


class CasePath(NamedTuple):
    """A case file: where it is, what it is called in messages, and the folder that it is counted under."""

    path: Path
    shown: str
    folder: str


def discover(paths: Sequence[str]) -> tuple[list[CasePath], list[Fault]]:
    """The case files among and below `paths`, each once; folders are searched in alphabetical order.

    Hidden files and folders are passed over, links to folders are not followed, and a link in a folder to a file
    outside of it is a Fault: whoever packed the folder has no business there. A file that is named itself is read
    wherever it leads.

    Raises UsageError for paths that do not exist and folders without a case file.
    """
    found: list[CasePath] = []
    faults: list[Fault] = []
    wrong: list[str] = []
    seen: set[str] = set()
    for given in paths:
        path = Path(given)
        if path.is_dir():
            below = list(_below(path))
            if not below:
                wrong.append(f"{given}: no case file (*.yaml, *.yml) in this folder or below")
        elif os.path.lexists(path):
            below = [path]
        else:
            wrong.append(f"{given}: there is no such file or folder")
            below = []
        for file in below:
            real = os.path.realpath(file)
            if real in seen:
                continue
            seen.add(real)
            if path.is_dir() and not Path(real).is_relative_to(os.path.realpath(path)):
                remedy = "name the file itself if you trust it"
                faults.append(Fault(str(file), 1, 1, "a link that leads out of the folder is not read", remedy))
            else:
                found.append(CasePath(file, str(file), str(file.parent)))
    if wrong:
        raise UsageError("; ".join(wrong) + ". Give case files or folders that hold some.")
    return found, faults


def _below(folder: Path) -> Iterator[Path]:
    """The case files below a folder: those of the folder itself first, then those of each folder in it."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and name.lower().endswith(SUFFIXES):
                yield Path(root) / name
