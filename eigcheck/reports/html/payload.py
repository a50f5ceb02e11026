"""The data of the page: a line for each outcome that can be read and filtered before anything is opened, and the outcomes
as in the JSON report, which the figures are drawn from, in compressed blocks that open one at a time.
"""

from __future__ import annotations

import base64
import gzip
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eigcheck.names import FAILING
from eigcheck.outcome import Outcome
from eigcheck.reports.algebra import explained
from eigcheck.reports.escape import escape
from eigcheck.reports.record import Algebra, Causes
from eigcheck.reports.reproducer import commands
from eigcheck.reports.serialise import plain, written
from eigcheck.reports.shape import row_of
from eigcheck.reports.words import ToldCause, causes_of

BLOCK: Final = 200_000
"""Characters of JSON in a block: enough to compress well, little enough to open at once."""

FULL: Final = 7_000_000
"""Characters of compressed data up to which outcomes keep their matrices: with lists and drawing code, a page of 1,000
outcomes then stays below 10 MB."""

LONGEST: Final = 4_000
"""Characters of one foreign text, such as what a rule printed, that the page keeps."""

ENTRYWISE: Final = ("gradient", "reference", "references", "bars", "error", "allowed", "matrix")
"""The keys of `detail` that hold a number for each entry of the matrix."""

ROUNDED: Final = ("bars", "error", "allowed")
"""Sizes of which only the order matters: three digits of them are kept."""


@dataclass(frozen=True)
class Payload:
    """`blocks` are gzip in base64, each a JSON list; `places[i]` is (block, place in it) of outcome i."""

    blocks: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


def pack(outcomes: Iterable[Outcome], causes: Causes, algebra: Mapping[str, Algebra]) -> Payload:
    """The outcomes in blocks. Past FULL, what is as expected goes without its matrices first, since least is lost."""
    listed = list(outcomes)
    order = sorted(range(len(listed)), key=lambda i: (listed[i].as_expected, listed[i].judgement.verdict == "pass"))
    places: list[tuple[int, int]] = [(0, 0)] * len(listed)
    blocks: list[str] = []
    held: list[str] = []
    size = 0
    for i in order:
        text = written(told_of(listed[i], causes, algebra, thin=size >= FULL))
        places[i] = (len(blocks), len(held))
        held.append(text)
        if sum(map(len, held)) > BLOCK:
            blocks.append(_compressed(held))
            size += len(blocks[-1])
            held = []
    if held:
        blocks.append(_compressed(held))
    return Payload(tuple(blocks), tuple(places))


def told_of(outcome: Outcome, causes: Causes, algebra: Mapping[str, Algebra], *, thin: bool = False) -> dict[str, Any]:
    """The outcome as in the JSON report, its texts harmless, with what the page adds: causes and commands.

    A thin one goes without a number for each entry; `thinned` says so to the page.
    """
    shown = outcome.judgement.detail.members()
    if not thin:
        shown.setdefault("matrix", outcome.problem.matrix)
    shown = {key: value for key, value in shown.items() if not (thin and key in ENTRYWISE)}
    listed = [_told_cause(cause, outcome, algebra.get(cause.name)) for cause in causes_of(outcome, causes)]
    if thin:
        listed = [{key: value for key, value in cause.items() if key != "predicted"} for cause in listed]
    told = plain(row_of(outcome).members() | {"detail": shown, "causes": listed})
    printed = str(told["detail"].pop("printed", "") or "")
    told["detail"] |= {key: _rounded(value) for key, value in told["detail"].items() if key in ROUNDED}
    harmless: dict[str, Any] = _harmless(told)
    harmless["printed"] = [_harmless(line) for line in printed[:LONGEST].splitlines()]
    # escaped for a shell already, and to be copied as they are
    harmless["commands"] = [escape(line) for line in commands(outcome)]
    return harmless | ({"thinned": True} if thin else {})


def _told_cause(cause: ToldCause, outcome: Outcome, known: Algebra | None) -> dict[str, Any]:
    shown = explained(known, outcome.problem.function, outcome.judgement.detail)
    return vars(cause) | (shown.members() if shown is not None else {})


def _compressed(texts: list[str]) -> str:
    data = gzip.compress(f"[{','.join(texts)}]".encode("ascii"), compresslevel=6, mtime=0)
    return base64.b64encode(data).decode("ascii")


def _rounded(value: Any) -> Any:
    """Every number in lists and mappings to three digits."""
    if isinstance(value, float):
        return float(f"{value:.3g}")
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value


def _harmless(value: Any) -> Any:
    """Every text in lists and mappings escaped and cut; a name that looks like another one by hidden signs shows them."""
    if isinstance(value, str):
        text = value if len(value) <= LONGEST else f"{value[:LONGEST]} …"
        return escape(text)
    if isinstance(value, Mapping):
        return {_harmless(str(key)): _harmless(item) for key, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) is float else _harmless(item) for item in value]
    return value


SHORT: Final = 240
"""Characters of a finding that a line of the list holds."""


@dataclass(frozen=True)
class Row:
    """An outcome in the list; `block` and `place` say where its data are, `anchor` how it is linked to."""

    outcome: Outcome
    anchor: str
    block: int
    place: int

    @property
    def gist(self) -> str:
        """What there is to say of it in a line."""
        return gist(self.outcome)


def rows(outcomes: Sequence[Outcome], payload: Payload) -> list[Row]:
    """A row for each outcome, in the order of the run."""
    return [
        Row(outcome, f"o{index}", block, place)
        for index, (outcome, (block, place)) in enumerate(zip(outcomes, payload.places, strict=True))
    ]


@dataclass(frozen=True)
class Overview:
    """All verdicts at a glance: `lines` holds for each case a list of its rows for each of `rules`."""

    rules: list[str]
    lines: list[tuple[str, list[list[Row]]]]


def overview(rows_: Sequence[Row]) -> Overview | None:
    """Rules by cases in the order of the run, None where the list itself is no longer than that."""
    rules = list(dict.fromkeys(row.outcome.rule for row in rows_))
    cases: dict[str, dict[str, list[Row]]] = {}
    for row in rows_:
        cases.setdefault(row.outcome.problem.case, {}).setdefault(row.outcome.rule, []).append(row)
    if len(rules) < 2 or len(cases) < 2:
        return None
    return Overview(rules, [(case, [own.get(rule, []) for rule in rules]) for case, own in cases.items()])


def gist(outcome: Outcome) -> str:
    """What there is to say in a line: causes, else kinds of findings, with the first finding's words."""
    judgement = outcome.judgement
    found = sorted(judgement.findings, key=lambda finding: finding.kind not in FAILING)
    heads = list(judgement.diagnosis) or list(dict.fromkeys(finding.kind for finding in found))
    why = judgement.detail.why or ""
    words = next((finding.message for finding in found if finding.message), why)
    text = escape(": ".join(part for part in (", ".join(heads), words) if part))
    return text if len(text) <= SHORT else f"{text[:SHORT]} …"


def choices(outcomes: Sequence[Outcome], of: Callable[[Outcome], str]) -> list[tuple[str, int]]:
    """The values that outcomes have, sorted, with how many have each."""
    return sorted(Counter(escape(of(outcome)) for outcome in outcomes).items())
