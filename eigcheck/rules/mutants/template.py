"""The right rule of which every mutant is made, in stages that a fault can replace one at a time.

With A = V diag(lambda) V^-1, left vectors W = V^-H (W = V for `eigvalsh` and `eigh`) and the cotangents
lambda_bar, V_bar:
    A_bar = W (diag(lambda_bar) + M) V^H,  M_kl = N_kl / (conj lambda_l - conj lambda_k), k != l,
    N = V^H V_bar - V^H V diag(Re diag(V^H V_bar)), of which the second term counts for general matrices only;
and forward, with K = W^H A_dot V:
    lambda_dot = diag K,  V_dot = V F,  F_kl = K_kl / (lambda_l - lambda_k), k != l,
less v_k Re(v_k^H dv_k) in each column of general matrices. No phase is fixed: the convention is `free`.
References: Giles 2008; Boeddeker et al. 2017, arXiv:1701.00392.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from eigcheck.model import Array
from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS
from eigcheck.rules.arrays import as_kind, halves, owned, owned_cotangent, owned_tangent, vanishes
from eigcheck.rules.eig_formulas import inverse_vectors, over_gaps
from eigcheck.rules.triangles import complete, fold, hermitian_part, stored

Divide: TypeAlias = Callable[[Array, Array], Array]
"""From numerators (n, n) and values (n,) to quotients by the differences of the values, as `over_gaps`."""
Primal: TypeAlias = Callable[[Array, Array], tuple[Array, Array]]
"""From right values and vectors to those that the rule gives out."""


@dataclass(frozen=True)
class Setting:
    """What a rule has in its hands in either mode: the function on its domain, A as it was given, its pairs.

    `read` is the triangle that the function reads, None for all of A. `memory` outlives the call.
    """

    function: str
    domain: str
    read: str | None
    A: Array
    values: Array
    V: Array
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def hermitian(self) -> bool:
        """Whether the function is one of Hermitian matrices."""
        return self.function in HERMITIAN_FUNCTIONS

    @property
    def shown(self) -> Array:
        """A as the function sees it: (n, n), completed from the triangle that is read."""
        return complete(self.A, self.read) if self.read else self.A

    @property
    def folded(self) -> str | None:
        """The triangle that gradients stand in, None where they stand in all of the matrix."""
        return None if self.domain == "symmetric" else self.read

    @property
    def left(self) -> Array:
        """Left vectors W (n, n) with W^H V = I."""
        return self.V if self.hermitian else inverse_vectors(self.A, self.values, self.V)


@dataclass(frozen=True)
class Pull(Setting):
    """What a pullback works with: cotangents (n,) and (n, n) in the precision of A; None is absent."""

    values_bar: Array | None = None
    vectors_bar: Array | None = None


@dataclass(frozen=True)
class Push(Setting):
    """What a pushforward works with: the tangent A_dot (n, n) as it was given."""

    A_dot: Array = field(default_factory=lambda: np.zeros((0, 0)))


Pullback: TypeAlias = Callable[[Pull], Any]
"""From cotangents to a gradient (n, n)."""
Pushforward: TypeAlias = Callable[[Push], tuple[Any, Any]]
"""From a tangent to tangents (n,) of the values and (n, n) of the vectors."""


def inner(p: Pull, divide: Divide = over_gaps, lengths: float = 1.0) -> Array:
    """diag(lambda_bar) + M, shape (n, n); `lengths` is how often the vectors' length is accounted for."""
    diagonal = np.zeros_like(p.V) if p.values_bar is None else np.diag(p.values_bar)
    if p.vectors_bar is None:
        return diagonal
    adjoint = p.V.conj().T
    N = adjoint @ p.vectors_bar
    if not p.hermitian:
        N = N - lengths * (adjoint @ p.V) * N.diagonal().real
    return np.asarray(diagonal + divide(N, p.values.conj()))


def unfolded(p: Pull, middle: Array | None = None, left: Array | None = None) -> Array:
    """W middle V^H, shape (n, n), in the dtype of A: the gradient if every entry were read and free."""
    W = p.left if left is None else left
    with np.errstate(all="ignore"):
        return as_kind(W @ (inner(p) if middle is None else middle) @ p.V.conj().T, p.A)


def placed(p: Setting, G: Array) -> Array:
    """The gradient (n, n) on the rule's domain: as it is, its Hermitian part, or that folded onto a triangle."""
    if p.domain == "symmetric":
        return hermitian_part(G)
    return G if p.folded is None else as_kind(fold(hermitian_part(G), p.folded), p.A)


def gradient(p: Pull, middle: Array | None = None, left: Array | None = None) -> Array:
    """The gradient (n, n); right unless `middle` or `left` replace the inner factor or the left vectors."""
    return placed(p, unfolded(p, middle, left))


def pushed(
    p: Push, A_dot: Array | None = None, left: Array | None = None, divide: Divide = over_gaps, lengths: float = 1.0
) -> tuple[Array, Array]:
    """Tangents (n,) and (n, n) of values and vectors; right unless something is replaced."""
    given = p.A_dot if A_dot is None else A_dot
    tangent = given if p.folded is None else complete(given, p.folded)
    W = p.left if left is None else left
    with np.errstate(all="ignore"):
        K = W.conj().T @ tangent @ p.V
        if p.hermitian:
            K = hermitian_part(K)
        vectors_dot = p.V @ divide(K, p.values)
    values_dot = K.diagonal().copy()
    if not p.hermitian:
        vectors_dot = vectors_dot - lengths * p.V * np.einsum("ij,ij->j", p.V.conj(), vectors_dot).real
    if p.hermitian or (p.A.dtype.kind == "f" and p.values.dtype.kind == "f"):
        values_dot = values_dot.real
    return values_dot, vectors_dot


Map: TypeAlias = Callable[[Array], Array]
"""From one matrix (n, n) to another."""
Condition: TypeAlias = Callable[[Setting], bool]


def mapped(by: Map, tangents_by: Map | None = None, *, where: Condition | None = None) -> tuple[Pullback, Pushforward]:
    """A pullback that maps its gradient, and a pushforward that maps its tangent of A; `where` a condition holds.

    `tangents_by` is by default the same map: most of those that faults make are their own adjoints.
    """

    def reverse(p: Pull) -> Array:
        return by(gradient(p)) if where is None or where(p) else gradient(p)

    def forward(p: Push) -> tuple[Array, Array]:
        return pushed(p, (tangents_by or by)(p.A_dot) if where is None or where(p) else None)

    return reverse, forward


def answered(p: Pull | Push) -> Any:
    """The right answer to what is asked: a gradient or tangents."""
    return gradient(p) if isinstance(p, Pull) else pushed(p)


def decomposed(A: Array, read: str | None, function: str) -> tuple[Array, Array]:
    """Values and vectors of what the function reads of A, by LAPACK."""
    if function in HERMITIAN_FUNCTIONS:
        values, vectors = np.linalg.eigh(stored(A, read) if read else A, UPLO="U" if read == "U" else "L")
    else:
        values, vectors = np.linalg.eig(A)
    return values, vectors


def rrule_of(
    function: str, domain: str, read: str | None, pullback: Pullback, primal: Primal | None = None
) -> Callable[[Array], tuple[Any, Any]]:
    """An rrule whose pullback is `pullback`; a cotangent that is absent or zero throughout gives zeros."""
    memory: dict[str, Any] = {}
    with_vectors = function in VECTOR_FUNCTIONS

    def rrule(A: Array) -> tuple[Any, Any]:
        matrix = owned(A)
        values, V = decomposed(matrix, read, function)
        if primal is not None:
            values, V = primal(values, V)
        given = values.copy(), V.copy()

        def pull(bar: Any) -> Any:
            parts = halves(bar) if with_vectors else (bar, None)
            values_bar, vectors_bar = (owned_cotangent(part, matrix) for part in parts)
            if vanishes(values_bar, vectors_bar):
                return np.zeros_like(matrix)
            return pullback(Pull(function, domain, read, A, values, V, memory, values_bar, vectors_bar))

        return given if with_vectors else given[0], pull

    return rrule


def pushforward_of(
    function: str, domain: str, read: str | None, pushforward: Pushforward
) -> Callable[[Array, Array], Any]:
    """The pushforward of a rule, of which value functions give out the first half."""
    memory: dict[str, Any] = {}

    def push(A: Array, A_dot: Array) -> Any:
        matrix = owned(A)
        values, V = decomposed(matrix, read, function)
        tangents = pushforward(Push(function, domain, read, A, values, V, memory, owned_tangent(A_dot, matrix)))
        return tangents if function in VECTOR_FUNCTIONS else tangents[0]

    return push
