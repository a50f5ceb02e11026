"""Handing the evidence of a failed rule to the diagnoses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eigcheck.check.ask import Ask
from eigcheck.check.checks.answers import Answers, answers_at
from eigcheck.check.checks.oracles import asked
from eigcheck.check.compare import Comparison, compare
from eigcheck.check.conditions import moved_apart, right_when_larger
from eigcheck.check.diagnoses import Explanation, explain
from eigcheck.check.diagnoses.conditions import ABSOLUTE, AT_EQUALITY
from eigcheck.check.evidence import Evidence
from eigcheck.check.known import Known
from eigcheck.check.point import Point, make_point
from eigcheck.detail import Cause
from eigcheck.domains.tangents import assemble
from eigcheck.model import Array, CotangentSpec, Eigenpairs, Problem
from eigcheck.outcome import Finding
from eigcheck.spectra.conditioning import scaled
from eigcheck.spectra.following import FLUTTER, follow_to
from eigcheck.spectra.gauge import are_unit, lengths
from eigcheck.spectra.survey import survey

WITH_A_FORM = frozenset({"mismatch", "gauge", "not-real"})
"""Findings that say what the wrong gradient looks like; the others have no pattern to recognise."""

WITHOUT_A_FORM = frozenset({"nondeterministic", "primal"})
"""With these nobody knows which gradient is due to the rule's answer: it changes, or belongs to other eigenpairs."""

FURTHER = CotangentSpec(kind="random", count=2)
"""Of values, of vectors and of both."""

ROUNDING = "lower-precision"
"""The cause that is no linear map."""


@dataclass(frozen=True)
class Diagnosis:
    """The causes, most likely first, and whether the numbers that they explain are those `beside` the matrix."""

    causes: tuple[Explanation, ...] = ()
    beside: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """What a judgement keeps."""
        return tuple(cause.name for cause in self.causes)

    @property
    def told(self) -> tuple[Cause, ...]:
        """What a report says of each cause beside its name: the form that fits, and the part of the error that is left."""
        return tuple(Cause(c.name, c.said, c.leaves / c.error if c.error else 0.0, self.beside) for c in self.causes)


def diagnosis_of(known: Known) -> Diagnosis:
    """Likely causes of wrong gradients, most likely first: from the numbers at the matrix, or those at the neighbour.

    None where there is no wrong gradient.
    """
    problem, point, ask, answers = known.problem, known.point, known.ask, known.answers
    comparisons, findings, oracles = known.comparisons, known.findings, known.settings.oracles
    kinds = {finding.kind for finding in findings}
    if kinds & WITHOUT_A_FORM or any(entry is None for entry in point.tangents.entries):
        return Diagnosis()
    court = _Court(problem, point, ask, findings, oracles)
    apart = moved_apart(point, comparisons)
    if apart is not None:
        there = court.look_at(apart)
        return Diagnosis((Explanation(AT_EQUALITY),) if there is not None and not there.failing.any() else ())
    causes: tuple[Explanation, ...] = ()
    if any(finding.kind in WITH_A_FORM and finding.beside is None for finding in findings):
        here = _evidence(point, answers, comparisons)
        absolute = here is not None and right_when_larger(point, ask, comparisons)
        if here is not None:
            seen = absolute or _branches(point, findings)
            causes = court.explain_here(replace(here, branches=seen, absolute=absolute))
        causes = (*causes[:1], Explanation(ABSOLUTE), *causes[1:-1]) if absolute else causes
    away = next((finding.beside for finding in findings if finding.beside is not None), None)
    if causes or away is None:
        return Diagnosis(causes)
    there = court.look_at(away)
    return Diagnosis(() if there is None else court.explained(replace(there, branches=True)), beside=True)


@dataclass(frozen=True)
class _Court:
    """What the causes of one failed mode are looked for with."""

    problem: Problem
    point: Point
    ask: Ask
    findings: Sequence[Finding]
    oracles: Sequence[str] | None

    def explain_here(self, evidence: Evidence) -> tuple[Explanation, ...]:
        """The causes at the matrix itself; the rule is asked for more where its answers leave them open."""
        causes = self.explained(evidence)
        if len(causes) == 1 and not causes[0].leaves:
            return causes
        if len(causes) > 1:
            # further cotangents tell apart what the case's own leave open, unless they show another fault
            more = self.look_at(self.point.matrix, FURTHER)
            told = None if more is None else self.explained(evidence.with_cotangents_of(more))
            return told if told and not told[0].leaves else causes
        outward = _outward(self.point, self.ask)
        return causes if outward is None else self.explained(replace(evidence, outward=outward)) or causes

    def explained(self, evidence: Evidence) -> tuple[Explanation, ...]:
        """The causes of one stock of evidence."""
        causes = explain(evidence)
        # known causes are linear maps of cotangents of one form, all but rounding
        bent = any(finding.kind == "not-linear" and not finding.extra.forms for finding in self.findings)
        return tuple(cause for cause in causes if cause.name == ROUNDING) if bent else causes

    def look_at(self, matrix: Array, cotangent: CotangentSpec | None = None) -> Evidence | None:
        """The evidence at a matrix, by default for the case's cotangents; None where there is no primal."""
        spectrum = survey(matrix, self.point.triangle)
        primal = self.ask.primals([matrix])[0]
        if primal is None or spectrum.state is None:
            return None
        there = make_point(cotangent or self.problem.cotangent, self.point.rule, spectrum, primal)
        answers, testimonies = answers_at(there, self.ask), asked(there, self.ask, self.oracles)
        told = [
            compare(c, answers.numbers[c], testimonies, there.allowed[c], there.terms[c], there.roundoff, matrix.dtype)
            for c, reason in enumerate(there.reasons)
            if reason is None
        ]
        return _evidence(there, answers, told)


def _outward(point: Point, ask: Ask) -> Array | None:
    """The rule's gradients for each vector's own direction, as the evidence has them; None where lengths are free."""
    vectors, state = point.primal.vectors, point.state
    if vectors is None or not np.all(are_unit(lengths(vectors), vectors)):
        return None
    own = tuple(Eigenpairs(None, np.asarray(vectors) * unit) for unit in np.eye(len(vectors)))
    numbers = ask.numbers(point.matrix, own, point.tangents)
    if numbers is None or not np.all(np.isfinite(numbers)):
        return None
    n, domain = len(vectors), point.rule.domain
    gradients = assemble(numbers, point.tangents, n, domain, is_complex=point.is_complex)
    return np.asarray(gradients * np.ldexp(1.0, state.exponent))


def _branches(point: Point, findings: Sequence[Finding]) -> bool | None:
    """Whether the rule is right next to A though it is wrong there; None where that is not known."""
    if not point.multiplicity.simple:
        return None
    jump = next((finding for finding in findings if finding.kind == "jump"), None)
    if jump is None:
        return False
    return True if jump.extra.wrong == "here" else None


def _evidence(point: Point, answers: Answers, comparisons: Sequence[Comparison]) -> Evidence | None:
    state = point.state
    kept = [c for c in comparisons if c.status in ("agrees", "differs")]
    if not kept:
        return None
    numbers = np.stack([np.asarray(c.want) for c in kept])
    allowed = np.stack([np.asarray(c.allowed) for c in kept])
    if not np.all(np.isfinite(numbers)):
        return None
    n, domain = point.matrix.shape[0], point.rule.domain
    want = assemble(numbers, point.tangents, n, domain, is_complex=point.is_complex)
    got = answers.gradients[[c.cotangent for c in kept]]
    # the evidence is that of the scaled matrix: gradients of vectors scale as 1/s, those of values not at all
    vectorial = [point.cotangents[c.cotangent].pairs.vectors is not None for c in kept]
    factors = np.where(vectorial, np.ldexp(1.0, state.exponent), 1.0)[:, None, None]
    values, vectors, sizes = _reference(point)
    return Evidence(
        matrix=scaled(point.decomposed, state.exponent),
        values=values,
        vectors=vectors,
        cotangents=tuple(_as_scaled(point.cotangents[c.cotangent].pairs, sizes, state.exponent) for c in kept),
        got=got * factors,
        want=want * factors,
        allowed=_by_entry(point, allowed) * factors,
        function=point.rule.function,
        domain=domain,
        convention=point.rule.convention,
        real=not point.is_complex,
        single=point.matrix.dtype in (np.float32, np.complex64),
        uplo=point.triangle,
        exponent=state.exponent,
    )


def _by_entry(point: Point, allowed: Array) -> Array:
    """Allowances (C, T) as (C, n, n), the larger of an entry's two parts; infinite where no tangent looks."""
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
