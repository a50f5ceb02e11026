"""Handing the evidence of a failed rule to the diagnoses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eigcheck.check.ask import Answers
from eigcheck.check.checks.answers import answers_at
from eigcheck.check.checks.oracles import asked
from eigcheck.check.compare import Comparison
from eigcheck.check.diagnoses import explain
from eigcheck.check.diagnoses.conditions import ABSOLUTE, AT_EQUALITY
from eigcheck.check.evidence import Evidence
from eigcheck.check.known import Known
from eigcheck.check.point import Point, make_point
from eigcheck.check.right_elsewhere import moved_apart, right_when_larger
from eigcheck.detail import Explanation
from eigcheck.domains.tangents import assemble
from eigcheck.model import Array, CotangentSpec, Eigenpairs
from eigcheck.spectra.following import FLUTTER, follow_to
from eigcheck.spectra.gauge import are_unit, lengths
from eigcheck.spectra.scaling import scaled
from eigcheck.spectra.survey import survey

WITH_A_FORM = frozenset({"mismatch", "gauge", "not-real"})
"""Findings that say what the wrong gradient looks like; the others have no pattern to recognise."""

WITHOUT_A_FORM = frozenset({"nondeterministic", "primal"})
"""With these nobody knows which gradient is due to the rule's answer: it changes, or belongs to other eigenpairs."""

FURTHER = CotangentSpec(kind="random", count=2)
"""Of values, of vectors and of both."""

ROUNDING = "lower-precision"
"""The cause that is no linear map."""


def causes_of(known: Known) -> tuple[Explanation, ...]:
    """Likely causes of wrong gradients, most likely first: from the numbers at the matrix, or those at the neighbour.

    None where there is no wrong gradient.
    """
    kinds = {finding.kind for finding in known.findings}
    if kinds & WITHOUT_A_FORM or any(entry is None for entry in known.point.tangents.entries):
        return ()
    apart = moved_apart(known)
    if apart is not None:
        there = _evidence_at(known, apart)
        return (_by_its_name(AT_EQUALITY),) if there is not None and not there.failing.any() else ()
    causes: tuple[Explanation, ...] = ()
    if any(finding.kind in WITH_A_FORM and finding.beside is None for finding in known.findings):
        here = _evidence(known.point, known.answers, known.comparisons)
        absolute = here is not None and right_when_larger(known)
        if here is not None:
            causes = _explained_here(known, replace(here, branches=absolute or _branches(known), absolute=absolute))
        causes = (*causes[:1], _by_its_name(ABSOLUTE), *causes[1:-1]) if absolute else causes
    away = next((finding.beside for finding in known.findings if finding.beside is not None), None)
    if causes or away is None:
        return causes
    there = _evidence_at(known, away)
    found = () if there is None else _explained(known, replace(there, branches=True))
    return tuple(replace(cause, beside=True) for cause in found)


def _by_its_name(name: str) -> Explanation:
    """A cause that no gradient at one matrix shows."""
    return Explanation(name, said="", left=0.0, beside=False)


def _explained_here(known: Known, evidence: Evidence) -> tuple[Explanation, ...]:
    """The causes at the matrix itself; the rule is asked for more where its answers leave them open."""
    causes = _explained(known, evidence)
    if len(causes) == 1 and not causes[0].left:
        return causes
    if len(causes) > 1:
        # further cotangents tell apart what the case's own leave open, unless they show another fault
        more = _evidence_at(known, known.point.matrix, FURTHER)
        with_more = () if more is None else _explained(known, evidence.with_cotangents_of(more))
        return with_more if with_more and not with_more[0].left else causes
    outward = _outward(known)
    return causes if outward is None else _explained(known, replace(evidence, outward=outward)) or causes


def _explained(known: Known, evidence: Evidence) -> tuple[Explanation, ...]:
    """The causes of one stock of evidence."""
    causes = explain(evidence)
    # known causes are linear maps of cotangents of one form, all but rounding
    bent = any(finding.kind == "not-linear" and not finding.extra.forms for finding in known.findings)
    return tuple(cause for cause in causes if cause.name == ROUNDING) if bent else causes


def _evidence_at(known: Known, matrix: Array, cotangent: CotangentSpec | None = None) -> Evidence | None:
    """The evidence at another matrix, by default for the case's cotangents; None where there is no primal."""
    ask, spectrum = known.ask, survey(matrix, known.point.triangle)
    primal = ask.primals([matrix])[0]
    if primal is None or spectrum.state is None:
        return None
    there = make_point(cotangent or known.problem.cotangent, known.point.rule, spectrum, primal)
    testimonies = asked(there, ask, known.settings.oracles)
    answers = answers_at(there, testimonies, ask)
    comparisons = [there.compared(c, answers.numbers[c], testimonies) for c in there.determined]
    return _evidence(there, answers, comparisons)


def _outward(known: Known) -> Array | None:
    """The rule's gradients for each vector's own direction, as the evidence has them; None where lengths are free."""
    point = known.point
    vectors = point.primal.vectors
    if vectors is None or not np.all(are_unit(lengths(vectors), vectors)):
        return None
    own = tuple(Eigenpairs(None, np.asarray(vectors) * unit) for unit in np.eye(len(vectors)))
    numbers = known.ask.numbers(point.matrix, own, point.tangents)
    if numbers is None or not np.all(np.isfinite(numbers)):
        return None
    return np.asarray(_assembled(point, numbers) * np.ldexp(1.0, point.state.exponent))


def _branches(known: Known) -> bool | None:
    """Whether the rule is right next to A though it is wrong there; None where that is not known."""
    if not known.point.multiplicity.simple:
        return None
    jump = next((finding for finding in known.findings if finding.kind == "jump"), None)
    if jump is None:
        return False
    return True if jump.extra.wrong == "here" else None


def _evidence(point: Point, answers: Answers, comparisons: Sequence[Comparison]) -> Evidence | None:
    """What was compared, on the scale of A / s; None where nothing was, or where what it should be is not finite."""
    kept = [c for c in comparisons if c.status in ("agrees", "differs")]
    if not kept:
        return None
    numbers = np.stack([np.asarray(c.want) for c in kept])
    if not np.all(np.isfinite(numbers)):
        return None
    exponent, bars = point.state.exponent, [point.cotangents[c.cotangent].pairs for c in kept]
    # gradients of vectors scale as 1/s, those of values not at all
    factors = np.array([1.0 if bar.vectors is None else np.ldexp(1.0, exponent) for bar in bars])[:, None, None]
    values, vectors, sizes = _reference(point)
    return Evidence(
        matrix=scaled(point.spectrum.decomposed, exponent),
        values=values,
        vectors=vectors,
        cotangents=tuple(_as_scaled(bar, sizes, exponent) for bar in bars),
        got=answers.gradients[[c.cotangent for c in kept]] * factors,
        want=_assembled(point, numbers) * factors,
        allowed=_by_entry(point, np.stack([np.asarray(c.allowed) for c in kept])) * factors,
        function=point.rule.function,
        domain=point.rule.domain,
        convention=point.rule.convention,
        real=not point.is_complex,
        single=point.matrix.dtype in (np.float32, np.complex64),
        uplo=point.triangle,
        exponent=exponent,
    )


def _assembled(point: Point, numbers: Array) -> Array:
    """The gradients (C, n, n) of numbers (C, T) along the point's tangents."""
    return assemble(numbers, point.tangents, len(point.matrix), point.rule.domain, is_complex=point.is_complex)


def _by_entry(point: Point, allowed: Array) -> Array:
    """Allowances (C, T) as (C, n, n), the larger of an entry's two parts; 0 where no tangent looks."""
    n = point.matrix.shape[0]
    result = np.zeros((allowed.shape[0], n, n))
    for t, entry in enumerate(point.tangents.entries):
        if entry is not None:
            i, j = entry
            result[:, i, j] = np.maximum(result[:, i, j], allowed[:, t])
            if point.rule.domain == "symmetric":
                result[:, j, i] = result[:, i, j]
    return result


def _as_scaled(pairs: Eigenpairs, sizes: Array, exponent: int) -> Eigenpairs:
    """A cotangent of vectors of the given lengths as one of unit vectors at A / s: of L(l v) it is l times that of L.

    Beside vectors the values' cotangent is s times as large there, since the whole gradient is.
    """
    if pairs.vectors is None:
        return pairs
    values = None if pairs.values is None else np.ldexp(1.0, exponent) * pairs.values
    return Eigenpairs(values, pairs.vectors * sizes)


def _reference(point: Point) -> tuple[Array, Array, Array]:
    """LAPACK's eigenpairs of the scaled matrix in the order and phases of the rule's, and the lengths of the rule's."""
    state = point.state
    followed = follow_to(point.primal, point.spectrum.reference, state)
    sizes = np.abs(followed.factors)
    sizes = np.where(np.abs(sizes - 1) <= FLUTTER, 1.0, sizes)  # the moduli of phases
    vectors = state.original_vectors[:, followed.places] / (followed.factors / sizes)
    return state.values[followed.places], vectors, 1.0 / sizes
