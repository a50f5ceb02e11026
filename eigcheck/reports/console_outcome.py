"""One outcome in full, for people: what was measured, what was allowed, where, and the likely cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from eigcheck.detail import Detail
from eigcheck.names import NOTES
from eigcheck.outcome import Finding, Outcome
from eigcheck.reports.figures import heat_map, number_table, strip_of, table_digits
from eigcheck.reports.page import Lines, Look, bare, beside, indented, labelled, styled, wrapped
from eigcheck.reports.record import Causes
from eigcheck.reports.templates import lines
from eigcheck.reports.words import ALIKE, causes_of, finding_in_words, place_of

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


def _first(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The first findings of each kind; the rest are counted, and stand in the JSON report."""
    seen = Counter[str]()
    for finding in findings:
        seen[finding.kind] += 1
        if seen[finding.kind] <= ALIKE:
            yield finding


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
    judgement, detail = outcome.judgement, outcome.judgement.detail
    told = lines(
        "outcome.jinja",
        look,
        outcome=outcome,
        judgement=judgement,
        detail=detail,
        causes=causes_of(outcome, causes),
        shown=_first(judgement.findings),
        in_words=finding_in_words,
        notes=NOTES,
        alike=ALIKE,
    )
    entries = [row.split("\t") for row in told if row]
    columns = max((len(label) for label, _, _ in entries), default=0) + 2
    room = look.width - _INDENT
    body: list[str] = []
    for label, style, text in entries:
        body += labelled(label, text, label_width=columns, width=room, style=style)
    for picture in (_panels(detail, look), strip_of(detail, room)):
        body += ["", *picture] if picture else []
    return [*heading(outcome, look), *indented(body, _INDENT), ""]
