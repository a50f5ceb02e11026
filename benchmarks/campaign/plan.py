"""The campaign as chunks of work: which checks there are, and what one process makes of a chunk of them.

A chunk is a plain tuple, so that it can be sent, named and remembered; its records are plain dictionaries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from benchmarks.campaign import faults, rules
from benchmarks.campaign.checkers import NAMES, OTHERS, checker
from benchmarks.campaign.checkers.answers import AGREE, RAISED, Answer, answer_of
from benchmarks.campaign.families import BY_NAME, FAMILIES, Family
from benchmarks.campaign.prediction import predicted_variation
from benchmarks.campaign.subject import Subject, of_rule

ALARMS, MISSES, COST = "alarms", "misses", "cost"
EXPERIMENTS = (ALARMS, MISSES, COST)

LARGEST = {
    "torch": 20,
    "torch fast": 50,
    "pytensor": 20,
    "scipy check_grad": 20,
    "numdifftools": 12,
    "scipy differentiate": 12,
}
"""The largest order that a checker is asked about, where its cost grows with n^5."""

FAULTS_A_CHUNK = 12

COST_ORDERS = (2, 6, 12, 20)
COST_SLOW = {"numdifftools": 12, "scipy differentiate": 12}
ROUNDS = 3

Record = dict[str, Any]


@dataclass(frozen=True)
class Chunk:
    """Some checks of one experiment: of a family's point by a checker, of some faults by a checker, or of all at n."""

    experiment: str
    what: str
    start: int
    stop: int
    checker: str
    point: int = 0

    @property
    def name(self) -> str:
        """Fit for a file."""
        words = f"{self.experiment} {self.what} {self.point} {self.start} {self.stop} {self.checker}"
        return "".join(c if c.isalnum() or c in ".-" else "_" for c in words)


@dataclass(frozen=True)
class Scale:
    """How much of it: every `thin`-th point and fault, and so many of a point's seeds."""

    name: str
    thin: int = 1
    seeds: int | None = None
    rounds: int = ROUNDS

    def seeds_of(self, family: Family, checker: str) -> int:
        wanted = family.seeds if checker == NAMES[0] else family.others
        return wanted if self.seeds is None else min(self.seeds, wanted)


SCALES = {"full": Scale("full"), "small": Scale("small", thin=5, seeds=1, rounds=1)}


def chunks(scale: Scale, experiments: tuple[str, ...] = EXPERIMENTS) -> list[Chunk]:
    """All but the costs, which are measured alone: `cost_chunks`."""
    made: list[Chunk] = []
    if ALARMS in experiments:
        made += _alarm_chunks(scale)
    if MISSES in experiments:
        count = len(_selected_faults(scale))
        for name in NAMES:
            for start in range(0, count, FAULTS_A_CHUNK):
                made.append(Chunk(MISSES, scale.name, start, min(count, start + FAULTS_A_CHUNK), name))
    return made


def _alarm_chunks(scale: Scale) -> list[Chunk]:
    made = []
    # families of large matrices first, so that no process is left alone with them at the end
    for family in sorted(FAMILIES, key=_order, reverse=True):
        if scale.thin > 1 and _order(family) > 20:
            continue
        for point in range(0, len(family.points), scale.thin):
            n = family.matrix(point, 0).shape[0]
            for name in NAMES:
                seeds = scale.seeds_of(family, name)
                step = 1 if name == NAMES[0] and n > 8 else seeds
                if n <= LARGEST.get(name, n):
                    made += [Chunk(ALARMS, family.name, s, s + step, name, point) for s in range(0, seeds, step)]
    return made


def _order(family: Family) -> int:
    return max(int(point.get("n", 2)) for point in family.points)


def cost_chunks(scale: Scale) -> list[Chunk]:
    """One for each order, with all checkers in it."""
    orders = COST_ORDERS[:: 1 if scale.thin == 1 else 2]
    return [Chunk(COST, scale.name, 0, scale.rounds, "all", n) for n in orders]


def work(chunk: Chunk) -> list[Record]:
    """Do it."""
    doers = {ALARMS: _alarms, MISSES: _misses, COST: _cost}
    return list(doers[chunk.experiment](chunk))


def _told(answer: Answer, seconds: float) -> Record:
    record: Record = {"word": answer.word, "seconds": round(seconds, 5)} | dict(answer.more)
    return record if answer.word == AGREE else record | {"note": answer.note}


def _alarms(chunk: Chunk) -> Iterator[Record]:
    family, asked = BY_NAME[chunk.what], checker(chunk.checker)
    mine = chunk.checker == NAMES[0]
    for seed in range(chunk.start, chunk.stop):
        matrix = family.matrix(chunk.point, seed)
        fitting = rules.for_eigcheck(matrix, family.hermitian) if mine else rules.for_others(family.hermitian)
        for rule in fitting:
            subject = of_rule(rule, matrix, seed)
            what: Record = {"family": family.name, "point": chunk.point, "seed": seed, "rule": list(rule.key)}
            what["checker"] = chunk.checker
            if mine:
                yield from _own_alarms(what, subject)
                continue
            started = perf_counter()
            answer = answer_of(asked, subject)
            yield what | _told(answer, perf_counter() - started)


def _own_alarms(what: Record, subject: Subject) -> Iterator[Record]:
    """Every mode of a rule, with what roundoff was predicted to do."""
    from benchmarks.campaign.checkers.by_eigcheck import answer, outcomes

    what |= {"mode": "reverse", "predicted": 0.0}
    try:
        what["predicted"] = float(f"{predicted_variation(subject):.3g}")
        judged = outcomes(subject)
    except Exception as error:  # a checker that breaks down has given no verdict
        yield what | _told(Answer(RAISED, f"{type(error).__name__}: {error}"[:300]), 0.0)
        return
    for outcome in judged:
        yield what | _told(answer(outcome), outcome.seconds)


def _selected_faults(scale: Scale) -> tuple[faults.Wrong, ...]:
    return faults.faults()[:: scale.thin]


def _misses(chunk: Chunk) -> Iterator[Record]:
    asked = checker(chunk.checker)
    for wrong in _selected_faults(SCALES[chunk.what])[chunk.start : chunk.stop]:
        subject = wrong.make()
        started = perf_counter()
        answer = answer_of(asked, subject)
        what: Record = {"fault": wrong.fault, "group": wrong.group, "where": wrong.where, "checker": chunk.checker}
        what |= {"function": subject.function, "domain": subject.domain, "size": wrong.size, "cause": wrong.cause}
        yield what | _told(answer, perf_counter() - started)


def _cost(chunk: Chunk) -> Iterator[Record]:
    from benchmarks.campaign.cost import times

    for name in NAMES:
        if chunk.point <= COST_SLOW.get(name, chunk.point):
            yield from times(name, chunk.point, chunk.stop)


__all__ = ["OTHERS", "Chunk", "Scale", "chunks", "cost_chunks", "work"]
