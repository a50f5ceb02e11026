"""LAPACK alone: the eigen-decompositions that some work asks for, recorded once and then done without the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from unittest.mock import patch

import numpy as np
import scipy.linalg

REPEATS = 5
"""Replays of which the fastest counts."""

SOLVERS = (
    (np.linalg, "eig"),
    (np.linalg, "eigh"),
    (np.linalg, "eigvals"),
    (np.linalg, "eigvalsh"),
    (scipy.linalg, "eig"),
    (scipy.linalg, "eigh"),
)


@dataclass(frozen=True)
class Call:
    """One call of a solver with the arguments that it had; a stack of m matrices counts as m."""

    solver: Callable[..., Any]
    matrix: np.ndarray
    args: tuple[Any, ...]
    options: dict[str, Any]

    @property
    def matrices(self) -> int:
        return int(np.prod(self.matrix.shape[:-2], dtype=int))

    def repeat(self) -> None:
        self.solver(self.matrix, *self.args, **self.options)


@contextmanager
def recording() -> Iterator[list[Call]]:
    """Every call of a solver inside the block that did not raise."""
    calls: list[Call] = []
    patches = [patch.object(module, name, _watched(getattr(module, name), calls)) for module, name in SOLVERS]
    for one in patches:
        one.start()
    try:
        yield calls
    finally:
        for one in patches:
            one.stop()


def _watched(solver: Callable[..., Any], calls: list[Call]) -> Callable[..., Any]:
    def watched(matrix: Any, *args: Any, **options: Any) -> Any:
        kept = np.array(matrix)
        result = solver(matrix, *args, **options)
        calls.append(Call(solver, kept, args, options))
        return result

    return watched


def replay(calls: list[Call]) -> None:
    for call in calls:
        call.repeat()


def seconds(calls: list[Call], repeats: int = REPEATS) -> float:
    """The fastest of a few replays, since whatever else the machine does only adds to it."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        replay(calls)
        times.append(perf_counter() - start)
    return min(times)
