"""One outcome as one would teach it: the problem, the answer, the oracles, the budget, the verdict, the cause, the fix.

The words are in `explain.jinja`; what they name is computed here, and drawn where it is a figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np

from eigcheck.detail import Detail
from eigcheck.digits import number
from eigcheck.model import unit_roundoff
from eigcheck.names import ERRING, FAILING, NOTES, VECTOR_FUNCTIONS
from eigcheck.outcome import Finding, Outcome
from eigcheck.reports import words
from eigcheck.reports.algebra import Explained, explained
from eigcheck.reports.console import heading
from eigcheck.reports.figures import number_table, strip_of, worst_entry
from eigcheck.reports.page import Lines, Look, draw, indented, labelled, styled, wrapped
from eigcheck.reports.record import Algebra, Causes
from eigcheck.reports.templates import HERE, template

_SECTIONS: Final = {
    "problem": "1. The problem",
    "answer": "2. What the rule answered",
    "oracles": "3. What the oracles answered, and how",
    "budget": "4. The budget, and where it comes from",
    "verdict": "5. The verdict",
    "diagnosis": "6. The diagnosis",
    "fix": "7. The fix",
}
"""The blocks of the template, with their titles."""
_SMALL: Final = 6
"""Order up to which matrices are written out."""
_FEW: Final = 6
"""Eigenvalues and cotangents that are named."""

Ways = Mapping[str, str]
"""How each oracle comes to its numbers, by its name."""


class _Figure(str):
    """Lines of a figure, each behind a sign that no other text here contains."""


def _figure(draws: Callable[..., Lines]) -> Callable[..., _Figure]:
    return lambda *args: _Figure("\n".join(f"\0{row}" for row in draws(*args)))


@lru_cache
def _printed(look: Look) -> Callable[[Any], str]:
    """Makes of a value what stands in the text: one line, so that a stranger's neither ends a paragraph nor is a figure.

    The same function for the same look: templates are compiled once for each.
    """
    return lambda value: value if isinstance(value, _Figure) else look.clean(str(value))


def _sentences(finding: Finding) -> str:
    return "; ".join(part.rstrip(".") for part in words.finding_in_words(finding))


def explanation(outcome: Outcome, causes: Causes, ways: Ways, algebra: Mapping[str, Algebra], look: Look) -> str:
    """The walk through the pipeline, at most `look.width` columns wide, ids excepted."""
    problem, judgement, detail = outcome.problem, outcome.judgement, outcome.judgement.detail
    told = template(HERE / "explain.jinja", printed=_printed(look), sentences=_sentences)
    context = told.new_context(
        {
            "outcome": outcome,
            "problem": problem,
            "judgement": judgement,
            "detail": detail,
            "n": problem.matrix.shape[0],
            "u": unit_roundoff(problem.dtype),
            "few": _FEW,
            "erring": ERRING,
            "notes": NOTES,
            "failed": any(finding.kind in FAILING for finding in judgement.findings),
            "vectors": problem.function in VECTOR_FUNCTIONS,
            "ways": ways,
            "place": worst_entry(outcome),
            "causes": words.causes_of(outcome, causes),
            "algebra_of": lambda cause: explained(algebra.get(cause.name), outcome),
            "table": _figure(_table),
            "ladder": _figure(lambda: _ladder(detail)),
            "strip": _figure(lambda: strip_of(detail, look.width - 4)),
            "formulas": _figure(lambda known: _formulas(known, look)),
        }
    )
    rows = [*heading(outcome, look), ""]
    for block, title in _SECTIONS.items():
        text = "".join(told.blocks[block](context))
        rows += [styled(title, "bold underline"), *indented(_laid_out(text, look), 2), ""]
    return draw(rows[:-1], look)


def _laid_out(text: str, look: Look) -> Lines:
    """Paragraphs wrapped, figures as they are, with a blank line around these."""
    rows: list[str] = []
    for piece in re.split(r"\n{2,}", text.strip("\n")):
        if piece.startswith("\0"):
            figure = [f"  {row[1:]}" for row in piece.split("\n")]
            rows += [*([""] if rows and rows[-1] else []), *figure, ""]
        else:
            rows += wrapped(piece.replace("\n", " "), look.width - 2)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _table(title: str, value: Any) -> Lines:
    known = None if value is None else np.asarray(value)
    return [] if known is None or not 0 < len(known) <= _SMALL else number_table(title, known)


def _formulas(algebra: Explained | None, look: Look) -> Lines:
    """What is due and what the rule did instead, where their letters can be shown."""
    if algebra is None or not look.unicode:
        return []
    told = (("due:", algebra.due), ("instead:", algebra.wrong))
    return [row for one in told for row in labelled(*one, label_width=10, width=look.width - 4, style="")]


def _ladder(detail: Detail) -> Lines:
    if not detail.ladder:
        return []
    told = detail.ladder_of
    entry = f" for entry {words.entry_name(told.entry)}" if told is not None and told.entry is not None else ""
    rows = [
        f"{words.magnitude(one.h):>12}  {number(one.value, 12):>18}  {words.magnitude(one.bar):>9}"
        for one in detail.ladder
    ]
    head = styled(f"{'step h':>12}  {'difference':>18}  {'bar':>9}", "dim")
    return [styled(f"the ladder of central differences{entry}", "bold"), head, *rows]
