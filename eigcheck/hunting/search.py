"""A block of problems that are drawn and judged: which kinds of fault came up, where they are simplest, what was covered.

Every problem is screened: the judge asks about the matrix itself. It is judged in full where the screen does not pass it,
and every few problems anyway, since some faults show beside a matrix only. What is told of a fault is the full verdict.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count
from typing import Any, Final, TypeAlias

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.database import ExampleDatabase

from eigcheck.domains.structures import structures_of
from eigcheck.hunting.judging import Judge, OutOfTime, Target
from eigcheck.hunting.kinds import CERTAIN, Kind, kind_of, weight_of
from eigcheck.model import Problem
from eigcheck.names import ACCUSING
from eigcheck.outcome import Outcome
from eigcheck.reports.hunt import Coverage
from eigcheck.strategies.problems import DrawnProblem

FULL_EVERY: Final = 6
"""One problem of so many is judged in full though its screen passes: about as much time then goes into either."""

_HOME: Final = "hypothesis.internal.conjecture.providers"
_NUMBERS: Final = "_get_local_constants"
"""What Hypothesis asks for these numbers. No setting turns that off; versions that have none of it draw none of them."""
_RANDOM: Final = "Do not use the `random` module inside strategies"
_SEEDS: Final = 2**32  # blocks that one seed may have

Sign: TypeAlias = tuple[Kind, tuple[str, ...]]
"""A kind as a screen tells it, without a structure, and the structures of the matrix: judged in full but once."""


@contextmanager
def alone() -> Iterator[None]:
    """Hypothesis by itself until the block ends: what it draws depends on the seed, not on which modules are imported.

    It likes to draw numbers that stand in the sources of imported modules, of those that are no installed packages. That
    helps to test these. A hunt is to draw the same in every process, whoever has imported what before.

    It warns of strategies that draw from Python's `random`, too. Ours do not; other threads of a cluster's worker may.
    """
    home: Any = None
    with suppress(ImportError):
        home = import_module(_HOME)
    before = getattr(home, _NUMBERS, None)
    with warnings.catch_warnings(), ExitStack() as after:
        warnings.filterwarnings("ignore", message=_RANDOM)
        if before is not None:
            nothing = type(home.GLOBAL_CONSTANTS)()
            home.CONSTANTS_CACHE.cache.clear()
            setattr(home, _NUMBERS, lambda: nothing)
            after.callback(home.CONSTANTS_CACHE.cache.clear)
            after.callback(setattr, home, _NUMBERS, before)
        yield


@dataclass(frozen=True)
class Block:
    """Some problems of one target: a seed decides which. `number` tells blocks of one seed apart."""

    target: Target
    seed: int
    number: int
    examples: int


@dataclass(frozen=True)
class Hit:
    """A problem that shows a kind of fault: the `place`-th of its block. `screen` is the kind by the screen, if any.

    `first` is the problem as it was drawn, of one that was made small.
    """

    kind: Kind
    problem: Problem
    block: Block
    place: int
    screen: Kind | None = None
    first: Problem | None = None


@dataclass(frozen=True)
class Look:
    """One mode at one problem: the full outcome where there is one, else the screen's; and the kind by the screen."""

    outcome: Outcome
    full: bool
    screen: Kind | None

    @property
    def kind(self) -> Kind | None:
        """The kind of fault by the full verdict."""
        return kind_of(self.outcome) if self.full else None


@dataclass
class Searched:
    """What a block came to. `broken` tells where eigcheck itself failed."""

    hits: dict[Kind, Hit] = field(default_factory=dict)
    signs: set[Sign] = field(default_factory=set)
    coverage: Coverage = field(default_factory=Coverage)
    broken: list[str] = field(default_factory=list)
    doubtful: list[Problem] = field(default_factory=list)
    """Where a rule that is known to be right is accused as well: nothing is said of any rule there."""

    def note(self, drawn: DrawnProblem, looks: Sequence[Look]) -> None:
        """Count a problem, and where eigcheck itself failed at it."""
        self.coverage.tried([(look.outcome, look.full) for look in looks], drawn.origin.structure, drawn.origin.beside)
        for outcome in (look.outcome for look in looks):
            detail = outcome.judgement.detail
            if detail.internal is not None:
                matrix = outcome.problem.matrix.tolist()
                self.broken.append(f"{outcome.rule} ({outcome.mode}) at {matrix!r}: {detail.why}")

    def accuse(self, problem: Problem, looks: Sequence[Look], judge: Judge, block: Block, place: int) -> list[Kind]:
        """The kinds of fault at the `place`-th problem of a block, where our own right rules are not accused as well.

        Of each kind the simplest problem is kept.
        """
        kinds = []
        for look in looks:
            if look.kind is None:
                continue
            right = judge.reference_verdict(problem, look.kind.mode)
            self.doubtful += [problem] if right in ACCUSING else []
            if right in CERTAIN:
                kinds.append(look.kind)
                best = self.hits.get(look.kind)
                if best is None or weight_of(problem) < weight_of(best.problem):
                    self.hits[look.kind] = Hit(look.kind, problem, block, place, look.screen)
        return kinds


def draw(
    block: Block,
    body: Callable[[DrawnProblem], None],
    phases: tuple[Phase, ...],
    database: ExampleDatabase | None = None,
) -> None:
    """Have Hypothesis call our body: the same block gives the same problems in the same order, unless it raises."""

    @settings(
        max_examples=block.examples + (block.number > 0),
        phases=phases,
        database=database,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=Phase.reuse in phases,
        suppress_health_check=list(HealthCheck),
    )
    @seed(block.seed * _SEEDS + block.number)  # within the settings, or it would take the database from them
    @given(block.target.problems)
    def test(drawn: DrawnProblem) -> None:
        body(drawn)

    with alone():
        test()


def search(block: Block, judge: Judge, known: frozenset[Kind], signs: frozenset[Sign]) -> Searched:
    """Judge the problems of a block. Of each kind that is not `known` the simplest problem is kept.

    Faults that a screen tells by one of the `signs` are known as well, and not judged in full again.
    """
    found = Searched(signs=set(signs))
    places = count(1)

    def body(drawn: DrawnProblem) -> None:
        judge.check_time()
        place = next(places)
        if place == 1 and block.number:
            return  # the simplest one comes first in every block
        looks = looked(drawn.problem, judge, known, found.signs, deeper=place % FULL_EVERY == 0)
        found.note(drawn, looks)
        found.accuse(drawn.problem, [look for look in looks if look.kind not in known], judge, block, place)

    with suppress(OutOfTime):
        draw(block, body, (Phase.generate,))
    return found


def looked(
    problem: Problem, judge: Judge, known: frozenset[Kind], signs: set[Sign], *, deeper: bool
) -> tuple[Look, ...]:
    """Each mode at a problem, in full where the screen does not pass it or where one looks `deeper`; `signs` grow."""
    screened = judge.screened(problem, problem.modes)
    kinds = {outcome.mode: kind_of(outcome) for outcome in screened}
    doubtful = []
    for outcome in screened:
        kind = kinds[outcome.mode]
        if kind is None:
            fresh = deeper or outcome.judgement.verdict == "inconclusive"
        else:
            sign = (kind, structures_of(problem.matrix, judge.rule.triangle))
            fresh = kind not in known and sign not in signs
            signs.add(sign)
        doubtful += [outcome.mode] if fresh else []
    full = {outcome.mode: outcome for outcome in judge.full(problem, tuple(doubtful))} if doubtful else {}
    return tuple(Look(full.get(o.mode, o), o.mode in full, kinds[o.mode]) for o in screened)
