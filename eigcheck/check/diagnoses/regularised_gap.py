"""Inverse gaps are kept finite by a constant: added to all gaps, put in place of small ones, or a threshold below which
pairs are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from eigcheck.check.diagnoses.algebra import Pieces, differences, inverse
from eigcheck.check.diagnoses.cause import Cause, Form
from eigcheck.check.diagnoses.fitting import multiple, shows_in_all
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array, unit_roundoff

THRESHOLDS = 12
"""Most cut-offs tried: rules that zero more than the dozen closest pairs leave little to recognise."""

NATURAL = 1 / 8
"""Nearer to 1 than this lies no factor that rules forget or double (2, 1/2, 1/n, a square root of 2): a gap was."""

ITERATIONS = 50
"""Most Gauss-Newton steps: it converges quadratically where the form is right, and is given up elsewhere."""


@dataclass(frozen=True)
class _Shift:
    """What becomes of a gap D: `text`, that is D + e U with U = `towards(D)`; e has A's scale to the power `degree`."""

    text: str
    towards: Callable[[Array], Array]
    degree: int = 1
    positive: bool = True

    def gaps(self, d: Array, e: float) -> Array:
        """F = 1 / (D + e U), 0 where D is."""
        return inverse(d + e * self.towards(d))

    def slope(self, d: Array, e: float) -> Array:
        """dF/de = -F^2 U."""
        return np.asarray(-(self.gaps(d, e) ** 2) * self.towards(d))


_ADDED = _Shift("D + e", lambda d: (d != 0).astype(float), positive=False)
SHIFTS = (
    _Shift("(|D|^2 + e) / conj D", lambda d: inverse(np.conj(d)), degree=2),
    _Shift("(D^2 + e) / D", inverse, degree=2),
    _ADDED,
    _Shift("D + e sign D", lambda d: d * inverse(np.abs(d))),
)


def _regularised(evidence: Evidence, p: Pieces) -> Iterator[Form]:
    """F_ij for a gap D = lambda_j - lambda_i: conj(D) / (abs(D)^2 + e), D / (D^2 + e), 1 / (D + e),
    1 / (D + e sign D), 0 for abs(D) <= e, or the inverse of e for smaller D, see `_floored`.

    e is fitted by least squares, Gauss and Newton's way. Where all gaps are equally wide only 1 / (D + e) can be told
    apart from a factor on the eigenvectors' part; of the others one that changes it by less than NATURAL is given, since
    nobody is wrong by a factor so near to 1. Nothing if the error shows without a cotangent of the vectors.
    """
    if not np.abs(p.vectors_bar[evidence.failing]).max(axis=(1, 2)).all():
        return
    d = differences(evidence)
    widths = _distinct(evidence, d)
    for width, further in zip(widths[:THRESHOLDS], [*widths[1:], np.inf], strict=False):
        if further < np.inf or evidence.absolute:  # without a pair left it is their whole part that is missing
            gaps = np.where(np.abs(d) > width, p.gaps, 0.0)
            said = f"pairs closer than {_size(evidence, width)} or somewhat more are left out"
            yield Form(evidence.on_domain(p.gradient(gaps=gaps)), said, 1, branches=True)
    yield from _floored(evidence, p, d, widths)
    for shift in SHIFTS:
        e = _fit(evidence, p, d, shift)
        if e is None:
            continue
        gaps = shift.gaps(d, e)
        if len(widths) > 1 or shift is _ADDED or np.abs(gaps * d - (d != 0)).max() < NATURAL:
            said = f"in place of a gap D there is {shift.text}, e = {_size(evidence, e, shift.degree)}"
            yield Form(evidence.on_domain(p.gradient(gaps=gaps)), said, 1)


def _size(evidence: Evidence, size: float, degree: int = 1) -> str:
    """A length on the scale of A, or its square."""
    with np.errstate(over="ignore", under="ignore"):
        return f"{np.ldexp(size, degree * evidence.exponent):.2g}"


def _floored(evidence: Evidence, p: Pieces, d: Array, widths: Array) -> Iterator[Form]:
    """max(abs D, e) with the sign of D or without one, e for D of either sign in place of small ones, max(D, e).

    For each number of pairs that lie below the floor 1 / e is linear in the gradient; the e that is fitted has to lie
    between the widest of these and the next one.
    """
    signs = np.conj(d) * inverse(np.abs(d))  # of 1 / D
    above = np.append(widths, np.inf)
    base = p.inner(vectors_bar=0 * p.vectors_bar)
    forms = [
        ("max(|D|, e) sign D", np.abs(d), signs, signs),
        ("max(|D|, e)", np.abs(d), np.abs(signs), np.abs(signs)),
        ("e where |D| < e", np.abs(d), np.abs(signs), signs),
    ]
    if not np.iscomplexobj(d):
        forms.append(("max(D, e)", np.where(d == 0, np.inf, d), np.abs(signs), signs))
    for text, sizes, put, kept in forms:
        for count in range(min(THRESHOLDS, widths.size)):
            low = (sizes <= above[count]) & (d != 0)
            rest = np.where(low, 0.0, kept * np.abs(p.gaps))
            if not rest.any() and put is signs:
                continue  # all gaps alike by one number: that is a factor on the eigenvectors' part
            outside = evidence.on_domain(p.outer(base + np.conj(rest) * p.pulled()))
            inside = evidence.on_domain(p.outer(np.conj(np.where(low, put, 0.0)) * p.pulled()))
            fitted = multiple(evidence, inside, outside)
            x = 0.0 if fitted is None else fitted.real
            if not x > 0 or not above[count] < 1 / x < above[count + 1]:
                continue
            # an e that leaves nothing of the eigenvectors' part is not determined: that part is missing
            if shows_in_all(evidence, x * inside):
                said = f"in place of a gap D there is {text}, e = {_size(evidence, 1 / x)}"
                yield Form(outside + x * inside, said, 1, branches=True)
    if not np.iscomplexobj(d):
        yield Form(evidence.on_domain(p.gradient(gaps=np.abs(p.gaps))), "gaps have lost their sign")


def _distinct(evidence: Evidence, d: Array) -> Array:
    """Widths of the gaps, each the largest of those that differ by less than roundoff, ascending."""
    widths = np.unique(np.abs(d[d != 0]))
    resolution = evidence.order * unit_roundoff(d.dtype) * widths.max(initial=0.0)
    return np.asarray(widths[np.append(np.diff(widths) > resolution, True)[: widths.size]])


def _fit(evidence: Evidence, p: Pieces, d: Array, shift: _Shift) -> float | None:
    """The e of least squares for one shift, None if the iteration leaves the numbers where it makes sense."""
    failing = evidence.failing
    pulled = p.pulled()
    base = p.inner(vectors_bar=0 * p.vectors_bar)

    def seen(inner: Array) -> Array:
        return evidence.visible(evidence.on_domain(p.outer(inner)))[failing]

    target = evidence.visible(evidence.got)[failing] - seen(base)

    def residual(e: float) -> Array:
        return np.asarray(target - seen(np.conj(shift.gaps(d, e)) * pulled))

    # the start only has to be in the basin: the widest gap squared down to roundoff of it, by powers of ten
    top = float(np.abs(d).max()) ** shift.degree
    grid = [0.0, *(top * 10.0**-k for k in range(-2, 17))]
    grid += [] if shift.positive else [-e for e in grid]
    e = min(grid, key=lambda start: float(np.linalg.norm(residual(start))))
    for _ in range(ITERATIONS):
        slope = seen(np.conj(shift.slope(d, e)) * pulled)
        size = np.vdot(slope, slope).real
        if size == 0.0 or not np.isfinite(size):
            return None
        step = float(np.vdot(slope, residual(e)).real / size)
        e += step
        if abs(step) <= 2 * unit_roundoff(np.float64) * abs(e):
            break
    if not np.isfinite(e) or e == 0.0 or (shift.positive and e < 0.0):
        return None
    # an e that leaves nothing of the eigenvectors' part is not determined: that part is missing, not regularised
    left = np.abs(seen(np.conj(shift.gaps(d, e)) * pulled)).max()
    return e if left > evidence.allowances[failing].max() else None


CAUSES = (
    Cause(
        "regularised-gap",
        summary="inverse gaps were regularised: damped, floored, or left out below a threshold",
        fix="divide by the gap itself, and treat exactly repeated eigenvalues apart",
        formula="the formula with Fᵢⱼ = D/(D² + ε), 1/max(|D|, ε), 0 for |D| < ε or the like,  D = λⱼ − λᵢ",
        answers=_regularised,
    ),
)
