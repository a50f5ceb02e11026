"""Which neighbours of a matrix ever decide a verdict: `python -m benchmarks.neighbours` writes docs/neighbours.md.

Every shipped case is judged with every rule that it fits, and every mutant at the first cases that it fits, all neighbours
being asked. Where the numbers of a rule jump at any of them, each is held to the budgets of both points, and counted in its
class. A class decides alone where no other jumps and nothing but the jump was found.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from unittest.mock import patch

from eigcheck import mutation
from eigcheck.casefile.load import load_cases
from eigcheck.check import jumps
from eigcheck.check.checks import continuity
from eigcheck.check.jumps import Jump, Nearest, Suspect
from eigcheck.check.neighbours import Neighbour
from eigcheck.check.settings import Settings
from eigcheck.engine import select
from eigcheck.execution.perform import LocalRunner
from eigcheck.names import ERRING, FAILING
from eigcheck.pool import one_thread
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.tasks import Task, outcomes_of

PAGE = Path("docs/neighbours.md")
PROBLEMS = 2
"""Cases at which each mutant is judged, the cheapest first: most are found at the first, by other checks, too."""


TEXT = """\
# Which neighbours decide

The continuity probe asks a rule beside the matrix: with one entry moved by a unit in the last place, some steps along
random directions, and on structures that are units away. Here all of these neighbours were asked, in {found.outcomes}
outcomes: every shipped case with every rule that it fits, and every mutant at the first {problems} cases that it fits. In
{found.jumping} of them the gradient jumps somewhere; in {found.late} of these, at none of the neighbours that
`eigcheck run` asks first. A class of neighbours is *alone* where no other jumps in that outcome; it *decides* where,
besides, nothing but the jump was found. Written by `python -m benchmarks.neighbours`.

| neighbours | outcomes in which they jump | alone | decide | for example |
| --- | ---: | ---: | ---: | --- |
{rows}
"""


@dataclass
class Tally:
    """Outcomes, and by class of neighbours those in which it jumps, jumps alone, and where that alone makes the verdict.

    `late` are the outcomes in which none of the neighbours jumps that are asked first.
    """

    outcomes: int = 0
    jumping: int = 0
    late: int = 0
    jumps: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    decides: dict[str, list[str]] = field(default_factory=dict)

    def add_jumping(self, seen: set[tuple[str, bool]], decided: str | None) -> None:
        """Count an outcome in which the classes `seen` jump; `decided` is its id if nothing else was found."""
        kinds = {kind for kind, _ in seen}
        self.jumping += 1
        self.late += not any(first for _, first in seen)
        self.jumps.update(kinds)
        if len(kinds) == 1:
            self.alone.update(kinds)
            if decided:
                self.decides.setdefault(next(iter(kinds)), []).append(decided)

    def add(self, other: Tally) -> None:
        """Count what another process has counted as well."""
        self.outcomes += other.outcomes
        self.jumping += other.jumping
        self.late += other.late
        self.jumps.update(other.jumps)
        self.alone.update(other.alone)
        for kind, places in other.decides.items():
            self.decides.setdefault(kind, []).extend(places)


def class_of(neighbour: Neighbour, size: float, roundoff: float) -> tuple[str, bool]:
    """What kind of step leads to a neighbour, and whether it is among the first ones that are asked."""
    if neighbour.moved is not None:
        tiny = neighbour.distance < roundoff * size * 2.0**-20
        return f"one entry moves by {'a denormal number' if tiny else 'one unit'}", neighbour.first
    if neighbour.kept is not None:
        return "along a direction on a structure of A", neighbour.first
    return "along a direction off all structures, or onto one", neighbour.first


def judged_all(suspects: Sequence[Suspect], wanted: tuple[int, int] | None, seen: set[tuple[str, bool]]) -> Nearest:
    """`jumps.nearest`, which also looks at all suspects that are farther away."""
    for suspect in suspects:
        if isinstance(suspect.judged, Jump):
            point = suspect.start.point
            seen.add(class_of(suspect.jump.neighbour, point.state.size, point.roundoff))
    return jumps.nearest(suspects, wanted)


def tally(paths: Sequence[str], first: int, step: int) -> Tally:
    """Judge and count the tasks `first`, `first + step`, ... (rules cannot be sent to another process)."""
    counted = Tally()
    seen: set[tuple[str, bool]] = set()
    with one_thread(), patch.object(continuity, "nearest", partial(judged_all, seen=seen)):
        for task in islice(tasks_of(paths), first, None, step):
            outcomes = outcomes_of(task, Settings(every=True), LocalRunner())
            seen.clear()
            for outcome in outcomes:
                counted.outcomes += 1
                kinds = {finding.kind for finding in outcome.judgement.findings} & (FAILING | ERRING)
                if "jump" in kinds:
                    counted.add_jumping(seen, outcome.id if kinds == {"jump"} else None)
                seen.clear()
    return counted


def tasks_of(paths: Sequence[str]) -> Iterator[Task]:
    """The rules of the cases, then the mutants."""
    load_builtin()
    problems = load_cases(list(paths))
    yield from select(problems, registered(), rule_globs=("*",)).tasks
    for target in mutation.plan(problems).targets:
        for problem in target.problems[:PROBLEMS]:
            yield Task(problem, target.mutant.rule, (target.mode,))


def page(found: Tally) -> str:
    """The table, in Markdown."""
    rows = [
        f"| {kind} | {count} | {found.alone[kind]} | {len(found.decides.get(kind, ()))} | "
        f"{', '.join(f'`{place}`' for place in found.decides.get(kind, [])[:1])} |"
        for kind, count in found.jumps.most_common()
    ]
    return TEXT.format(found=found, problems=PROBLEMS, rows="\n".join(rows))


def main() -> None:
    """Judge in several processes, and write the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("paths", nargs="*", default=["cases/"])
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--output", type=Path, default=PAGE)
    given = options.parse_args()
    step = 8 * given.jobs
    total = Tally()
    with ProcessPoolExecutor(given.jobs) as pool:
        for part in pool.map(partial(tally, given.paths, step=step), range(step)):
            total.add(part)
    given.output.write_text(page(total), encoding="utf-8")


if __name__ == "__main__":
    main()
