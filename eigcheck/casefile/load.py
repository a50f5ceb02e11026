"""Paths to case files, these to cases, and each to Problems, one for each domain, dtype and function; all mistakes told."""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from eigcheck.casefile.bounds import Allowance, bounds_for
from eigcheck.casefile.compose import compose
from eigcheck.casefile.cotangents import cotangent_spec
from eigcheck.casefile.expand import Draft, drafts
from eigcheck.casefile.faults import FaultLog, quoted
from eigcheck.casefile.matrices import Nudge, matrix_at, perturbed
from eigcheck.casefile.nodes import Mapping, Scalar, plain_data
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.schema import CASE_KEYS, Case
from eigcheck.casefile.source import read_source
from eigcheck.casefile.validation import expectations, validated
from eigcheck.errors import CaseFileError, Fault, UsageError
from eigcheck.model import Array, Problem
from eigcheck.names import SHIPPED, DType

SUFFIXES: Final = (".yaml", ".yml")

_Names = dict[str, tuple[str, int]]
"""The names of cases that are taken, with the file and line that took them."""


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


def load_cases(
    paths: Sequence[str], *, builtin_rules: Collection[str] = (), allow_large: bool = False
) -> tuple[Problem, ...]:
    """The problems of case files and of folders of them, in order of `paths` and then of names.

    `builtin_rules` are the names of eigcheck's own rules; with them, exact names that are misspelt are found.
    Raises UsageError for a path without a case file, CaseFileError with every mistake of every file.
    """
    files, faults = discover([str(path) for path in paths])
    bounds = bounds_for(allow_large)
    allowance, problems = Allowance(bounds), []
    names: _Names = {}
    for file in files:
        source = read_source(file.path, file.shown, bounds)
        if isinstance(source, Fault):
            faults.append(source)
            continue
        # Each file is to have its mistakes told, even after one that asked for too much.
        allowance.exhausted = False
        reading = Reading(source, FaultLog(source), bounds, allowance, frozenset(builtin_rules))
        problems += _problems(file, reading, names)
        faults += reading.log.faults
    if faults:
        raise CaseFileError(tuple(faults))
    return tuple(problems)


def _problems(file: CasePath, reading: Reading, names: _Names) -> list[Problem]:
    """The problems of one file; its mistakes go to the reading's log."""
    root = compose(reading.source, reading.bounds, reading.log)
    if root is None:
        return []
    problems: list[Problem] = []
    for draft in drafts(root, file.path.stem, CASE_KEYS, reading):
        if reading.allowance.exhausted:
            break
        ours: dict[str, None] = {}
        for problem in problems_of(draft, file.folder, reading):
            problems.append(problem)
            ours[problem.case] = None
        for name in (ours or {draft.full_name: None}) if draft.name else ():
            if name in names:
                message = f"the case name {quoted(name)} is taken by {names[name][0]}:{names[name][1]}"
                reading.log.add(draft.name_at, message, "give each case of a run its own name")
            names.setdefault(name, (file.shown, reading.log.line_of(draft.node.at)))
    return problems


def load_shipped(*, builtin_rules: Collection[str] = ()) -> tuple[Problem, ...]:
    """The problems that come with eigcheck, their names after `shipped:`, without a file.

    From the installed package, or from `cases/` beside it in a source checkout. Raises UsageError if neither is there.
    """
    folder = _shipped_folder(Path(__file__).resolve().parent.parent)
    loaded = load_cases([str(folder)], builtin_rules=builtin_rules)
    return tuple(_shipped(problem, folder) for problem in loaded)


def _shipped_folder(package: Path) -> Path:
    installed, checkout = package / "shipped", package.parent
    if installed.is_dir():
        return installed
    if (checkout / "cases").is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / "cases"
    raise UsageError("the cases that come with eigcheck are missing from this installation: install it again")


def _shipped(problem: Problem, folder: Path) -> Problem:
    below = Path(problem.folder).relative_to(folder).as_posix()
    return replace(problem, case=f"{SHIPPED}{problem.case}", file=None, folder=f"{SHIPPED}{below.removeprefix('.')}")


_NOTHING: Final = np.zeros((0, 0))


def problems_of(draft: Draft, folder: str, reading: Reading) -> Iterator[Problem]:
    """The problems of one expanded case; mistakes go to the log and their problems are left out."""
    case, attempt = checked(draft.node, reading), reading.log.attempt
    if case is None:
        return
    dtypes: Sequence[DType | None] = case.dtype or [None]
    # The draft itself was counted when it was made.
    more = len(case.domain) * len(dtypes) * len(case.function) - 1
    if not attempt(lambda: reading.afford("cases", more, draft.node.at)):
        return
    frame = _frame(case, draft, folder, reading)
    for domain, dtype in itertools.product(case.domain, dtypes):
        named = draft if len(case.domain) == 1 else draft.with_suffix(f"domain={domain}")
        if len(dtypes) > 1:
            named = named.with_suffix(f"dtype={dtype}")
        matrix = attempt(partial(_matrix, case, draft.node, dtype, reading))
        for function in case.function:
            n, own = (None, "float64") if matrix is None else (len(matrix), str(matrix.dtype))
            spec = attempt(partial(cotangent_spec, case, draft.node, function, n, own, reading))
            if matrix is not None and spec is not None:
                yield replace(
                    frame,
                    case=named.full_name,
                    matrix=matrix,
                    function=function,
                    domain=domain,
                    dtype=own,
                    cotangent=spec,
                )


def _frame(case: Case, draft: Draft, folder: str, reading: Reading) -> Problem:
    """What the problems of a case have in common."""
    return Problem(
        case=draft.full_name,
        matrix=_NOTHING,
        device=case.device,
        uplo=case.uplo,
        modes=tuple(case.modes),
        structures=None if case.structures is None else tuple(case.structures),
        rules=None if case.rules is None else tuple(case.rules),
        expect=reading.once(draft.node.entries["expect"].node, "expectations", lambda: expectations(case))
        if case.expect
        else (),
        file=reading.source.file,
        line=reading.log.line_of(draft.node.at),
        folder=folder,
        about=case.about,
        source=case.source,
    )


def checked(node: Mapping, reading: Reading) -> Case | None:
    """The case that a node holds, with its matrix there; None, with the reasons in the log, if it is wrong."""
    case = reading.log.attempt(lambda: validated(node, reading))
    if "matrix" not in node.entries:
        reading.log.add(node.at, "the case has no matrix", "add one, such as matrix: [[1, 2], [2, 3]]")
        return None
    if case is None and not reading.allowance.exhausted:
        # Its matrix may be wrong as well.
        nonfinite = node.entries.get("nonfinite")
        allowed = nonfinite is not None and plain_data(nonfinite.node) is True
        reading.log.attempt(lambda: matrix_at(node.entries["matrix"].node, None, allowed, reading))
    return case


def _matrix(case: Case, node: Mapping, dtype: str | None, reading: Reading) -> Array:
    """The matrix with its entries perturbed as the case says. Raises Unusable if there is none."""
    matrix = matrix_at(node.entries["matrix"].node, dtype, case.nonfinite, reading)
    if not case.perturb:
        return matrix
    moves = node.entries["perturb"].node
    places = [] if isinstance(moves, Scalar | Mapping) else [item.at for item in moves.items]
    nudges = [
        Nudge((wish.entry[0], wish.entry[1]), wish.ulps, wish.part, at)
        for wish, at in zip(case.perturb, places, strict=True)
    ]
    # a matrix that is remembered keeps its id
    return reading.once(moves, f"perturbed {id(matrix)}", lambda: perturbed(matrix, nudges, reading))
