"""A problem at which a rule is wrong made small, by Hypothesis, as long as the fault stays the same; and those of before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeAlias
from unittest import SkipTest

import numpy as np
from hypothesis import Phase
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase
from hypothesis.errors import Flaky

from eigcheck.hunting.judging import Judge, OutOfTime, Target
from eigcheck.hunting.kinds import CERTAIN, Kind, kind_of, parts_of, weight_of
from eigcheck.hunting.search import Block, Hit, Searched, draw, looked
from eigcheck.model import Array, CotangentSpec, Problem
from eigcheck.pairs import frozen
from eigcheck.reports.reproducer import case_text
from eigcheck.spectra.scaling import scale_exponent, shifted
from eigcheck.strategies.problems import DrawnProblem

Shows: TypeAlias = Callable[[Problem], bool]

SLOW: Final = frozenset({"timeout", "died"})
"""Findings that cost seconds each time that they are seen: the first problem is kept as it is."""

_MOST: Final = 200
_MOST_IN_FULL: Final = 60
"""Problems that are judged to make one small, each way, by screens or in full. Mostly it ends before."""


def simplified(problem: Problem, shows: Shows, shows_smaller: Shows | None = None) -> Iterator[Problem]:
    """Ever simpler problems that show the same: each is tried from the last one on, until no step is left to take.

    For where Hypothesis has no shorter way to draw it: it shrinks what was drawn, in the order in which it was drawn. To
    leave out a row of a matrix and keep its scale, it would have to change two of the draws at once.

    `shows_smaller` is asked of those of a lower order.
    """
    while simpler := next(_simpler(problem, shows, shows_smaller or shows), None):
        yield (problem := simpler)


def _simpler(problem: Problem, shows: Shows, shows_smaller: Shows) -> Iterator[Problem]:
    for step in (_smaller, _plainer_cotangents, _plainer_matrices, _plainer_entries):
        ask = shows_smaller if step is _smaller else shows
        for candidate in step(problem):
            if weight_of(candidate) < weight_of(problem) and ask(candidate):
                yield candidate


def _with(problem: Problem, matrix: Array, spec: CotangentSpec | None = None) -> Problem:
    copy = frozen(np.array(matrix))
    return replace(problem, matrix=copy, dtype=str(copy.dtype), cotangent=spec or problem.cotangent)


def _changed(spec: CotangentSpec, **parts: Array | None) -> CotangentSpec:
    kept: dict[str, Any] = {name: None if part is None else frozen(np.array(part)) for name, part in parts.items()}
    return replace(spec, **kept)


def _without(array: Array, k: int) -> Array:
    for axis in range(array.ndim):
        array = np.delete(array, k, axis)
    return array


def _smaller(problem: Problem) -> Iterator[Problem]:
    """Without one row and its column, in the cotangent, too."""
    spec, n = problem.cotangent, len(problem.matrix)
    for k in reversed(range(n if n > 1 else 0)):
        matrix = _without(problem.matrix, k)
        kept = {name: _without(part, k) for name, part in parts_of(spec).items()}
        yield _with(problem, matrix, _changed(spec, **kept))
        yield _with(problem, matrix, CotangentSpec())


def _plainer_cotangents(problem: Problem) -> Iterator[Problem]:
    """The default, a loss, a part less; then smaller numbers, one at a time."""
    spec, parts = problem.cotangent, parts_of(problem.cotangent)
    if spec.kind != "default":
        yield replace(problem, cotangent=CotangentSpec())
        yield replace(problem, cotangent=CotangentSpec("trace-power"))
    if "values" in parts and "vectors" in parts:
        yield replace(problem, cotangent=_changed(spec, values=None))
        yield replace(problem, cotangent=_changed(spec, vectors=None))
    for name, part in parts.items():
        for array in (part.real + 0.0, *_plainer(part)):
            yield replace(problem, cotangent=_changed(spec, **{name: array}))


def _plainer_matrices(problem: Problem) -> Iterator[Problem]:
    """In a simpler dtype, brought to size 1, rounded, without minus signs."""
    matrix = problem.matrix
    if not np.any(matrix.imag):
        yield _with(problem, matrix.real.astype(np.float64))
    yield _with(problem, matrix.astype(np.complex128 if np.iscomplexobj(matrix) else np.float64))
    if np.any(matrix) and np.all(np.isfinite(matrix)):
        scaled = shifted(matrix, 1 - scale_exponent(matrix))
        yield _with(problem, scaled)
        yield _with(problem, np.round(scaled))
    yield _with(problem, matrix + 0.0)
    if not np.iscomplexobj(matrix):
        yield _with(problem, np.abs(matrix))


def _plainer_entries(problem: Problem) -> Iterator[Problem]:
    """One entry less or rounder; on the symmetric domain with its mirror image."""
    for array in _plainer(problem.matrix):
        mirrored = problem.domain == "symmetric"
        yield _with(problem, np.tril(array) + np.conj(np.tril(array, -1)).T if mirrored else array)


def _plainer(array: Array) -> Iterator[Array]:
    """The array with one number replaced: by 0, by 1, rounded, and rounded to one digit."""
    for place in np.ndindex(array.shape):
        old = array[place]
        for new in dict.fromkeys((0.0, 1.0, old.real, np.round(old), float(f"{abs(old):.0e}"))):
            if new != old:
                out = array.copy()
                out[place] = new
                yield out


class _Enough(OutOfTime):
    """So many were judged that what is left to gain is not worth it."""


def remembered_of(target: Target, folder: Path) -> ExampleDatabase:
    """What Hypothesis remembers of one rule."""
    rule = repr((target.rule.key, target.modes, target.dtypes))
    return DirectoryBasedExampleDatabase(folder / sha256(rule.encode()).hexdigest()[:16])


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
        for _ in simplified(hit.problem, lambda _: False, test.smaller):
            pass  # an order less makes all that follows cheaper
        if hit.place:
            _by_hypothesis(hit, test, judge, folder)
        if hit.screen is not None and len(test.best) == 1:
            test = _Same(_in_full(hit, judge), judge, others)
        test.left = test.most
        for _ in simplified(test.best[-1], test, test.smaller):
            pass
    except OutOfTime:
        pass
    for problem in reversed(test.best):
        if problem is hit.problem or judge.reference_verdict(problem, hit.kind.mode) in CERTAIN:
            return problem
    return hit.problem


def _in_full(hit: Hit, judge: Judge) -> Hit:
    """A hit of which a screen shows nothing simpler: a rule that remembers may show it again in a full verdict only."""
    (outcome,) = judge.full(hit.problem, (hit.kind.mode,))
    return replace(hit, kind=kind_of(outcome) or hit.kind, screen=None)


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
        text = case_text(problem)
        if text not in self._known:
            self._judge.check_time()
            self.left -= 1
            if not self.left:
                raise _Enough
            (outcome,) = self._look(problem, (self._kind.mode,))
            self._known[text] = kind_of(outcome)
        return self._known[text]

    def _accepted(self, problem: Problem, shows: bool) -> bool:
        if shows and weight_of(problem) < weight_of(self.best[-1]):
            self.best.append(problem)
        return shows


def _by_hypothesis(hit: Hit, test: _Same, judge: Judge, folder: Path | None) -> None:
    places = count(1)

    def body(drawn: DrawnProblem) -> None:
        judge.check_time()
        if next(places) >= hit.place and test(drawn.problem):
            raise _fault(hit.kind)

    database = None if folder is None else remembered_of(hit.block.target, folder)
    try:
        draw(hit.block, body, (Phase.generate, Phase.shrink), database)
    except (_fault(hit.kind), Flaky, _Enough):
        pass  # a rule that answers now so and now so is Flaky


def replayed(block: Block, judge: Judge, folder: Path) -> Searched:
    """The problems of the database judged again in full; what shows no fault any more is forgotten by Hypothesis."""
    found = Searched()

    def body(drawn: DrawnProblem) -> None:
        judge.check_time()
        looks = looked(drawn.problem, judge, frozenset(), set(), deeper=True)
        found.note(drawn, looks)
        for kind in found.accuse(drawn.problem, looks, judge, block, 0):
            raise _fault(kind)

    try:
        draw(block, body, (Phase.reuse,), remembered_of(block.target, folder))
    except (OutOfTime, SkipTest):
        pass  # there is nothing left that is remembered, or nothing at all
    except Exception:
        if not found.hits:
            raise
    return found
