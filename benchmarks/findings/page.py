"""docs/findings-hunted.md from the reports of hunts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from benchmarks.atlas.page import folded, table
from benchmarks.findings.hunts import EVERYWHERE
from benchmarks.findings.known import Known, anchor, like
from benchmarks.frameworks import told
from eigcheck.hunting.kinds import Weight, faults_of, weight_of
from eigcheck.outcome import Outcome
from eigcheck.reports.numerals import matrix_text
from eigcheck.reports.reproducer import cotangent_text, probe_line
from eigcheck.reports.shape import Row, outcome_of

SHORT = 60
"""Characters of a matrix or a cotangent up to which it stands in the table; longer ones stand in the command."""

PREAMBLE = """\
# What hunts find

What `eigcheck hunt` finds in the differentiation rules of other people's libraries. This page is made by
`make findings`; what is wrong is told one by one in [findings](findings.md), which is written by hand.

Run with {versions}.
{missing} Each hunt took {seconds} s in one process, with seed {seed}; what it finds is made small in that time, not always
as small as it goes.

Each function on each domain is hunted through twice. *Everywhere* is what `eigcheck hunt` draws. *Elsewhere* is that
without the matrices and cotangents at which what [findings](findings.md) tells may show (`benchmarks/findings/known.py`
says where), so that it hides nothing else.
"""

TRIED_HEAD = """\
## What was tried

Problems drawn, outcomes (a problem and a mode) by verdict, and kinds of fault found. *Doubtful* are problems at which a
right rule of eigcheck's own is accused as well, of which nothing is said.
"""

FOUND_HEAD = """\
## What was found

A row for each kind of fault (what is found first, its first cause, the structure beside which the rule jumps) in the rules
of a function on a domain, at the simplest problem that shows it, in the first of the modes. *Like* is the finding that may
show there. Where there is none it is new, and is told in [findings](findings.md) once it was looked at by hand.
"""


@dataclass(frozen=True)
class Looked:
    """A hunt's JSON report, and what was hunted through where."""

    framework: str
    function: str
    domain: str
    where: str
    report: Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """A kind of fault at the simplest problem, with all rules that have it and the modes, that of the problem first."""

    outcome: Outcome
    kind: str
    rules: tuple[str, ...]
    modes: tuple[str, ...]
    like: Known | None
    where: str
    steady: bool

    @property
    def key(self) -> tuple[str, str, str, str, Known | None]:
        """What is told in one row."""
        problem = self.outcome.problem
        return problem.function, problem.domain, self.kind, self.where, self.like

    @property
    def weight(self) -> Weight:
        """How much there is to read."""
        return weight_of(self.outcome.problem)


def page(versions: Mapping[str, str | None], looked: Sequence[Looked]) -> str:
    """The page. `versions` holds None for what is not installed."""
    present, missing = told(versions)
    seconds = "-".join(dict.fromkeys(f"{f([one.report['seconds'] for one in looked]):.0f}" for f in (min, max)))
    seeds = ", ".join(sorted({str(one.report["seed"]) for one in looked}))
    looked = sorted(
        looked, key=lambda one: (list(versions).index(one.framework), one.function, one.domain, one.where != EVERYWHERE)
    )
    preamble = PREAMBLE.format(versions=present, missing=missing, seconds=seconds, seed=seeds)
    parts = [preamble, TRIED_HEAD, _tried(looked), FOUND_HEAD]
    for name in versions:
        faults = _merged(fault for one in looked if one.framework == name for fault in faults_in(one))
        if faults:
            parts += [f"### {name}\n", _found(faults), folded("commands that show them", _commands(faults))]
    return "\n".join(parts)


def _tried(looked: Sequence[Looked]) -> str:
    verdicts = ("pass", "fail", "error", "undefined", "inconclusive", "doubtful", "found")
    rows = []
    for one in looked:
        counts = one.report["summary"]
        place = [one.framework, f"`{one.function}`", one.domain, one.where, str(counts["rules"])]
        rows.append([*place, *(str(counts[key]) for key in ("problems", "outcomes", *verdicts))])
    return table(["", "function", "domain", "where", "rules", "problems", "outcomes", *verdicts], rows)


def faults_in(looked: Looked) -> list[Fault]:
    """What a hunt found."""
    rows: TypeAdapter[Row] = TypeAdapter(Row)
    faults = []
    for place, found in enumerate(looked.report["found"]):
        row = rows.validate_json(json.dumps(found["outcome"]))
        outcome = outcome_of(row, f"{looked.framework}: found[{place}]")
        kinds = [finding.kind for finding in faults_of(outcome.judgement.findings)]
        known = like(outcome.rule, outcome.problem, kinds)
        faults.append(
            Fault(outcome, found["kind"], (outcome.rule,), (outcome.mode,), known, looked.where, found["steady"])
        )
    return faults


def _merged(faults: Iterable[Fault]) -> list[Fault]:
    """Faults that differ in the rule and the mode alone as one, at the simplest problem."""
    groups: dict[Any, list[Fault]] = {}
    for fault in faults:
        groups.setdefault(fault.key, []).append(fault)
    merged = []
    for group in groups.values():
        best = min(group, key=lambda fault: (not fault.steady, fault.weight))
        rules = tuple(dict.fromkeys(rule for fault in group for rule in fault.rules))
        modes = tuple(dict.fromkeys([*best.modes, *(mode for fault in group for mode in fault.modes)]))
        merged.append(replace(best, rules=rules, modes=modes))
    return merged


def _found(faults: Sequence[Fault]) -> str:
    rows = []
    for number, fault in enumerate(faults, 1):
        problem = fault.outcome.problem
        rows.append(
            [
                str(number),
                fault.kind + ("" if fault.steady else " (after other calls only)"),
                ", ".join(f"`{rule}`" for rule in fault.rules),
                f"`{problem.function}`, {problem.domain}, {' and '.join(fault.modes)}",
                f"{problem.dtype}, {_short(matrix_text(problem.matrix).replace(chr(34), ''))}",
                _short(cotangent_text(problem.cotangent).replace(chr(34), "")) or "default",
                _like(fault.like) + ("" if fault.where == EVERYWHERE else f" ({fault.where})"),
            ]
        )
    return table(["", "found", "rules", "of", "smallest matrix", "cotangent", "like"], rows)


def _like(known: Known | None) -> str:
    if known is None:
        return "**new**"
    return f"[{known.heading}](findings.md#{anchor(known.heading)})"


def _short(text: str) -> str:
    """The text as code, if it is short; else where it stands."""
    return "" if not text else f"`{text}`" if len(text) <= SHORT else "in the command"


def _commands(faults: Sequence[Fault]) -> str:
    told = ((number, probe_line(fault.outcome) or "# has no short form") for number, fault in enumerate(faults, 1))
    lines = [f"# {number}\n{command}" for number, command in told]
    return "```sh\n" + "\n".join(lines) + "\n```\n"
