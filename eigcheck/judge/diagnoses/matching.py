"""Which causes explain a rule's error: the gradient of each is held against the rule's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.judge.diagnoses.algebra import pieces, smallest_gap
from eigcheck.judge.diagnoses.registry import Cause, registered
from eigcheck.judge.evidence import Evidence
from eigcheck.model import Array, unit_roundoff

SHARES = 4.0
"""Allowances that a matching candidate may be away from the rule: the rule's own error, the candidate's (a
correct computation from the same pairs, within the same budget) and the reference pairs' are one each, and
one more because a fault moves an entry to a place whose own allowance is smaller."""

SEPARATION = 8.0
"""A candidate must differ from the truth by this many times what it may differ from the rule. Since an
explained error is then at least 7 of the tolerances by which it is explained, agreement is never a matter
of wide bars."""

SAMPLE = 6
"""Cotangents at which causes are looked at first: more than any of them has parameters."""

LONGEST = 3
"""Most causes named at once: a longer list helps nobody."""


@dataclass(frozen=True)
class _Match:
    """How well one form of a cause fits: `everywhere` if right also for the cotangents on which the rule is
    right, `exactly` if right also for entries that the domain cannot see."""

    cause: Cause
    everywhere: bool
    exactly: bool


def diagnose(evidence: Evidence) -> tuple[str, ...]:
    """Names of the causes that explain the error of all failing cotangents, most likely first; () if unknown.

    A cause is named if one of its forms agrees with the rule on every failing cotangent within SHARES
    allowances plus the rounding of its own computation, and differs from the truth by SEPARATION times
    that, in at least two numbers and in more numbers than it has parameters. Causes that also predict on
    which cotangents the rule is right push out those that do not. Nothing is said of 1 x 1 matrices, where
    most causes coincide. Cotangents whose true gradient is not known (NaN in `want`) are left out.
    """
    evidence = evidence.only(np.asarray(np.isfinite(evidence.want).all(axis=(1, 2))))
    failing = evidence.failing
    if evidence.order < 2 or not failing.any() or not np.isfinite(evidence.got[failing]).all():
        return ()
    relative = rounding(evidence)
    if not np.isfinite(relative) or _by_the_formula(evidence, relative):
        return ()
    sample = _worst(evidence)  # few cotangents already rule out most causes, at a fraction of the cost
    suspects = [known for known in registered() if _best(known, sample, relative) is not None]
    matches = [match for known in suspects if (match := _best(known, evidence, relative)) is not None]
    if any(match.everywhere for match in matches):
        matches = [match for match in matches if match.everywhere]
    matches.sort(key=lambda match: (not match.exactly, match.cause.rank, match.cause.name))
    return tuple(match.cause.name for match in matches[:LONGEST])


def rounding(evidence: Evidence) -> float:
    """Relative rounding error of a candidate: n u cond(V) (1 + norm(A) / gap).

    n u cond(V) is that of the products with V and its inverse (Higham 2002, ch. 14); eigenvalues are uncertain by
    u norm(A) cond(V) (Bauer and Fike), which in a quotient by the smallest resolved gap is the other term. u is
    that of the reference pairs. Where it is too small, a cause goes unnamed; none is named wrongly for that.
    """
    u = unit_roundoff(np.asarray(evidence.vectors).dtype)
    scale = float(np.linalg.norm(evidence.matrix, 2)) if np.isfinite(evidence.matrix).all() else np.nan
    if not np.isfinite(scale):  # the triangle that is not stored may hold anything
        scale = float(np.abs(evidence.values).max())
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
    failing = evidence.failing
    right = evidence.on_domain(p.gradient())
    bars = SHARES * evidence.allowances + relative * _largest(right)
    distance = _largest(evidence.visible(evidence.got) - evidence.visible(right))
    return bool((distance <= bars)[failing].all())


def _worst(evidence: Evidence) -> Evidence:
    """The evidence of the SAMPLE failing cotangents with the largest errors."""
    error = _largest(evidence.visible(evidence.got) - evidence.visible(evidence.want))
    ranked = np.argsort(np.where(evidence.failing, -error, np.inf), kind="stable")
    kept = np.zeros(error.size, dtype=bool)
    kept[ranked[:SAMPLE]] = True
    return evidence.only(kept & evidence.failing)


def _best(known: Cause, evidence: Evidence, relative: float) -> _Match | None:
    """The best match among the forms of one cause, None if none explains the error."""
    best: _Match | None = None
    with np.errstate(all="ignore"):
        for form in known.forms(evidence):
            match = _compare(known, evidence, np.asarray(form), relative)
            if match is not None and (
                best is None or (match.everywhere, match.exactly) > (best.everywhere, best.exactly)
            ):
                best = match
            if best is not None and best.everywhere and best.exactly:
                break
    return best


def _compare(known: Cause, evidence: Evidence, form: Array, relative: float) -> _Match | None:
    """Hold one form of a cause against the rule's gradients."""
    failing = evidence.failing
    if not np.isfinite(form[failing]).all():
        return None
    bars = SHARES * evidence.allowances + relative * _largest(form)
    seen, want, got = (evidence.visible(g) for g in (form, evidence.want, evidence.got))
    near = _largest(got - seen) <= bars
    if not near[failing].all():
        return None
    change = (seen - want)[failing] / np.maximum(bars[failing], np.finfo(float).tiny)[:, None, None]
    numbers = np.stack([np.abs(np.real(change)), np.abs(np.imag(change))])
    told = int((numbers > 2.0).sum())  # beyond the tolerance on both sides
    if numbers.max() <= SEPARATION or told < max(2, known.parameters + 1):
        return None
    exactly = evidence.domain == "symmetric" or bool((_largest(evidence.got - form) <= bars)[failing].all())
    return _Match(known, bool(near.all()), exactly)


def _largest(gradients: Array) -> Array:
    """Largest modulus in each gradient, shape (C,)."""
    return np.asarray(np.abs(gradients).max(axis=(1, 2), initial=0.0))
