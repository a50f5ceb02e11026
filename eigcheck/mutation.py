"""Mutants and cases to what each mutant came to. No printing, no exit codes.

Every mutant is put to the cases that it fits, the cheapest first, until one catches it: a verdict of `fail` or
`error`. What the cases expect does not matter here.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from eigcheck.check.settings import Settings
from eigcheck.choosing import grouped
from eigcheck.engine import select
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import Problem
from eigcheck.names import ACCUSING
from eigcheck.pairs import is_single
from eigcheck.pool import death, in_turn, one_thread, pool_of, schedule
from eigcheck.reports.mutants import Hunted
from eigcheck.rules.mutants import PREFIX, Mutant, mutant, mutants
from eigcheck.tasks import Task, outcomes_of

_CHUNK = 4  # mutants that are asked for at once: few, since those that survive take as long as all cases do
_AFTER_SMALL = 4  # the order among which those below 2 are counted


@dataclass(frozen=True)
class Target:
    """One mutant in one mode, and the problems that it fits, the cheapest first."""

    mutant: Mutant
    mode: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Hunt:
    """What will be tried, and the mutants that fit no case."""

    targets: tuple[Target, ...]
    unfit: tuple[Target, ...] = ()


def plan(problems: Sequence[Problem], *, modes: Sequence[str] | None = None, texts: Sequence[str] = ()) -> Hunt:
    """Which mutants are put to which problems; `texts` keeps outcomes whose id contains one of them.

    With `texts`, nothing is said of the mutants that fit no problem: they may not have been asked for.
    """
    known = tuple(mutants())
    globs = (f"{PREFIX}*",)
    tasks = select(_by_cost(problems), [one.rule for one in known], rule_globs=globs, modes=modes, texts=texts).tasks
    found = grouped(((task, mode) for task in tasks for mode in task.modes), lambda one: (one[0].rule.key, one[1]))
    every = [
        Target(one, mode, tuple(task.problem for task, _ in found.get((one.rule.key, mode), ())))
        for one in known
        for mode in one.fault.modes
        if not modes or mode in modes
    ]
    unfit = () if texts else tuple(target for target in every if not target.problems)
    return Hunt(tuple(target for target in every if target.problems), unfit)


def _by_cost(problems: Sequence[Problem]) -> list[Problem]:
    """Small orders first, double precision before single, real before complex, else in the order given.

    Orders 0 and 1 come after 2 and 3: few faults show in them, and no cause can be told there.
    """

    def cost(problem: Problem) -> tuple[int, bool, bool]:
        n, dtype = problem.matrix.shape[0], problem.matrix.dtype
        return (n if n > 1 else _AFTER_SMALL, is_single(problem.matrix), dtype.kind == "c")

    return sorted(problems, key=cost)


def unasked(target: Target) -> Hunted:
    """A mutant before it is put to any case."""
    fault, rule = target.mutant.fault, target.mutant.rule
    return Hunted(
        fault.name, rule.function, rule.domain, rule.uplo, target.mode, fault.what, fault.needs, fault.diagnosis
    )


def hunt(target: Target, settings: Settings) -> Hunted:
    """Put a mutant to its problems until one catches it. Its memory, if it has any, begins here."""
    fresh, told = mutant(target.mutant.rule.key), unasked(target)
    for problem in target.problems:
        (outcome,) = outcomes_of(Task(problem, fresh.rule, (target.mode,)), settings, LocalRunner())
        judgement = outcome.judgement
        told = replace(told, tried=told.tried + 1)
        if judgement.detail.internal is not None:
            told = replace(told, broken=f"{outcome.id}: {judgement.detail.why}")
        if judgement.verdict in ACCUSING:
            first = judgement.diagnosis[0] if judgement.diagnosis else None
            return replace(told, by=outcome.id, verdict=judgement.verdict, diagnosis=first)
    return told


def run(chosen: Hunt, settings: Settings, jobs: int = 1) -> Generator[Hunted]:
    """What each mutant came to, in the order of the plan, whatever the number of processes."""
    if jobs == 1:
        with one_thread():
            yield from (hunt(target, settings) for target in chosen.targets)
        return
    chunks = [chosen.targets[start : start + _CHUNK] for start in range(0, len(chosen.targets), _CHUNK)]
    with pool_of(jobs) as pool:
        for chunk, future in in_turn(chunks, lambda chunk: schedule(pool, _hunt_chunk, chunk, settings), jobs):
            try:
                yield from future.result()
            except Exception as error:
                yield from (replace(unasked(target), broken=death(error)) for target in chunk)


def _hunt_chunk(targets: Sequence[Target], settings: Settings) -> list[Hunted]:
    with one_thread():
        return [hunt(target, settings) for target in targets]
