"""`numpy/lapack` for `eigvals` and `eig`: `numpy.linalg.eig`, with left vectors from the inverse of V.

The formulas are those of `eig_formulas` with W = V^-H (`inverse_vectors`).

Domains: on `general` the gradient is as it comes. On `symmetric` tangents are Hermitian, and so is the
gradient given: its Hermitian part. On `upper` and `lower` A is the Hermitian matrix that the stored triangle
stands for, and the Hermitian part is folded onto that triangle (`triangles`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eigcheck.model import Array
from eigcheck.names import STORED
from eigcheck.rules.arrays import Bar, Decomposition, Pullback, Pushforward, as_kind, declare_formulas, vanishes
from eigcheck.rules.eig_formulas import eig_pullback, eig_pushforward, inverse_vectors
from eigcheck.rules.triangles import complete, fold, hermitian_part

LeftVectors = Callable[[Array, Array, Array], Array]
"""From A, its values and its vectors to left vectors W (n, n) with W^H V = I."""


def register_general(name: str, left_vectors: LeftVectors, domains: tuple[str, ...], source: str) -> None:
    """Register `eigvals` and `eig` under `name` on each of `domains`, with this way to the left vectors."""
    for function in ("eigvals", "eig"):
        for domain in domains:
            declare_formulas(name, function, domain, None, _formulas(left_vectors, domain), source)


def _formulas(left_vectors: LeftVectors, domain: str) -> tuple[Decomposition, Pullback, Pushforward]:
    triangle = STORED.get(domain)

    def meant(A: Array) -> Array:
        return complete(A, triangle) if triangle else A

    def decomposed(A: Array) -> tuple[Array, Array]:
        return np.linalg.eig(meant(A))

    def pullback(A: Array, values: Array, vectors: Array, values_bar: Bar, vectors_bar: Bar) -> Array:
        if vanishes(values_bar, vectors_bar):
            return np.zeros_like(A)
        left = left_vectors(meant(A), values, vectors)
        gradient = as_kind(eig_pullback(values, vectors, left, values_bar, vectors_bar), A)
        if domain == "general":
            return gradient
        return fold(hermitian_part(gradient), triangle) if triangle else hermitian_part(gradient)

    def pushforward(A: Array, values: Array, vectors: Array, A_dot: Array) -> tuple[Array, Array]:
        left = left_vectors(meant(A), values, vectors)
        values_dot, vectors_dot = eig_pushforward(values, vectors, left, meant(A_dot))
        if A.dtype.kind == "f" and values.dtype.kind == "f":
            return values_dot.real, vectors_dot.real
        return values_dot, vectors_dot

    return decomposed, pullback, pushforward


register_general(
    "numpy/lapack",
    inverse_vectors,
    ("general", "symmetric", "upper", "lower"),
    "Giles 2008; Boeddeker et al. 2017, arXiv:1701.00392; left vectors from V^-1",
)
