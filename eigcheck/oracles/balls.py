"""Floats as balls and back, without losing anything: flint's arithmetic is imported inside the functions.

A matrix is divided by a power of two on the way in, which is exact, since flint isolates no eigenvalues of entries like
2^498. On the way out a real ball becomes the double nearest to its midpoint and a bound of the whole distance. Between the
two are numbers along tangents, Re tr(G^H E).
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np

from eigcheck.model import Array
from eigcheck.spectra.scaling import largest_part

Ball: TypeAlias = Any
"""flint's `arb` or `acb`: a midpoint and a radius within which the exact number lies."""
BallMatrix: TypeAlias = Any
"""flint's `acb_mat`."""

Reading: TypeAlias = tuple[tuple[tuple[int, float, float], ...], ...]
"""For each tangent its entries: (place in G^H row by row, real part, imaginary part)."""


def exponent_of(matrix: Array) -> int:
    """The least e with every part of every entry of `matrix` (n, n) below 2^e in modulus; 0 for a zero matrix."""
    return int(np.frexp(largest_part(matrix))[1])


def power_of_two(exponent: int) -> Ball:
    """2^exponent, exactly."""
    from flint import arb

    return arb(2) ** exponent


def exactly(matrix: Array, exponent: int = 0) -> BallMatrix:
    """`matrix` (n, m) divided by 2^exponent, without rounding: precision has to be 53 bits at least."""
    from flint import acb_mat

    return acb_mat(matrix.astype(np.complex128).tolist()) * power_of_two(-exponent)


def around(matrix: Array, radius: Array, exponent: int = 0) -> BallMatrix:
    """All matrices whose entries are within `radius` (n, n) of those of `matrix`, divided by 2^exponent.

    Imaginary parts move only where the dtype is complex; there real and imaginary parts move separately.
    """
    from flint import acb, acb_mat, arb

    unit = power_of_two(-exponent)
    moves = np.iscomplexobj(matrix)
    entries = [
        acb(arb(float(z.real), float(r)), arb(float(z.imag), float(r) if moves else 0.0)) * unit
        for z, r in zip(matrix.ravel(), radius.ravel(), strict=True)
    ]
    rows, columns = matrix.shape
    return acb_mat(rows, columns, entries)


def middles(matrix: BallMatrix) -> Array:
    """Midpoints of a ball matrix (n, m) as complex doubles, for decisions only: nothing is proved with them."""
    entries = [complex(float(z.real.mid()), float(z.imag.mid())) for z in matrix.entries()]
    return np.array(entries, np.complex128).reshape(matrix.nrows(), matrix.ncols())


def rounded(ball: Ball) -> tuple[float, float]:
    """A real ball as (number, bar): everything in the ball is within `bar` of the double `number`.

    (NaN, infinity) for a ball that is not bounded or too large for a double.
    """
    number = float(ball.mid())
    if not (math.isfinite(number) and ball.is_finite()):
        return math.nan, math.inf
    distance = (ball - number).abs_upper()
    # a conversion to double rounds to nearest, so that the next double up is no less than what was converted
    return number, 0.0 if distance.is_zero() else math.nextafter(float(distance), math.inf)


def reading_of(tangents: Array) -> Reading:
    """Re tr(G^H E) takes (G^H)_ji with E_ij."""
    order = tangents.shape[-1]
    entries: list[list[tuple[int, float, float]]] = [[] for _ in range(len(tangents))]
    for t, i, j in zip(*np.nonzero(tangents), strict=True):
        value = tangents[t, i, j]
        entries[t].append((int(j) * order + int(i), float(value.real), float(value.imag)))
    return tuple(tuple(found) for found in entries)


def along(adjoint: BallMatrix, reading: Reading) -> list[Ball]:
    """Re tr(G^H E_t) as a ball for each tangent. Products with 1 are left out, since they widen balls, by 2^-30."""
    from flint import arb

    entries = adjoint.entries()
    real, imag = [entry.real for entry in entries], [entry.imag for entry in entries]
    balls = []
    for tangent in reading:
        total = arb(0)
        for place, re, im in tangent:
            if re:
                total += real[place] if re == 1 else real[place] * re
            if im:
                total -= imag[place] if im == 1 else imag[place] * im
        balls.append(total)
    return balls
