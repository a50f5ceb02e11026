"""Strategies of matrices: a structure, its entries, a scale, and perhaps a step beside it, each the simplest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import index
from typing import Final

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st

from eigcheck.errors import UsageError
from eigcheck.model import Array
from eigcheck.names import DOMAINS, DTYPES, Domain, DType
from eigcheck.pairs import frozen
from eigcheck.strategies.builders import BUILDERS, hermitian
from eigcheck.strategies.drawing import STYLES, Drawing, weighted
from eigcheck.words import choices, one_of, some_of

_OFTEN: Final = {
    "general": 6,
    "symmetric": 5,
    "upper-triangular": 3,
    "lower-triangular": 3,
    "diagonal": 2,
    "spectrum": 5,
    "hermitian-spectrum": 2,
    "idempotent": 2,
}
"""Structures that are drawn more often than once in all."""

_OFTEN_HERMITIAN: Final = {
    "general": 4,
    "symmetric": 4,
    "hermitian-spectrum": 14,
    "diagonal": 4,
    "equicorrelated": 3,
    "scalar": 2,
    "tridiagonal": 2,
    "definite": 2,
}
"""The same where the matrix becomes Hermitian whatever is drawn: most structures are lost then, spectra are not."""

ORDERS: Final[Mapping[int, int]] = {1: 5, 2: 24, 3: 18, 4: 7, 5: 3, 6: 2, 7: 3, 9: 1, 17: 1, 0: 1}
"""Orders with how often each is drawn: most faults show at 2 or 3, and verdicts there are the cheapest."""

_BESIDE: Final = ("one entry", "all entries")
_SIZES: Final = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)
"""How far a neighbour is, relative to the largest entry: where tolerances of shortcuts are."""
_ULPS: Final = (1, -1, 2, -2, 4, 64)

_SCALES: Final[Mapping[int, int]] = {0: 30, 10: 1, -10: 1, 20: 2, -20: 2, 40: 2, -40: 2, 100: 1, -100: 1}
_FAR_SCALES: Final[Mapping[int, int]] = {**_SCALES, 200: 1, -200: 1, 400: 1, -400: 1}
"""Binary exponents by which all entries are scaled; the far ones exceed single precision."""

ROOM: Final = 16.0
"""How far matrices stay within what LAPACK takes as it is, since the norm it looks at is that of a neighbour, too."""


@dataclass(frozen=True)
class Drawn:
    """A matrix with what it was drawn as: the structure, and how far beside it (empty: not)."""

    matrix: Array
    structure: str
    beside: str


def _moved(d: Drawing, matrix: Array) -> tuple[Array, str]:
    """A neighbour of the matrix, and how far it is; the matrix itself, and nothing, half of the time."""
    steps = d.draw(weighted({"": 12, "ULP": 4, "step": 8}))
    if not steps:
        return matrix, ""
    out, largest = matrix.copy(), float(np.max(np.abs(matrix), initial=0.0)) or 1.0
    i, j = d.whole(0, d.n - 1), d.whole(0, d.n - 1)
    if steps == "ULP":
        ulps = d.pick(_ULPS)
        unit = np.spacing(np.abs(out[i, j].real)) if out[i, j].real else np.spacing(largest)
        out[i, j] += ulps * unit
        return out, "ULPs"
    size = d.pick(_SIZES)
    if d.pick(_BESIDE) == "one entry":
        out[i, j] += size * largest * (d.pick((1.0, -1.0)))
    else:
        out += size * largest * np.array([[d.whole(-2, 2) for _ in range(d.n)] for _ in range(d.n)]) / 2
    return out, f"{size:g}"


def _signed(d: Drawing, matrix: Array) -> Array:
    """Zeros with a minus, seldom."""
    out = np.array(matrix, order="C")
    if d.draw(weighted({False: 15, True: 1})):
        parts = out.view(out.real.dtype)
        parts[parts == 0] = -0.0
    return out


def _in(matrix: Array, dtype: str) -> Array:
    """The matrix, by a power of two within the sizes that LAPACK takes without scaling it: ROOM within sqrt(tiny) / eps.

    What lies outside it scales, and not every build scales its eigenvalues back: that would be a find, and no rule's fault.
    """
    limits = np.finfo(dtype)
    least = ROOM * float(np.sqrt(float(limits.tiny)) / float(limits.eps))
    with np.errstate(over="ignore", invalid="ignore"):
        largest = float(np.max(np.abs(matrix), initial=0.0))
        if largest != 0 and not least <= largest <= 1 / least:
            matrix = matrix * 2.0 ** -np.round(np.log2(largest / (least if largest < least else 1 / least)))
        out = np.ascontiguousarray(matrix, dtype)
    if not np.all(np.isfinite(out)):
        reject()
    return out


@st.composite
def drawn(
    draw: st.DrawFn,
    orders: Mapping[int, int],
    dtypes: Mapping[str, int],
    structures: Sequence[str],
    *,
    whole: bool = False,
    neighbours: bool = True,
    scales: bool = True,
) -> Drawn:
    """A matrix with its origin; `whole` matrices are Hermitian whatever was drawn, from their lower triangle."""
    n = draw(weighted(orders))
    dtype = draw(weighted(dtypes))
    often = _OFTEN_HERMITIAN if whole else _OFTEN
    name = draw(weighted({one: often.get(one, 1) for one in structures}))
    is_complex = dtype.startswith("complex")
    if n == 0:
        return Drawn(frozen(np.zeros((0, 0), dtype)), "general", "")
    # complex matrices without imaginary parts are special ones, too
    plain = Drawing(draw, n, is_complex and not draw(weighted({False: 5, True: 1})), draw(weighted(STYLES)))
    matrix, beside = BUILDERS[name](plain), ""
    if scales:
        far = _SCALES if dtype in ("float32", "complex64") else _FAR_SCALES
        with np.errstate(over="ignore", invalid="ignore"):
            matrix = matrix * 2.0 ** draw(weighted(far))
    if whole:
        matrix = hermitian(matrix)
    if neighbours:
        matrix, beside = _moved(plain, _in(matrix, dtype))
    if whole:
        matrix = hermitian(matrix)
    return Drawn(frozen(_in(_signed(plain, matrix), dtype)), name, beside)


def orders_of(orders: int | Sequence[int] | None) -> Mapping[int, int]:
    """Weights of the orders that are asked for. Raises UsageError where there are none, or one is negative."""
    if orders is None:
        return ORDERS
    try:
        given = [index(n) for n in choices(orders)]
    except TypeError:
        given = []
    if not given or min(given) < 0:
        raise UsageError(f"orders={orders!r}: name one order at least, each a whole number from 0 on")
    known = {n: ORDERS[n] for n in ORDERS if n in given}
    return known | {n: 1 for n in sorted(given) if n not in known}


def dtypes_of(dtypes: str | Sequence[str]) -> Mapping[str, int]:
    """Weights of dtypes, double precision before single. Raises UsageError for unknown ones."""
    given = some_of(dtypes, DTYPES, "dtype")
    often = {"float64": 6, "complex128": 3, "float32": 1, "complex64": 1}
    return {one: often[one] for one in often if one in given}


def structures_of(structures: str | Sequence[str] | None) -> Sequence[str]:
    """The names of what is drawn. Raises UsageError for unknown ones."""
    known = tuple(BUILDERS)
    return known if structures is None else some_of(structures, known, "structure")


def matrices(
    orders: int | Sequence[int] | None = None,
    *,
    dtype: DType | Sequence[DType] = "float64",
    domain: Domain = "general",
    structures: str | Sequence[str] | None = None,
    neighbours: bool = True,
    scales: bool = True,
) -> st.SearchStrategy[Array]:
    """Square, finite, read-only matrices (n, n) where rules of eigenvalue problems break.

    Arguments:
        orders: the n that may come, one or several; by default 0 to 17, most of them 2 and 3.
        dtype: one or several of `float64`, `complex128`, `float32`, `complex64`.
        domain: on `symmetric` all are exactly symmetric (Hermitian).
        structures: names of what is drawn, one or several, such as `toeplitz` or `idempotent`; by default all. A wrong
            name is answered with the list.
        neighbours: whether half of them lie beside their structure, by some ULPs or by 1e-12 to 1e-3 of the largest entry.
        scales: whether some are very large or very small.

    Raises UsageError for words and orders that there are not.
    """
    found = drawn(
        orders_of(orders),
        dtypes_of(dtype),
        structures_of(structures),
        whole=one_of(domain, DOMAINS, "domain") == "symmetric",
        neighbours=neighbours,
        scales=scales,
    )
    return found.map(lambda one: one.matrix)
