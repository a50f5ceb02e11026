"""Numbers held against the certified ones: what an oracle errs beside its bar, what a rule errs beside its budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.trial_of_oracles.families import Family, problems
from eigcheck.check.ask import Ask
from eigcheck.check.checks.oracles import sample
from eigcheck.check.compare import CLEAR, signal_of
from eigcheck.check.point import Point, make_point
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import Array, Problem, Rule, Testimony
from eigcheck.oracles import registry
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.spectra.survey import survey

ORACLES = ("identities", "dual", "central")

RULES = {
    "numpy/lapack": ("reverse", "forward"),
    "numpy/left-vectors": ("reverse", "forward"),
    "chainrules/wrapper-types": ("reverse",),
    "chainrules/hermitian": ("reverse", "forward"),
    "chainrules/hermitian-constructor": ("reverse", "forward"),
}
"""Rules that are right, and in which modes; those of `chainrules` are not asked about the phases of eigenvectors."""

REAL_ONLY = ("chainrules/wrapper-types",)
"""Which entry of a Hermitian driver's complex vectors is real is not what this rule takes it for."""

DIFFERENCED = 6
"""Tangents along which `central` is asked at each question; it takes a dozen primals for each."""

FAR_BELOW = 4.0
"""The certified bar times this is below the bar that is tested, or the number is counted apart."""

COMPUTABLE = 1e-3
"""Largest budget beside a cotangent's signal for which `dual` is expected to be decisive."""


@dataclass
class Tally:
    """What one oracle or rule did in one family.

    `errors` are ratios to the bar of an oracle, or to the budget of a rule, `widths` those of bars to budgets, one for
    each number. `apart` counts numbers where the certified bar is not far below; `predicted` those along cotangents
    that are computable, and `decisive` those of them with a bar below the budget.
    """

    errors: list[Array] = field(default_factory=list)
    widths: list[Array] = field(default_factory=list)
    apart: int = 0
    predicted: int = 0
    decisive: int = 0
    worst: tuple[float, str] = (0.0, "")

    def add(self, ratios: Array, where: str, labels: Sequence[str]) -> None:
        """Further ratios of errors (C, T), NaN for none; the place of the largest is kept."""
        known = ~np.isnan(ratios)
        self.errors.append(ratios[known])
        if known.any() and float(np.nanmax(ratios)) > self.worst[0]:
            row = int(np.unravel_index(int(np.nanargmax(ratios)), ratios.shape)[0])
            self.worst = (float(np.nanmax(ratios)), f"{where}, {labels[row]}")


@dataclass(frozen=True)
class Truth:
    """Certified numbers and bars (C, T) of the cotangents that determine something, and what is allowed there.

    `computable` (C,) says whether roundoff is predicted to change a cotangent's gradient by less than `COMPUTABLE`,
    `judged` (C,) whether a rule is judged there at all, `gauge` (C,) whether it responds to phases.
    """

    rows: list[int]
    numbers: Array
    bars: Array
    allowed: Array
    computable: Array
    judged: Array
    gauge: Array
    labels: tuple[str, ...]
    where: str


def over(errors: Array, bounds: Array) -> Array:
    """errors / bounds, with 0 / 0 = 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.asarray(np.where(errors > 0, errors / bounds, 0.0))


def rules_for(problem: Problem, uplo: str | None) -> list[Rule]:
    """The rules that are right and fit a problem, `numpy/lapack` first."""
    load_builtin()
    fitting = [
        rule
        for rule in registered()
        if rule.name in RULES
        and (rule.function, rule.domain) == (problem.function, problem.domain)
        and (uplo is None or rule.triangle == uplo)
        and problem.dtype in rule.dtypes
        and not (rule.name in REAL_ONLY and problem.dtype.startswith("complex"))
    ]
    return sorted(fitting, key=lambda rule: rule.name != "numpy/lapack")


def trials(family: Family) -> dict[str, Tally]:
    """Tallies of oracles and rules, by name, over all problems of a family. Oracles see `numpy/lapack`'s primal."""
    tallies: dict[str, Tally] = {}
    for number, (problem, uplo) in enumerate(problems(family)):
        for place, rule in enumerate(rules_for(problem, uplo)):
            where = f"problem {number}, n = {len(problem.matrix)}, {rule.name}, {problem.function} on {problem.domain}"
            staged = stage(problem, rule)
            if staged is not None:
                _hold(*staged, f"{where}, {problem.cotangent.kind}", ORACLES if place == 0 else (), tallies)
    return tallies


def stage(problem: Problem, rule: Rule) -> tuple[Point, Ask] | None:
    """The point of a rule at a problem, or None where LAPACK or the rule has no answer."""
    spectrum = survey(problem.matrix, rule.triangle)
    ask = Ask(LocalRunner(), rule, "reverse")
    primal = ask.primals([problem.matrix])[0]
    if spectrum.state is None or primal is None:
        return None
    return make_point(problem.cotangent, rule, spectrum, primal), ask


def _hold(point: Point, ask: Ask, where: str, oracles: Sequence[str], tallies: dict[str, Tally]) -> None:
    question = point.question()
    aids = registry.Aids(point.state, ask.primals, sample(len(point.tangents.entries), DIFFERENCED))
    truth = _truth(point, registry.call("certified", question, aids), where)
    if truth is None:
        return
    for name in oracles:
        tally = tallies.setdefault(name, Tally())
        tally.predicted += int(truth.computable.sum()) * truth.numbers.shape[1]
        testimony = registry.call(name, question, aids)
        if testimony.abstained is None:
            _witness(testimony, truth, tally)
    for mode in RULES[point.rule.name]:
        spoken = Ask(ask.runner, ask.rule, mode)
        numbers = spoken.numbers(point.matrix, point.pairs, point.tangents)
        assert numbers is not None
        _accused(numbers[truth.rows], point.rule, mode, truth, tallies.setdefault(point.rule.name, Tally()))


def _truth(point: Point, testimony: Testimony, where: str) -> Truth | None:
    """The certified numbers of a point, or None where there are none."""
    if testimony.abstained is not None:
        return None
    known = [bool(np.isfinite(row).all()) for row in testimony.numbers]
    rows = [c for c in range(len(point.cotangents)) if point.reasons[c] is None and known[c]]
    if not rows:
        return None
    signals = np.array([signal_of(testimony.numbers[c], point.terms[c], point.roundoff) for c in rows])
    # as in a verdict: no formula is more precise than u times its largest number
    allowed = np.maximum(point.allowed[rows], 2 * point.roundoff * signals[:, None])
    most = allowed.max(axis=1, initial=0.0)
    return Truth(
        rows,
        testimony.numbers[rows],
        testimony.bars[rows],
        allowed,
        most <= COMPUTABLE * signals,
        most <= CLEAR * signals,
        np.array([point.cotangents[c].gauge for c in rows]),
        tuple(point.cotangents[c].label for c in rows),
        where,
    )


def _witness(testimony: Testimony, truth: Truth, tally: Tally) -> None:
    """Errors beside bars. Of `central` only the tangents that were asked for have numbers."""
    numbers, bars = testimony.numbers[truth.rows], testimony.bars[truth.rows]
    known = np.isfinite(numbers) & np.isfinite(bars)
    error = np.maximum(np.abs(numbers - truth.numbers) - truth.bars, 0)
    tally.add(np.where(known, over(error, bars), np.nan), truth.where, truth.labels)
    tally.widths.append(over(bars[known], truth.allowed[known]))
    tally.apart += int((known & (FAR_BELOW * truth.bars > bars)).sum())
    tally.decisive += int((truth.computable[:, None] & known & (bars <= truth.allowed)).sum())


def _accused(numbers: Array, rule: Rule, mode: str, truth: Truth, tally: Tally) -> None:
    """Errors beside budgets, of cotangents that are judged; a number that is not finite errs without limit."""
    asked = truth.judged & ~(truth.gauge & rule.name.startswith("chainrules/"))
    tally.predicted += int(asked.sum()) * numbers.shape[1]
    finite = np.isfinite(numbers)
    error = np.maximum(np.abs(np.where(finite, numbers, 0) - truth.numbers) - truth.bars, 0)
    ratios = np.where(finite, over(error, truth.allowed), np.inf)
    tally.add(np.where(asked[:, None], ratios, np.nan), f"{truth.where}, {mode}", truth.labels)


def several(tallies: Sequence[Tally]) -> Tally:
    """All of the tallies as one."""
    total = Tally()
    for tally in tallies:
        total.errors += tally.errors
        total.widths += tally.widths
        total.apart += tally.apart
        total.predicted += tally.predicted
        total.decisive += tally.decisive
        total.worst = max(total.worst, tally.worst)
    return total


def ratios_of(parts: Sequence[Array]) -> Iterator[float]:
    """Median, 99 % and maximum; nothing where there are no numbers."""
    found = np.concatenate(parts) if parts else np.zeros(0)
    if found.size:
        yield from (float(x) for x in np.quantile(found, (0.5, 0.99, 1.0), method="higher"))
