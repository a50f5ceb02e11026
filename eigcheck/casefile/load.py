"""Paths to case files, these to cases, and each to Problems, one for each domain, dtype and function; all mistakes told."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Mapping as AbstractMapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from eigcheck.casefile.compose import compose
from eigcheck.casefile.cotangents import cotangent_spec
from eigcheck.casefile.expand import Draft, drafts
from eigcheck.casefile.faults import quoted
from eigcheck.casefile.matrices import matrix_at, perturbed
from eigcheck.casefile.nodes import Mapping, plain_data
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.schema import Case
from eigcheck.casefile.source import LARGE, STANDARD, read_source
from eigcheck.casefile.validation import expectations, validated
from eigcheck.errors import CaseFileError, Fault, UsageError
from eigcheck.model import Array, Problem
from eigcheck.names import SHIPPED, DType

SUFFIXES: Final = (".yaml", ".yml")


def discover(paths: Sequence[str]) -> tuple[list[Path], list[Fault]]:
    """The case files among and below `paths`, each once; folders are searched in alphabetical order.

    Hidden files and folders are passed over, links to folders are not followed, and a link in a folder to a file
    outside of it is a Fault: whoever packed the folder has no business there. A file that is among or below other paths
    as well is read wherever that link leads.

    Raises UsageError for paths that do not exist, and folders that cannot be read or are without a case file.
    """
    wrong: list[str] = []
    found: dict[str, Path] = {}  # by real paths, as is what leads out of a folder
    outside: dict[str, Path] = {}
    for given in paths:
        path = Path(given)
        folder = os.path.realpath(given) if os.path.isdir(given) else None
        unreadable: list[OSError] = []
        below = list(_below(path, unreadable.append)) if folder else [path] * _may_be(given)
        wrong += [f"{error.filename}: cannot be read: {error.strerror}" for error in unreadable]
        if not (below or unreadable):
            none = "no case file (*.yaml, *.yml) in this folder or below"
            wrong.append(f"{given or repr(given)}: {none if folder else 'there is no such file or folder'}")
        for file in below:
            real = os.path.realpath(file)
            leads_out = folder and not Path(real).is_relative_to(folder)
            (outside if leads_out else found).setdefault(real, file)
    remedy = "name the file itself if you trust it"
    faults = [
        Fault(str(file), 1, 1, "a link that leads out of the folder is not read", remedy)
        for real, file in outside.items()
        if real not in found
    ]
    if wrong:
        raise UsageError("; ".join(wrong) + ". Give case files, or folders that can be read and hold some.")
    return list(found.values()), faults


def _may_be(path: str) -> bool:
    """Whether something is there, or could be where nobody may look: whoever reads it says why that cannot be."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        pass
    return True


def _below(folder: Path, unreadable: Callable[[OSError], object]) -> Iterator[Path]:
    """The case files below a folder: those of the folder itself first, then those of each folder in it."""
    for root, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and name.lower().endswith(SUFFIXES):
                yield Path(root) / name


def load_cases(
    paths: Sequence[str],
    *,
    builtin_rules: Collection[str] = (),
    allow_large: bool = False,
    instead: AbstractMapping[str, Any] | None = None,
) -> tuple[Problem, ...]:
    """The problems of case files and of folders of them, in order of `paths` and then of names.

    `builtin_rules` are the names of eigcheck's own rules; with them, exact names that are misspelt are found. The
    values in `instead` stand in place of what each case says under these keys; a list where it may say several.

    Raises UsageError for a path without a case file, CaseFileError with every mistake of every file.
    """
    files, faults = discover([str(path) for path in paths])
    bounds, taken = LARGE if allow_large else STANDARD, Counter[str]()
    problems: list[Problem] = []
    names: dict[str, str] = {}
    for file in files:
        source = read_source(file, bounds)
        if isinstance(source, Fault):
            faults.append(source)
            continue
        reading = Reading(source, bounds, taken, frozenset(builtin_rules), instead=instead or {})
        problems += _problems(file, reading, names)
        faults += reading.faults
    if faults:
        raise CaseFileError(tuple(faults))
    return tuple(problems)


def _problems(file: Path, reading: Reading, names: dict[str, str]) -> list[Problem]:
    """The problems of one file; its mistakes are noted. `names` says for each name of a case which line took it."""
    root = compose(reading)
    if root is None:
        return []
    problems: list[Problem] = []
    for draft in drafts(root, file.stem, reading):
        if reading.exhausted:
            break
        made = list(problems_of(draft, str(file.parent), reading))
        problems += made
        for name in dict.fromkeys(problem.case for problem in made) or [draft.full_name()]:
            if not draft.name:
                break
            if name in names:
                message = f"the case name {quoted(name)} is taken by {names[name]}"
                reading.add(draft.name_at, message, "give each case of a run its own name")
            names.setdefault(name, f"{file}:{reading.line_of(draft.node.at)}")
    return problems


def load_shipped(*, builtin_rules: Collection[str] = ()) -> tuple[Problem, ...]:
    """The problems that come with eigcheck, their names after `shipped:`, without a file.

    From the installed package, or from `cases/` beside it in a source checkout. Raises UsageError if neither is there.
    """
    folder = _shipped_folder(Path(__file__).resolve().parent.parent)

    def renamed(problem: Problem) -> Problem:
        below = Path(problem.folder).relative_to(folder).as_posix().removeprefix(".")
        return replace(problem, case=f"{SHIPPED}{problem.case}", file=None, folder=f"{SHIPPED}{below}")

    return tuple(map(renamed, load_cases([str(folder)], builtin_rules=builtin_rules)))


def _shipped_folder(package: Path) -> Path:
    installed, checkout = package / "shipped", package.parent
    if installed.is_dir():
        return installed
    if (checkout / "cases").is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / "cases"
    raise UsageError("the cases that come with eigcheck are missing from this installation: install it again")


def problems_of(draft: Draft, folder: str, reading: Reading) -> Iterator[Problem]:
    """The problems of one expanded case; mistakes are noted and their problems are left out."""
    node, attempt = draft.node, reading.attempt
    case = checked(node, reading)
    if case is None:
        return
    case = case.model_copy(update=reading.instead)
    dtypes: Sequence[DType | None] = case.dtype or [None]
    # The draft itself was counted when it was made.
    more = len(case.domain) * len(dtypes) * len(case.function) - 1
    if not attempt(lambda: reading.afford("cases", more, node.at)):
        return
    expect = (
        reading.once(node.entries["expect"].node, "expectations", lambda: expectations(case)) if case.expect else ()
    )
    for domain, dtype in itertools.product(case.domain, dtypes):
        of_several = [f"domain={domain}"] * (len(case.domain) > 1) + [f"dtype={dtype}"] * (len(dtypes) > 1)
        matrix = attempt(partial(_matrix, case, node, dtype, reading))
        for function in case.function:
            n, own = (None, "float64") if matrix is None else (len(matrix), str(matrix.dtype))
            spec = attempt(partial(cotangent_spec, case, node, function, n, own, reading))
            if matrix is None or spec is None:
                continue
            yield Problem(
                case=draft.full_name(*of_several),
                matrix=matrix,
                function=function,
                domain=domain,
                dtype=own,
                uplo=case.uplo,
                device=case.device,
                modes=tuple(case.modes),
                cotangent=spec,
                structures=None if case.structures is None else tuple(case.structures),
                rules=None if case.rules is None else tuple(case.rules),
                expect=expect,
                file=reading.source.file,
                line=reading.line_of(node.at),
                folder=folder,
                about=case.about,
                source=case.source,
            )


def checked(node: Mapping, reading: Reading) -> Case | None:
    """The case that a node holds, with its matrix there; None, with the reasons noted, if it is wrong."""
    case = reading.attempt(lambda: validated(node, reading))
    matrix = node.get("matrix")
    if matrix is None:
        reading.add(node.at, "the case has no matrix", "add one, such as matrix: [[1, 2], [2, 3]]")
        return None
    if case is None and not reading.exhausted:
        # Its matrix may be wrong as well.
        nonfinite = node.get("nonfinite")
        allowed = nonfinite is not None and plain_data(nonfinite) is True
        reading.attempt(lambda: matrix_at(matrix, None, allowed, reading))
    return case


def _matrix(case: Case, node: Mapping, dtype: str | None, reading: Reading) -> Array:
    """The matrix with its entries perturbed as the case says. Raises Unusable if there is none."""
    matrix = matrix_at(node.entries["matrix"].node, dtype, case.nonfinite, reading)
    moves = node.get("perturb")
    if moves is None or not case.perturb:
        return matrix
    steps = [(move, item.at) for move, item in zip(case.perturb, getattr(moves, "items", ()), strict=True)]
    # a matrix that is remembered keeps its id
    return reading.once(moves, f"perturbed {id(matrix)}", lambda: perturbed(matrix, steps, reading))
