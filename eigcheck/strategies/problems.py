"""Strategies of cotangents, and of whole problems: a matrix, what it is a problem of, and what is pulled back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from hypothesis import strategies as st

from eigcheck.model import Array, CotangentSpec, Problem, triangle_of, unit_roundoff
from eigcheck.names import (
    DOMAINS,
    DTYPES,
    FUNCTIONS,
    HERMITIAN_FUNCTIONS,
    MODES,
    UPLOS,
    VECTOR_FUNCTIONS,
    Domain,
    DType,
    Function,
    Mode,
    Uplo,
)
from eigcheck.pairs import frozen, in_precision
from eigcheck.strategies.builders import hermitian
from eigcheck.strategies.drawing import Drawing, weighted
from eigcheck.strategies.matrices import Drawn, drawn, dtypes_of, orders_of, structures_of
from eigcheck.words import one_of, some_of

_FORMS: Final[Mapping[str, int]] = {"default": 8, "trace-power": 3, "explicit": 6, "random": 2}
_WITH_VECTORS: Final[Mapping[str, int]] = {**_FORMS, "matrix-power": 2}
_AT_REPEATED: Final[Mapping[str, int]] = {"default": 2, "trace-power": 6, "explicit": 6, "random": 1}
"""Forms where eigenvalues are repeated, at which a single one of them has no derivative."""
_LOUDNESS: Final[Mapping[int, int]] = {0: 10, 30: 1, -30: 1, 70: 1, -70: 1}
"""Binary exponents by which a cotangent is scaled."""
_ENTRIES: Final[Mapping[str, int]] = {"small integers": 5, "dyadic": 1, "fine": 2, "spread": 1}
_PARTS: Final[Mapping[str, int]] = {"values": 3, "vectors": 3, "both": 3, "zero values": 1, "zero vectors": 1}
_PARTS_AT_REPEATED: Final[Mapping[str, int]] = {**_PARTS, "zero vectors": 4}
"""Vectors of repeated eigenvalues have no derivative, and a rule may stumble over their cotangent though it is zero."""


def cotangents(
    function: Function = "eigvals", n: int = 2, *, dtype: DType = "float64", repeated: bool = False
) -> st.SearchStrategy[CotangentSpec]:
    """What is pulled back at a matrix of order n, as a case file may ask for it; shrinks towards the default.

    Losses, written-out ones of few small integers, of zeros, of one part only or with a part that is zero, very large and
    very small ones, and random ones. For matrices with `repeated` eigenvalues most of those of the values are losses.

    Raises UsageError for words and orders that there are not.
    """
    one_of(function, FUNCTIONS, "function")
    (order,) = orders_of([n])
    return _cotangents(function, order, one_of(dtype, DTYPES, "dtype"), repeated)


@st.composite
def _cotangents(draw: st.DrawFn, function: str, n: int, dtype: str, repeated: bool) -> CotangentSpec:
    with_vectors = function in VECTOR_FUNCTIONS
    forms = _AT_REPEATED if repeated else _WITH_VECTORS if with_vectors else _FORMS
    kind = draw(weighted(forms)) if n else "default"
    if kind == "default":
        return CotangentSpec()
    d = Drawing(draw, n, dtype.startswith("complex"), draw(weighted(_ENTRIES)))
    single = dtype in ("float32", "complex64")
    if kind == "trace-power":
        return CotangentSpec(kind, power=d.whole(1, 3))
    if kind == "random":
        seed, gauge = d.whole(0, 99), d.pick(("invariant", "any"))
        return CotangentSpec(kind, count=1, seed=seed, gauge=gauge if with_vectors else "invariant")
    if kind == "matrix-power":
        return CotangentSpec(kind, power=d.whole(1, 2), weight=_kept(d.filled(), single))
    part = draw(weighted(_PARTS_AT_REPEATED if repeated else _PARTS)) if with_vectors else "values"
    factor = 2.0 ** draw(weighted(_LOUDNESS))
    values = None if part == "vectors" else _values(d, function, repeated) * factor * (part != "zero values")
    vectors = d.filled() * factor * (part != "zero vectors") if part != "values" else None
    return CotangentSpec("explicit", values=_kept(values, single), vectors=_kept(vectors, single))


def _values(d: Drawing, function: str, repeated: bool) -> Array:
    """A cotangent of the values, which are real where a triangle is read. Equal numbers suit repeated eigenvalues."""
    equal = d.draw(weighted({False: 1, True: 3} if repeated else {False: 3, True: 1}))
    found = np.full(d.n, d.number()) if equal else d.vector()
    return found.real.copy() if function in HERMITIAN_FUNCTIONS else found


def _kept(array: Array | None, single: bool) -> Array | None:
    """Read-only and in the precision of the matrix."""
    return None if array is None else frozen(np.array(in_precision(array, single=single)))


@dataclass(frozen=True)
class DrawnProblem:
    """A problem with what its matrix was drawn as."""

    problem: Problem
    origin: Drawn


@st.composite
def drawn_problems(
    draw: st.DrawFn,
    function: str,
    domain: str,
    uplo: str | None,
    orders: Mapping[int, int],
    dtypes: Mapping[str, int],
    structures: Sequence[str],
    modes: tuple[str, ...],
) -> DrawnProblem:
    """Problems with their origins. Where a triangle is read, the other one holds its mirror image or something else."""
    whole = domain == "symmetric"
    if not whole and (function in HERMITIAN_FUNCTIONS or domain != "general"):
        whole = draw(weighted({True: 2, False: 1}))
    origin = draw(drawn(orders, dtypes, structures, whole=whole))
    matrix = origin.matrix
    repeated = _repeats(matrix, triangle_of(function, domain, uplo))
    spec = draw(_cotangents(function, len(matrix), str(matrix.dtype), repeated))
    problem = Problem(
        case="hunt",
        matrix=matrix,
        function=function,
        domain=domain,
        dtype=str(matrix.dtype),
        uplo=uplo,
        modes=modes,
        cotangent=spec,
    )
    return DrawnProblem(problem, origin)


def _repeats(matrix: Array, triangle: str | None) -> bool:
    """Whether eigenvalues are equal to about the roundoff that computes them: which cotangents are of use hangs on it."""
    if len(matrix) < 2 or not np.isfinite(matrix).all():
        return False
    with np.errstate(all="ignore"):
        try:
            values = np.linalg.eigvals(matrix) if triangle is None else np.linalg.eigvalsh(hermitian(matrix, triangle))
        except np.linalg.LinAlgError:
            return False
        gaps = np.abs(values[:, None] - values[None, :]) + np.diag(np.full(len(values), np.inf))
        return bool(gaps.min() <= 1e3 * unit_roundoff(matrix.dtype) * np.abs(values).max())


def problems(
    function: Function = "eigvals",
    domain: Domain = "general",
    *,
    uplo: Uplo | None = None,
    orders: int | Sequence[int] | None = None,
    dtype: DType | Sequence[DType] = DTYPES,
    structures: str | Sequence[str] | None = None,
    modes: Mode | Sequence[Mode] = MODES,
) -> st.SearchStrategy[Problem]:
    """Problems of a function on a domain: what `eigcheck hunt` draws. The other arguments are those of `matrices`.

    Raises UsageError for words and orders that there are not.
    """
    found = drawn_problems(
        one_of(function, FUNCTIONS, "function"),
        one_of(domain, DOMAINS, "domain"),
        None if uplo is None else one_of(uplo, UPLOS, "uplo"),
        orders_of(orders),
        dtypes_of(dtype),
        structures_of(structures),
        some_of(modes, MODES, "mode"),
    )
    return found.map(lambda one: one.problem)
