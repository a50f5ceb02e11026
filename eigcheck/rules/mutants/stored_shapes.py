"""Branches on shapes of a Hermitian matrix: what holds inside the shape is taken for all that may move."""

from __future__ import annotations

from typing import Final

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.mutants.fault import EVERYWHERE, Fault, hermitian, with_vectors
from eigcheck.rules.mutants.template import Pull, gradient

_PLACES: Final = tuple(place for place in hermitian(EVERYWHERE) if place[2] is None)
"""Which triangle of free entries is read makes no difference to a shape."""


def negated(p: Pull) -> Array:
    """-G where all eigenvalues are negative."""
    return -gradient(p) if (p.values < 0).all() else gradient(p)


def within_blocks(p: Pull) -> Array:
    """The gradient's blocks where A has several of order 2 or more."""
    A, n = np.abs(p.shown) > 0, len(p.A)
    cuts = [k for k in range(1, n) if not A[k:, :k].any()]
    block = np.searchsorted(cuts, np.arange(n), side="right")
    G = gradient(p)
    if not cuts or np.bincount(block).min() < 2:
        return G
    return np.where(block[:, None] == block[None, :], G, np.zeros_like(G))


def within_arrow(p: Pull) -> Array:
    """The gradient's first row and column and its diagonal where nothing else of A is there."""
    A, G = p.shown, gradient(p)
    shape = np.eye(len(A), dtype=bool)
    shape[:1] = shape[:, :1] = True
    return np.where(shape, G, np.zeros_like(G)) if len(A) > 3 and not A[~shape].any() else G


def off_diagonal_halved(p: Pull) -> Array:
    """Half of the gradient off the diagonal where all eigenvalues are positive."""
    G = gradient(p)
    return np.asarray(np.where(np.eye(len(G), dtype=bool), G, G / 2) if (p.values > 0).all() else G)


FAULTS: Final = (
    Fault(
        "negative-definite-negated",
        "takes the pairs of -A where A is negative definite, and forgets the sign",
        "a negative definite matrix that is read by one triangle or symmetric",
        _PLACES,
        negated,
        diagnosis="negated",
    ),
    Fault(
        "within-blocks",
        "lets a block-diagonal Hermitian matrix move in its blocks only",
        "a Hermitian matrix in blocks of order 2 or more, and a cotangent of the vectors",
        with_vectors(_PLACES),
        within_blocks,
    ),
    Fault(
        "within-the-arrow",
        "lets an arrow matrix move in its first row and column and on its diagonal only",
        "a Hermitian arrow matrix of order 4 or more",
        _PLACES,
        within_arrow,
    ),
    Fault(
        "single-definite-halved",
        "counts off-diagonal entries of a positive definite matrix in single precision once",
        "a positive definite matrix in single precision",
        _PLACES,
        off_diagonal_halved,
        diagnosis="halved-offdiagonal",
        dtypes=("float32",),
    ),
)
