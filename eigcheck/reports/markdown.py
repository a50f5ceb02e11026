"""A job summary in GitHub's Markdown: one sentence, a table of what is unexpected, and each of these folded below.

It stays below a size that GitHub takes. Foreign text stands inside elements whose content is text: in tables with
every sign written as a character reference, in folded blocks as preformatted text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import Final

from eigcheck.outcome import Outcome
from eigcheck.reports.console import last_line
from eigcheck.reports.console_outcome import in_full
from eigcheck.reports.page import Look, to_text
from eigcheck.reports.record import Format, RunRecord
from eigcheck.reports.words import counted, expectation_in_words, fault_in_words, place_of, worst_first

LIMIT: Final = 1_000_000
"""Bytes of a summary; GitHub refuses one of 1 MiB or more as a whole."""
ROWS: Final = 50
"""Outcomes that the table lists, and that are shown in full if they fit."""
_CELL: Final = 160
"""Characters of a cell; what is cut stands in full below the table."""
_SIGN: Final = re.compile(r"[^0-9A-Za-z \x80-\U0010ffff]")
_MARKS: Final = {"pass": "✅", "fail": "❌", "error": "💥", "inconclusive": "❔", "undefined": "⚪"}


def _cell(text: str, look: Look) -> str:
    """Foreign text as code inside a table: nothing in it is Markdown, HTML, a mention or a link."""
    clean = look.clean(text)
    clean = clean if len(clean) <= _CELL else f"{clean[: _CELL // 2]}...{clean[-_CELL // 2 :]}"
    return f"<code>{_SIGN.sub(lambda sign: f'&#{ord(sign[0])};', clean)}</code>"


def _verdict(verdict: str, look: Look) -> str:
    mark = _MARKS.get(verdict, "") if look.unicode else ""
    return f"{mark} {verdict}".strip()


def _row(outcome: Outcome, look: Look) -> str:
    cause = next(iter(outcome.judgement.diagnosis), "")
    texts = (outcome.id, cause, expectation_in_words(outcome.expected), place_of(outcome))
    cells = (_cell(text, look) if text else "" for text in texts)
    return f"| {_verdict(outcome.judgement.verdict, look)} | {' | '.join(cells)} |\n"


def _table(outcomes: Sequence[Outcome], look: Look) -> Iterable[str]:
    yield "\n| verdict | outcome | cause | expected | where |\n| --- | --- | --- | --- | --- |\n"
    yield from (_row(outcome, look) for outcome in outcomes)


def _folders(record: RunRecord, look: Look) -> str:
    groups = record.tally.folders
    verdicts = [name for name, count in record.tally.counts.by_verdict.items() if count]
    head = "".join(f" {name} |" for name in verdicts)
    rows = [f"\n| cases |{head} unexpected |\n| --- |{' ---: |' * len(verdicts)} ---: |\n"]
    for folder, group in list(groups.items())[:ROWS]:
        cells = "".join(f" {group.verdicts[name]} |" for name in verdicts)
        rows.append(f"| {_cell(folder, look)} |{cells} {group.unexpected} |\n")
    if len(groups) > ROWS:
        rows.append(f"\n{counted(len(groups) - ROWS, 'more folder')}.\n")
    return "".join(rows)


def _folded(title: str, text: str) -> str:
    """A block that opens on a click: `title` is HTML, `text` plain."""
    body = html.escape(text, quote=False)
    return f"\n<details><summary>{title}</summary>\n\n<pre>\n{body}</pre>\n\n</details>\n"


def _block(outcome: Outcome, record: RunRecord, look: Look) -> str:
    text = to_text(in_full(outcome, Look(unicode=look.unicode), record.causes))
    return _folded(f"{_verdict(outcome.judgement.verdict, look)} {_cell(outcome.id, look)}", text)


def _list(title: str, rows: Sequence[str], look: Look) -> str:
    text = "".join(look.clean(row) + "\n" for row in rows[:ROWS])
    more = f"and {len(rows) - ROWS} more\n" if len(rows) > ROWS else ""
    return _folded(title, text + more) if rows else ""


def summary(record: RunRecord, look: Look, limit: int = LIMIT) -> str:
    """The summary in at most `limit` bytes of UTF-8, for which some folded blocks, then rows, may be left out."""
    worst = worst_first(record.unexpected)
    pieces = ["# eigcheck\n", f"\n{to_text((last_line(record),))}"]
    pieces += _table(worst[:ROWS], look) if worst else []
    if len(worst) > ROWS:
        pieces.append(f"\n{counted(len(worst) - ROWS, 'more unexpected outcome')} not listed here.\n")
    pieces += ["\nEntries are (row, column), counted from 0.\n"] if worst else []
    gone = [f"{fault.id}  {fault_in_words(fault)}" for fault in record.gone]
    known = [f"{outcome.judgement.verdict}  {outcome.id}" for outcome in record.known]
    missed = [f"{item.case}::{item.rule}: {item.reason}" for item in record.not_run]
    lists = (
        _list(f"{counted(len(gone), 'known fault')} gone", gone, look),
        _list(f"{counted(len(known), 'known fault')}", known, look),
        _folders(record, look) if record.outcomes else "",
        _list(f"{len(missed)} not run", missed, look),
    )
    blocks = [_block(outcome, record, look) for outcome in worst[:ROWS]]
    return _within(limit, pieces, [*blocks, *lists])


def _within(limit: int, first: Sequence[str], then: Sequence[str]) -> str:
    """The pieces that fit, in their order; a sentence says that some do not."""
    note = "\n(Some are left out: the summary would be too large.)\n"
    left = limit - len(note.encode())
    kept: list[str] = []
    for piece in (*first, *then):
        size = len(piece.encode())
        if size <= left:
            kept.append(piece)
            left -= size
    whole = len(kept) == len(first) + len(then)
    return "".join(kept) + (note if not whole and limit > len(note) else "")


FORMAT: Final = Format(ending=summary, from_root=True)
