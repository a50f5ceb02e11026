"""Rigorous enclosures of a spectrum: distinct eigenvalues mu_g and spectral projectors P_g, in ball arithmetic.

With mu_1 .. mu_K the distinct eigenvalues of a diagonalisable B, B = sum_g mu_g P_g, sum_g P_g = I, P_g P_h = [g = h] P_g,
and everything that is wanted follows from these (Kato 1995, Perturbation Theory for Linear Operators, chapter I):

    simple mu_k:  P_k = v_k w_k with w_k v_k = 1,   S_k = sum_{g != k} P_g / (mu_k - mu_g)   (the reduced resolvent)

Simple spectra: flint's `acb_mat.eig` isolates every eigenvalue, which proves that they are simple, and encloses right and
left vectors. Repeated ones: `spectra.multiplicity` proves that B is diagonalisable, `spectra.exact` encloses the roots of
its minimal polynomial, and P_g = prod_{h != g} (B - mu_h) / (mu_g - mu_h), a polynomial that is 1 at mu_g and else 0.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from eigcheck.model import Array
from eigcheck.oracles.balls import Ball, BallMatrix, exactly, exponent_of, middles, power_of_two
from eigcheck.remembering import remembered
from eigcheck.spectra import exact
from eigcheck.spectra.multiplicity import classify

REMEMBERED = 32
"""Spectra kept, since several rules ask about the same matrix. One of order 20 at 256 bits takes about 2 MB."""


@dataclass(frozen=True)
class Enclosure:
    """K distinct eigenvalues of B = A / 2^exponent, n altogether, enclosed with `bits` bits.

    `values[g]` are balls, `sizes[g]` multiplicities, `projectors[g]` ball matrices (n, n). `real[g]`: the matrix has a
    real dtype and the eigenvalue is real, so that its vector is and stays so. `width` is the largest radius of an
    entry of a projector beside the largest entry of that.
    """

    values: tuple[Ball, ...]
    sizes: tuple[int, ...]
    projectors: tuple[BallMatrix, ...]
    real: tuple[bool, ...]
    width: float
    exponent: int
    bits: int

    @property
    def simple(self) -> bool:
        """Whether no eigenvalue is repeated."""
        return all(size == 1 for size in self.sizes)

    @cached_property
    def resolvents(self) -> tuple[BallMatrix, ...]:
        """S_k = sum_{g != k} P_g / (mu_k - mu_g) of B for every k, (n, n) each."""
        from flint import acb_mat, ctx

        order, found = self.projectors[0].nrows(), []
        with ctx.workprec(self.bits):
            for k, own in enumerate(self.values):
                others = [g for g in range(len(self.values)) if g != k]
                terms = (self.projectors[g] * (1 / (own - self.values[g])) for g in others)
                found.append(sum(terms, start=acb_mat(order, order)))
        return tuple(found)

    @cached_property
    def middles(self) -> Array:
        """The projectors in doubles, (K, n, n): for decisions, nothing is proved with them."""
        return np.array([middles(projector) for projector in self.projectors])

    @cached_property
    def resolvent_sizes(self) -> Array:
        """Frobenius norms of the S_k in doubles, for decisions; infinite for a repeated eigenvalue: (K,)."""
        sizes = [float(np.linalg.norm(middles(resolvent))) for resolvent in self.resolvents]
        return np.where(np.array(self.sizes) == 1, sizes, np.inf)


@dataclass(frozen=True)
class Failure:
    """Why there is no enclosure; `final` if more bits would not help."""

    reason: str
    final: bool = False


@remembered(REMEMBERED)
def enclose(matrix: Array, bits: int) -> Enclosure | Failure:
    """The spectrum of a finite matrix (n, n), n > 0, taken as it is; from memory where it was asked for before."""
    from flint import ctx

    exponent = exponent_of(matrix)
    with ctx.workprec(bits):
        balls = exactly(matrix, exponent)
        found = isolated(balls)
        if found is not None:
            return assembled(matrix, *found, (1,) * len(matrix), bits)
        multiplicity = classify(matrix)
        if multiplicity.defective:
            return Failure("eigenvalues coincide and lack a full set of eigenvectors (a defective cluster)", final=True)
        if not multiplicity.repeated:
            return Failure(f"no enclosure isolates the eigenvalues with {bits} bits ({multiplicity.how})")
        roots = exact.enclosures(exact.dyadic(matrix))
        values = [ball * power_of_two(-exponent) for ball, _, _ in roots]
        sizes = tuple(size for _, size, _ in roots)
        projectors = _lagrange(balls, values)
        if not all(_bounded(projector) for projector in projectors):
            return Failure(f"the distinct eigenvalues are too close for {bits} bits")
    return assembled(matrix, values, projectors, sizes, bits)


def isolated(balls: BallMatrix) -> tuple[list[Ball], list[BallMatrix]] | None:
    """Values and rank-one projectors v w / (w v) for every matrix in `balls` (n, n), or None if not isolated."""
    from flint import acb_mat

    try:
        values, left, right = balls.eig(left=True, right=True)
    except ValueError:
        return None
    projectors = []
    for w, v in zip(left.table(), right.transpose().table(), strict=True):
        row, column = acb_mat([w]), acb_mat([[x] for x in v])
        projectors.append(column * row * (1 / (row * column)[0, 0]))
    return (values, projectors) if all(_bounded(projector) for projector in projectors) else None


def _bounded(matrix: BallMatrix) -> bool:
    return all(entry.is_finite() for entry in matrix.entries())


def assembled(
    matrix: Array, values: list[Ball], projectors: list[BallMatrix], sizes: tuple[int, ...], bits: int
) -> Enclosure:
    """A spectrum from disjoint enclosures.

    A real matrix has the conjugate of every eigenvalue, so one whose conjugate can be no other is real.
    """
    real = tuple(
        np.isrealobj(matrix) and not any(value.conjugate().overlaps(other) for h, other in enumerate(values) if h != g)
        for g, value in enumerate(values)
    )
    width = max(_width(projector) for projector in projectors)
    return Enclosure(tuple(values), sizes, tuple(projectors), real, width, exponent_of(matrix), bits)


def _width(projector: BallMatrix) -> float:
    entries = projector.entries()
    radii = [float(part.rad()) for entry in entries for part in (entry.real, entry.imag)]
    return max(radii) / max([float(entry.abs_upper()) for entry in entries] + [sys.float_info.min])


def _lagrange(balls: BallMatrix, values: list[Ball]) -> list[BallMatrix]:
    """P_g = prod_{h != g} (B - mu_h) / (mu_g - mu_h), by products from the left and from the right: 3 K of them."""
    from flint import acb

    order, count = balls.nrows(), len(values)
    one = exactly(np.eye(order))
    factors = [balls - one * value for value in values]
    before, after = [one], [one]
    for g in range(count - 1):
        before.append(before[-1] * factors[g])
        after.append(factors[count - 1 - g] * after[-1])
    projectors = []
    for g, value in enumerate(values):
        scale = prod((value - other for h, other in enumerate(values) if h != g), start=acb(1))
        projectors.append(before[g] * after[count - 1 - g] * (1 / scale))
    return projectors
