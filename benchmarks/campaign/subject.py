"""One check as every checker gets it: a rule at a matrix, as a map A -> y with the rule's own pullback.

The rule is called as it is, with its values and its pullback; what is added here is what a careful user of a
checker that differences functions would add:

- `eigvals`, `eig`: values are complex, as in torch and jax, since they may become so within a step;
- eigenvectors come as z_k = |c_k^H v_k|^2 with random c_k (n, n): the raw vectors change sign and phase from one
  matrix to the next, z does not. Its pullback is v_bar_k = 2 z_bar_k (c_k^H v_k) c_k;
- on the domain `symmetric` X is free and A = (X + X^H)/2, with the pullback G -> (G + G^H)/2.

y is (n,) for value functions, else (2n,): the values, then z.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eigcheck.model import Array, CotangentSpec, Pushforward, Rrule, Rule
from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS

Pull = Callable[[Array], Array]
"""From y_bar, of the shape of y, to the gradient (n, n), both under Re tr(X^H Y)."""


@dataclass(frozen=True)
class Subject:
    """A rule at a matrix. `loss` multiplies y, for faults that show with small losses only."""

    rrule: Rrule
    matrix: Array
    function: str
    domain: str = "general"
    uplo: str | None = None
    convention: str = "lapack"
    pushforward: Pushforward | None = None
    seed: int = 0
    loss: float = 1.0
    cotangent: CotangentSpec = field(default_factory=CotangentSpec)
    """What eigcheck is asked to pull back; its default but where a fault shows with other cotangents only."""

    @property
    def is_complex(self) -> bool:
        return np.iscomplexobj(self.matrix)

    @property
    def is_single(self) -> bool:
        return self.matrix.dtype in (np.dtype(np.float32), np.dtype(np.complex64))

    @property
    def n(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def count(self) -> int:
        """The length of y."""
        return 2 * self.n if self.function in VECTOR_FUNCTIONS else self.n

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of y: real for Hermitian functions, else complex, in the precision of the matrix."""
        real, wide = (np.float32, np.complex64) if self.is_single else (np.float64, np.complex128)
        return np.dtype(real if self.function in HERMITIAN_FUNCTIONS else wide)

    def directions(self) -> Array:
        """The c_k, one a column: (n, n)."""
        rng = np.random.default_rng([self.seed, self.n, 1])
        c = rng.standard_normal((self.n, self.n))
        return c + 1j * rng.standard_normal(c.shape) if self.dtype.kind == "c" or self.is_complex else c

    def value(self, A: Array) -> Array:
        return self.linearise(A)[0]

    def linearise(self, A: Array) -> tuple[Array, Pull]:
        """y at A and the rule's pullback, on this check's way from a free A to y."""
        symmetric = self.domain == "symmetric"
        primal, pullback = self.rrule((A + A.conj().T) / 2 if symmetric else A)
        with_vectors = self.function in VECTOR_FUNCTIONS
        values, V = primal if with_vectors else (primal, None)
        picked = np.sum(self.directions().conj() * V, axis=0) if with_vectors else None
        y = values if picked is None else np.concatenate([values, np.abs(picked) ** 2])

        def pull(y_bar: Array) -> Array:
            bar = self.loss * np.asarray(y_bar)
            cotangent: Any = bar[: self.n]
            if picked is not None:
                cotangent = (cotangent, self._vectors_bar(2 * bar[self.n :].real * picked, V))
            G = pullback(cotangent)
            return (G + np.conj(G).T) / 2 if symmetric else G

        return np.asarray(self.loss * y, self.dtype), pull

    def _vectors_bar(self, factors: Array, V: Any) -> Array:
        made = self.directions() * factors
        return np.asarray(made if np.iscomplexobj(V) else made.real, np.asarray(V).dtype)


def of_rule(rule: Rule, matrix: Array, seed: int = 0, **more: Any) -> Subject:
    """A check of a registered rule."""
    assert rule.rrule is not None
    return Subject(
        rule.rrule,
        matrix,
        rule.function,
        rule.domain,
        rule.uplo,
        rule.convention,
        rule.pushforward,
        seed=seed,
        **more,
    )


class Flat:
    """The same map between real vectors, for checkers that know no complex numbers: x in R^p, y in R^m.

    x is A row by row, its real part before its imaginary one; y likewise.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    @property
    def x(self) -> Array:
        return flat(np.array(self.subject.matrix))

    def matrix(self, x: Array) -> Array:
        n, half = self.subject.n, self.subject.n**2
        x = np.asarray(x)
        A = x[:half].reshape(n, n)
        return A + 1j * x[half:].reshape(n, n) if self.subject.is_complex else A

    def value(self, x: Array) -> Array:
        return flat(self.subject.value(self.matrix(x)))

    def jacobian(self, x: Array) -> Array:
        """The rule's own Jacobian, (m, p): the pullback of every unit vector of y."""
        y, pull = self.subject.linearise(self.matrix(x))
        units = [unit * factor for factor in self._factors() for unit in np.eye(y.size, dtype=y.dtype)]
        return np.stack([self._gradient(pull(unit)) for unit in units])

    def pull(self, x: Array, y_bar: Array) -> Array:
        """The gradient of <y_bar, y>, (p,)."""
        m = self.subject.count
        bar = y_bar[:m] + 1j * y_bar[m:] if self.subject.dtype.kind == "c" else y_bar
        return self._gradient(self.subject.linearise(self.matrix(x))[1](bar))

    def _factors(self) -> tuple[complex, ...]:
        return (1, 1j) if self.subject.dtype.kind == "c" else (1,)

    def _gradient(self, G: Array) -> Array:
        G = np.asarray(G)
        if G.shape != (self.subject.n, self.subject.n):
            raise ValueError(f"a gradient of shape {G.shape}")
        if not self.subject.is_complex:
            return np.asarray(G.real.ravel())
        return np.concatenate([G.real.ravel(), G.imag.ravel()])


def flat(array: Array) -> Array:
    """Real and imaginary parts of a complex array as one real vector; a real one as it is."""
    return np.concatenate([array.real.ravel(), array.imag.ravel()]) if np.iscomplexobj(array) else array.ravel()
