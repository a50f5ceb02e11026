"""Repeated and defective eigenvalues, decided exactly: no tolerance takes part.

The road, cheapest first (see `exact` for the mathematics):

1. gcd(p, p') modulo a prime of 60 bits is constant: proved simple (n = 10: 0.2 ms, n = 50: 2 ms).
2. It is not, modulo three primes: squarefree factors of the integer characteristic polynomial and of the
   minimal one give every multiplicity and largest Jordan block; a cluster is semisimple iff that is 1.
3. The integers would be too long for that (a wide range of exponents at a large n), or roots too close: undecided, and
   said so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array
from eigcheck.remembering import remembered
from eigcheck.spectra import exact
from eigcheck.spectra.assignment import nearest
from eigcheck.spectra.reads import read

WORK_LIMIT = 2**34
"""Largest dimension^4 * bits for which integer polynomials are formed: about 10^-10 s each, a second."""

REMEMBERED = 64
"""Classifications kept, since the oracles ask again about the matrices of rules."""


@dataclass(frozen=True)
class Multiplicity:
    """What is known for certain about the multiplicities of a spectrum, and `how` it is known, in a sentence.

    If not `decided`, nothing is claimed: neither `simple` nor any clusters. `distinct` holds every distinct eigenvalue,
    its centre in the units of the matrix; it is empty for a spectrum that is proved simple without computing any.
    """

    decided: bool
    how: str
    distinct: tuple[exact.Eigenvalue, ...] = ()

    @property
    def clusters(self) -> tuple[exact.Eigenvalue, ...]:
        """The repeated eigenvalues."""
        return tuple(value for value in self.distinct if value.size > 1)

    @property
    def simple(self) -> bool:
        """Whether certainly no eigenvalue is repeated."""
        return self.decided and not self.clusters

    @property
    def repeated(self) -> bool:
        """Whether some eigenvalue is certainly repeated."""
        return bool(self.clusters)

    @property
    def defective(self) -> bool:
        """Whether some cluster certainly lacks eigenvectors."""
        return any(not cluster.semisimple for cluster in self.clusters)


@remembered(REMEMBERED)
def classify(matrix: Array, triangle: str | None = None) -> Multiplicity:
    """Multiplicities of the eigenvalues of `matrix` (n, n), of a real or complex dtype.

    With `triangle` (`U` or `L`) those of the Hermitian completion of that triangle; the other one may hold
    NaN. Nothing is raised for NaN or infinities in what is read: they are undecided.
    """
    seen = read(np.asarray(matrix), triangle)
    if not np.all(np.isfinite(seen)):
        return Multiplicity(False, "undecided: the matrix has entries that are not finite")
    if seen.shape[0] <= 1:
        return Multiplicity(True, f"simple: a matrix of order {seen.shape[0]} has no repeated eigenvalue")
    dyadic = exact.dyadic(seen)
    for prime in exact.PRIMES:
        if exact.squarefree_modulo(dyadic, prime):
            how = f"simple: gcd(p, p') of the characteristic polynomial is constant modulo the prime {prime}"
            return Multiplicity(True, how)
    work = dyadic.dimension**4 * dyadic.bits
    if work > WORK_LIMIT:
        how = (
            "undecided: the characteristic polynomial has repeated roots modulo three 60-bit primes, but over "
            f"the integers, order {dyadic.dimension} with entries of {dyadic.bits} bits, it is too long to factor"
        )
        return Multiplicity(False, how)
    try:
        distinct = exact.roots(dyadic)
    except exact.TooClose as why:
        return Multiplicity(False, f"undecided: {why}")
    if all(value.size == 1 for value in distinct):  # three unlucky primes: possible only for a matrix made for them
        return Multiplicity(True, "simple: the integer characteristic polynomial is squarefree", distinct)
    second = "the matrix is Hermitian" if dyadic.hermitian else "kernels of powers of irreducible factors"
    how = f"repeated: squarefree factors of the integer characteristic polynomial; blocks: {second}"
    return Multiplicity(True, how, distinct)


def assign_clusters(multiplicity: Multiplicity, values: Array) -> tuple[tuple[int, ...], ...]:
    """Which of the computed eigenvalues `values` (n,) belong to each of `multiplicity.clusters`.

    The assignment of values to exact eigenvalues, each taking as many as its multiplicity, that minimises
    the sum of the distances. Empty if there are no clusters. ValueError if `values` has another length than
    the spectrum.
    """
    if not multiplicity.clusters:
        return ()
    values = np.asarray(values)
    owner = np.repeat(np.arange(len(multiplicity.distinct)), [value.size for value in multiplicity.distinct])
    if values.shape != owner.shape:
        raise ValueError(f"expected {owner.size} eigenvalues, got an array of shape {values.shape}")
    centres = np.array([value.centre for value in multiplicity.distinct])[owner]
    owners = owner[nearest(values, centres)]
    return tuple(
        tuple(int(i) for i in np.flatnonzero(owners == number))
        for number, value in enumerate(multiplicity.distinct)
        if value.size > 1
    )
