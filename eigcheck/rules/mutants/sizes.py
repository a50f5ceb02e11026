"""Faults that only show for some sizes: of the order, of the matrix, of the cotangent or tangent.

Where they show, column j of the gradient is multiplied by j + 2, which no cause explains.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.mutants.fault import EVERYWHERE, PLAIN, Fault, Place, with_vectors
from eigcheck.rules.mutants.template import Pull, Pullback, Push, Pushforward, Setting, gradient, pushed

HUGE: Final = 1e5
TINY: Final = 1e-5
"""Largest entries of a matrix."""
FAINT: Final = 1e-6
LOUD: Final = 1e6
"""Largest entries of a cotangent or a tangent."""

Condition: TypeAlias = Callable[[Setting], bool]


def differently(p: Pull) -> Array:
    """A gradient that is wrong in a way that has no name."""
    G = gradient(p)
    return np.asarray(G * (np.arange(len(G)) + 2).astype(G.real.dtype))


def differently_forward(p: Push) -> tuple[Array, Array]:
    """Tangents that are wrong in a way that has no name."""
    values_dot, vectors_dot = pushed(p)
    factors = (np.arange(len(p.A)) + 2).astype(p.A.real.dtype)
    return values_dot * factors, vectors_dot * factors


def wrong_where(condition: Condition) -> Pullback:
    """A pullback that is wrong where the condition holds."""
    return lambda p: differently(p) if condition(p) else gradient(p)


def wrong_forward_where(condition: Condition) -> Pushforward:
    """A pushforward that is wrong where the condition holds."""
    return lambda p: differently_forward(p) if condition(p) else pushed(p)


def _given(p: Setting) -> float:
    """The largest entry of the cotangent or tangent that is given."""
    parts = (p.values_bar, p.vectors_bar) if isinstance(p, Pull) else (p.A_dot,) if isinstance(p, Push) else ()
    return max((float(np.abs(part).max(initial=0)) for part in parts if part is not None), default=0.0)


def _entry(p: Setting) -> float:
    """The largest entry of what is read of A, which is finite."""
    shown = p.A if p.read is None else np.triu(p.A) if p.read == "U" else np.tril(p.A)
    return float(np.abs(shown).max(initial=0))


def _is_of_the_last(vectors_bar: Array) -> bool:
    """Whether the last column is the only one of several that is not zero."""
    return np.flatnonzero(vectors_bar.any(axis=0)).tolist() == [len(vectors_bar) - 1] and len(vectors_bar) > 1


def _is_diagonal(A_dot: Array) -> bool:
    """Whether more than one entry is not zero, all of them on the diagonal."""
    return bool(np.count_nonzero(A_dot) == np.count_nonzero(A_dot.diagonal()) > 1)


def _both(name: str, what: str, needs: str, condition: Condition) -> Fault:
    return Fault(name, what, needs, EVERYWHERE, wrong_where(condition), wrong_forward_where(condition))


_STORED: Final[tuple[Place, ...]] = (("eigh", "lower", None),)
"""One place for each way that sizes may matter to: who is wrong at large orders only is asked all smaller ones first."""


def _beyond(name: str, order: int, places: tuple[Place, ...], *, with_forward: bool = True) -> Fault:
    def condition(p: Setting) -> bool:
        return len(p.A) > order

    forward = wrong_forward_where(condition) if with_forward else None
    what, needs = f"is wrong for orders above {order}", f"n > {order}"
    return Fault(name, what, needs, places, wrong_where(condition), forward)


FAULTS: Final = (
    _beyond("beyond-six", 6, EVERYWHERE),
    _beyond("beyond-sixteen", 16, PLAIN + _STORED),
    _beyond("past-thirty-two", 32, PLAIN[:1] + _STORED),
    _beyond("past-sixty-four", 64, PLAIN[:1], with_forward=False),
    _both("odd-order", "is wrong for odd orders", "n odd and above 1", lambda p: len(p.A) % 2 == 1),
    _both("order-one", "is wrong for 1 x 1 matrices", "n = 1", lambda p: len(p.A) == 1),
    _both(
        "large-matrix", "is wrong for matrices with entries above 1e5", "entries above 1e5", lambda p: _entry(p) > HUGE
    ),
    _both(
        "small-matrix",
        "is wrong for matrices without an entry above 1e-5",
        "no entry above 1e-5",
        lambda p: _entry(p) < TINY,
    ),
    Fault(
        "small-cotangent",
        "is wrong for cotangents without an entry above 1e-6",
        "a small gradient: a cotangent without an entry above 1e-6",
        EVERYWHERE,
        wrong_where(lambda p: _given(p) < FAINT),
    ),
    Fault(
        "large-cotangent",
        "is wrong for cotangents with an entry above 1e6",
        "a large gradient: a cotangent with an entry above 1e6",
        EVERYWHERE,
        wrong_where(lambda p: _given(p) > LOUD),
    ),
    Fault(
        "last-vector-alone",
        "is wrong for cotangents of the last vector alone",
        "a loss of one eigenvector, the last",
        with_vectors(EVERYWHERE),
        wrong_where(lambda p: isinstance(p, Pull) and p.vectors_bar is not None and _is_of_the_last(p.vectors_bar)),
    ),
    Fault(
        "diagonal-tangent",
        "is wrong for tangents that are diagonal",
        "a tangent that is diagonal, with more than one entry",
        EVERYWHERE,
        forward=wrong_forward_where(lambda p: isinstance(p, Push) and _is_diagonal(p.A_dot)),
    ),
)
