"""A problem at which a rule is wrong made small, by Hypothesis, as long as the fault stays the same; and those of before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final
from unittest import SkipTest

from hypothesis import Phase
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase
from hypothesis.errors import Flaky

from eigcheck.hunting.judging import Judge, OutOfTime, Target
from eigcheck.hunting.kinds import CERTAIN, Kind, kind_of, weight_of
from eigcheck.hunting.search import Block, Hit, Searched, drawing, looked, own_failure
from eigcheck.hunting.simplifying import simplified
from eigcheck.model import Problem
from eigcheck.strategies.problems import DrawnProblem

SLOW: Final = frozenset({"timeout", "died"})
"""Findings that cost seconds each time that they are seen: the first problem is kept as it is."""

_MOST: Final = 200
_MOST_IN_FULL: Final = 60
"""Problems that are judged to make one small, each way, by screens or in full. Mostly it ends before."""


class _Enough(BaseException):
    """So many were judged that what is left to gain is not worth it."""


class Keyed(ExampleDatabase):
    """A part of a database of its own: what is remembered of one rule."""

    def __init__(self, folder: Path, target: Target) -> None:
        super().__init__()
        self._inner = DirectoryBasedExampleDatabase(folder)
        self._key = repr((target.rule.key, target.modes, target.dtypes)).encode()

    def save(self, key: bytes, value: bytes) -> None:
        """Remember a value."""
        self._inner.save(self._key + key, value)

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """The values that are remembered."""
        return self._inner.fetch(self._key + key)

    def delete(self, key: bytes, value: bytes) -> None:
        """Forget a value."""
        self._inner.delete(self._key + key, value)


@lru_cache(maxsize=256)
def _fault(kind: Kind) -> type[Exception]:
    """An exception for each kind: Hypothesis takes different types for different bugs."""
    return type("Fault", (Exception,), {"__doc__": str(kind)})


def shrunk(hit: Hit, judge: Judge, folder: Path | None, others: frozenset[Kind] = frozenset()) -> Problem:
    """The simplest problem that shows the same fault as the hit, as far as the time allows.

    Where a screen shows the fault it is judged by screens; else in full. Hypothesis comes first, which keeps what it finds
    in the database in `folder`, then steps that it cannot take. Where our own right rule is accused as well we go back.
    `others` are kinds that were found besides.
    """
    if hit.kind.finding in SLOW:
        return hit.problem
    test = _Same(hit, judge, others)
    try:
        for _ in simplified(hit.problem, _never, test.smaller):
            pass  # an order less makes all that follows cheaper
        if hit.place:
            _by_hypothesis(hit, test, judge, folder)
        if hit.screen is not None and len(test.best) == 1:
            test = _Same(_in_full(hit, judge), judge, others)
        test.left = test.most
        for _ in simplified(test.best[-1], test, test.smaller):
            pass
    except (OutOfTime, _Enough):
        pass
    for problem in reversed(test.best):
        if problem is hit.problem or judge.reference_verdict(problem, hit.kind.mode) in CERTAIN:
            return problem
    return hit.problem


def _in_full(hit: Hit, judge: Judge) -> Hit:
    """A hit of which a screen shows nothing simpler: a rule that remembers may show it again in a full verdict only."""
    (outcome,) = judge.full(hit.problem, (hit.kind.mode,))
    return replace(hit, kind=kind_of(outcome.mode, outcome.judgement) or hit.kind, screen=None)


def _never(_: Problem) -> bool:
    return False


class _Same:
    """Whether a problem shows the same fault as a hit; `best` are the simplest that do, ever simpler.

    The kind is that of the screen where the screen shows it, else of the full verdict.
    """

    def __init__(self, hit: Hit, judge: Judge, others: frozenset[Kind]) -> None:
        self.best = [hit.problem]
        self.left = self.most = _MOST if hit.screen is not None else _MOST_IN_FULL
        self._target = hit.block.target
        self._look = judge.full if hit.screen is None else judge.screened
        self._kind, self._judge = hit.screen or hit.kind, judge
        self._others = {(other.mode, other.finding, other.cause) for other in others}
        self._known: dict[str, Kind | None] = {}

    def __call__(self, problem: Problem) -> bool:
        """Judge it, unless that was done. Raises OutOfTime and _Enough."""
        return self._accepted(problem, self._kind_at(problem) == self._kind)

    def smaller(self, problem: Problem) -> bool:
        """Of one of a lower order: what is found there may have another cause, since fewer can be told apart.

        Not that of another fault that was found.
        """
        kind = self._kind_at(problem)
        if kind is None or (kind.mode, kind.finding) != (self._kind.mode, self._kind.finding):
            return False
        if kind.cause != self._kind.cause and (kind.mode, kind.finding, kind.cause) in self._others:
            return False
        self._kind = kind
        return self._accepted(problem, True)

    def _kind_at(self, problem: Problem) -> Kind | None:
        if not self._target.takes(problem):
            return None
        text = _text(problem)
        if text not in self._known:
            self._judge.check_time()
            self.left -= 1
            if not self.left:
                raise _Enough
            (outcome,) = self._look(problem, (self._kind.mode,))
            self._known[text] = kind_of(outcome.mode, outcome.judgement)
        return self._known[text]

    def _accepted(self, problem: Problem, shows: bool) -> bool:
        if shows and weight_of(problem) < weight_of(self.best[-1]):
            self.best.append(problem)
        return shows


def _by_hypothesis(hit: Hit, test: _Same, judge: Judge, folder: Path | None) -> None:
    """Draw the hit's block again up to the hit, and let Hypothesis shrink that."""
    place = 0

    def body(drawn: DrawnProblem) -> None:
        nonlocal place
        judge.check_time()
        place += 1
        if place >= hit.place and test(drawn.problem):
            raise _fault(hit.kind)

    database = None if folder is None else Keyed(folder, hit.block.target)
    try:
        drawing(hit.block, body, (Phase.generate, Phase.shrink), database)()
    except (_fault(hit.kind), Flaky, _Enough):
        pass  # a rule that answers now so and now so is Flaky


def _text(problem: Problem) -> str:
    """What tells a problem from others of the same function and domain."""
    spec = problem.cotangent
    arrays = (problem.matrix, spec.values, spec.vectors, spec.weight)
    bits = [None if part is None else (part.dtype.str, part.shape, part.tobytes()) for part in arrays]
    return repr((problem.dtype, spec.kind, spec.count, spec.seed, spec.of, spec.gauge, spec.power, bits))


def replayed(block: Block, judge: Judge, folder: Path) -> Searched:
    """The problems of the database judged again in full; what shows no fault any more is forgotten by Hypothesis."""
    found = Searched()

    def body(drawn: DrawnProblem) -> None:
        judge.check_time()
        looks = looked(drawn.problem, judge, frozenset(), set(), deeper=True)
        found.coverage.tried([(one.outcome, one.full) for one in looks], drawn.origin.structure, drawn.origin.beside)
        found.broken += [told for look in looks if (told := own_failure(look.outcome))]
        kinds = [look.kind for look in looks if look.kind is not None]
        for look in looks:
            if look.kind is not None:
                hit = Hit(look.kind, drawn.problem, block, 0, drawn.origin.structure, look.screen)
                found.hits.setdefault(look.kind, hit)
        if kinds:
            raise _fault(kinds[0])

    try:
        drawing(block, body, (Phase.reuse,), Keyed(folder, block.target))()
    except OutOfTime:
        found.cut = True
    except SkipTest:
        pass  # nothing is remembered
    except Exception:
        if not found.hits:
            raise
    return found
