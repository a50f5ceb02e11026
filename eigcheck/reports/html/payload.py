"""The data of the page: a line for each outcome that can be read and filtered before anything is opened, and the outcomes
as in the JSON report, which the figures are drawn from, in compressed blocks that open one at a time.
"""

from __future__ import annotations

import base64
import gzip
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eigcheck.names import FAILING
from eigcheck.outcome import Outcome
from eigcheck.reports.algebra import explained
from eigcheck.reports.escape import escape, without_surrogates
from eigcheck.reports.record import Algebra, Causes
from eigcheck.reports.reproducer import commands
from eigcheck.reports.serialise import plain, written
from eigcheck.reports.shape import row_of
from eigcheck.reports.words import causes_of

BLOCK: Final = 200_000
"""Characters of JSON in a block: enough to compress well, little enough to open at once."""

FULL: Final = 7_000_000
"""Characters of compressed data up to which outcomes keep their matrices: with lists and drawing code, a page of 1,000
outcomes then stays below 10 MB."""

LONGEST: Final = 4_000
"""Characters of one foreign text, such as what a rule printed, that the page keeps."""

ENTRYWISE: Final = ("gradient", "reference", "references", "bars", "error", "allowed", "matrix", "predicted")
"""The keys of `detail`, and of causes, that hold a number for each entry of the matrix."""

ROUNDED: Final = ("bars", "error", "allowed")
"""Sizes of which only the order matters: three digits of them are kept."""


@dataclass(frozen=True)
class Row:
    """An outcome in the list; `block` and `place` say where its data are, `anchor` how it is linked to."""

    outcome: Outcome
    anchor: str
    block: int
    place: int


def pack(
    outcomes: Sequence[Outcome], causes: Causes, algebra: Mapping[str, Algebra]
) -> tuple[list[str], tuple[Row, ...]]:
    """The outcomes in blocks, each a JSON list, gzip in base64; and a row for each outcome, in the order of the run.

    Past FULL, what is as expected goes without its matrices first, since least is lost.
    """
    rows: dict[int, Row] = {}
    blocks: list[str] = []
    held: list[str] = []
    for i, outcome in sorted(
        enumerate(outcomes), key=lambda one: (one[1].as_expected, one[1].judgement.verdict == "pass")
    ):
        rows[i] = Row(outcome, f"o{i}", len(blocks), len(held))
        held.append(written(told_of(outcome, causes, algebra, thin=sum(map(len, blocks)) >= FULL)))
        if sum(map(len, held)) > BLOCK or len(rows) == len(outcomes):
            data = gzip.compress(f"[{','.join(held)}]".encode("ascii"), compresslevel=6, mtime=0)
            blocks.append(base64.b64encode(data).decode("ascii"))
            held = []
    return blocks, tuple(rows[i] for i in sorted(rows))


def told_of(outcome: Outcome, causes: Causes, algebra: Mapping[str, Algebra], *, thin: bool = False) -> dict[str, Any]:
    """The outcome as in the JSON report, its texts harmless, with what the page adds: causes and commands.

    A thin one goes without a number for each entry; `thinned` says so to the page.
    """

    def kept(members: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in members.items() if not (thin and key in ENTRYWISE)}

    detail = outcome.judgement.detail.members()
    detail.setdefault("matrix", outcome.problem.matrix)
    printed = without_surrogates(str(detail.pop("printed", None) or ""))
    listed = []
    for cause in causes_of(outcome, causes):
        shown = explained(algebra.get(cause.name), outcome)
        listed.append(kept(vars(cause) | (shown.members() if shown else {})))
    told: dict[str, Any] = plain(row_of(outcome).members() | {"detail": kept(detail), "causes": listed}, _harmless)
    told["detail"] |= {key: _rounded(value) for key, value in told["detail"].items() if key in ROUNDED}
    told["printed"] = [_harmless(line) for line in printed[:LONGEST].splitlines()]
    # escaped for a shell already, and to be copied as they are
    told["commands"] = [escape(line) for line in commands(outcome)]
    return told | ({"thinned": True} if thin else {})


def _rounded(value: Any) -> Any:
    """Every number in lists and mappings to three digits."""
    if isinstance(value, float):
        return float(f"{value:.3g}")
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value


def _harmless(text: str) -> str:
    """A text escaped and cut; a name that looks like another one by hidden signs shows them."""
    text = without_surrogates(text)
    return escape(text if len(text) <= LONGEST else f"{text[:LONGEST]} …")


SHORT: Final = 240
"""Characters of a finding that a line of the list holds."""


def gist(outcome: Outcome) -> str:
    """What there is to say in a line: causes, else kinds of findings, with the first finding's words."""
    judgement = outcome.judgement
    found = sorted(judgement.findings, key=lambda finding: finding.kind not in FAILING)
    heads = list(judgement.diagnosis) or list(dict.fromkeys(finding.kind for finding in found))
    why = judgement.detail.why or ""
    words = next((finding.message for finding in found if finding.message), why)
    text = escape(": ".join(part for part in (", ".join(heads), words) if part))
    return text if len(text) <= SHORT else f"{text[:SHORT]} …"


def choices(names: Iterable[str]) -> list[tuple[str, int]]:
    """The names, sorted, with how many outcomes have each."""
    return sorted(Counter(map(escape, names)).items())
