"""One outcome in full, for people: what was measured, what was allowed, where, and the likely cause."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from eigcheck.detail import Detail
from eigcheck.digits import digits_apart, number
from eigcheck.model import Expectation
from eigcheck.names import NOTES
from eigcheck.outcome import Finding, Outcome
from eigcheck.reports.heatmap import heat_map, number_table, table_digits
from eigcheck.reports.look import Look
from eigcheck.reports.numbers import counted, entry_name, excess, magnitude
from eigcheck.reports.page import BLANK, Lines, beside, indented, labelled, styled, width_of, wrapped
from eigcheck.reports.record import Causes
from eigcheck.reports.strip import strip_of

VERDICT_STYLES: Final[Mapping[str, str]] = {
    "pass": "green",
    "fail": "bold red",
    "undefined": "cyan",
    "inconclusive": "yellow",
    "error": "bold magenta",
}
_INDENT: Final = 2
_ALIKE: Final = 4
"""Findings of one kind that are shown; the rest are counted, and stand in the JSON report."""
_SMALL: Final = 4
"""Order up to which the gradient and the true one are written out beside the map."""


@dataclass(frozen=True)
class _Entry:
    """A labelled paragraph of the block."""

    label: str
    text: str
    style: str = "dim"


def expectation_in_words(expected: Expectation) -> str:
    """What was expected, such as `fail with mismatch and jump, cause transposed (by mylib/*@reverse)`."""
    words = " or ".join(expected.verdicts) or "another verdict"  # none are left where the source took away the only one
    if expected.findings:
        words += " with " + " and ".join(expected.findings)
    if expected.diagnosis:
        words += f", cause {expected.diagnosis}"
    return words + (f" (by {expected.source})" if expected.source else "")


def cause_in_words(outcome: Outcome, name: str, causes: Causes) -> str:
    """A cause by its name, and what is known of it."""
    told = of_cause(outcome, name, causes)
    return f"{name}: {told}" if told else name


def of_cause(outcome: Outcome, name: str, causes: Causes) -> str:
    """What went wrong, the form of it that fits, what it leaves of the error, and where it was seen."""
    why = causes.get(name, ("", ""))[0]
    known = next((c for c in outcome.judgement.detail.causes if c.name == name), None)
    told = [
        why,
        known.said if known else "",
        f"explains all but {magnitude(known.left)} of the error" if known and known.left else "",
        "beside A" if known and known.beside else "",
    ]
    return "; ".join(text for text in told if text)


def _where(finding: Finding, labels: Any) -> str:
    places = []
    if finding.entry is not None:
        places.append(f"entry {entry_name(finding.entry)}")
    if finding.structure is not None:
        moved = f"{finding.ulps:g} ULP away from" if finding.ulps is not None else "next to"
        places.append(f"{moved} {finding.structure}")
    if finding.cotangent is not None:
        known = labels is not None and 0 <= finding.cotangent < len(labels)
        places.append(f"cotangent {labels[finding.cotangent] if known else finding.cotangent}")
    return ", ".join(places)


def _measured(finding: Finding) -> str:
    """Got and want, for findings without a sentence of their own."""
    witness = f" (by {finding.oracle})" if finding.oracle else ""
    both = finding.got is not None and finding.want is not None
    digits = digits_apart(finding.got, finding.want) if both else 7
    got = "" if finding.got is None else f"got {number(finding.got, digits)}"
    want = "" if finding.want is None else f"want {number(finding.want, digits)}{witness}"
    return ", ".join(part for part in (got, want) if part)


def _excess(finding: Finding) -> str:
    size = finding.error if finding.error is not None else finding.size
    if size is None or not finding.allowed or not math.isfinite(size) or "allowed" in finding.message:
        return ""  # the message says both
    return f"{magnitude(size)} is {excess(size, finding.allowed)}"


def _further_entries(finding: Finding) -> str:
    """The other offending entries, largest first, if the finding tells them."""
    told = [item for item in finding.extra.entries if item.entry != finding.entry]
    sizes = [f"{entry_name(item.entry)} by {magnitude(item.amount)}" for item in told[:_ALIKE]]
    more = f" and {len(told) - _ALIKE} more" if len(told) > _ALIKE else ""
    return f"also {', '.join(sizes)}{more}" if sizes else ""


def said(finding: Finding, labels: Any) -> list[str]:
    """A finding in sentences; `labels` are the names of the cotangents, if known."""
    sentences = (finding.message,) if finding.message else (_where(finding, labels), _measured(finding))
    return [text for text in (*sentences, _excess(finding), _further_entries(finding)) if text]


def _findings(outcome: Outcome) -> Iterator[_Entry]:
    labels = outcome.judgement.detail.cotangents
    shown: dict[str, int] = {}
    for finding in outcome.judgement.findings:
        shown[finding.kind] = shown.get(finding.kind, 0) + 1
        if shown[finding.kind] > _ALIKE:
            continue
        told = said(finding, labels)
        style = "cyan" if finding.kind in NOTES else "bold red"
        yield _Entry(finding.kind, told[0] if told else "", style)
        yield from (_Entry("", text) for text in told[1:])
    for kind, count in shown.items():
        if count > _ALIKE:
            more = counted(count - _ALIKE, "more finding")
            yield _Entry("", f"and {more} of the kind {kind} (all of them: --format json)")


def _oracles(outcome: Outcome) -> Iterator[_Entry]:
    answered, silent = [], []
    for name, told in outcome.judgement.oracles.items():
        bar = told.error_bar
        if told.status == "answered":
            answered.append(name + ("" if bar is None else f" (bar {magnitude(bar)})"))
        else:
            silent.append(f"{name} {told.status}" + (f": {told.reason}" if told.reason else ""))
        if told.defect:
            silent.append(f"{name} {told.defect}")
    sentences = ([", ".join(answered)] if answered else []) + silent
    if sentences:
        yield _Entry("oracles", "; ".join(sentences))


def _relations(outcome: Outcome) -> Iterator[_Entry]:
    """Broken relations that no finding tells of."""
    told = outcome.judgement.detail.relations
    broken = [relation.name for relation in told if relation.status == "broken" and not relation.finding]
    if broken:
        yield _Entry("relations", f"broken too: {', '.join(broken)}")


def _noticed(outcome: Outcome) -> Iterator[_Entry]:
    """What a pass would have noticed, and what not."""
    told = outcome.judgement.detail.sensitivity
    if told is None or outcome.judgement.verdict != "pass":
        return
    where = f", worst at {entry_name(told.entry)}" if told.entry is not None else ""
    blind = f"; blind to {'; to '.join(told.blind)}" if told.blind else ""
    yield _Entry("notices", f"an error in one entry from {magnitude(told.smallest)} of the largest on{where}{blind}")


def _conditioning(detail: Detail) -> Iterator[_Entry]:
    facts = []
    if detail.condition is not None and len(detail.condition):
        facts.append(f"of an eigenvalue at most {magnitude(max(detail.condition))}")
    if detail.condition_vectors is not None:
        facts.append(f"of the eigenvectors {magnitude(detail.condition_vectors)}")
    if detail.gap is not None:
        facts.append(f"smallest gap {magnitude(detail.gap)}")
    if facts:
        yield _Entry("condition", ", ".join(facts))


def _entries(outcome: Outcome, causes: Causes, look: Look) -> Iterator[_Entry]:
    detail = outcome.judgement.detail
    if outcome.problem.about and not outcome.as_expected:
        yield _Entry("about", outcome.problem.about)
    # where every outcome is shown anyway, a `pass` that nobody promised is no news
    if not outcome.as_expected and (look.verbosity < 2 or outcome.expected.source):
        yield _Entry("expected", expectation_in_words(outcome.expected))
    if outcome.known:
        yield _Entry("known", f"in the baseline; the case expects {expectation_in_words(outcome.expected)}")
    if detail.why:
        yield _Entry("why", detail.why)
    yield from _findings(outcome)
    for rank, name in enumerate(outcome.judgement.diagnosis):
        remedy = causes.get(name, ("", ""))[1]
        yield _Entry("or" if rank else "cause", cause_in_words(outcome, name, causes), "bold yellow")
        if remedy:
            yield _Entry("remedy", remedy, "bold yellow")
    for note in detail.notes:
        yield _Entry("note", note)
    yield from _oracles(outcome)
    yield from _relations(outcome)
    yield from _noticed(outcome)
    if outcome.judgement.verdict != "pass":
        yield from _conditioning(detail)
    for row in (detail.printed or "").splitlines()[:_ALIKE]:
        yield _Entry("printed", row)


def _panels(detail: Detail, look: Look) -> Lines:
    """The gradient, the true one and the map of the error, beside each other if that fits."""
    if detail.error is None or detail.allowed is None:
        return ()
    heat = heat_map(detail.error, detail.allowed)
    name = detail.label(detail.worst_cotangent)
    label = f" for {look.clean(name)}" if name is not None else ""
    if detail.gradient is not None and detail.reference is not None and 0 < len(detail.gradient) <= _SMALL:
        digits = table_digits(detail.gradient, detail.reference, detail.error > detail.allowed)
        tables = [
            number_table(f"got{label}", detail.gradient, digits),
            number_table("want", detail.reference, digits),
        ]
        for panels in ([*tables, heat], tables):
            together = beside(panels)
            if max(width_of(line) for line in together) <= look.width - _INDENT:
                return together if len(panels) > 2 else (*together, BLANK, *heat)
    return heat


def heading(outcome: Outcome, look: Look) -> Lines:
    """The verdict with the id, and below it the place and the kind of problem."""
    problem, verdict = outcome.problem, outcome.judgement.verdict
    place = f"{problem.file}:{problem.line}, " if problem.file else ""
    n = problem.matrix.shape[0]
    uplo = f", uplo {problem.uplo}" if problem.uplo else ""
    about = f"{place}{n} x {n} {problem.dtype}, domain {problem.domain}{uplo}"
    title = (verdict.upper(), VERDICT_STYLES.get(verdict, "")), ("  ", ""), (look.clean(outcome.id), "bold")
    below = wrapped(look.clean(about), look.width - _INDENT)
    return title, *(styled(" " * _INDENT + row, "dim") for row in below)


def in_full(outcome: Outcome, look: Look, causes: Causes) -> Lines:
    """The outcome as a block of lines at most `look.width` wide, ids excepted."""
    detail = outcome.judgement.detail
    entries = [replace(entry, label=look.clean(entry.label)) for entry in _entries(outcome, causes, look)]
    label = max((len(entry.label) for entry in entries), default=0) + 2
    room = look.width - _INDENT
    rows: list[Lines] = [
        labelled(entry.label, look.clean(entry.text), label_width=label, width=room, style=entry.style)
        for entry in entries
    ]
    pictures = [_panels(detail, look), strip_of(detail, room)]
    body = [line for block in rows for line in block]
    for picture in pictures:
        body += [BLANK, *picture] if picture else []
    return (*heading(outcome, look), *indented(body, _INDENT), BLANK)
