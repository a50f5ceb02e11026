"""Blocks and shrinks dealt out to processes in rounds, and merged in order: what comes out depends on the seed alone.

All blocks of a round know what was found in the rounds before, and what was found in the last one is made small beside them.
Where there is a time limit, each round leaves time in which what it finds can still be made small.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import time
from typing import Final, TypeAlias

from eigcheck.check.settings import Settings
from eigcheck.execution import RuleRunner
from eigcheck.execution.perform import LocalRunner
from eigcheck.execution.quiet import noticed
from eigcheck.execution.router import RuleSources
from eigcheck.hunting.judging import Judge, Target
from eigcheck.hunting.kinds import Kind, weight_of
from eigcheck.hunting.search import Block, Hit, Searched, Sign, search
from eigcheck.hunting.shrinking import replayed, shrunk
from eigcheck.model import Problem
from eigcheck.pool import OpenPool, PoolLost, at_work, death, in_turn, one_thread, pool_of, schedule
from eigcheck.reports.hunt import Coverage
from eigcheck.rules.mutants import PREFIX, mutant

EXAMPLES: Final = 10
"""Problems of a block: about half a second's work, so that processes rarely wait for each other and a time limit is kept.
And as many as Hypothesis draws independently of each other, before it begins to vary what it drew."""
_FIRST: Final = 2
_LARGEST: Final = 16
"""Blocks of the first round, after which each has twice as many, and of the largest: a rule that is wrong everywhere is
known to be so soon, and later ones keep many processes busy."""
_SEARCHING: Final = 0.8
"""The share of the time left that a round may search: what it finds last can still be made small."""
_TOO_SHORT: Final = 0.03  # the share of the whole time with which no round is begun any more


@dataclass(frozen=True)
class Hunt:
    """What to look through: rules, how long (`examples` of each rule, or until `deadline` in the seconds of `time.time`)."""

    targets: tuple[Target, ...]
    seed: int = 0
    examples: int | None = None
    began: float = 0.0
    deadline: float = float("inf")
    folder: Path | None = None
    """Where Hypothesis keeps the problems that it found, for the next time."""
    first_only: bool = False
    """Whether the first fault ends it."""


@dataclass
class Progress:
    """What a hunt came to so far: kept whole from step to step, so that it can be told at any time.

    `hits` has one for each rule and kind, made small or not yet.
    """

    hits: dict[tuple[int, Kind], Hit] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)
    broken: list[str] = field(default_factory=list)
    doubtful: list[tuple[str, Problem]] = field(default_factory=list)
    """Rules and problems of which nothing is said, since a rule that is right is accused there as well."""
    signs: dict[int, set[Sign]] = field(default_factory=dict)

    def known(self, target: int) -> frozenset[Kind]:
        """The kinds that were found in a target."""
        return frozenset(kind for number, kind in self.hits if number == target)


Result: TypeAlias = Searched | Problem


@dataclass(frozen=True)
class Job:
    """Some work for a judge who has the rule of `target` before them, the `place`-th: to look, or to make a `hit` small."""

    work: Callable[[Judge], Result]
    target: Target
    place: int
    until: float
    hit: Hit | None = None


Deal: TypeAlias = Callable[[Sequence[Job]], Iterator[tuple[Job, Result | None]]]
"""Does jobs, in their order; None for one whose process did not live to do it."""


def hunted(
    hunt: Hunt,
    progress: Progress,
    settings: Settings,
    runner: RuleRunner,
    sources: RuleSources,
    jobs: int,
    open_pool: OpenPool | None = None,
) -> Generator[int]:
    """Look, and note in `progress` what comes; yields how many problems each step looked through, 0 where it shrank one.

    With one job in this process and through `runner`, with more in processes, of our own or of `open_pool`, that `sources`
    tell about the rules.
    """
    if jobs == 1 and open_pool is None:
        with one_thread(), noticed() as interrupts:

            def here(work: Sequence[Job]) -> Iterator[tuple[Job, Result]]:
                for job in work:
                    yield job, job.work(Judge(job.target.rule, runner, settings, job.until, interrupts))

            yield from _rounds(hunt, progress, here)
        return
    bare = tuple(replace(target, rule=target.rule.bare) for target in hunt.targets)
    with (open_pool or pool_of)(jobs) as pool:

        def dealt(work: Sequence[Job]) -> Iterator[tuple[Job, Result | None]]:
            for job, future in in_turn(work, lambda job: schedule(pool, do, job, settings, sources), jobs):
                try:
                    yield job, future.result()
                except PoolLost:
                    raise
                except Exception as error:
                    progress.broken.append(death(error))
                    yield job, None

        yield from _rounds(replace(hunt, targets=bare), progress, dealt)


def _rounds(hunt: Hunt, progress: Progress, dealt: Deal) -> Generator[int]:
    number, size = 0, _FIRST
    waiting: list[Job] = []
    if hunt.folder is not None and hunt.folder.is_dir():
        for place, target in enumerate(hunt.targets):
            work = partial(replayed, Block(target, hunt.seed, number, EXAMPLES), folder=hunt.folder)
            waiting.append(Job(work, target, place, hunt.deadline))
    while waiting or _goes_on(hunt, progress, number):
        searches: list[Job] = []
        if _goes_on(hunt, progress, number):
            until = time() + _SEARCHING * (hunt.deadline - time())
            count = max(1, size // len(hunt.targets))
            searches = [job for k in range(number, number + count) for job in _searches(hunt, progress, k, until)]
            number, size = number + count, min(2 * size, _LARGEST)
        fresh: dict[tuple[int, Kind], Hit] = {}
        for job, result in dealt([*waiting, *searches]):
            if isinstance(result, Searched):
                _merge(job, result, progress, fresh)
                yield result.coverage.problems
            elif job.hit is not None:
                if result is not None:
                    progress.hits[job.place, job.hit.kind] = replace(job.hit, problem=result, first=job.hit.problem)
                yield 0
        waiting = _shrinks(fresh, hunt, progress)


def _shrinks(fresh: Mapping[tuple[int, Kind], Hit], hunt: Hunt, progress: Progress) -> list[Job]:
    """What is made small, the cheapest first: what a screen shows, then by how simple it is; only one if one is wanted."""
    hits = sorted(fresh.items(), key=lambda one: (one[1].screen is None, weight_of(one[1].problem), one[1].kind))
    if hits and hunt.first_only:
        hits = hits[:1]
        progress.hits = dict(hits)
    jobs = []
    for (place, kind), hit in hits:
        work = partial(shrunk, hit, folder=hunt.folder, others=progress.known(place) - {kind})
        jobs.append(Job(work, hit.block.target, place, hunt.deadline, hit))
    return jobs


def _goes_on(hunt: Hunt, progress: Progress, number: int) -> bool:
    if hunt.examples is not None and number * EXAMPLES >= hunt.examples:
        return False
    if hunt.first_only and progress.hits:
        return False
    return hunt.deadline - time() >= _TOO_SHORT * (hunt.deadline - hunt.began)


def _searches(hunt: Hunt, progress: Progress, number: int, until: float) -> Iterator[Job]:
    examples = EXAMPLES if hunt.examples is None else min(EXAMPLES, hunt.examples - number * EXAMPLES)
    if examples <= 0:
        return
    for place, target in enumerate(hunt.targets):
        block, signs = Block(target, hunt.seed, number, examples), frozenset(progress.signs.get(place, ()))
        yield Job(partial(search, block, known=progress.known(place), signs=signs), target, place, until)


def _merge(job: Job, result: Searched, progress: Progress, fresh: dict[tuple[int, Kind], Hit]) -> None:
    """Note what a block came to; of hits of a kind in one round the simplest is made small."""
    progress.coverage.add(result.coverage)
    progress.broken += result.broken
    progress.doubtful += [(job.target.rule.name, problem) for problem in result.doubtful]
    progress.signs.setdefault(job.place, set()).update(result.signs)
    for kind, hit in sorted(result.hits.items()):
        key = (job.place, kind)
        old = progress.hits.get(key)
        if old is None or (key in fresh and weight_of(hit.problem) < weight_of(old.problem)):
            progress.hits[key] = fresh[key] = hit


def do(job: Job, settings: Settings, sources: RuleSources) -> Result:
    """Do a job in a worker process."""
    rule = job.target.rule
    with one_thread():
        ours = rule.builtin and rule.name.startswith(PREFIX)
        rule, runner = (mutant(rule.key).rule, LocalRunner()) if ours else at_work(rule, sources)
        return job.work(Judge(rule, runner, settings, job.until))
