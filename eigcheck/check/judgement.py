"""One rule on one problem: what it says there, what is said against it in each mode, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import TypeAlias

from eigcheck.check.ask import Answers, Ask
from eigcheck.check.checks.answers import answers_at
from eigcheck.check.checks.oracles import asked, completed, told
from eigcheck.check.details import details
from eigcheck.check.diagnosing import causes_of
from eigcheck.check.kept_lengths import with_kept_lengths
from eigcheck.check.known import Known
from eigcheck.check.phases import with_settled_phases
from eigcheck.check.point import Point, make_point
from eigcheck.check.primal import primal_finding
from eigcheck.check.run import checked
from eigcheck.check.settings import Settings
from eigcheck.check.undefined import without_primal, without_spectrum
from eigcheck.check.verdict import reason
from eigcheck.execution import RuleRunner
from eigcheck.model import Problem, ReverseCall, Rule, Testimony
from eigcheck.outcome import Judgement
from eigcheck.spectra.survey import survey

Heard: TypeAlias = tuple[Point, tuple[Testimony, ...]]
"""A point, and what the oracles say there."""


def examine(
    problem: Problem, rule: Rule, runner: RuleRunner, modes: Sequence[str], settings: Settings
) -> Iterator[tuple[str, Judgement, float]]:
    """Judge one rule on one problem in each of `modes`: yields (mode, judgement, seconds)."""
    started = perf_counter()
    spectrum = survey(problem.matrix, rule.triangle)
    reply = runner.ask(rule, [ReverseCall(problem.matrix)])[0]
    if reply.primal is not None:
        rule = with_kept_lengths(rule, runner, spectrum, reply.primal)
    heard: Heard | None = None
    for mode in modes:
        ask = Ask(runner, rule, mode)
        if spectrum.state is None:
            judgement = without_spectrum(spectrum, reply)
        elif reply.primal is None:
            judgement = without_primal(problem.cotangent, rule, spectrum, reply)
        else:
            if heard is None:
                # what the oracles say does not depend on the mode
                point = with_settled_phases(make_point(problem.cotangent, rule, spectrum, reply.primal), ask)
                heard = point, asked(point, ask, settings.oracles)
            heard, judgement = _heard_and_judged(problem, heard, ask, settings)
        yield mode, judgement, perf_counter() - started
        started = perf_counter()


def _heard_and_judged(problem: Problem, heard: Heard, ask: Ask, settings: Settings) -> tuple[Heard, Judgement]:
    """The judgement of one mode at the point, and if it is not `pass` with every cotangent and along every entry's tangent.

    What oracles say further is for the next mode, too.
    """
    point, testimonies = heard
    answers = answers_at(point, testimonies, ask)
    heard = point, completed(point, ask, testimonies, answers)
    judgement = judged(problem, *heard, ask, answers, settings)
    if judgement.verdict == "pass" or point.whole:
        return heard, judgement
    full = make_point(point.spec, point.rule, point.spectrum, point.primal, every=True)
    full = with_settled_phases(full, ask)
    return _heard_and_judged(problem, (full, asked(full, ask, settings.oracles)), ask, settings)


def judged(
    problem: Problem,
    point: Point,
    testimonies: tuple[Testimony, ...],
    ask: Ask,
    answers: Answers,
    settings: Settings,
) -> Judgement:
    """The judgement of one mode: what all checks found, and the causes of a `fail`."""
    wrong = primal_finding(point.rule, point.spectrum, point.primal, point.roundoff)
    known = checked(Known(problem, point, ask, settings, answers, testimonies, wrong))
    verdict = known.standing
    causes = causes_of(known) if verdict == "fail" else ()
    return Judgement(
        verdict=verdict,
        findings=known.findings,
        diagnosis=tuple(cause.name for cause in causes),
        oracles=told(point, testimonies, trusted=wrong is None),
        detail=details(known, reason(verdict, known.comparisons), causes),
    )
