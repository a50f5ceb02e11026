"""How one verdict comes about: a point, what the rule and the oracles say there, checks in order, one verdict, causes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from eigcheck.check.ask import Ask
from eigcheck.check.checks import adjoint, agreement, conduct, continuity, offset, primal, remarks, singular
from eigcheck.check.checks.answers import answers_at
from eigcheck.check.checks.oracles import asked, told
from eigcheck.check.checks.relations import check as relations
from eigcheck.check.details import details
from eigcheck.check.diagnosing import causes_of
from eigcheck.check.kept_lengths import with_kept_lengths
from eigcheck.check.known import Found, Known
from eigcheck.check.phases import with_settled_phases
from eigcheck.check.point import Point, make_point
from eigcheck.check.settings import Settings
from eigcheck.check.undefined import without_primal, without_spectrum
from eigcheck.check.verdict import reason
from eigcheck.execution import RuleRunner
from eigcheck.model import Problem, ReverseCall, Rule, Testimony
from eigcheck.names import VERDICTS
from eigcheck.outcome import Judgement
from eigcheck.spectra.survey import survey


@dataclass(frozen=True)
class Check:
    """One question to a rule. It is asked `where` the verdict so far is one of these: it could not change another."""

    ask: Callable[[Known], Found]
    where: frozenset[str] = frozenset(VERDICTS)


CHECKS: Final = (
    Check(conduct.refusals),
    Check(agreement.check),
    Check(adjoint.check),
    Check(primal.check),
    Check(conduct.misconduct),
    Check(remarks.check),
    Check(continuity.check),
    Check(offset.check, frozenset({"pass"})),
    Check(relations.check, frozenset({"pass", "fail", "inconclusive"})),
    Check(singular.check),
)
"""In this order, in which findings are told as well."""


def examine(
    problem: Problem, rule: Rule, runner: RuleRunner, modes: Sequence[str], settings: Settings
) -> Iterator[tuple[str, Judgement, float]]:
    """Judge one rule on one problem in each of `modes`: yields (mode, judgement, seconds)."""
    started = perf_counter()
    spectrum = survey(problem.matrix, rule.triangle)
    reply = runner.ask(rule, [ReverseCall(problem.matrix)])[0]
    if reply.primal is not None:
        rule = with_kept_lengths(rule, runner, spectrum, reply.primal)
    heard: tuple[Point, tuple[Testimony, ...]] | None = None
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
            judgement = judged(problem, *heard, ask, settings)
        now = perf_counter()
        yield mode, judgement, now - started
        started = now


def judged(
    problem: Problem, point: Point, testimonies: tuple[Testimony, ...], ask: Ask, settings: Settings
) -> Judgement:
    """The judgement of one mode: checks, one verdict, and the causes of a `fail`."""
    known = Known(problem, point, ask, settings, answers_at(point, ask), testimonies)
    for check in CHECKS:
        if known.standing in check.where:
            known = known.with_(check.ask(known))
    verdict = known.standing
    causes = causes_of(known) if verdict == "fail" else ()
    return Judgement(
        verdict=verdict,
        findings=known.findings,
        diagnosis=tuple(cause.name for cause in causes),
        oracles=told(point, testimonies, trusted=known.wrong_primal is None),
        detail=details(known, reason(verdict, known.comparisons), causes),
    )
