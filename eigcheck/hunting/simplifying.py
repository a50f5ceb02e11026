"""Steps that make a problem simpler where Hypothesis has no shorter way to draw it: an order less, an entry that is zero.

Hypothesis shrinks what was drawn, in the order in which it was drawn. To leave out a row of a matrix and keep its scale, it
would have to change two of the draws at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from eigcheck.hunting.kinds import weight_of
from eigcheck.model import Array, CotangentSpec, Problem
from eigcheck.pairs import frozen

Shows = Callable[[Problem], bool]


def simplified(problem: Problem, shows: Shows, shows_smaller: Shows | None = None) -> Iterator[Problem]:
    """Ever simpler problems that show the same: each is tried from the last one on, until no step is left to take.

    `shows_smaller` is asked of those of a lower order.
    """
    best: Problem | None = problem
    while best is not None:
        best = next(_simpler(best, shows, shows_smaller or shows), None)
        if best is not None:
            yield best


def _simpler(problem: Problem, shows: Shows, shows_smaller: Shows) -> Iterator[Problem]:
    for step in (_smaller, _plainer_cotangents, _plainer_matrices, _plainer_entries):
        ask = shows_smaller if step is _smaller else shows
        for candidate in step(problem):
            if weight_of(candidate) < weight_of(problem) and ask(candidate):
                yield candidate


def _with(problem: Problem, matrix: Array, spec: CotangentSpec | None = None) -> Problem:
    copy = frozen(np.array(matrix))
    return replace(problem, matrix=copy, dtype=str(copy.dtype), cotangent=problem.cotangent if spec is None else spec)


def _kept(array: Array | None) -> Array | None:
    return None if array is None else frozen(np.array(array))


def _smaller(problem: Problem) -> Iterator[Problem]:
    """Without one row and its column, in the cotangent, too."""
    spec = problem.cotangent
    n = len(problem.matrix)
    for k in reversed(range(n if n > 1 else 0)):

        def without(array: Array | None, k: int = k) -> Array | None:
            if array is None:
                return None
            return _kept(np.delete(array, k, 0) if array.ndim == 1 else np.delete(np.delete(array, k, 0), k, 1))

        less = replace(spec, values=without(spec.values), vectors=without(spec.vectors), weight=without(spec.weight))
        yield _with(problem, np.delete(np.delete(problem.matrix, k, 0), k, 1), less)
        yield _with(problem, np.delete(np.delete(problem.matrix, k, 0), k, 1), CotangentSpec())


def _plainer_cotangents(problem: Problem) -> Iterator[Problem]:
    """The default, a loss, a part less; then smaller numbers, one at a time."""
    spec = problem.cotangent
    if spec.kind != "default":
        yield replace(problem, cotangent=CotangentSpec())
        yield replace(problem, cotangent=CotangentSpec("trace-power"))
    parts: dict[str, Array | None] = {"values": spec.values, "vectors": spec.vectors}
    for name in parts:
        if all(one is not None for one in parts.values()):
            yield replace(problem, cotangent=_changed(spec, name, None))
    for name, part in (*parts.items(), ("weight", spec.weight)):
        if part is not None:
            for array in (part.real + 0.0, *_plainer(part)):
                yield replace(problem, cotangent=_changed(spec, name, _kept(array)))


def _changed(spec: CotangentSpec, name: str, part: Array | None) -> CotangentSpec:
    changed: dict[str, Any] = {name: part}
    return replace(spec, **changed)


def _plainer_matrices(problem: Problem) -> Iterator[Problem]:
    """In a simpler dtype, brought to size 1, rounded, without minus signs."""
    matrix = problem.matrix
    if not np.any(matrix.imag):
        yield _with(problem, matrix.real.astype(np.float64))
    yield _with(problem, matrix.astype(np.complex128 if np.iscomplexobj(matrix) else np.float64))
    largest = float(np.max(np.abs(matrix), initial=0.0))
    if 0 < largest < np.inf:
        scaled = matrix * 2.0 ** -np.floor(np.log2(largest))
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
