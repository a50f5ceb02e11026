"""`numpy/lapack` for `eigvals` and `eig`: `numpy.linalg.eig`, with left vectors from the inverse of V.

The formulas are those of `eig_formulas` with W = V^-H (`inverse`).

Domains: on `general` the gradient is as it comes. On `symmetric` tangents are Hermitian, and so is the
gradient given: its Hermitian part. On `upper` and `lower` A is the Hermitian matrix that the stored triangle
stands for, and the Hermitian part is folded onto that triangle (`triangles`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.arrays import as_kind, halves, owned, owned_cotangent, owned_tangent, vanishes
from eigcheck.rules.eig_formulas import eig_pullback, eig_pushforward
from eigcheck.rules.inverse import inverse_vectors
from eigcheck.rules.registry import declare
from eigcheck.rules.triangles import complete, fold, hermitian_part

STORED = {"upper": "U", "lower": "L"}

LeftVectors = Callable[[Array, Array, Array], Array]
"""From A, its values and its vectors to left vectors W (n, n) with W^H V = I."""


def register_general(name: str, left_vectors: LeftVectors, domains: tuple[str, ...], source: str) -> None:
    """Register `eigvals` and `eig` under `name` on each of `domains`, with this way to the left vectors."""
    for function in ("eigvals", "eig"):
        for domain in domains:
            _register(name, left_vectors, function, domain, source)


def _register(name: str, left_vectors: LeftVectors, function: str, domain: str, source: str) -> None:
    with_vectors = function == "eig"

    def rrule(A: Array) -> tuple[Any, Any]:
        matrix = _on_domain(owned(A), domain)
        values, vectors = np.linalg.eig(matrix)
        given = values.copy(), vectors.copy()

        def pullback(cotangent: Any) -> Array:
            parts = halves(cotangent) if with_vectors else (cotangent, None)
            values_bar, vectors_bar = (owned_cotangent(part, matrix) for part in parts)
            if vanishes(values_bar, vectors_bar):
                return np.zeros_like(matrix)
            left = left_vectors(matrix, values, vectors)
            return _gradient(eig_pullback(values, vectors, left, values_bar, vectors_bar), matrix, domain)

        return given if with_vectors else given[0], pullback

    def pushforward(A: Array, A_dot: Array) -> Any:
        matrix = _on_domain(owned(A), domain)
        tangent = _on_domain(owned_tangent(A_dot, matrix), domain)
        values, vectors = np.linalg.eig(matrix)
        left = left_vectors(matrix, values, vectors)
        values_dot, vectors_dot = eig_pushforward(values, vectors, left, tangent)
        if matrix.dtype.kind == "f" and values.dtype.kind == "f":
            values_dot, vectors_dot = values_dot.real, vectors_dot.real
        return (values_dot, vectors_dot) if with_vectors else values_dot

    declare(name, function=function, domain=domain, pushforward=pushforward, source=source)(rrule)


def _on_domain(A: Array, domain: str) -> Array:
    return complete(A, STORED[domain]) if domain in STORED else A


def _gradient(G: Array, like: Array, domain: str) -> Array:
    gradient = as_kind(G, like)
    if domain == "general":
        return gradient
    return as_kind(
        fold(hermitian_part(gradient), STORED[domain]) if domain in STORED else hermitian_part(gradient), like
    )


register_general(
    "numpy/lapack",
    inverse_vectors,
    ("general", "symmetric", "upper", "lower"),
    "Giles 2008; Boeddeker et al. 2017, arXiv:1701.00392; left vectors from V^-1",
)
