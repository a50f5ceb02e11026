"""Exact arithmetic on the spectrum of a matrix of floats: every finite float is a dyadic rational.

With A = 2^e B, B a matrix of (Gaussian) integers, p the characteristic polynomial and f an irreducible factor of it:

    gcd(p, p') constant modulo one prime  =>  disc(p) != 0  =>  every eigenvalue is simple
    multiplicity of f in p = algebraic multiplicity of its roots
    least b at which f(B)^b has its smallest rank = order of their largest Jordan block

(Cohen 1993, A Course in Computational Algebraic Number Theory, chapters 2 and 3.) The first line is a proof
because p is monic, so that its discriminant is an integer polynomial in its coefficients, and reduction
modulo q is a ring homomorphism from Z[1/2, i] to F_q where q = 1 mod 4.

Complex B are taken to Z by the real embedding C -> [[Re C, -Im C], [Im C, Re C]], which is similar to
diag(C, conj C). With C = B + i tau, tau > norm(B), the two halves of its spectrum lie above and below the
real axis and never meet: what is found above, less i tau, is exactly the spectrum of B. Hermitian B need no
tau: everything comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import gcd
from typing import Any

import numpy as np

from eigcheck.model import Array
from eigcheck.spectra.conditioning import is_hermitian

PRIMES = (2**60 - 107, 2**60 - 179, 2**60 - 279)
"""Primes of the form 4k + 1, so that -1 has a square root modulo each."""

ROOT_BITS = 192
"""Working precision of root isolation: eigenvalues come to about 2^-190 of the norm, far below its ulp."""


@dataclass(frozen=True)
class Dyadic:
    """A square matrix as integers times 2^exponent, the least exponent of a nonzero entry.

    `real` and `imag` hold their rows, `imag` None if every imaginary part is 0; `bits` is the length of the largest integer.
    """

    order: int
    real: list[list[int]]
    imag: list[list[int]] | None
    exponent: int
    bits: int
    hermitian: bool

    @property
    def dimension(self) -> int:
        """Order of the integer matrix that stands for this one: 2n where there are imaginary parts."""
        return self.order if self.imag is None else 2 * self.order


LONG, PRECISION = 2**10, 2**14
"""Bits of a coefficient from which roots are isolated with care, and bits with which that is tried: it takes .1 s."""


class TooClose(ArithmeticError):
    """Eigenvalues that are not isolated in reasonable time."""


@dataclass(frozen=True)
class Eigenvalue:
    """A distinct eigenvalue: its centre as a double, its algebraic multiplicity `size`, and its largest Jordan block."""

    centre: complex
    size: int
    largest_block: int

    @property
    def semisimple(self) -> bool:
        """Whether it has as many eigenvectors as it has multiplicity."""
        return self.largest_block == 1


def dyadic(matrix: Array) -> Dyadic:
    """The exact decomposition of a finite (n, n) matrix of a floating or integer dtype."""
    matrix = np.asarray(matrix)
    is_real = not np.iscomplexobj(matrix) or not np.any(matrix.imag)
    parts = (matrix.real,) if is_real else (matrix.real, matrix.imag)
    ratios = [[x.as_integer_ratio() for x in part.astype(np.float64).ravel().tolist()] for part in parts]
    # these are powers of two, so that the largest one is a multiple of all of them
    denominator = max([d for part in ratios for _, d in part], default=1)
    numerators = [[m * (denominator // d) for m, d in part] for part in ratios]
    common = gcd(*chain(*numerators))
    twos, order = (common & -common) or 1, len(matrix)
    integers = [[x // twos for x in part] for part in numerators]
    bits = max([max(max(part), -min(part)).bit_length() for part in integers if part], default=0)
    rows = [[part[order * i : order * (i + 1)] for i in range(order)] for part in integers]
    exponent = twos.bit_length() - denominator.bit_length()
    return Dyadic(order, rows[0], None if is_real else rows[1], exponent, bits, is_hermitian(matrix))


@cache
def root_of_minus_one(prime: int) -> int:
    """A square root of -1 modulo a prime of the form 4k + 1, from a quadratic non-residue."""
    nonresidue = next(a for a in range(2, prime) if pow(a, (prime - 1) // 2, prime) == prime - 1)
    return pow(nonresidue, (prime - 1) // 4, prime)


def squarefree_modulo(matrix: Dyadic, prime: int) -> bool:
    """Whether the characteristic polynomial is squarefree modulo `prime`; if so the spectrum is simple."""
    from flint import nmod_mat

    residues = nmod_mat(matrix.real, prime)
    if matrix.imag is not None:
        residues += nmod_mat(matrix.imag, prime) * root_of_minus_one(prime)
    polynomial = residues.charpoly()
    return bool(polynomial.gcd(polynomial.derivative()).degree() == 0)


def roots(matrix: Dyadic) -> tuple[Eigenvalue, ...]:
    """Distinct eigenvalues with exact multiplicities and largest blocks, by real, then imaginary part.

    Time grows as dimension^4 * bits: the caller bounds it. Raises TooClose.
    """
    from flint import ctx

    with ctx.workprec(ROOT_BITS):
        found = [Eigenvalue(_centre(ball), size, block) for ball, size, block in enclosures(matrix)]
    return tuple(sorted(found, key=lambda value: (value.centre.real, value.centre.imag)))


def enclosures(matrix: Dyadic) -> list[tuple[Any, int, int]]:
    """Distinct eigenvalues as balls (flint's acb) at flint's present precision, with multiplicity and largest block.

    Raises TooClose where they cannot be told apart in reasonable time.
    """
    import flint

    integer, shift = _integer_matrix(matrix)
    doubled = matrix.imag is not None and matrix.hermitian
    found: list[tuple[Any, int, int]] = []
    scale = flint.arb(2) ** matrix.exponent
    for factor, multiplicity, block in _pieces(integer, matrix.hermitian):
        for root in _roots(factor):
            if shift and not root.imag > 0:
                continue
            ball = (root - flint.acb(0, shift)) * scale
            found.append((ball, multiplicity // 2 if doubled else multiplicity, block))
    return found


def _roots(factor: Any) -> Iterator[Any]:
    """The roots of a squarefree polynomial as disjoint balls. Raises TooClose.

    Roots that differ in their thousandth bit, as those of A one denormal beside a repeated eigenvalue, converge slowly:
    FLINT takes half a minute for four, unless they are those of irreducible factors of degree 2.
    """
    from flint import acb_poly, ctx

    pieces = [factor]
    if max(abs(int(c)).bit_length() for c in factor.coeffs()) > LONG:
        pieces = [irreducible for irreducible, _ in factor.factor()[1]]
        with ctx.workprec(PRECISION):
            try:
                for piece in pieces:
                    if piece.degree() > 2:
                        acb_poly(piece).roots(maxprec=PRECISION)
            except ValueError:
                raise TooClose(
                    f"roots of a polynomial of degree {piece.degree()} differ beyond {PRECISION} bits"
                ) from None
    for piece in pieces:
        yield from (root for root, _ in piece.complex_roots())


def _centre(ball: Any) -> complex:
    """The middle of an isolating ball; a part that the ball does not tell from 0 is 0."""
    real, imag = (0.0 if part.contains(0) else float(part.mid()) for part in (ball.real, ball.imag))
    return complex(real, imag)


def _integer_matrix(matrix: Dyadic) -> tuple[Any, int]:
    """B, or the real embedding of B + i tau, as an fmpz_mat; and tau, 0 where none is needed."""
    from flint import fmpz_mat

    if matrix.imag is None:
        return fmpz_mat(matrix.real), 0
    # norm(B) <= n max |b_ij| < 2^(bitlength(n) + bits + 1)
    shift = 0 if matrix.hermitian else 1 << (matrix.bits + matrix.order.bit_length() + 1)
    imag = [[x + shift * (i == j) for j, x in enumerate(row)] for i, row in enumerate(matrix.imag)]
    upper = [re + [-x for x in im] for re, im in zip(matrix.real, imag, strict=True)]
    lower = [im + re for re, im in zip(matrix.real, imag, strict=True)]
    return fmpz_mat(upper + lower), shift


def _pieces(integer: Any, hermitian: bool) -> list[tuple[Any, int, int]]:
    """Squarefree factors of the characteristic polynomial, with the multiplicity and the largest block of their roots.

    Roots that are conjugate over the rationals have blocks alike, so that factors of repeated roots are irreducible. The
    minimal polynomial would tell blocks, too, but FLINT's is wrong where entries are large: that of [[2^64, 0], [0, 0]] is
    x^2 + 58 x in version 3.6.0 (flintlib/flint, issue 2296 and pull request 2480, tell of others).
    """
    found: list[tuple[Any, int, int]] = []
    for factor, multiplicity in integer.charpoly().factor_squarefree()[1]:
        if multiplicity == 1 or hermitian:
            found.append((factor, multiplicity, 1))
            continue
        for irreducible, _ in factor.factor()[1]:
            found.append((irreducible, multiplicity, _largest_block(integer, irreducible, multiplicity)))
    return found


def _largest_block(integer: Any, factor: Any, multiplicity: int) -> int:
    """The least power of f(B) whose kernel is all of the generalised eigenspaces of the roots of f."""
    value = _at(factor, integer)
    power, rest = value, integer.nrows() - factor.degree() * multiplicity
    for block in range(1, multiplicity):
        if power.rank() == rest:
            return block
        power = power * value
    return multiplicity


def _at(polynomial: Any, matrix: Any) -> Any:
    """A polynomial of a square matrix, by Horner's rule."""
    from flint import fmpz_mat

    order = matrix.nrows()
    one = fmpz_mat([[int(i == j) for j in range(order)] for i in range(order)])
    value = fmpz_mat(order, order)
    for coefficient in reversed(polynomial.coeffs()):
        value = value * matrix + one * coefficient
    return value
