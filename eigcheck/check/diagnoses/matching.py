"""Which causes explain a rule's error: the gradient of each is held against the rule's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from eigcheck.check.diagnoses.algebra import Pieces, pieces, smallest_gap
from eigcheck.check.diagnoses.cause import Cause, Form
from eigcheck.check.diagnoses.registry import ORDER, diagnoses
from eigcheck.check.evidence import Evidence, largest
from eigcheck.detail import Explanation
from eigcheck.model import Array, unit_roundoff

SHARES = 4.0
"""Allowances that a matching candidate may be away from the rule: the rule's own error, the candidate's (a
correct computation from the same pairs, within the same budget) and the reference pairs' are one each, and
one more because a fault moves an entry to a place whose own allowance is smaller."""

SEPARATION = 8.0
"""A candidate must differ from the truth by this many times what it may differ from the rule. Since an
explained error is then at least 7 of the tolerances by which it is explained, agreement is never a matter
of wide bars."""

REST = 2.0**-10
"""Largest part of an error that a cause may leave to another fault beside it: it then agrees to ten bits at least."""

FURTHER = 2
"""Numbers more that must agree where something is left: each by chance once in 1 / REST times."""

SAMPLE = 6
"""Cotangents at which causes are looked at first: more than any of them has parameters."""

LONGEST = 3
"""Most causes named at once: a longer list helps nobody."""


@dataclass(frozen=True)
class _Match:
    """How well one form of a cause fits.

    `leaves` is the largest error that it does not explain, 0 within the tolerance, `error` the largest that there is;
    `residual` how far it is from the rule, relative to the gradient and at least the rounding of one number;
    `everywhere` if right also for the cotangents on which the rule is right; `exactly` if right also for entries that the
    domain cannot see.
    """

    cause: Cause
    form: Form
    leaves: float
    error: float
    residual: float
    everywhere: bool
    exactly: bool

    @property
    def explanation(self) -> Explanation:
        """What a report is told."""
        left = self.leaves / self.error if self.error else 0.0
        return Explanation(self.cause.name, self.form.said, left, beside=False)

    def misfit(self, best: float) -> tuple[float, bool, bool, bool]:
        """Smaller for a better fit, `best` being the smallest residual; see `explain` for what decides among equals."""
        return (self.leaves, not self.everywhere, self.residual > SEPARATION * best, not self.exactly)

    def likelihood(self, best: float, branches: bool | None) -> tuple[object, ...]:
        """Smaller for a likelier cause of a rule that was seen to branch, or not to."""
        can_branch = self.cause.branches or self.form.branches
        return (self.misfit(best), can_branch != branches, ORDER.index(self.cause.name))


def explain(evidence: Evidence) -> tuple[Explanation, ...]:
    """The causes that explain the error of all failing cotangents, most likely first; () if unknown.

    A cause is named if one of its forms agrees with the rule on every failing cotangent within SHARES
    allowances plus the rounding of its own computation, and differs from the truth by SEPARATION times
    that, in at least two numbers and in more numbers than it has parameters; if there is none, one that leaves at most
    REST of every error to another fault. Causes that also predict on which cotangents the rule is right push out those
    that do not.

    The better fit comes first: a residual SEPARATION times that of another cause is a worse one, and so is what does not
    fit in entries that the domain cannot see. Then what can sit behind a condition where the rule was seen to branch,
    and what cannot where it was not; then the order of `registry.ORDER`.

    Nothing is said of 1 x 1 matrices, where most causes coincide. Cotangents whose true gradient is not known (NaN in
    `want`) are left out.
    """
    evidence = evidence.only(np.asarray(np.isfinite(evidence.want).all(axis=(1, 2))))
    failing = evidence.failing
    if evidence.order < 2 or not failing.any() or not np.isfinite(evidence.got[failing]).all():
        return ()
    relative = rounding(evidence)
    if not np.isfinite(relative) or _by_the_formula(evidence, relative):
        return ()
    # few cotangents already rule out most causes, at a fraction of the cost
    suspects = [match.cause for match in _matches(diagnoses(), _worst(evidence), relative)]
    matches = _matches(suspects, evidence, relative)
    if any(match.leaves == 0 for match in matches):
        matches = [match for match in matches if match.leaves == 0]
    if any(match.everywhere for match in matches):
        matches = [match for match in matches if match.everywhere]
    best = min((match.residual for match in matches), default=0.0)
    matches.sort(key=lambda match: match.likelihood(best, evidence.branches))
    return tuple(match.explanation for match in matches[:LONGEST])


def rounding(evidence: Evidence) -> float:
    """Relative rounding error of a candidate: n u cond(V) (1 + norm(A) / gap).

    n u cond(V) is that of the products with V and its inverse (Higham 2002, ch. 14); eigenvalues are uncertain by
    u norm(A) cond(V) (Bauer and Fike), which in a quotient by the smallest resolved gap is the other term. u is
    that of the reference pairs. Where it is too small, a cause goes unnamed; none is named wrongly for that.
    """
    u = unit_roundoff(np.asarray(evidence.vectors).dtype)
    scale = float(np.linalg.norm(evidence.matrix, 2))
    condition = float(np.linalg.cond(evidence.vectors))
    return evidence.order * u * condition * (1.0 + scale / smallest_gap(evidence))


def _by_the_formula(evidence: Evidence, relative: float) -> bool:
    """Whether the rule did what the right formula does with these pairs, although the truth is another.

    The pairs are then at fault, or what the cotangent means: no form of a cause that comes close to the
    formula explains that.
    """
    p = pieces(evidence)
    if p is None:
        return False
    right = evidence.on_domain(p.gradient())
    bars = SHARES * evidence.allowances + relative * largest(right)
    return bool((evidence.off(right) <= bars)[evidence.failing].all())


def _worst(evidence: Evidence) -> Evidence:
    """The evidence of the SAMPLE failing cotangents with the largest errors."""
    ranked = np.argsort(np.where(evidence.failing, -evidence.error, np.inf), kind="stable")
    kept = np.zeros(len(ranked), dtype=bool)
    kept[ranked[:SAMPLE]] = True
    return evidence.only(kept & evidence.failing)


def _matches(causes: Iterable[Cause], evidence: Evidence, relative: float) -> list[_Match]:
    """The best match of each cause that has one."""
    p = pieces(evidence)
    with np.errstate(all="ignore"):
        return [match for known in causes if (match := _best(known, evidence, p, relative)) is not None]


def _best(known: Cause, evidence: Evidence, p: Pieces | None, relative: float) -> _Match | None:
    """The best match among the forms of one cause, the first among equals; None if none explains the error."""
    best: _Match | None = None
    for form in known.forms(evidence, p):
        match = _compare(known, evidence, form, relative)
        if match is not None and (best is None or match.misfit(best.residual) < best.misfit(match.residual)):
            best = match
    return best


def _compare(known: Cause, evidence: Evidence, form: Form, relative: float) -> _Match | None:
    """Hold one form of a cause against the rule's gradients."""
    failing, gradients = evidence.failing, np.asarray(form.gradients)
    if not np.isfinite(gradients[failing]).all():
        return None
    bars = SHARES * evidence.allowances + relative * largest(gradients)
    distance, error = evidence.off(gradients), evidence.error
    near = distance <= bars
    needed = max(2, form.parameters + 1)
    leaves = 0.0
    if not near[failing].all():
        part = float((distance / error)[failing].max())
        if not part <= REST:
            return None
        needed += FURTHER
        leaves = float(distance[failing].max())
        bars = np.maximum(bars, part * error)  # what one cotangent leaves open no other one can tell
    change = (evidence.visible(gradients) - evidence.visible(evidence.want))[failing]
    change /= np.maximum(bars[failing], np.finfo(float).tiny)[:, None, None]
    numbers = np.stack([np.abs(np.real(change)), np.abs(np.imag(change))])
    shown = int((numbers > 2.0).sum())  # beyond the tolerance on both sides
    if numbers.max() <= SEPARATION or shown < needed:
        return None
    exactly = evidence.domain == "symmetric" or bool((largest(evidence.got - gradients) <= bars)[failing].all())
    return _Match(
        known,
        form,
        leaves,
        float(error[failing].max()),
        residual=_relative(evidence, distance),
        everywhere=bool((distance <= bars).all()),
        exactly=exactly,
    )


def _relative(evidence: Evidence, distance: Array) -> float:
    """A distance relative to the true gradient, at least n u: less than that says nothing."""
    unit = unit_roundoff(np.float32 if evidence.single else np.float64)
    sizes = np.maximum(largest(evidence.want), np.finfo(float).tiny)
    return max(float((distance / sizes)[evidence.failing].max()), evidence.order * unit)
