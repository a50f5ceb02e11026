"""What is known before anybody is judged: the matrix that is decomposed, its spectrum, the cotangents and budgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from eigcheck.check.budget import Budget, budget
from eigcheck.check.cotangents import build, without_overflow
from eigcheck.check.determined import undetermined
from eigcheck.domains.tangents import tangents_for
from eigcheck.model import (
    Array,
    Cotangent,
    CotangentSpec,
    Eigenpairs,
    Problem,
    Question,
    Rule,
    Tangents,
    unit_roundoff,
)
from eigcheck.names import HERMITIAN_FUNCTIONS
from eigcheck.spectra.conditioning import Conditioning, condition, is_hermitian, scaled
from eigcheck.spectra.following import follow_to
from eigcheck.spectra.multiplicity import Multiplicity, assign_clusters, classify
from eigcheck.spectra.reads import read
from eigcheck.spectra.soundness import backward_error


@dataclass(frozen=True)
class Ground:
    """The matrix, before any rule is asked.

    `state` is None if LAPACK gave no spectrum. `decomposed` (n, n) is what the function reads of `matrix`.
    """

    matrix: Array
    decomposed: Array
    triangle: str | None
    multiplicity: Multiplicity
    state: Conditioning | None
    finite: bool

    @property
    def reference(self) -> Eigenpairs:
        """LAPACK's own eigenpairs of the decomposed matrix, in the order of `state`."""
        assert self.state is not None
        with np.errstate(over="ignore", under="ignore"):
            values = scaled(self.state.values, -self.state.exponent)
        return Eigenpairs(values, self.state.original_vectors)

    @cached_property
    def shown(self) -> float:
        """The backward error of LAPACK's own pairs of the decomposed matrix, in the coordinates of `state`."""
        assert self.state is not None
        return backward_error(self.decomposed, self.state.exponent, self.state.balance)


@dataclass(frozen=True)
class Scene:
    """Everything that both modes of a rule are judged by: C cotangents, T tangents.

    `reasons[c]` says why cotangent c determines nothing, None where it does. `allowed` and `terms` (C, T) are the
    budget and the sizes of the terms along each tangent; `entrywise` the same by entry of the gradient.
    """

    ground: Ground
    rule: Rule
    primal: Eigenpairs
    clusters: tuple[tuple[int, ...], ...]
    cotangents: tuple[Cotangent, ...]
    reasons: tuple[str | None, ...]
    tangents: Tangents
    entrywise: Budget
    allowed: Array
    terms: Array
    roundoff: float
    spec: CotangentSpec

    @property
    def is_complex(self) -> bool:
        """Whether the matrix has a complex dtype."""
        return np.iscomplexobj(self.ground.matrix)

    @property
    def pairs(self) -> tuple[Eigenpairs, ...]:
        """The cotangents without their labels."""
        return tuple(c.pairs for c in self.cotangents)

    @cached_property
    def own(self) -> Array:
        """`allowed` where the rule's numbers are held against each other, not against the truth: (C, T)."""
        return among_answers(self.entrywise.allowed, self.tangents, self.ground.triangle)

    def question(self, cotangents: tuple[Cotangent, ...] | None = None) -> Question:
        """What an oracle is asked."""
        return Question(
            matrix=self.ground.matrix,
            function=self.rule.function,
            domain=self.rule.domain,
            triangle=self.ground.triangle,
            convention=self.rule.convention,
            roundoff=self.roundoff,
            primal=self.primal,
            cotangents=self.cotangents if cotangents is None else cotangents,
            tangents=self.tangents,
            spec=self.spec,
        )


def survey(matrix: Array, triangle: str | None) -> Ground:
    """The spectrum of a matrix and its multiplicities. The same matrix is surveyed once for all rules."""
    key = (matrix.dtype.str, matrix.shape, np.ascontiguousarray(matrix).tobytes(), triangle)
    return _survey(key)


@lru_cache(maxsize=64)
def _survey(key: tuple[str, tuple[int, ...], bytes, str | None]) -> Ground:
    dtype, shape, data, triangle = key
    matrix = np.frombuffer(data, np.dtype(dtype)).reshape(shape)
    decomposed = read(matrix, triangle)
    multiplicity = classify(matrix, triangle)
    if not np.all(np.isfinite(decomposed)):
        return Ground(matrix, decomposed, triangle, multiplicity, None, False)
    try:
        state = condition(decomposed)
        if multiplicity.clusters:
            scaled_values = Ground(matrix, decomposed, triangle, multiplicity, state, True).reference.values
            state = condition(decomposed, assign_clusters(multiplicity, np.asarray(scaled_values)))
    except np.linalg.LinAlgError:
        return Ground(matrix, decomposed, triangle, multiplicity, None, True)
    return Ground(matrix, decomposed, triangle, multiplicity, state, True)


def set_scene(problem: Problem, rule: Rule, ground: Ground, primal: Eigenpairs) -> Scene:
    """Cotangents, tangents and budgets of a rule at its own primal. Raises UsageError for a cotangent that cannot be."""
    assert ground.state is not None
    matrix, n = ground.matrix, ground.matrix.shape[0]
    clusters = assign_clusters(ground.multiplicity, np.asarray(primal.values))
    cotangents = build(problem.cotangent, primal, matrix, rule.function, clusters, rule.convention)
    semisimple = tuple(cluster.semisimple for cluster in ground.multiplicity.clusters)
    reasons = tuple(undetermined(c, clusters, semisimple) for c in cotangents)
    cotangents = without_overflow(cotangents)
    tangents = tangents_for(n, rule.domain, is_complex=np.iscomplexobj(matrix))
    roundoff = effective_roundoff(matrix.dtype, ground.state.exponent)
    made = budget_of(ground, rule, primal, tuple(c.pairs for c in cotangents), roundoff)
    return Scene(
        ground=ground,
        rule=rule,
        primal=primal,
        clusters=clusters,
        cotangents=cotangents,
        reasons=reasons,
        tangents=tangents,
        entrywise=made,
        allowed=along_tangents(made.allowed, tangents, ground.triangle),
        terms=along_tangents(made.terms, tangents, ground.triangle),
        roundoff=roundoff,
        spec=problem.cotangent,
    )


def effective_roundoff(dtype: np.dtype[Any], exponent: int) -> float:
    """Unit roundoff u, or half the smallest denormal over 2^exponent, the size of A, where A has no more bits than that."""
    smallest = float(np.finfo(dtype).smallest_subnormal)
    return max(unit_roundoff(dtype), float(np.ldexp(smallest, -exponent - 1)))


def budget_of(
    ground: Ground, rule: Rule, primal: Eigenpairs, cotangents: tuple[Eigenpairs, ...], roundoff: float
) -> Budget:
    """Budget of cotangents that are given in the order and phases of `primal`."""
    assert ground.state is not None
    followed = follow_to(primal, ground.reference, ground.state)
    carried = tuple(followed.carry(c) for c in cotangents)
    return budget(
        ground.state,
        carried,
        roundoff,
        anchor_rows(ground, rule),
        shown=ground.shown,
        orthonormal=rule.function in HERMITIAN_FUNCTIONS,
    )


def phase_rows(ground: Ground, rule: Rule) -> tuple[int, ...]:
    """Rows of which one may be what LAPACK makes real; none where it is the largest entry of each vector.

    A driver for Hermitian matrices may stand behind `eig` too, where the matrix is Hermitian.
    """
    n = ground.matrix.shape[0]
    if rule.function in HERMITIAN_FUNCTIONS:
        return (n - 1,) if ground.triangle == "U" else (0,)
    hermitian = np.iscomplexobj(ground.matrix) and is_hermitian(ground.decomposed)
    return (0, n - 1) if hermitian and n else ()


def anchor_rows(ground: Ground, rule: Rule) -> Array:
    """The row of each reference vector that the convention makes real, the smallest in doubt; -1 for none. (n,)"""
    assert ground.state is not None
    moduli = np.abs(ground.state.original_vectors)
    n = moduli.shape[0]
    if rule.convention != "lapack" or not np.iscomplexobj(ground.state.vectors):
        return np.full(n, -1)
    rows = phase_rows(ground, rule)
    if not n or not rows:
        return np.asarray(np.argmax(moduli, axis=0) if n else np.zeros(0), int)
    return np.asarray(np.asarray(rows)[np.argmin(moduli[list(rows)], axis=0)])


def along_tangents(entrywise: Array, tangents: Tangents, triangle: str | None) -> Array:
    """sum_ij bound_ij |read(E_t)_ij|: what entrywise bounds (C, n, n) allow along each tangent, (C, T)."""
    return _summed(entrywise, np.abs(read(tangents.matrices, triangle)))


def among_answers(entrywise: Array, tangents: Tangents, triangle: str | None) -> Array:
    """What a rule's own numbers may err, (C, T), for comparisons with each other: `along_tangents` of what is `touched`."""
    return _summed(entrywise, touched(tangents, triangle))


def touched(tangents: Tangents, triangle: str | None) -> Array:
    """|read(E_t)|, and max(|E_t|, |E_t|^T) where nothing is read, (T, n, n).

    The true number of what is not read is exactly 0, so that nothing is allowed there against the truth. A rule that
    answers there nevertheless has rounded what it took from this entry or its mirror image.
    """
    moved, given = np.abs(read(tangents.matrices, triangle)), np.abs(tangents.matrices)
    unread = ~np.any(moved, axis=(1, 2), keepdims=True)
    return np.asarray(np.where(unread, np.maximum(given, given.swapaxes(1, 2)), moved))


def _summed(entrywise: Array, moved: Array) -> Array:
    count, n = entrywise.shape[0], entrywise.shape[-1]
    moved = moved.reshape(len(moved), n * n)
    with np.errstate(invalid="ignore"):
        summed = entrywise.reshape(count, n * n) @ moved.T
    # infinity times an entry that does not move is NaN in a product, and still a bound that is not known
    return np.where(np.isnan(summed), np.inf, summed)


def with_reasons(scene: Scene, reasons: dict[int, str]) -> Scene:
    """The same scene with further cotangents found to determine nothing."""
    merged = tuple(old if old is not None else reasons.get(c) for c, old in enumerate(scene.reasons))
    return replace(scene, reasons=merged)
