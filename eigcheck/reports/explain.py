"""One outcome as one would teach it: the problem, the answer, the oracles, the budget, the verdict, the cause, the fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from eigcheck.choosing import place_of_foremost
from eigcheck.detail import Detail
from eigcheck.digits import number
from eigcheck.model import unit_roundoff
from eigcheck.names import ERRING, FAILING, NOTES, VECTOR_FUNCTIONS
from eigcheck.outcome import Outcome
from eigcheck.reports.algebra import explained
from eigcheck.reports.console_outcome import heading
from eigcheck.reports.heatmap import number_table
from eigcheck.reports.page import BLANK, Line, Lines, Look, draw, indented, labelled, styled, wrapped
from eigcheck.reports.record import Algebra, Causes
from eigcheck.reports.strip import strip_of
from eigcheck.reports.words import (
    causes_of,
    counted,
    entry_name,
    excess,
    expectation_in_words,
    finding_in_words,
    magnitude,
)

_SMALL: Final = 6
"""Order up to which matrices are written out."""
_FEW: Final = 6
_READS: Final = {
    "general": "every entry of A is free, also where A happens to be symmetric",
    "symmetric": "A moves among Hermitian matrices only, so only the Hermitian part of a gradient means anything",
    "upper": "A stands for a Hermitian matrix of which the upper triangle is stored, and only that is free",
    "lower": "A stands for a Hermitian matrix of which the lower triangle is stored, and only that is free",
}
_MEANS: Final = {
    "pass": "the rule agrees with the oracles at A and beside it, within the budget",
    "fail": "the rule is outside the budget, or it jumps where the true derivative does not",
    "undefined": "there is nothing to be right about here, so that nobody is blamed",
    "inconclusive": "the error bars are too wide to tell, or no oracle answered: this is no silent pass",
    "error": "the rule gave no gradient that could be judged",
}

Ways = Mapping[str, str]
"""How each oracle comes to its numbers, by its name."""


def explanation(outcome: Outcome, causes: Causes, ways: Ways, algebra: Mapping[str, Algebra], look: Look) -> str:
    """The walk through the pipeline, at most `look.width` columns wide, ids excepted."""
    parts = (
        ("1. The problem", _problem(outcome)),
        ("2. What the rule answered", _answer(outcome)),
        ("3. What the oracles answered, and how", _oracles(outcome, ways)),
        ("4. The budget, and where it comes from", _budget(outcome)),
        ("5. The verdict", _verdict(outcome, look)),
        ("6. The diagnosis", _diagnosis(outcome, causes, algebra, look)),
        ("7. The fix", _fix(outcome, causes)),
    )
    rows: list[Line] = [*heading(outcome, look), BLANK]
    for title, part in parts:
        rows += [styled(title, "bold underline"), *indented(_laid_out(part, look), 2), BLANK]
    return draw(rows[:-1], look)


def _laid_out(part: Iterator[str | Lines], look: Look) -> list[Line]:
    """Paragraphs wrapped and escaped, tables as they are, with a blank line around these."""
    rows: list[Line] = []
    for piece in part:
        if isinstance(piece, str):
            rows += [styled(row) for row in wrapped(look.clean(piece), look.width - 2)]
        elif piece:
            rows += [*([BLANK] if rows and rows[-1] != BLANK else []), *indented(piece, 2), BLANK]
    while rows and rows[-1] == BLANK:
        rows.pop()
    return rows


def _table(title: str, value: Any) -> Lines:
    known = None if value is None else np.asarray(value)
    return () if known is None or not 0 < len(known) <= _SMALL else number_table(title, known)


def _problem(outcome: Outcome) -> Iterator[str | Lines]:
    problem, detail = outcome.problem, outcome.judgement.detail
    if problem.about:
        yield problem.about
    if problem.source:
        yield f"Source: {problem.source}"
    n = problem.matrix.shape[0]
    yield (
        f"{problem.function} of a {n} x {n} matrix of {problem.dtype}, on the domain {problem.domain}:"
        f" {_READS[problem.domain]}."
    )
    yield _table("A", problem.matrix)
    if detail.spectrum is not None:
        values = [number(value) for value in detail.spectrum[:_FEW]]
        yield f"Eigenvalues: {', '.join(values)}{', ...' if n > _FEW else ''}."
    yield from _conditioning(detail)
    if detail.multiplicity:
        yield f"Multiplicities: {detail.multiplicity}."


def _conditioning(detail: Detail) -> Iterator[str]:
    if detail.gap is not None:
        yield f"The smallest gap between two of them is {magnitude(detail.gap)}."
    if detail.condition is not None and len(detail.condition):
        yield (
            f"Condition numbers: of an eigenvalue at most {magnitude(max(detail.condition))}, of the eigenvectors"
            f" {magnitude(detail.condition_vectors)} (1 is best; errors in A are magnified by them)."
        )


def _answer(outcome: Outcome) -> Iterator[str | Lines]:
    detail, forward = outcome.judgement.detail, outcome.mode == "forward"
    labels = detail.cotangents
    if labels:
        yield (
            f"It was asked for the gradient of Re <c, {outcome.problem.function}(A)> for"
            f" {counted(len(labels), 'cotangent')} c: {', '.join(map(str, labels[:_FEW]))}"
            f"{', ...' if len(labels) > _FEW else ''}. Gradients are paired by <X, Y> = Re tr(X^H Y)."
        )
    if forward:
        yield "In forward mode each entry is <c, pushforward of the direction that moves this entry of A>."
    if detail.worst_label is not None:
        yield f"Most of its budget, or more than it, went for c = {detail.worst_label}:"
    yield _table("the rule's gradient", detail.gradient)
    for finding in outcome.judgement.findings:
        if finding.kind in ERRING:
            yield f"{finding.kind}: {finding.message}"
    if detail.printed:
        yield f"It printed: {detail.printed}"


def _oracles(outcome: Outcome, ways: Ways) -> Iterator[str | Lines]:
    detail, place = outcome.judgement.detail, _place(outcome)
    if not outcome.judgement.oracles:
        yield "None was asked."
    for name, told in outcome.judgement.oracles.items():
        way = f" ({ways[name]})" if name in ways else ""
        if told.status != "answered":
            yield f"- {name}{way} {told.status}: {told.reason or 'no reason given'}."
            continue
        cost = f", in {counted(told.evaluations, 'evaluation')}" if told.evaluations else ""
        yield f"- {name}{way} answered{_at(detail, name, place)}{cost}."
    best = detail.oracle
    if best:
        yield f"The strongest that answered, {best}, is what the rule is held against; the others must agree with it."
    yield _table(f"the gradient by {best or 'the oracles'}", detail.reference)
    if detail.ladder:
        yield _ladder(detail)


def _at(detail: Detail, name: str, place: tuple[int, int] | None) -> str:
    """Number and error bar of an oracle at the entry that is talked about."""
    numbers, bars = detail.references or {}, detail.bars or {}
    if place is None or name not in numbers:
        return ""
    bar = f" +- {magnitude(bars[name][place])}" if name in bars else ""
    return f" {number(numbers[name][place], 10)}{bar} for entry {entry_name(place)}"


def _ladder(detail: Detail) -> Lines:
    rows = [styled(f"{'step h':>12}  {'difference':>18}  {'bar':>9}", "dim")]
    rows += [
        styled(f"{magnitude(rung.h):>12}  {number(rung.value, 12):>18}  {magnitude(rung.bar):>9}")
        for rung in detail.ladder
    ]
    told = detail.ladder_of
    entry = f" for entry {entry_name(told.entry)}" if told is not None and told.entry is not None else ""
    return (styled(f"the ladder of central differences{entry}", "bold"), *rows)


def _place(outcome: Outcome) -> tuple[int, int] | None:
    """The entry that is furthest beyond what is allowed; where none is, the one that used most of it."""
    detail = outcome.judgement.detail
    error, allowed = detail.error, detail.allowed
    if error is None or allowed is None or not np.size(error):
        return None
    for finding in outcome.judgement.findings:
        if finding.kind == "mismatch" and finding.entry and finding.cotangent == detail.worst_cotangent:
            return finding.entry
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(error == 0, 0.0, error / allowed)
    return place_of_foremost(share)


def _budget(outcome: Outcome) -> Iterator[str | Lines]:
    detail, place, u = outcome.judgement.detail, _place(outcome), unit_roundoff(outcome.problem.dtype)
    yield (
        f"No rule can do better than roundoff: a correct one answers for A + E with |E| about u |A|,"
        f" u = {magnitude(u)} the unit roundoff of {outcome.problem.dtype}. The budget is how much the true gradient"
        " moves then, to first order (it grows with the condition numbers, and with one over the gaps for"
        " eigenvectors), and what the formula itself costs, entry by entry. Nothing in it is tuned to a case."
    )
    if place is None or detail.allowed is None or detail.error is None:
        yield "No entry was compared."
        return
    allowed, error = float(detail.allowed[place]), float(detail.error[place])
    yield f"Entry {entry_name(place)}: allowed {magnitude(allowed)}, found {magnitude(error)}, {excess(error, allowed)}."
    yield _table("the budget, entry by entry", detail.allowed)


def _verdict(outcome: Outcome, look: Look) -> Iterator[str | Lines]:
    judgement, detail = outcome.judgement, outcome.judgement.detail
    yield f"{judgement.verdict.upper()}: {_MEANS[judgement.verdict]}."
    if detail.why:
        yield detail.why
    for finding in judgement.findings:
        weight = "note" if finding.kind in NOTES else "finding"
        words = (part.rstrip(".") for part in finding_in_words(finding, detail))
        yield f"- {weight} {finding.kind}: {'; '.join(words)}"
    if detail.neighbours:
        yield f"{counted(detail.neighbours, 'neighbour')} within units in the last place of A were tried too."
    yield strip_of(detail, look.width - 4)
    kept = "as expected" if outcome.as_expected else "unexpected"
    yield f"The case expects {expectation_in_words(outcome.expected)}: this is {kept}."


def _diagnosis(outcome: Outcome, causes: Causes, known: Mapping[str, Algebra], look: Look) -> Iterator[str | Lines]:
    if not outcome.judgement.diagnosis:
        failed = any(finding.kind in FAILING for finding in outcome.judgement.findings)
        yield "The error fits no known cause, and none is guessed." if failed else "There is nothing to explain."
        return
    detail = outcome.judgement.detail
    for rank, cause in enumerate(causes_of(outcome, causes)):
        yield f"{'Or' if rank else 'Most likely'} {cause}."
        algebra = explained(known.get(cause.name), outcome.problem.function, detail)
        if algebra and look.unicode:
            formulas = (("due:", algebra["due"]), ("instead:", algebra["wrong"]))
            yield tuple(
                line
                for label, formula in formulas
                for line in labelled(label, formula, label_width=10, width=look.width - 4, style="")
            )
        if algebra.get("predicted") is not None:
            yield (
                f"Applied to the oracles' gradient this gives the rule's own answer to within {magnitude(algebra['off'])}:"
            )
            yield _table(f"{cause.name} of the true gradient", algebra["predicted"])


def _fix(outcome: Outcome, causes: Causes) -> Iterator[str | Lines]:
    remedies = [causes[name][1] for name in outcome.judgement.diagnosis[:1] if name in causes]
    vectors = outcome.problem.function in VECTOR_FUNCTIONS
    if remedies:
        yield remedies[0][:1].upper() + remedies[0][1:].rstrip(".") + "."
    elif outcome.judgement.verdict in ("fail", "error"):
        formula = (
            "V^-H (diag(values_bar) + the part of the eigenvectors) V^H" if vectors else "V^-H diag(values_bar) V^H"
        )
        yield f"Compare the rule with {formula} (Giles 2008; Boeddeker et al. 2017, arXiv:1701.00392), term by term."
    else:
        yield "Nothing has to change."
    if outcome.judgement.verdict in ("fail", "error"):
        yield "`eigcheck explain ... --reproducer` prints a script that shows it without eigcheck."
