"""A job summary in GitHub's Markdown: one sentence, a table of what is unexpected, and each of these folded below.

It stays below a size that GitHub takes. Foreign text stands inside elements whose content is text: in tables with
every sign written as a character reference, in folded blocks as preformatted text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Final

from eigcheck.names import VERDICTS
from eigcheck.reports.console import in_full, last_line
from eigcheck.reports.page import Look, to_text
from eigcheck.reports.record import Format, RunRecord
from eigcheck.reports.templates import HERE, template
from eigcheck.reports.words import fault_in_words, place_of, worst_first

LIMIT: Final = 1_000_000
"""Bytes of a summary; GitHub refuses one of 1 MiB or more as a whole."""
ROWS: Final = 50
"""Outcomes that the table lists, and that are shown in full if they fit."""
_CELL: Final = 160
"""Characters of a cell; what is cut stands in full below the table."""
_PLAIN: Final = partial(escape, quote=False)
_SIGN: Final = re.compile(r"[^0-9A-Za-z \x80-\U0010ffff]")
_MARKS: Final = {"pass": "✅", "fail": "❌", "error": "💥", "inconclusive": "❔", "undefined": "⚪"}


def _cell(text: str, look: Look) -> str:
    """Foreign text as code inside a table: nothing in it is Markdown, HTML, a mention or a link."""
    clean = look.clean(text)
    clean = clean if len(clean) <= _CELL else f"{clean[: _CELL // 2]}...{clean[-_CELL // 2 :]}"
    return f"<code>{_SIGN.sub(lambda sign: f'&#{ord(sign[0])};', clean)}</code>" if text else ""


def summary(record: RunRecord, look: Look, limit: int = LIMIT) -> str:
    """The summary in at most `limit` bytes of UTF-8, for which some folded blocks, then rows, may be left out."""
    worst = worst_first(record.unexpected)
    full = Look(unicode=look.unicode)
    told = template(HERE / "markdown.jinja", plain=_PLAIN)
    text = told.render(
        record=record,
        headline=to_text([last_line(record)]),
        worst=worst[:ROWS],
        unlisted=len(worst[ROWS:]),
        most=ROWS,
        gone=[f"{fault.id}  {fault_in_words(fault)}" for fault in record.gone],
        known=[f"{outcome.judgement.verdict}  {outcome.id}" for outcome in record.known],
        missed=[f"{item.case}::{item.rule}: {item.reason}" for item in record.not_run],
        verdicts=[verdict for verdict in VERDICTS if record.tally.counts[verdict]],
        mark=lambda verdict: f"{_MARKS[verdict]} {verdict}" if look.unicode else verdict,
        cell=lambda text: _cell(text, look),
        clean=look.clean,
        place=place_of,
        in_full=lambda outcome: to_text(in_full(outcome, full, record.causes)),
    )
    return _within(limit, text.split("\f\n"))


def _within(limit: int, pieces: Sequence[str]) -> str:
    """The pieces that fit, in their order; a sentence says that some do not."""
    note = "\n(Some are left out: the summary would be too large.)\n"
    left = limit - len(note.encode())
    kept: list[str] = []
    for piece in pieces:
        size = len(piece.encode())
        if size <= left:
            kept.append(piece)
            left -= size
    return "".join(kept) + (note if len(kept) < len(pieces) and limit > len(note) else "")


FORMAT: Final = Format(ending=summary, from_root=True)
