"""What several tests of case files need."""

from pathlib import Path
from typing import Any

import pytest

from eigcheck.casefile.compose import compose
from eigcheck.casefile.load import load_cases
from eigcheck.casefile.matrices import matrix_at
from eigcheck.casefile.nodes import Mapping
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.source import Source
from eigcheck.errors import CaseFileError, Fault
from eigcheck.model import Problem

BUILTIN = ("chainrules/released", "chainrules/pr841", "numpy/eigvals")


def reading_for(text: str, folder: Path = Path()) -> Reading:
    return Reading(Source("case.yaml", folder, text), builtin_rules=frozenset(BUILTIN))


def root_of(reading: Reading) -> Mapping:
    root = compose(reading)
    assert root is not None, reading.faults
    return root


def matrix(text: str, dtype: str | None = None, *, nonfinite: bool = False, folder: Path = Path()) -> tuple[Any, ...]:
    """The matrix that a text in a case file stands for, None if that cannot be used, and the mistakes in it."""
    reading = reading_for(f"matrix: {text}\n", folder.resolve())
    node = root_of(reading).entries["matrix"].node
    return reading.attempt(lambda: matrix_at(node, dtype, nonfinite, reading)), reading.faults


def write(folder: Path, text: str, name: str = "case.yaml") -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def problems(folder: Path, text: str, name: str = "case.yaml") -> tuple[Problem, ...]:
    return load_cases([write(folder, text, name)], builtin_rules=BUILTIN)


def faults(folder: Path, text: str, name: str = "case.yaml") -> tuple[Fault, ...]:
    with pytest.raises(CaseFileError) as caught:
        problems(folder, text, name)
    return caught.value.faults


def only_fault(folder: Path, text: str) -> Fault:
    found = faults(folder, text)
    assert len(found) == 1, found
    return found[0]
