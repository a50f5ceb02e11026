"""What the figures are drawn from: outcomes as in the JSON report, in compressed blocks that open one at a time."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from eigcheck.outcome import Outcome
from eigcheck.reports.algebra import explained
from eigcheck.reports.escape import escape
from eigcheck.reports.html.reproducer import commands
from eigcheck.reports.record import Algebra, Causes
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
