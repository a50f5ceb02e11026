"""JUnit XML, as CI services and editors read it: an outcome a test case, in one suite for each folder of cases.

An unexpected outcome is a failure, and an error where the rule itself broke; what is as expected passes, an expected
or known failure saying so; what did not fit is skipped. The text for people stands inside.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape as in_xml

from eigcheck.choosing import grouped
from eigcheck.outcome import Outcome
from eigcheck.reports.console import in_full, last_line
from eigcheck.reports.escape import escape
from eigcheck.reports.page import Look, to_text
from eigcheck.reports.record import Format, RunRecord
from eigcheck.reports.templates import HERE, template
from eigcheck.reports.words import because, grave

_LOOK: Final = Look(unicode=True)
"""All text is escaped for this look, which leaves no character that XML cannot hold."""


def _attribute(value: object) -> str:
    """What a stranger may have written, as the value of an attribute."""
    return in_xml(escape(str(value)), {'"': "&quot;"})


def _seconds(outcomes: Iterable[Outcome]) -> str:
    """The sum of what the JSON report says too, to the three decimals that the schema of Jenkins takes."""
    return f"{sum(round(outcome.seconds, 6) for outcome in outcomes):.3f}"


def _ending(record: RunRecord, look: Look) -> str:  # noqa: ARG001 - data has no look
    """All characters outside ASCII are written as references, so that the encoding of the stream does not matter."""
    text = template(HERE / "junit.jinja", text=in_xml, attribute=_attribute).render(
        record=record,
        outcomes=record.outcomes,
        folders=grouped(record.outcomes, lambda outcome: outcome.problem.folder or ".").items(),
        seconds=_seconds,
        # as viewers group by it: names with dots between
        class_name=lambda folder: ".".join(part for part in folder.split("/") if part not in ("", ".")) or "eigcheck",
        escaped=escape,
        grave=grave,
        because=because,
        in_full=lambda outcome: to_text(in_full(outcome, _LOOK, record.causes)),
        last_line=lambda: to_text([last_line(record)]),
    )
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


FORMAT: Final = Format(ending=_ending)
