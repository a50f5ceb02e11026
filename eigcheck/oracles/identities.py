"""The identities oracle: gradients of spectral losses by exact algebra, without an eigenvector or a gap.

With X = H^H, H what is read of A (A itself, or the completion of a triangle), c the loss's factor, W its
weight:

    L = Re(c tr H^p)           dL = <G, dH>,  G = conj(c) p X^(p-1)
    L = Re tr(W^H H^p)         dL = <G, dH>,  G = S_p = sum_{r=0}^{p-1} X^r W X^(p-1-r)

(Magnus 1985; Higham 2008, section 3.2: S_p is the Frechet derivative of the p-th power at X in the
direction W.) By doubling, S_2m = X^m S_m + S_m X^m and S_(m+1) = X S_m + W X^m. Floats are dyadic
rationals, and ball arithmetic with enough bits for every digit of a product is exact: the radii come out as
0. Where that would take too long the precision is capped and the radii join the bars. Valid at repeated and
defective eigenvalues as well.

The number answered is the loss's. The judge's is that of a cotangent computed in floating point from a
rounded primal: what that may change is bounded in `cotangent_rounding` and added to the bars.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, CotangentSpec, Question, Testimony
from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS
from eigcheck.oracles.balls import BallMatrix, along, exactly, middles, reading_of
from eigcheck.oracles.cotangent_rounding import cotangent_rounding
from eigcheck.spectra.reads import read

NAME = "identities"
LOSSES = ("trace-power", "matrix-power")

WORK_LIMIT = 2**33
"""Largest order^3 * products * bits in exact arithmetic; measured: about 10^-10 s each, a second."""

BACKWARD = 4.0
"""LAPACK's backward error is a small multiple of the n u norm(B) that `cotangent_rounding` reckons with: errors of up to
1.6 times that bound were measured for tr A^3 of symmetric matrices."""

LEAST_BITS = 256
"""Precision that is always granted: far beyond the double it is rounded to, short only where much cancels."""

HIGHEST_POWER = 2**20
"""Beyond it the powers of nearly every double over- or underflow, and the algebra takes long."""

_DOUBLE = 2.0**-53
_LEAST_DOUBLE = 5e-324


def testify(question: Question) -> Testimony:
    """`<G, E>` for the case's own loss along every tangent, or why not; no question makes it raise.

    Answers where `question.spec.kind` is `trace-power` or `matrix-power`, on the cotangents marked as the
    whole `loss`. The detail holds the exact `gradient` with respect to what is read, rounded to double.
    """
    reason = _reason_to_abstain(question)
    if reason:
        return Testimony(NAME, abstained=reason)
    import flint

    matrix, directions = (
        read(np.asarray(part), question.triangle) for part in (question.matrix, question.tangents.matrices)
    )
    precision = _precision(matrix, question.spec)
    with flint.ctx.workprec(precision):
        exact = _gradient(matrix, question.spec)
        products = along(exact.transpose().conjugate(), reading_of(directions))
        numbers = np.array([float(product.mid()) for product in products])
        radii = np.array([float(product.rad().upper()) for product in products])
        gradient = middles(exact)
        gradient = gradient if np.any(gradient.imag) else gradient.real
    if not (np.all(np.isfinite(numbers)) and np.all(np.isfinite(gradient))):
        return Testimony(NAME, abstained="the gradient of the loss overflows double precision")
    hermitian = question.triangle is not None
    weights = cotangent_rounding(matrix, question.spec, question.roundoff, hermitian=hermitian)
    with np.errstate(over="ignore", invalid="ignore"):
        given = np.einsum("ij,tij->t", weights, np.abs(directions))
    detail = {"gradient": gradient, "bits": precision, "exact": not radii.any()}
    if not np.all(np.isfinite(given)):
        why = "the conditioning of the cotangent cannot be computed in double precision"
        return Testimony(NAME, abstained=why, detail=detail)
    # the middle of a ball is rounded once to double: half a unit in the last place, a denormal's below that
    bars = radii + 2 * _DOUBLE * np.abs(numbers) + _LEAST_DOUBLE + BACKWARD * given
    rows = np.array([[cotangent.loss] for cotangent in question.cotangents])
    partial = "only part of the loss's cotangent: the identity is that of the whole loss"
    return Testimony(
        NAME,
        np.where(rows, numbers, np.nan),
        np.where(rows, bars, np.nan),
        evaluations=1,
        reasons=tuple(None if cotangent.loss else partial for cotangent in question.cotangents),
        detail=detail,
    )


def _reason_to_abstain(question: Question) -> str | None:
    """Why nothing can be said about this question, if so."""
    spec, n = question.spec, question.matrix.shape[-1]
    if spec.kind not in LOSSES:
        return "the cotangent does not come from a power loss"
    if not any(cotangent.loss for cotangent in question.cotangents):
        return "none of the cotangents is that of the whole loss"
    if not 0 <= spec.power <= HIGHEST_POWER:
        return f"the power {spec.power} is not between 0 and {HIGHEST_POWER}"
    if spec.kind == "matrix-power":
        if question.function not in VECTOR_FUNCTIONS:
            return f"a matrix-power loss is no function of what {question.function} returns"
        if spec.weight is None or np.shape(spec.weight) != (n, n):
            return f"the weight is not a matrix of order {n}"
        if not np.all(np.isfinite(spec.weight)):
            return "the weight is not finite"
    if question.triangle is None and question.function in HERMITIAN_FUNCTIONS:
        return f"it is not said which triangle {question.function} reads"
    if not np.all(np.isfinite(read(question.matrix, question.triangle))):
        return "the matrix is not finite"
    if spec.kind == "trace-power" and not np.isfinite(spec.factor):
        return "the factor of the loss is not finite"
    return None


def _precision(matrix: Array, spec: CotangentSpec) -> int:
    """Bits that make the algebra exact, unless that is too long: those that the work limit allows.

    A p-fold product of entries of w bits has p (w + 1) bits, and sums of n^p of them (times 2 for complex
    ones) p log2(2 n) more.
    """
    n, power = int(matrix.shape[-1]), max(spec.power, 1)
    wanted = power * (_width(matrix) + n.bit_length() + 2) + _width(np.array([spec.factor])) + 64
    products = 2 * power.bit_length()
    if spec.weight is not None:
        wanted += _width(spec.weight)
        products *= 3
    return min(wanted, max(LEAST_BITS, WORK_LIMIT // max(n**3 * products, 1)))


def _width(matrix: Array) -> int:
    """Bits from the highest of the largest entry to the lowest that the smallest nonzero entry can have."""
    parts = np.stack([np.real(matrix), np.imag(matrix)]).astype(np.float64)
    exponents: list[int] = np.frexp(parts[parts != 0])[1].tolist()
    return max(exponents) - min(exponents) + 53 if exponents else 1


def _gradient(matrix: Array, spec: CotangentSpec) -> BallMatrix:
    """G as an acb_mat."""
    import flint

    n, power = matrix.shape[-1], spec.power
    if n == 0 or power == 0:
        return flint.acb_mat(n, n)
    X = exactly(np.conj(matrix.T))
    if spec.kind == "trace-power":
        return X ** (power - 1) * (flint.acb(complex(np.conj(spec.factor))) * power)
    return _sum_of_powers(X, exactly(np.asarray(spec.weight)), power)


def _sum_of_powers(X: BallMatrix, weight: BallMatrix, power: int) -> BallMatrix:
    """S_power by doubling."""
    P, S = exactly(np.eye(X.nrows())), weight * 0
    for digit in f"{power:b}":
        P, S = P * P, P * S + S * P
        if digit == "1":
            P, S = X * P, X * S + weight * P
    return S
