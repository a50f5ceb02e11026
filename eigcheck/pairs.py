"""Eigenpairs and cotangents of them: the part of `eigcheck.model` that stands on nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from eigcheck.jsonable import Array as Array
from eigcheck.jsonable import Jsonable, Number, Square, Vector

EVEN = 2.0**10
"""How many times the budget of a pair, or of a cotangent, may be that of another in a sum that shows errors of both."""


def is_single(array: Array) -> bool:
    """Whether an array is of single precision, real or complex."""
    return array.dtype in (np.float32, np.complex64)


def in_precision(array: Array, *, single: bool) -> Array:
    """An array in single or in double precision, complex where it is complex."""
    real, wide = (np.float32, np.complex64) if single else (np.float64, np.complex128)
    return np.asarray(array, wide if np.iscomplexobj(array) else real)


def frozen(array: Array) -> Array:
    """The array, C-contiguous and from now on read-only; a contiguous one is not copied."""
    out = np.ascontiguousarray(array)
    out.flags.writeable = False
    return out


@dataclass(frozen=True)
class Eigenpairs:
    """A primal, a cotangent or a tangent of one of the four functions.

    `values` has shape (n,), `vectors` (n, n) with one vector a column. None means absent: always so for `vectors`
    of the value functions; in a cotangent, absent is not the same as zero.
    """

    values: Array | None
    vectors: Array | None = None

    @property
    def parts(self) -> tuple[Array, ...]:
        """The parts that are present."""
        return tuple(part for part in (self.values, self.vectors) if part is not None)

    def each(self, by: Callable[[Array], Array]) -> Eigenpairs:
        """A map applied to each part; absent stays absent."""
        return Eigenpairs(*(None if part is None else by(part) for part in (self.values, self.vectors)))

    @property
    def finite(self) -> bool:
        """Whether no part holds NaN or infinities."""
        return all(bool(np.all(np.isfinite(part))) for part in self.parts)

    @property
    def nonzero(self) -> bool:
        """Whether some part holds a number that is not 0."""
        return any(bool(np.any(part)) for part in self.parts)


Weights: TypeAlias = Sequence[tuple[int, float]]
"""Numbers of things with the weight that each has in a sum."""


def combine(weights: Weights, pairs: Sequence[Eigenpairs]) -> Eigenpairs:
    """The weighted sum of cotangents that have the same parts, in single precision where all are."""

    def add(parts: list[Array | None]) -> Array | None:
        present = [(part, weight) for part, (_, weight) in zip(parts, weights, strict=True) if part is not None]
        if not present:
            return None
        total = sum((part * weight for part, weight in present), np.zeros(present[0][0].shape))
        return in_precision(total, single=all(is_single(part) for part, _ in present))

    return Eigenpairs(add([pairs[c].values for c, _ in weights]), add([pairs[c].vectors for c, _ in weights]))


@dataclass(frozen=True)
class Cotangent:
    """A cotangent of the primal with a name that a reader understands, such as `e_0`, `i e_1` or `random 0`."""

    pairs: Eigenpairs
    label: str
    gauge: bool = False
    """Whether this is a pure gauge part, v_bar_k = i c v_k with c real: judged against a declared convention only."""
    loss: bool = False
    """Whether this is the whole cotangent of the case's spectral loss, so that its identity applies."""


@dataclass(frozen=True)
class CotangentSpec(Jsonable):
    """What a case asks for under `cotangent`; turned into `Cotangent`s once the rule's primal is known.

    `kind` is one of `default`, `basis`, `random`, `explicit`, `trace-power`, `matrix-power`. For `default`, value
    functions get `basis`, the others `basis` on values and random gauge-invariant vectors.
    """

    kind: str = "default"
    count: int = 2
    seed: int = 0
    of: tuple[str, ...] | None = None
    gauge: str = "invariant"
    values: Vector | None = None
    vectors: Square | None = None
    power: int = 1
    weight: Square | None = None
    factor: Number = 1.0


def evening(budgets: Array) -> Array:
    """Weights (K,) of at most 1 with which no budget is more than `EVEN` times the least; 1 where none is known."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.fmin(1.0, EVEN * np.min(budgets, initial=np.inf) / budgets))
