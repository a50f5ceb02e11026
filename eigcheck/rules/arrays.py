"""How built-in rules are made of formulas. Arrays come in as contiguous copies, so that any layout gives the same bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from eigcheck.model import Array, Rule
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.rules.registry import enter

Bar: TypeAlias = Array | None
"""A cotangent of the values (n,) or of the vectors (n, n); None is absent."""
Decomposition: TypeAlias = Callable[[Array], tuple[Array, Array]]
"""From A to its values (n,) and vectors (n, n)."""
Pullback: TypeAlias = Callable[[Array, Array, Array, Bar, Bar], Array]
"""From A, values, vectors and the cotangents of both to the gradient (n, n)."""
Pushforward: TypeAlias = Callable[[Array, Array, Array, Array], tuple[Array, Array]]
"""From A, values, vectors and the tangent (n, n) of A to the tangents (n,) and (n, n) of both."""


def declare_formulas(
    name: str,
    function: str,
    domain: str,
    uplo: str | None,
    formulas: tuple[Decomposition, Pullback, Pushforward],
    source: str,
) -> None:
    """Register a built-in rule that decomposes A and puts the pairs into its formulas.

    Value functions give out the values only. The gradient is given in the dtype of A.
    """
    decomposed, pullback, pushforward = formulas
    with_vectors = function in VECTOR_FUNCTIONS

    def rrule(A: Array) -> tuple[Any, Any]:
        matrix = owned(A)
        values, vectors = decomposed(matrix)
        given = values.copy(), vectors.copy()

        def pull(cotangent: Any) -> Array:
            parts = halves(cotangent) if with_vectors else (cotangent, None)
            values_bar, vectors_bar = (owned_cotangent(part, matrix) for part in parts)
            return as_kind(pullback(matrix, values, vectors, values_bar, vectors_bar), matrix)

        return given if with_vectors else given[0], pull

    def push(A: Array, A_dot: Array) -> Any:
        matrix = owned(A)
        tangents = pushforward(matrix, *decomposed(matrix), owned_tangent(A_dot, matrix))
        return tangents if with_vectors else tangents[0]

    made = Rule(
        name, function, domain, uplo, source=source, rrule=rrule, pushforward=push, has_forward=True, builtin=True
    )
    enter([made])


def owned(A: ArrayLike) -> Array:
    """A C-ordered copy of A, of shape (n, n), in its own precision; integers become float64."""
    copy = np.array(A, order="C")
    return copy if copy.dtype.kind in "fc" else copy.astype(np.float64)


def owned_cotangent(cotangent: Any, like: Array) -> Bar:
    """A contiguous copy of a cotangent in the precision of `like`, complex if either is; None stays None."""
    if cotangent is None:
        return None
    copy = owned(cotangent)
    return copy.astype(np.result_type(like.dtype, np.complex64) if copy.dtype.kind == "c" else like.dtype)


def owned_tangent(A_dot: ArrayLike, like: Array) -> Array:
    """A contiguous copy of a tangent in the dtype of the matrix that it belongs to."""
    return owned(A_dot).astype(like.dtype)


def halves(cotangent: Any) -> tuple[Any, Any]:
    """Values' and vectors' part of a cotangent of `eig` or `eigh`; None alone stands for both absent."""
    if cotangent is None:
        return None, None
    values_bar, vectors_bar = cotangent
    return values_bar, vectors_bar


def vanishes(*cotangents: Bar) -> bool:
    """Whether each of these is absent or exactly zero: the pullback is then zero, whatever the spectrum."""
    return all(one is None or not one.any() for one in cotangents)


def as_kind(gradient: Array, like: Array) -> Array:
    """The gradient in the dtype of `like`: for a real matrix its real part, which is its projection."""
    part = gradient.real if like.dtype.kind == "f" else gradient
    return np.ascontiguousarray(part, dtype=like.dtype)
