"""What counts as one kind of fault, and which of two problems is the simpler one to show it at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array, CotangentSpec, Problem
from eigcheck.names import ACCUSING, ERRING, FAILING
from eigcheck.outcome import Finding, Judgement

CERTAIN = frozenset({"pass", "undefined"})
"""Those on a right rule where another may be accused. Where even that is in doubt, there are better problems to show."""


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


def kind_of(mode: str, judgement: Judgement) -> Kind | None:
    """The kind of fault that a judgement tells of; None where it accuses nobody."""
    if judgement.verdict not in ACCUSING:
        return None
    faults = faults_of(judgement.findings)
    structure = next((finding.structure for finding in faults if finding.structure), "")
    return Kind(mode, faults[0].kind, next(iter(judgement.diagnosis), ""), structure)


def faults_of(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that make a verdict `fail` or `error`; those that make it `error` first."""
    grave = [finding for finding in findings if finding.kind in FAILING | ERRING]
    return sorted(grave, key=lambda finding: finding.kind not in ERRING)


Weight = tuple[float, ...]
"""How much there is to read in a problem: smaller is simpler."""


def weight_of(problem: Problem) -> Weight:
    """The order, the dtype, entries that are no small integers, entries that are not zero, the cotangent, the digits."""
    matrix, spec = problem.matrix, problem.cotangent
    dtypes = ("float64", "float32", "complex128", "complex64")
    return (
        len(matrix),
        dtypes.index(problem.dtype),
        _unround(matrix),
        float(np.count_nonzero(matrix)),
        *_cotangent(spec),
        _digits(matrix),
        _sizes(matrix),
        float(np.count_nonzero(np.signbit(matrix.real) | np.signbit(matrix.imag))),
    )


_KINDS = ("default", "basis", "trace-power", "explicit", "matrix-power", "random")


def _cotangent(spec: CotangentSpec) -> tuple[float, ...]:
    parts = [part for part in (spec.values, spec.vectors, spec.weight) if part is not None]
    return (
        _KINDS.index(spec.kind),
        spec.power,
        sum(map(_unround, parts)),
        sum(float(np.count_nonzero(part)) for part in parts),
        sum(map(_digits, parts)),
        sum(map(_sizes, parts)),
        spec.seed,
    )


_SMALL = 10
"""A whole number below this is read at a glance."""


def _unround(array: Array) -> float:
    """How many numbers are no small integers."""
    return float(sum(np.count_nonzero((part != np.round(part)) | (np.abs(part) >= _SMALL)) for part in _parts(array)))


def _digits(array: Array) -> float:
    """The characters that it takes to write the numbers."""
    return float(sum(len(repr(abs(number))) for part in _parts(array) for number in part.ravel().tolist()))


def _sizes(array: Array) -> float:
    """How far the numbers that are not 0 are from 1, in powers of two."""
    sizes = np.abs(np.concatenate([part.ravel() for part in _parts(array)]))
    return float(np.sum(np.abs(np.log2(sizes[sizes > 0]))))


def _parts(array: Array) -> tuple[Array, ...]:
    return (array.real, array.imag) if np.iscomplexobj(array) else (array,)
