"""Whether the values and vectors that a rule returns are right in themselves: the finding `primal`.

In balanced, scaled coordinates an eigenpair from a backward stable solver obeys norm(B v - lambda v) <= c n u norm(B)
norm(v); an eigenvalue is accepted too if sigma_min(B - lambda I) <= c n u norm(B), which needs no vector (Trefethen and
Embree 2005, pseudospectra). LAPACK balances in its own way, and what its pairs show in these coordinates may be more, though
they are pairs of A to roundoff: so much is allowed, too.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from eigcheck.check.budget import SHOWN
from eigcheck.choosing import foremost, place_of_foremost
from eigcheck.digits import apart, modulus
from eigcheck.model import Array, Eigenpairs, Rule
from eigcheck.names import HERMITIAN_FUNCTIONS
from eigcheck.outcome import Finding
from eigcheck.spectra.assignment import nearest
from eigcheck.spectra.conditioning import Conditioning
from eigcheck.spectra.gauge import lengths
from eigcheck.spectra.scaling import scaled
from eigcheck.spectra.survey import Spectrum

FACTOR = 16.0
"""Backward errors of LAPACK's eigensolvers are modest multiples of n u norm(B); this one is never a close call: wrong
primals were seen to be off by many orders of magnitude."""

CANCELLED = 2.0**-20
"""A trace below this part of the sum of moduli says nothing of a factor; its square is rounding."""


Wrong: TypeAlias = tuple[str, float | None] | None
"""What is wrong in words, and by how much."""


def primal_finding(rule: Rule, spectrum: Spectrum, primal: Eigenpairs, roundoff: float) -> Finding | None:
    """The finding `primal` if values or vectors of a rule at a matrix are wrong in themselves, else None.

    Arguments:
        primal: what the rule returned there; values (n,), vectors (n, n) or None.
        roundoff: unit roundoff of the case's dtype.
    """
    state = spectrum.conditioning
    n = state.values.size
    if not n or _out_of_range(spectrum, primal):
        return None
    allowed = FACTOR * n * roundoff * (state.norm or np.finfo(np.float64).tiny)
    wrong = _wrong(rule, spectrum, primal, roundoff, allowed)
    if wrong is not None and spectrum.lapack_holds(rule.function):
        shown = SHOWN * spectrum.shown(rule.function).error
        if shown > allowed:
            allowed, wrong = shown, _wrong(rule, spectrum, primal, roundoff, shown)
    return None if wrong is None else Finding("primal", wrong[0], error=wrong[1], allowed=allowed)


def _out_of_range(spectrum: Spectrum, primal: Eigenpairs) -> bool:
    """Whether values are infinite, or NaN, where one of A is beyond the largest number, but for rounding."""
    state, largest = spectrum.conditioning, np.finfo(spectrum.matrix.dtype).max
    with np.errstate(over="ignore"):
        beyond = np.ldexp(np.max(np.abs(state.values)) * (1 + FACTOR * spectrum.roundoff), state.exponent) > largest
    return bool(beyond) and not np.all(np.isfinite(np.asarray(primal.values)))


def _wrong(rule: Rule, spectrum: Spectrum, primal: Eigenpairs, roundoff: float, allowed: float) -> Wrong:
    """What is wrong where backward errors may be `allowed`, in the coordinates of the spectrum's state."""
    state = spectrum.conditioning
    declared = rule.convention == "lapack"
    with np.errstate(over="ignore", invalid="ignore"):
        values = scaled(np.asarray(primal.values), state.exponent)
    work = state.balanced(spectrum.decomposed)
    wrong = _wrong_values(values, work, state, allowed)
    if wrong is None and primal.vectors is not None:
        wrong = _wrong_vectors(values, np.asarray(primal.vectors), work, state, allowed, roundoff, unit=declared)
    if wrong is None and declared and rule.function in HERMITIAN_FUNCTIONS:
        wrong = _wrong_order(values, allowed)
        if wrong is None and primal.vectors is not None:
            wrong = _not_orthogonal(np.asarray(primal.vectors), roundoff)
    return wrong


def _wrong_order(values: Array, allowed: float) -> Wrong:
    """The convention of the Hermitian functions declares ascending values."""
    falls = np.maximum(-np.diff(values.real), 0.0)
    if not np.any(falls > allowed):
        return None
    k = foremost(falls)
    return f"values are not ascending: value {k + 1} is below value {k}", float(falls[k])


def _not_orthogonal(vectors: Array, roundoff: float) -> Wrong:
    """The same convention declares orthonormal vectors, of equal eigenvalues too. Half of the digits are asked for."""
    products = np.abs(np.conj(vectors.T) @ vectors)
    np.fill_diagonal(products, 0.0)
    k, j = place_of_foremost(products)
    if products[k, j] <= np.sqrt(roundoff):
        return None
    return f"vectors {k} and {j} are not orthogonal: their product is {products[k, j]:.3g}", float(products[k, j])


def _wrong_values(values: Array, work: Array, state: Conditioning, allowed: float) -> Wrong:
    """Each value must be one of the spectrum, and each of the spectrum be taken once."""
    if not np.all(np.isfinite(values)):
        return "an eigenvalue of a finite matrix is not finite", None
    n = values.size
    rows, columns = np.arange(n), nearest(values, state.values)
    with np.errstate(invalid="ignore", over="ignore"):
        moved = np.abs(values - state.values[columns])
        suspicious = ~(moved <= allowed * np.maximum(state.kappa[columns], 1.0))
    for row in rows[suspicious]:
        smallest = float(np.linalg.svd(work - values[row] * np.eye(n), compute_uv=False)[-1])
        if not smallest <= allowed:
            return (
                f"value {row} is no eigenvalue: {_compared(values, columns, state, allowed, int(row))}; the balanced matrix "
                f"less the value is off singular by {smallest:.3g} where {allowed:.3g} is allowed",
                smallest,
            )
    gaps = state.gaps[columns]
    lost = (moved > allowed * np.maximum(state.kappa[columns], 1.0)) & (moved > gaps / 2)
    if np.any(lost & (allowed * state.kappa[columns] < gaps / 4)):
        row = int(rows[foremost(np.where(lost, moved, 0.0))])
        return f"value {row} repeats another and an eigenvalue of A is missing", float(np.max(moved))
    return None


def _own(value: Array, vector: Array, work: Array, limit: float, exponent: int) -> str:
    """The eigenvalue to which a vector belongs, beside the value that came with it; nothing if it belongs to none."""
    image = work @ vector
    own = np.vdot(vector, image)
    if not np.linalg.norm(image - own * vector) <= limit:
        return ""
    return ": " + _times("the value is", value, "and that of the vector", own, "", exponent)


@np.errstate(over="ignore", invalid="ignore")
def _compared(values: Array, columns: Array, state: Conditioning, allowed: float, row: int) -> str:
    """A value that is none against the eigenvalue that is left for it, and the factor of all of them, if there is one."""
    told = _times("it is", values[row], "where", state.values[columns[row]], "is due", state.exponent)
    common = _common_factor(values, state, allowed)
    return told if common is None else f"{told}; every value is {_factor(common)} times an eigenvalue"


def _times(first: str, value: Array, second: str, due: Array, third: str, exponent: int) -> str:
    """Two numbers of the scaled matrix in a sentence, and the factor between them."""
    shown, right = apart(scaled(np.asarray(value), -exponent)[()], scaled(np.asarray(due), -exponent)[()])
    factor = f", {_factor(complex(value / due))} times it" if due else ""
    return " ".join(word for word in (first, shown, second, right, third) if word) + factor


def _factor(factor: complex | float) -> str:
    """A factor to as many digits as tell it from 1, without a part that is the rounding of the other."""
    whole = complex(factor)
    kept = [part if abs(part) > CANCELLED**2 * modulus(whole) else 0.0 for part in (whole.real, whole.imag)]
    return apart(complex(*kept), 1.0, 6)[0]


def _common_factor(values: Array, state: Conditioning, allowed: float) -> complex | float | None:
    """The c for which the values are c times the spectrum, each of it once; None if there is none."""
    sizes = float(np.sum(np.abs(state.values)))
    if not sizes > 0:
        return None
    size, trace = float(np.sum(np.abs(values))) / sizes, np.sum(state.values)
    turned = [complex(np.sum(values) / trace)] if np.abs(trace) > CANCELLED * sizes else []
    for c in (size, -size, *turned):
        due = c * state.values
        columns = nearest(values, due)
        moved = np.abs(values - due[columns])
        # c is a quotient of sums, and off by as many errors of values as these have terms
        if np.all(moved <= 2 * values.size * max(modulus(c), 1.0) * allowed * np.maximum(state.kappa[columns], 1.0)):
            return c
    return None


def _wrong_vectors(
    values: Array, vectors: Array, work: Array, state: Conditioning, allowed: float, roundoff: float, *, unit: bool
) -> Wrong:
    """Each vector must belong to its value, and have norm 1 where the convention says so."""
    n = values.size
    if not np.all(np.isfinite(vectors)):
        return "an eigenvector of a finite matrix is not finite", float("inf")
    norms = lengths(vectors)
    if np.any(norms == 0):
        return f"vector {int(np.argmin(norms))} is zero", 1.0
    if unit and np.any(np.abs(norms - 1) > FACTOR * n * roundoff):
        k = foremost(np.abs(norms - 1))
        return f"vector {k} has norm {norms[k]:.6g} where the convention declares 1", float(abs(norms[k] - 1))
    balanced = vectors / state.balance[:, None]
    balanced = balanced / lengths(balanced)
    residuals = np.linalg.norm(work @ balanced - balanced * values, axis=0)
    # values and vectors may come from different computations: a value may be off by kappa n u norm(B)
    closest = np.argmin(np.abs(values[:, None] - state.values[None, :]), axis=1)
    limits = allowed * np.maximum(state.kappa[closest], 1.0)
    worst = foremost(np.where(residuals <= limits, 0.0, residuals / limits))
    if not residuals[worst] <= limits[worst]:
        return (
            f"A v - lambda v of pair {worst} is {residuals[worst]:.3g} in units of the balanced matrix, where "
            f"{limits[worst]:.3g} is allowed: value and vector do not belong together"
            + _own(values[worst], balanced[:, worst], work, float(limits[worst]), state.exponent),
            float(residuals[worst]),
        )
    return None
