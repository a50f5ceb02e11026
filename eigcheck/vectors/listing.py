"""The eigenpairs that a vector lists: exact ones, rounded to doubles, in an order and phases that no library decides.

Values ascend by real part, then by imaginary part. Vectors have unit 2-norm, and the first of their largest entries is
real and positive. Of a repeated eigenvalue some basis is listed, orthonormal within it.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, Eigenpairs
from eigcheck.oracles.balls import Ball, middles, power_of_two
from eigcheck.oracles.certified_spectrum import Enclosure, Failure, enclose

BITS = (256, 512, 1024, 2048, 4096)
"""With which a spectrum is enclosed; the first are enough for the doubles of all but the most ill-conditioned ones."""
_WIDTH = 2.0**-70  # radius of the enclosures beside their largest entry: nothing beside the rounding to doubles
_TIE = 1 - 2.0**-40
"""Entries whose moduli are nearer than this are equally large, whatever the last bits of a computation say."""


def enclosed(matrix: Array) -> Enclosure | Failure:
    """The spectrum of what is read of a matrix (n, n), n > 0, to far more than the digits of doubles."""
    from flint import ctx  # noqa: F401 - a missing library is told where it is needed

    for bits in BITS:
        found = enclose(matrix, bits)
        if found.final if isinstance(found, Failure) else found.width <= _WIDTH:
            break
    return found


def listed(spectrum: Enclosure, *, hermitian: bool, with_vectors: bool) -> Eigenpairs:
    """The eigenpairs of A in the listed order; values are real if the function is `hermitian` or all of them are."""
    from flint import ctx

    with ctx.workprec(spectrum.bits):
        unit = power_of_two(spectrum.exponent)
        values = np.array([_number(value * unit) for value in spectrum.values])
        values = np.where(spectrum.real, values.real, values)
        order = sorted(range(len(values)), key=lambda g: (values[g].real, values[g].imag))
        owners = np.repeat(order, [spectrum.sizes[g] for g in order])
        vectors = np.concatenate([_basis(spectrum, g) for g in order], axis=1) if with_vectors else None
    is_real = all(spectrum.real)
    if vectors is not None and is_real:
        vectors = vectors.real
    told = values[owners]
    return Eigenpairs(told.real if hermitian or is_real else told, vectors)


def _number(ball: Ball) -> complex:
    """The doubles nearest to a complex ball; a part whose ball holds 0 is 0."""
    return complex(*(0.0 if part.contains(0) else float(part.mid()) for part in (ball.real, ball.imag)))


def _basis(spectrum: Enclosure, g: int) -> Array:  # (n, size)
    if spectrum.sizes[g] == 1:
        return _vector(spectrum, g)[:, None]
    left = spectrum.middles[g]
    found: list[Array] = []
    for _ in range(spectrum.sizes[g]):
        sizes = np.linalg.norm(left, axis=0)
        column = left[:, _first_largest(sizes)]
        column = column / np.linalg.norm(column)
        anchor = column[_first_largest(np.abs(column))]
        column = column * np.conj(anchor / abs(anchor))
        found.append(column)
        left = left - np.outer(column, np.conj(column) @ left)
    return np.array(found).T


def _vector(spectrum: Enclosure, g: int) -> Array:
    """The unit vector of a simple eigenvalue, rounded from balls: (n,)."""
    projector = spectrum.projectors[g]
    rounded = middles(projector)
    largest = _first_largest(np.linalg.norm(rounded, axis=0))
    anchor = _first_largest(np.abs(rounded[:, largest]))
    column = [projector[i, largest] for i in range(projector.nrows())]
    length = sum((x.real * x.real + x.imag * x.imag for x in column), start=column[0].real * 0).sqrt()
    turn = column[anchor].conjugate() / abs(column[anchor]) / length
    found = np.array([_number(x * turn) for x in column])
    found[anchor] = found[anchor].real
    return found


def _first_largest(sizes: Array) -> int:
    return int(np.argmax(sizes >= _TIE * np.max(sizes)))
