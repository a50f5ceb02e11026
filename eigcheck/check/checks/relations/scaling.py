"""A -> s A, s a power of two: values' gradients are the same, vectors' ones scale as 1/s.

lambda(s A) = s lambda(A) gives d lambda(s A)/d(s A) = d lambda(A)/dA, and v(s A) = v(A) gives dv(s A)/d(s A) = 1/s dv/dA.
An absolute number in a rule (a gap that is regularised, a threshold for symmetry) breaks this. The rule may well be right
at A, and a case at the other scale is the place to blame it: so this is told as the note `scale-dependent`.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.checks.relations.relation import Image, Place, on_parts, relation, unchanged
from eigcheck.model import Array, Eigenpairs
from eigcheck.spectra.scaling import scaled

POWERS = {False: (-20, 20), True: (-10, 10)}
"""Exponents of s for double and single precision: far beyond the tolerances that people write, within the range."""

QUARTER = 4
"""Scales within a quarter of the range of exponents: products of four entries neither overflow nor underflow."""


@relation(
    "scaling",
    summary="A -> s A, s a power of two: values' gradients stay, vectors' ones scale as 1/s",
    kind="scale-dependent",
)
def images(place: Place) -> list[Image] | str:
    """s A for one s below 1 and one above it."""
    numbers = np.finfo(place.matrix.dtype)
    limit = int(numbers.maxexp) // QUARTER
    if not np.any(place.matrix):
        return "the zero matrix has no scale"
    made = []
    for power in POWERS[numbers.bits == np.finfo(np.float32).bits]:
        reached = (place.point.state.exponent, place.point.state.exponent + power)
        matrix = _scaled(place.matrix, power)
        if max(map(abs, reached)) <= limit and _smallest(place.matrix, matrix) >= numbers.smallest_normal:
            made.append(_image(place, matrix, power))
    return made or "the matrix is too near the ends of the range of its dtype"


def _image(place: Place, matrix: Array, power: int) -> Image:
    def back(primal: Eigenpairs) -> Eigenpairs:
        return on_parts(primal, lambda values: scaled(values, power), None)

    factor = float(np.ldexp(1.0, -power))
    return Image(f"2^{power} A", matrix, place.stored(place.tangents), back, unchanged, factor)


def _scaled(matrix: Array, power: int) -> Array:
    with np.errstate(over="ignore", under="ignore"):
        return scaled(matrix, -power).astype(matrix.dtype)


def _smallest(*matrices: Array) -> float:
    """The smallest modulus of a real or imaginary part that is not 0."""
    parts = np.abs(np.concatenate([np.concatenate([m.real.ravel(), m.imag.ravel()]) for m in matrices]))
    return float(np.min(parts[parts > 0], initial=np.inf))
