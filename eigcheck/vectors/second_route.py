r"""The second route to every answer: the QR algorithm and linear systems with 100 digits, in mpmath.

It reads nothing but what stands in the file, and shares neither arithmetic nor formulas with the oracle `certified`
(spectral projectors and reduced resolvents in balls). With A v = mu v, v^H v = 1, a cotangent c of the value and b of the
vector, E a tangent of what is read, and B = (A - mu)^H + v v^H:

    simple eigenvalue:  B w = v                         d mu = w^H E v
    its vector:         B z = q,  q = b - v (v^H b)     <b, dv> = -Re z^H E v
    repeated values:    sum d mu = tr(P E),  P = mean over a circle about them of (s - mu) (s - A)^-1

B is regular where mu is simple: (A - mu)^H reaches all but the direction v, and so (A - mu)^H w = 0 with v^H w = 1, and
v^H z = 0. A gradient of A is folded onto what a function reads and where its domain moves at the end. An answer is
confirmed if it lies within its radius of what comes out here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from typing import Any, Final, TypeAlias

from mpmath import MPContext

from eigcheck.vectors.shape import BoundMatrix, ExactMatrix, ExactVector, Group, Test

DIGITS: Final = 60  # to which answers are confirmed, beside the size of what is compared
WORKING: Final = 100  # with which it is computed: ill-conditioned eigenpairs lose some

Number: TypeAlias = Any
Matrix: TypeAlias = Any  # numbers and matrices of mpmath

mp: Final = MPContext()
mp.dps = WORKING


@dataclass(frozen=True)
class Pair:
    """A simple eigenvalue's right vector v of unit norm, (n, 1), and what solves systems with B (n, n)."""

    right: Matrix
    solve: Callable[[Matrix], Matrix]

    @property
    def of_value(self) -> Matrix:
        """w v^H, the gradient of Re mu, (n, n)."""
        return self.solve(self.right) * self.right.H

    def of_vector(self, bar: Matrix) -> Matrix:
        """-z v^H, the gradient of Re b^H v for a vector of unit norm that does not turn, (n, n)."""
        return -self.solve(bar - self.right * (self.right.H * bar)[0]) * self.right.H


def complaints(group: Group) -> Iterator[str]:
    """What is not confirmed of a group: nothing for a right one."""
    for test in group.tests:
        if test.status == "certified":
            try:
                wrong = _unconfirmed(group, test)
            except (ArithmeticError, ValueError, RuntimeError) as error:  # the last where QR does not converge
                wrong = f"no second answer ({error})"
            if wrong:
                yield f"{test.id}: {wrong}"


@lru_cache(maxsize=4)
def _spectrum(matrix: ExactMatrix, triangle: str | None, values: ExactVector) -> Spectrum:
    read = _read(_matrix(matrix), triangle)
    unit = mp.mpf(2) ** mp.frexp(max((abs(x) for x in read), default=0))[1]
    listed = _numbers(values)
    clusters: dict[Number, list[int]] = {}
    for k, value in enumerate(listed):
        clusters.setdefault(value, []).append(k)
    return Spectrum(read / unit, unit, [value / unit for value in listed], tuple(map(tuple, clusters.values())))


@dataclass(frozen=True)
class Spectrum:
    """The eigenpairs of what is read of a matrix, divided by `unit`, a power of two: its entries are below 1.

    `clusters` are the numbers of the `values` that are listed as the same double. Pairs are computed when first asked for.
    """

    matrix: Matrix
    unit: Number
    values: list[Number]
    clusters: tuple[tuple[int, ...], ...]
    _pairs: dict[int, Pair] = field(default_factory=dict)

    @cached_property
    def computed(self) -> tuple[list[Number], Matrix]:
        """Eigenvalues in some order, and their vectors as columns of some length; raises RuntimeError."""
        values, vectors = mp.eig(self.matrix)
        return values, vectors

    def pair(self, k: int) -> Pair:
        """The pair of simple eigenvalue k. Raises ValueError if there is none."""
        if k in self._pairs:
            return self._pairs[k]
        matrix, (values, vectors) = self.matrix, self.computed
        nearest = min(range(matrix.rows), key=lambda i: abs(values[i] - self.values[k]))
        value, vector = values[nearest], vectors[:, nearest]
        _check_near(self, k, value)
        vector = vector / max(vector, key=abs)
        if not any(isinstance(x, mp.mpc) for x in (self.values[k], *matrix)):  # real ones are several times faster
            value, vector = value.real, vector.apply(mp.re)
        vector = vector / mp.norm(vector)
        factors, order = mp.LU_decomp((matrix - value * mp.eye(matrix.rows)).H + vector * vector.H)
        self._pairs[k] = Pair(vector, lambda column: mp.U_solve(factors, mp.L_solve(factors, column, order)))
        return self._pairs[k]

    def gradient(self, values: list[Number], vectors: Matrix, listed: Matrix) -> Matrix:
        """The gradient of a free matrix (n, n) for cotangents of the values, and of the vectors in the `listed` phases.

        Raises ValueError where these determine none.
        """
        total = mp.matrix(self.matrix.rows, self.matrix.rows)
        for cluster in self.clusters:
            first, bar = cluster[0], values[cluster[0]]
            turned = [k for k in cluster if any(vectors[:, k])]
            if any(values[k] != bar for k in cluster):
                raise ValueError(f"eigenvalues {', '.join(map(str, cluster))} coincide and their cotangents do not")
            if turned and len(cluster) > 1:
                raise ValueError(f"the vectors of a repeated eigenvalue have a cotangent: number {turned[0]}")
            if bar:
                total += (_projector(self, cluster).H if len(cluster) > 1 else self.pair(first).of_value) * bar
            if turned:
                pair = self.pair(first)
                overlap = (listed[:, first].H * pair.right)[0]
                total += pair.of_vector(vectors[:, first] * (overlap / abs(overlap))) / self.unit
        return total


def _check_near(spectrum: Spectrum, k: int, value: Number) -> None:
    """That the listed double is the eigenvalue, each part to a unit or to nothing beside the matrix or the least double.

    Raises ValueError if not.
    """
    listed = spectrum.values[k]
    for exact, told in ((value.real, listed.real), (value.imag, listed.imag)):
        if abs(exact - told) > mp.mpf(2) ** -52 * abs(told) + mp.mpf(2) ** -100 + mp.mpf(2) ** -1074 / spectrum.unit:
            raise ValueError(f"eigenvalue {k} is listed as {mp.nstr(listed, 17)} and is {mp.nstr(value, 17)}")


def _projector(spectrum: Spectrum, cluster: Sequence[int]) -> Matrix:
    """The sum of the spectral projectors of the eigenvalues in a cluster, (n, n).

    On a circle of radius r about them, at distance d from the next one and a distance e off themselves, the mean over N
    points has an error of (e/r)^N + (r/d)^N.
    """
    matrix = spectrum.matrix
    n, centre = matrix.rows, spectrum.values[cluster[0]]
    others = [abs(value - centre) for k, value in enumerate(spectrum.values) if k not in cluster]
    distance = min(others, default=mp.mpf(2))
    radius = mp.sqrt(distance * max(mp.mpf(2) ** -53 * abs(centre), distance * mp.mpf(10) ** -20))
    points = math.ceil((DIGITS + 20) / -mp.log10(radius / distance)) + 2
    total = mp.matrix(n, n)
    for point in range(points):
        around = radius * mp.expjpi(mp.mpf(2 * point) / points)
        total += mp.inverse((centre + around) * mp.eye(n) - matrix) * around
    return total / points


def _unconfirmed(group: Group, test: Test) -> str | None:
    if group.values is None:
        return "there is an answer, and no eigenvalues"
    spectrum, cotangent = _spectrum(group.matrix, group.triangle, group.values), test.cotangent
    values = [mp.zero] * group.n if cotangent.values is None else _numbers(cotangent.values)
    nothing = mp.matrix(group.n, group.n)
    vectors, listed = (nothing if one is None else _matrix(one) for one in (cotangent.vectors, group.vectors))
    gradient = _folded(spectrum.gradient(values, vectors, listed), group)
    if group.mode == "reverse":
        assert test.gradient is not None
        assert isinstance(test.radius, BoundMatrix)
        exact = [x.real for x in gradient] + ([] if test.gradient.imag is None else [x.imag for x in gradient])
        return _off(_flat(test.gradient), exact, _flat(test.radius))
    assert group.tangents is not None
    exact = [_pair_of(gradient, _matrix(tangent)) for tangent in group.tangents]
    return _off(test.derivatives or (), exact, list(test.radius or ()))  # type: ignore[arg-type]


def _off(listed: Sequence[str], exact: Sequence[Number], radius: Sequence[float]) -> str | None:
    if not len(listed) == len(exact) == len(radius):
        return f"{len(listed)} numbers and {len(radius)} radii where {len(exact)} are due"
    size = max((abs(x) for x in exact), default=0)
    for number, truth, bound in zip(map(float.fromhex, listed), exact, radius, strict=True):
        if not abs(mp.mpf(number) - truth) <= mp.mpf(bound) + size * mp.mpf(10) ** -DIGITS:
            return f"{number!r} is not within {bound:.3g} of {mp.nstr(truth, 25)}"
    return None


def _folded(gradient: Matrix, group: Group) -> Matrix:
    """What tangents see of a free gradient: of what is read, and on the domain. Real for a real matrix."""
    mean = (gradient + gradient.H) / 2
    folded = mean if group.domain == "symmetric" else gradient.copy()
    if group.domain != "symmetric" and group.triangle is not None:
        for i, j in product(range(gradient.rows), repeat=2):
            stored = i < j if group.triangle == "U" else i > j
            folded[i, j] = mean[i, i].real if i == j else 2 * mean[i, j] if stored else mp.zero
    return folded.apply(mp.re) if group.dtype.startswith("float") else folded


def _read(matrix: Matrix, triangle: str | None) -> Matrix:
    """The Hermitian completion of a triangle, or all of the matrix."""
    completed = matrix.copy()
    if triangle is not None:
        for i, j in product(range(matrix.rows), repeat=2):
            stored = i < j if triangle == "U" else i > j
            completed[i, j] = matrix[i, i].real if i == j else matrix[i, j] if stored else mp.conj(matrix[j, i])
    return completed


def _pair_of(gradient: Matrix, tangent: Matrix) -> Number:
    """Re tr(G^H E)."""
    return mp.fsum((mp.conj(g) * e).real for g, e in zip(gradient, tangent, strict=True))


def _numbers(listed: ExactVector) -> list[Number]:
    """Complex only where they have to be: real ones are several times faster."""
    imag = listed.imag or ("0x0p+0",) * len(listed.real)
    parts = [(float.fromhex(re), float.fromhex(im)) for re, im in zip(listed.real, imag, strict=True)]
    return [mp.mpc(re, im) if im else mp.mpf(re) for re, im in parts]


def _matrix(listed: ExactMatrix) -> Matrix:
    made = mp.matrix(len(listed.real), len(listed.real))
    for i, reals in enumerate(listed.real):
        for j, number in enumerate(_numbers(ExactVector(reals, None if listed.imag is None else listed.imag[i]))):
            made[i, j] = number
    return made


def _flat(listed: ExactMatrix | BoundMatrix) -> list[Any]:
    """The real numbers of a matrix, row by row; imaginary parts come last."""
    return [x for part in (listed.real, listed.imag or ()) for row in part for x in row]
