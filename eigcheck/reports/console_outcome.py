"""One outcome in full, for people: what was measured, what was allowed, where, and the likely cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from eigcheck.detail import Detail
from eigcheck.names import NOTES
from eigcheck.outcome import Outcome
from eigcheck.reports.figures import heat_map, number_table, strip_of, table_digits
from eigcheck.reports.page import Lines, Look, bare, beside, indented, labelled, styled, wrapped
from eigcheck.reports.record import Causes
from eigcheck.reports.words import (
    ALIKE,
    causes_of,
    counted,
    entry_name,
    expectation_in_words,
    finding_in_words,
    magnitude,
    place_of,
)

VERDICT_STYLES: Final[Mapping[str, str]] = {
    "pass": "green",
    "fail": "bold red",
    "undefined": "cyan",
    "inconclusive": "yellow",
    "error": "bold magenta",
}
_INDENT: Final = 2
_SMALL: Final = 4
"""Order up to which the gradient and the true one are written out beside the map."""


class _Entry(NamedTuple):
    """A labelled paragraph of the block."""

    label: str
    text: str
    style: str = "dim"


def _findings(outcome: Outcome) -> Iterator[_Entry]:
    """The first findings of each kind; the rest are counted, and stand in the JSON report."""
    shown = Counter[str]()
    for finding in outcome.judgement.findings:
        shown[finding.kind] += 1
        if shown[finding.kind] <= ALIKE:
            first, *more = finding_in_words(finding, outcome.judgement.detail) or [""]
            yield _Entry(finding.kind, first, "cyan" if finding.kind in NOTES else "bold red")
            yield from (_Entry("", text) for text in more)
    for kind, count in shown.items():
        if count > ALIKE:
            more_of_it = counted(count - ALIKE, "more finding")
            yield _Entry("", f"and {more_of_it} of the kind {kind} (all of them: --format json)")


def _oracles(outcome: Outcome) -> Iterator[_Entry]:
    answered, silent = [], []
    for name, told in outcome.judgement.oracles.items():
        if told.status == "answered":
            answered.append(name + ("" if told.error_bar is None else f" (bar {magnitude(told.error_bar)})"))
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
    for rank, cause in enumerate(causes_of(outcome, causes)):
        yield _Entry("or" if rank else "cause", str(cause), "bold yellow")
        if cause.remedy:
            yield _Entry("remedy", cause.remedy, "bold yellow")
    for note in detail.notes:
        yield _Entry("note", note)
    yield from _oracles(outcome)
    yield from _relations(outcome)
    yield from _noticed(outcome)
    if outcome.judgement.verdict != "pass":
        yield from _conditioning(detail)
    for row in (detail.printed or "").splitlines()[:ALIKE]:
        yield _Entry("printed", row)


def _panels(detail: Detail, look: Look) -> Lines:
    """The gradient, the true one and the map of the error, beside each other if that fits."""
    if detail.error is None or detail.allowed is None:
        return []
    heat = heat_map(detail.error, detail.allowed)
    name = detail.label(detail.worst_cotangent)
    label = f" for {look.clean(name)}" if name is not None else ""
    if detail.gradient is not None and detail.reference is not None and 0 < len(detail.gradient) <= _SMALL:
        digits = table_digits(detail.gradient, detail.reference, detail.error > detail.allowed)
        got, want = number_table(f"got{label}", detail.gradient, digits), number_table("want", detail.reference, digits)
        for panels, below in (([got, want, heat], []), ([got, want], ["", *heat])):
            together = beside(panels)
            if max(len(bare(line)) for line in together) <= look.width - _INDENT:
                return [*together, *below]
    return heat


def heading(outcome: Outcome, look: Look) -> Lines:
    """The verdict with the id, and below it the place and the kind of problem."""
    problem, verdict = outcome.problem, outcome.judgement.verdict
    place = place_of(outcome)
    n = problem.matrix.shape[0]
    uplo = f", uplo {problem.uplo}" if problem.uplo else ""
    about = f"{place and f'{place}, '}{n} x {n} {problem.dtype}, domain {problem.domain}{uplo}"
    title = f"{styled(verdict.upper(), VERDICT_STYLES[verdict])}  {styled(look.clean(outcome.id), 'bold')}"
    below = wrapped(look.clean(about), look.width - _INDENT)
    return [title, *(styled(" " * _INDENT + row, "dim") for row in below)]


def in_full(outcome: Outcome, look: Look, causes: Causes) -> Lines:
    """The outcome as a block of lines at most `look.width` wide, ids excepted."""
    detail = outcome.judgement.detail
    entries = [(look.clean(entry.label), entry) for entry in _entries(outcome, causes, look)]
    columns = max((len(label) for label, _ in entries), default=0) + 2
    room = look.width - _INDENT
    body: list[str] = []
    for label, entry in entries:
        body += labelled(label, look.clean(entry.text), label_width=columns, width=room, style=entry.style)
    for picture in (_panels(detail, look), strip_of(detail, room)):
        body += ["", *picture] if picture else []
    return [*heading(outcome, look), *indented(body, _INDENT), ""]
