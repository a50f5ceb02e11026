"""The neighbours of a matrix that a continuity probe visits: one entry moved by ULPs, and steps along random directions.

A unit in the last place is that of the case's dtype; real and imaginary parts move separately; `+` is towards +infinity.
From 0.0 and -0.0 a step of k units is k denormals, and then k u norm(A). Domains `symmetric`, `upper` and `lower`
move stored entries only (`symmetric` both of a pair).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eigcheck.domains.structures import staying, structures
from eigcheck.domains.tangents import positions, project
from eigcheck.model import Array
from eigcheck.pairs import frozen
from eigcheck.spectra.scaling import scale_exponent, scaled
from eigcheck.ulps import step

ENTRY_LIMIT = 144
"""Entries beyond which a probe visits a fixed pseudo-random choice of them: a branch beside a structure is left by
moving almost any entry, and the random directions move all at once."""

REACH = 1e-3
"""How far random directions go, relative to norm(A): as far as a flip is searched for."""

DIRECTIONS = 2
"""Random directions that leave every structure, and as many that stay on each structure of A."""

ALL_FIRST, SOME_FIRST = 9, 4
"""Free entries up to which all are among the first neighbours, as at order 3; and how many of more, chosen at random.

What a single entry leaves, a random direction leaves as well. What it enters is a linear structure next to A, which is a
neighbour of its own (`landings`), or an equality that small matrices meet by a single unit.
"""

FIRST_OFF, FIRST_ON = 2, 4
"""Of how many steps along a direction one is among the first: off all structures each direction takes what the other
leaves out; on a structure less will do, since beyond the first step agreement with an oracle is asked as well."""


@dataclass(frozen=True)
class Neighbour:
    """A matrix beside A: `moved` is the entry that was moved (None for a direction), `part` re or im.

    `ulps` is the signed count of units in the last place, for directions the distance in units of u norm(A).
    `distance` is the Frobenius norm of the difference.
    """

    matrix: Array
    moved: tuple[int, int] | None
    part: str
    ulps: float
    distance: float
    kept: str | None = None
    """The structure that a direction stays on, if it was made to."""
    first: bool = False
    """Whether it is asked before others. Where none of these shows anything, the others are not asked."""


def in_ulps(ulps: float) -> str:
    """The size of a step in words: `1 ULP`, `2 ULPs`."""
    count = abs(ulps)
    return f"{count:g} ULP" + ("" if count == 1 else "s")


def by_entry(
    matrix: Array,
    domain: str,
    norm: float,
    roundoff: float,
    ulps: Sequence[int],
    seed: int,
    always: tuple[int, int] | None = None,
    *,
    every: bool = True,
) -> Iterator[Neighbour]:
    """Neighbours with one free entry moved by each of `ulps` in both senses (and by the steps from zero).

    Of more than ENTRY_LIMIT free entries a sample is moved, and the entry `always` in any case. Without `every` those that
    are asked first.
    """
    free = positions(matrix.shape[0], domain)
    rng = np.random.default_rng([seed, len(free)])
    if len(free) > ENTRY_LIMIT:
        chosen = [free[i] for i in sorted(rng.choice(len(free), ENTRY_LIMIT, replace=False))]
        free = [*([always] if always in free and always not in chosen else []), *chosen]
    first = range(len(free)) if len(free) <= ALL_FIRST else rng.choice(len(free), SOME_FIRST, replace=False)
    for place, entry in enumerate(free):
        if not (every or place in first):
            continue
        for part in ("re", "im") if np.iscomplexobj(matrix) else ("re",):
            if part == "im" and entry[0] == entry[1] and domain != "general":
                continue
            old = matrix[entry].real if part == "re" else matrix[entry].imag
            twice = domain == "symmetric" and entry[0] != entry[1]
            for new, amount in _around(old, norm, roundoff, ulps):
                moved = with_entry(matrix, domain, entry, part, new)
                if moved is not None:
                    distance = _moved_by(float(new) - float(old), twice=twice)
                    yield Neighbour(moved, entry, part, amount, distance, first=place in first)


@np.errstate(over="ignore")
def _around(old: np.floating, norm: float, roundoff: float, ulps: Sequence[int]) -> list[tuple[np.floating, float]]:
    """New values in both senses, and the counts they are reported with."""
    return [step for count in ulps for sign in (1, -1) for step in _steps(old, sign, count, norm, roundoff)]


def _moved_by(step: float, *, twice: bool) -> float:
    """`length` of a difference that has one entry, or two of the same modulus."""
    if not math.isfinite(step):
        return 0.0
    part, exponent = math.frexp(abs(step))
    return math.ldexp(math.sqrt(2 * (part * part)), exponent) if twice else abs(step)


def _steps(old: np.floating, sign: int, count: int, norm: float, roundoff: float) -> list[tuple[np.floating, float]]:
    kind, ulps = type(old), sign * count
    try:
        steps = [kind(step(float(old), ulps, np.finfo(kind)))]
    except OverflowError:  # there is no finite number so far away
        steps = []
    if old == 0:
        steps.append(kind(ulps * roundoff * norm))
    return [(new, float(ulps)) for new in steps]


def with_entry(matrix: Array, domain: str, entry: tuple[int, int], part: str, new: np.floating) -> Array | None:
    """A copy of `matrix` with one free entry replaced (on `symmetric` its mirror image too); None if not finite."""
    if not np.isfinite(new):
        return None
    moved = matrix.copy()
    i, j = entry
    if not np.iscomplexobj(moved):
        moved[i, j] = new
    else:
        old = moved[i, j]
        moved[i, j] = complex(new, old.imag) if part == "re" else complex(old.real, new)
    if domain == "symmetric" and i != j:
        moved[j, i] = np.conj(moved[i, j])
    moved.setflags(write=False)
    return moved


@np.errstate(over="ignore", invalid="ignore")
def landings(matrix: Array, domain: str, norm: float, roundoff: float) -> list[Neighbour]:
    """The matrices of the domain on a linear structure that A lacks, and lacks by units in the last place only."""
    stored = {"upper": np.triu, "lower": np.tril}.get(domain, np.asarray)(np.ones(matrix.shape, bool))
    smallest = float(np.finfo(matrix.dtype).smallest_subnormal)
    room = np.maximum(2 * roundoff * np.maximum(2 * np.abs(matrix), norm), smallest)
    made: dict[bytes, Neighbour] = {}
    for structure in structures():
        part = staying(matrix, structure.name)
        if part is None:
            continue
        moved = along(np.where(stored, part, matrix).astype(matrix.dtype), matrix, 0.0)
        apart = difference(moved, matrix)
        if is_another(moved, matrix) and not np.any(np.abs(apart) > room):
            distance = length(apart)
            found = Neighbour(moved, None, "re", distance / max(roundoff * norm, smallest), distance, first=True)
            made.setdefault(moved.tobytes(), found)
    return list(made.values())


def difference(moved: Array, matrix: Array) -> Array:
    """A' - A in double precision, 0 where the two are equal, be it infinite or NaN in a triangle that nobody reads."""
    with np.errstate(invalid="ignore", over="ignore"):
        apart = moved.astype(np.complex128) - matrix.astype(np.complex128)
    return np.asarray(np.where(np.isfinite(apart), apart, 0.0))


def is_another(moved: Array, matrix: Array) -> bool:
    """Whether A' is another matrix than A, and finite wherever A is: a triangle that nobody reads may hold anything."""
    return bool(np.any(difference(moved, matrix)) and np.all(np.isfinite(moved[np.isfinite(matrix)])))


def length(apart: Array) -> float:
    """Frobenius norm, without underflow or overflow of its squares."""
    exponent = scale_exponent(apart)
    return float(np.ldexp(np.linalg.norm(scaled(apart, exponent)), exponent))


def along(matrix: Array, direction: Array, distance: float) -> Array:
    """A + distance * direction in A's dtype, read-only."""
    return frozen((matrix + distance * direction).astype(matrix.dtype))


def distances(norm: float, roundoff: float, limit: float) -> list[float]:
    """A ladder of distances from u norm(A) up by factors of 64, as far as `REACH` norm(A) and `limit`."""
    smallest = max(roundoff * norm, float(np.finfo(np.float64).smallest_subnormal))
    reach = min(REACH * norm, limit)
    steps = int(np.log2(reach / smallest) / 6) + 1 if reach >= smallest else 0
    return [smallest * 64.0**step for step in range(steps)]


def directions(matrix: Array, domain: str, structures: Sequence[str], seed: int) -> list[tuple[Array, str | None]]:
    """Random unit directions on the domain: some that leave every structure, some that stay on each structure of A."""
    rng = np.random.default_rng([seed, matrix.shape[0], 7])
    made: list[tuple[Array, str | None]] = []
    for kept in (None, *structures):
        for _ in range(DIRECTIONS):
            raw = rng.standard_normal(matrix.shape)
            if np.iscomplexobj(matrix):
                raw = raw + 1j * rng.standard_normal(matrix.shape)
            direction = staying(raw, kept)
            if direction is None:
                continue
            direction = project(direction, domain)
            size = float(np.linalg.norm(direction))
            if size:
                made.append((direction / size, kept))
    return made
