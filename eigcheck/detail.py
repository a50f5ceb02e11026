"""What a report needs of an outcome to be drawn again: numbers and names, beside the verdict and the findings.

The names of the fields are the keys of the JSON report, in their order there; `eigcheck.jsonable` tells which are left out.
Matrices are (n, n), in the coordinates of A.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from eigcheck.jsonable import Entry, Jsonable, Number, Real, Square, Vector


@dataclass(frozen=True)
class Enclosure(Jsonable):
    """The true number of a tangent, `number` +- `radius`, all over the box between A and a neighbour."""

    number: Real
    radius: Real


@dataclass(frozen=True)
class Smoothness(Jsonable):
    """How a repeated eigenvalue moves, measured along the direction that opens its cluster fastest.

    `kind` is `jump`, `fractional`, `kink`, `smooth` or `unclear`, where the steps are too coarse for what is known exactly;
    `order` is the slope of the second difference.
    `right` and `left` are one-sided derivatives of the cluster's values, sorted, at the smallest step (None where they
    are unbounded or the sides agree). `steps` and `seconds` are the ladder, for a report to draw.
    """

    kind: str
    order: Real
    right: tuple[Number, ...] | None
    left: tuple[Number, ...] | None
    steps: tuple[Real, ...]
    seconds: tuple[Real, ...]
    sentence: str


@dataclass(frozen=True)
class Sensitivity(Jsonable):
    """`smallest` relative error that would have been noticed in any single entry; `entry` is where that is worst.

    `blind` lists, in words, patterns of error that would not have been noticed at all.
    """

    smallest: Real
    entry: Entry | None
    blind: tuple[str, ...]


@dataclass(frozen=True)
class Rung(Jsonable):
    """A central difference of step `h`: its value, and the bar of its error."""

    h: Real
    value: Real
    bar: Real


@dataclass(frozen=True)
class LadderOf(Jsonable):
    """Which number a ladder is of: entry (None: a dense direction) and part of its tangent, and the oracles' value."""

    entry: Entry | None
    part: str | None = None
    truth: Number | None = None

    always = ("truth",)


@dataclass(frozen=True)
class Pairs(Jsonable):
    """Eigenpairs as they are told: values (n,) and vectors (n, n), None where there are none."""

    values: Vector | None
    vectors: Square | None


@dataclass(frozen=True)
class Asked(Jsonable):
    """A cotangent, number by number: its place among the cotangents, and whether it is a pure gauge part."""

    cotangent: int
    gauge: bool
    values: Vector | None
    vectors: Square | None


@dataclass(frozen=True)
class Relation(Jsonable):
    """A relation between answers: `status` is `holds`, `broken` or `abstained`; `why` tells what could not be checked.

    `error` and `allowed` are those of the worst number, `finding` the kind of the finding that tells of it, if any.
    """

    name: str
    status: str
    error: Real | None = None
    allowed: Real | None = None
    why: str | None = None
    finding: str | None = None

    always = ("error", "allowed", "why", "finding")


@dataclass(frozen=True, kw_only=True)
class Jump(Jsonable):
    """A jump of the gradient's `entry` by `size` while `moved` (None: all of A along a direction) crosses A.

    `neighbours` counts those that jump; the other fields are as in a finding.
    """

    entry: Entry | None
    moved: Entry | None
    part: str = "re"
    structure: str | None
    ulps: Real
    size: Real
    allowed: Real
    side: str
    wrong: str
    flip_distance: Real
    neighbours: int
    proof: Enclosure | None


@dataclass(frozen=True, kw_only=True)
class Strip(Jsonable):
    """One entry of the gradient while an entry of the matrix moves by single ULPs, and its true value at A."""

    entry: Entry
    moved: Entry
    part: str | None = None
    """`re` or `im`: which part of the gradient's entry."""
    moved_part: str | None = None
    ulps: tuple[Real, ...]
    values: tuple[Number, ...]
    truth: Number | None = None

    always = ("truth",)


@dataclass(frozen=True)
class Explanation(Jsonable):
    """A cause by its `name`, and what is said of it: the form that fits, the part of the error that it leaves, and where.

    `beside` says that the numbers are those at a neighbour of the matrix.
    """

    name: str
    said: str
    left: Real
    beside: bool


@dataclass(frozen=True)
class Detail(Jsonable):
    """What a report needs to be drawn again."""

    matrix: Square | None = None
    spectrum: Vector | None = None
    multiplicity: str | None = None
    condition: Vector | None = None
    """Condition number of each eigenvalue."""
    condition_vectors: Real | None = None
    """Condition number of the matrix of eigenvectors."""
    gap: Real | None = None
    """The smallest distance between two eigenvalues that do not coincide, None where there are no two."""
    cotangents: tuple[str, ...] = ()
    """Their names."""
    neighbours: int | None = None
    """How many were visited."""
    why: str | None = None
    internal: str | None = None
    """The traceback, where eigcheck itself failed."""
    smoothness: Smoothness | None = None
    sensitivity: Sensitivity | None = None
    loss_gradient: Square | None = None
    notes: tuple[str, ...] = ()
    printed: str | None = None
    share_of_allowed: Real | None = None
    """The largest error as a multiple of what is allowed there."""
    worst_cotangent: int | None = None
    """The one whose gradients are told below."""
    worst_label: str | None = None
    oracle: str | None = None
    """The one that the rule is held against."""
    gradient: Square | None = None
    """The rule's."""
    reference: Square | None = None
    """The gradient by `oracle`."""
    error: Square | None = None
    allowed: Square | None = None
    references: Mapping[str, Square] | None = None
    """The gradient by each oracle."""
    bars: Mapping[str, Square] | None = None
    ladder: tuple[Rung, ...] = ()
    ladder_of: LadderOf | None = None
    primal: Pairs | None = None
    """The rule's own eigenpairs, whose order and phases the cotangents follow."""
    asked: tuple[Asked, ...] = ()
    """The cotangents that findings are about."""
    relations: tuple[Relation, ...] = ()
    jumps: tuple[Jump, ...] = ()
    strip: Strip | None = None
    causes: tuple[Explanation, ...] = ()

    def __post_init__(self) -> None:
        drawn = (self.error, self.allowed, self.gradient, self.reference)
        if len({np.shape(one) for one in drawn if one is not None}) > 1:
            raise ValueError("error, allowed, gradient and reference are not of one order")

    def empty(self) -> tuple[str, ...]:
        """What there is none of where what it belongs to is known."""
        belongs = {
            ("gap", "cotangents"): self.spectrum is not None,
            ("oracle",): self.worst_cotangent is not None,
            ("ladder",): self.ladder_of is not None,
            ("asked",): self.primal is not None,
        }
        return tuple(name for names, known in belongs.items() if known for name in names)
