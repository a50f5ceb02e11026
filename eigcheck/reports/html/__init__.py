"""The HTML report: one file that loads nothing, opens on what is unexpected, and draws an outcome when it is opened.

`page` fills the template, `payload` compresses what the figures are drawn from, `policy` says what may run.
"""

from __future__ import annotations

from typing import Final

from eigcheck.reports.format import Format
from eigcheck.reports.html.page import render
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord


def _ending(record: RunRecord, look: Look) -> str:  # noqa: ARG001 - the browser has its own look
    return render(record)


FORMAT: Final = Format(ending=_ending)
