"""What counts as one kind of fault, and which of two problems is the simpler one to show it at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from eigcheck.model import Array, CotangentSpec, Problem
from eigcheck.names import ACCUSING, ERRING, FAILING
from eigcheck.outcome import Finding, Outcome

CERTAIN: Final = frozenset({"pass", "undefined"})
"""Those on a right rule where another may be accused. Where even that is in doubt, there are better problems to show."""

_DTYPES: Final = ("float64", "float32", "complex128", "complex64")
_COTANGENTS: Final = ("default", "basis", "trace-power", "explicit", "matrix-power", "random")
_SMALL: Final = 10  # a whole number below this is read at a glance


@dataclass(frozen=True, order=True)
class Kind:
    """A kind of fault: the mode, the first finding that is one, the first cause, and beside which structure it jumps.

    `cause` and `structure` are empty where there is none.
    """

    mode: str
    finding: str
    cause: str = ""
    structure: str = ""

    def __str__(self) -> str:
        return ", ".join(word for word in (self.finding, self.cause, self.structure) if word)


def kind_of(outcome: Outcome) -> Kind | None:
    """The kind of fault that an outcome tells of; None where it accuses nobody."""
    judgement = outcome.judgement
    if judgement.verdict not in ACCUSING:
        return None
    faults = faults_of(judgement.findings)
    structure = next((finding.structure for finding in faults if finding.structure), "")
    return Kind(outcome.mode, faults[0].kind, next(iter(judgement.diagnosis), ""), structure)


def faults_of(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that make a verdict `fail` or `error`; those that make it `error` first."""
    grave = [finding for finding in findings if finding.kind in FAILING | ERRING]
    return sorted(grave, key=lambda finding: finding.kind not in ERRING)


def parts_of(spec: CotangentSpec) -> dict[str, Array]:
    """The arrays that a cotangent is written out in, by the names of the fields."""
    every = {"values": spec.values, "vectors": spec.vectors, "weight": spec.weight}
    return {name: part for name, part in every.items() if part is not None}


Weight: TypeAlias = tuple[float, ...]  # how much there is to read in a problem: smaller is simpler


def weight_of(problem: Problem) -> Weight:
    """The order, the dtype, entries that are no small integers, entries that are not zero, the cotangent, the digits."""
    matrix, spec = problem.matrix, problem.cotangent
    parts = parts_of(spec).values()
    return (
        len(matrix),
        _DTYPES.index(problem.dtype),
        _unround(matrix),
        float(np.count_nonzero(matrix)),
        _COTANGENTS.index(spec.kind),
        spec.power,
        sum(map(_unround, parts)),
        sum(map(np.count_nonzero, parts)),
        sum(map(_digits, parts)),
        sum(map(_sizes, parts)),
        spec.seed,
        _digits(matrix),
        _sizes(matrix),
        float(np.count_nonzero(np.signbit(matrix.real) | np.signbit(matrix.imag))),
    )


def _unround(array: Array) -> int:
    numbers = _reals(array)
    return int(np.count_nonzero((numbers != np.round(numbers)) | (np.abs(numbers) >= _SMALL)))


def _digits(array: Array) -> int:
    return sum(len(repr(abs(number))) for number in _reals(array).tolist())


def _sizes(array: Array) -> float:
    """How far the numbers that are not 0 are from 1, in powers of two."""
    sizes = np.abs(_reals(array))
    return float(np.sum(np.abs(np.log2(sizes[sizes > 0]))))


def _reals(array: Array) -> Array:
    parts = (array.real, array.imag) if np.iscomplexobj(array) else (array,)
    return np.concatenate([part.ravel() for part in parts])
