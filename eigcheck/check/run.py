"""The whole trial of one rule: hear it, call the witnesses, compare, look beside, give a judgement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from eigcheck.check.ask import Ask
from eigcheck.check.checks.answers import Answers, answers_at
from eigcheck.check.checks.continuity import ProbeResult, look_beside
from eigcheck.check.checks.offset import ORACLE, look_further
from eigcheck.check.checks.oracles import hear, told
from eigcheck.check.checks.primal import primal_finding
from eigcheck.check.checks.relations.runner import Checked, check_relations
from eigcheck.check.checks.singular import singular
from eigcheck.check.compare import Comparison, compare
from eigcheck.check.details import details
from eigcheck.check.diagnosing import Diagnosis, diagnosis_of
from eigcheck.check.findings import mismatches, notes, troubles
from eigcheck.check.kept_lengths import with_kept_lengths
from eigcheck.check.phases import unsettled
from eigcheck.check.point import Point, make_point, with_reasons
from eigcheck.check.settings import Settings
from eigcheck.check.verdict import reason, verdict
from eigcheck.execution import RuleRunner
from eigcheck.model import (
    Eigenpairs,
    Finding,
    Judgement,
    Problem,
    Reply,
    ReverseCall,
    Rule,
    Testimony,
    Trouble,
)
from eigcheck.names import ERRING
from eigcheck.oracles import registry
from eigcheck.spectra.smoothness import Smoothness
from eigcheck.spectra.survey import Spectrum, survey


@dataclass(frozen=True)
class Hearing:
    """What one mode brought to light, before the verdict."""

    answers: Answers
    comparisons: tuple[Comparison, ...]
    testimonies: tuple[Testimony, ...]
    findings: tuple[Finding, ...]
    beside: ProbeResult
    singular: Smoothness | None
    relations: tuple[Checked, ...] = ()


def examine(
    problem: Problem, rule: Rule, runner: RuleRunner, modes: Sequence[str], settings: Settings
) -> Iterator[tuple[str, Judgement, float]]:
    """Judge one rule on one problem in each of `modes`: yields (mode, judgement, seconds)."""
    started = perf_counter()
    spectrum = survey(problem.matrix, rule.triangle)
    reply = runner.ask(rule, [ReverseCall(problem.matrix)])[0]
    if reply.primal is not None:
        rule = with_kept_lengths(rule, runner, spectrum, reply.primal)
    stage: tuple[Point, list[Testimony]] | None = None
    for mode in modes:
        ask = Ask(runner, rule, mode)
        if spectrum.state is None:
            judgement = _without_spectrum(spectrum, reply)
        elif reply.primal is None:
            judgement = _without_primal(problem, rule, spectrum, reply)
        else:
            # what the oracles say does not depend on the mode
            stage = stage or _set_stage(problem, rule, spectrum, reply.primal, ask, settings)
            judgement = _judge(problem, *stage, ask, settings)
        now = perf_counter()
        yield mode, judgement, now - started
        started = now


def _set_stage(
    problem: Problem, rule: Rule, spectrum: Spectrum, primal: Eigenpairs, ask: Ask, settings: Settings
) -> tuple[Point, list[Testimony]]:
    point = _settle_phases(make_point(problem.cotangent, rule, spectrum, primal), ask)
    return point, hear(point, ask, settings.oracles)


def _judge(problem: Problem, point: Point, testimonies: Sequence[Testimony], ask: Ask, settings: Settings) -> Judgement:
    answers = answers_at(point, ask)
    wrong_primal = _primal_findings(point)
    # differences of a wrong primal are no derivative of the function: they would accuse a gradient that is right
    believed = [t for t in testimonies if not (wrong_primal and registry.uses_primal(t.oracle))]
    comparisons = tuple(_compare(c, point, answers, believed) for c in range(len(point.cotangents)))
    findings = [*mismatches(point, answers, comparisons), *wrong_primal, *troubles(point, answers)]
    findings.sort(key=lambda finding: finding.kind not in ERRING)
    findings += notes(point, answers, comparisons)
    beside = look_beside(
        point,
        ask,
        comparisons,
        structures=problem.structures,
        ulps=settings.ulps,
        seed=settings.seed,
        entry=settings.entry,
    )
    if beside.finding is not None:
        findings.append(beside.finding)
    word = verdict(findings, comparisons)
    if word == "pass" and beside.refusal is not None:
        findings.append(beside.refusal)
        word = verdict(findings, comparisons)
    if word == "pass" and (settings.oracles is None or ORACLE in settings.oracles):
        further = look_further(problem, point, ask, settings.seed)
        findings += [further] if further is not None else []
        word = verdict(findings, comparisons)
    relations = _relations(point, ask, answers, word, settings)
    if word != "fail":
        # what is wrong already breaks relations too, and says more about it
        findings += [found for found in (checked.finding for checked in relations) if found is not None]
        word = verdict(findings, comparisons)
    causes = Diagnosis()
    if word == "fail":
        causes = diagnosis_of(problem, point, ask, answers, comparisons, findings, settings.oracles)
    hearing = Hearing(
        answers, comparisons, tuple(testimonies), tuple(findings), beside, singular(point, ask), relations
    )
    return Judgement(
        verdict=word,
        findings=tuple(findings),
        diagnosis=causes.names,
        oracles=told(point, testimonies, trusted=not wrong_primal),
        detail=details(point, hearing, reason(word, comparisons)) | causes.detail,
    )


def _relations(point: Point, ask: Ask, answers: Answers, word: str, settings: Settings) -> tuple[Checked, ...]:
    """Relations between A and transformed matrices: beside the oracles, and not where only some of these are asked for."""
    if settings.oracles is not None or word not in ("pass", "fail", "inconclusive"):
        return ()
    return check_relations(point, ask, answers, settings.seed)


def _settle_phases(point: Point, ask: Ask) -> Point:
    """Gauge parts are undetermined where the phase of the rule's own eigenvectors jumps."""
    gauge = [c for c, cotangent in enumerate(point.cotangents) if cotangent.gauge and point.reasons[c] is None]
    if not gauge:
        return point
    jumps = unsettled(point, ask)
    why: dict[int, str] = {}
    for c in gauge:
        touched = np.any(np.asarray(point.cotangents[c].pairs.vectors) != 0, axis=0) & jumps
        if np.any(touched):
            k = int(np.flatnonzero(touched)[0])
            why[c] = f"the phase of eigenvector {k} itself jumps here, so a gauge-dependent loss is discontinuous"
    return with_reasons(point, why)


def _compare(c: int, point: Point, answers: Answers, testimonies: Sequence[Testimony]) -> Comparison:
    why = point.reasons[c]
    if why is not None:
        return Comparison(c, "undetermined", why, got=answers.numbers[c])
    dtype = point.matrix.dtype
    return compare(c, answers.numbers[c], testimonies, point.allowed[c], point.terms[c], point.roundoff, dtype)


def _primal_findings(point: Point) -> list[Finding]:
    finding = primal_finding(point.rule, point.spectrum, point.primal, point.roundoff)
    return [finding] if finding is not None else []


def _without_spectrum(spectrum: Spectrum, reply: Reply) -> Judgement:
    """A matrix with NaN or infinities (or beyond LAPACK) has no derivative: only dying and hanging are blamed."""
    why = (
        "the matrix has entries that are not finite, so there is no derivative"
        if not spectrum.finite
        else "LAPACK finds no eigenvalues of this matrix"
    )
    verdict = "undefined" if not spectrum.finite else "inconclusive"
    findings: list[Finding] = []
    if reply.primal is not None and np.all(np.isfinite(np.asarray(reply.primal.values))) and not spectrum.finite:
        findings.append(Finding("silent", "the rule returns finite eigenvalues of a matrix that is not finite"))
    if reply.trouble is not None:
        return _with_trouble(reply.trouble, why, verdict)
    return Judgement(verdict, tuple(findings), detail={"why": why})


def _with_trouble(trouble: Trouble, why: str, verdict: str = "undefined") -> Judgement:
    """Raising is acceptable where nothing is defined; a dead or hanging process never is."""
    if trouble.kind in ("timeout", "died"):
        return Judgement("error", (Finding(trouble.kind, trouble.message),), detail={"why": why})
    return Judgement(verdict, (), detail={"why": why, "notes": [f"the rule answered: {trouble.message}"]})


def _without_primal(problem: Problem, rule: Rule, spectrum: Spectrum, reply: Reply) -> Judgement:
    """The rule gave no primal: acceptable if nothing that the case asks for is determined."""
    assert reply.trouble is not None
    point = make_point(problem.cotangent, rule, spectrum, spectrum.reference)
    if point.reasons and all(why is not None for why in point.reasons) and reply.trouble.kind == "exception":
        return _with_trouble(reply.trouble, point.reasons[0] or "")
    detail: dict[str, Any] = {"printed": reply.printed} if reply.printed else {}
    return Judgement("error", (Finding(reply.trouble.kind, reply.trouble.message),), detail=detail)
