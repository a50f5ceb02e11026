"""What is told of a hit: the full verdict at it, asked again, and the case file that keeps it.

Whatever was found was found by a process that had asked the rule many other things. Here it is asked for by itself, as
`eigcheck run` will, and so is a rule that is right, to see what the case may expect of one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from eigcheck.check.settings import Settings
from eigcheck.errors import UsageError
from eigcheck.execution import RuleRunner
from eigcheck.hunting.judging import Judge
from eigcheck.hunting.kinds import Kind, kind_of, weight_of
from eigcheck.hunting.rounds import Hunt, Progress
from eigcheck.hunting.search import Hit
from eigcheck.model import Expectation, Problem
from eigcheck.names import ACCUSING
from eigcheck.reports.hunt import Found
from eigcheck.reports.reproducer import case_text

_DIGEST: Final = 8  # characters of a digest in a case's name, so that two cases of one kind have two names


def told(hunt: Hunt, progress: Progress, settings: Settings, runner: RuleRunner) -> Iterator[Found]:
    """What was found, each rule's kinds by how simple their problems are; what became the same in shrinking is told once."""
    for number, target in enumerate(hunt.targets):
        hits = [hit for (place, _), hit in progress.hits.items() if place == number]
        seen: set[Kind] = set()
        for hit in sorted(hits, key=lambda hit: (weight_of(hit.problem), hit.kind)):
            found = _told(hit, Judge(target.rule, runner, settings))
            kind = kind_of(found.outcome) or hit.kind
            if kind not in seen:
                seen.add(kind)
                yield found


def _told(hit: Hit, judge: Judge) -> Found:
    problem = _named(hit)
    (outcome,) = judge.full(problem, problem.modes)
    steady = outcome.judgement.verdict in ACCUSING
    if not steady and hit.first is not None:
        return _told(replace(hit, problem=hit.first, first=None), judge)
    right = judge.reference_verdict(problem, hit.kind.mode)
    allowed = ("pass",) if right in ("pass", *ACCUSING) else ("pass", right)
    if allowed != ("pass",):
        problem = replace(problem, expect=(("*", Expectation(allowed)),))
        outcome = replace(outcome, problem=problem, expected=Expectation(allowed, source="*"))
    kind = kind_of(outcome) or hit.kind
    return Found(outcome, str(kind), case_text(problem, allowed), steady=steady)


def _named(hit: Hit) -> Problem:
    """The problem in the hit's mode, with a name that says what was found and is the same whenever it is found."""
    kind, problem = hit.kind, replace(hit.problem, modes=(hit.kind.mode,))
    digest = hashlib.sha256(case_text(replace(problem, about="")).encode()).hexdigest()[:_DIGEST]
    words = (problem.function, problem.domain if problem.domain != "general" else "", kind.mode, kind.finding)
    name = "-".join(word for word in (*words, kind.cause or kind.structure, digest) if word)
    about = f"Found by eigcheck hunt: {kind}."
    return replace(problem, case=re.sub(r"[^A-Za-z0-9-]", "-", name), about=about)


def write(found: Sequence[Found], folder: str) -> tuple[tuple[Found, ...], UsageError | None]:
    """Write a case file for each into a folder, which is made; the same with the paths of the files.

    Two rules that are wrong in the same way share one. What is not steady has none: it would pass. With it comes why the
    first that cannot be written has none.
    """
    written, failure = [], None
    for one in found:
        path = Path(folder) / f"{one.outcome.problem.case}.yaml"
        if one.steady:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(one.case, encoding="utf-8", newline="\n")
                one = replace(one, file=str(path))
            except OSError as error:
                failure = failure or UsageError(f"cannot write {path}: {error.strerror or error}.")
        written.append(one)
    return tuple(written), failure
