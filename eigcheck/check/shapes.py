"""Shapes of cotangents and tangents that a rule may have a branch for, one line each.

A rule that is right for what the oracles judge can be wrong for a cotangent that is sparse, sorted, or of integers, and a
pushforward for a tangent that is diagonal, skew or of rank one. Nobody needs an oracle for these: a real-linear map that is
right on a basis, or on a sum and on all of its parts but one, is right there too (`check.linearity`).

Each shape is made of dense numbers of the same form; what it has no room for at a small order comes out as zero, or as
another shape, and is passed over by whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from eigcheck.model import Array, Eigenpairs, unit_roundoff

Shape = Callable[[Array], Array]

_STEPS: Final = 8
"""Integers are taken from numbers of some 1 times this."""


def _kept(numbers: Array, axis: int, chosen: Callable[[Array], Array]) -> Array:
    """The chosen ones of the rows (axis 0) or columns (axis 1) that are not zero, and zeros elsewhere."""
    touched = np.flatnonzero(np.any(numbers != 0, axis=1 - axis))
    index = np.arange(numbers.shape[axis])
    kept = np.isin(index, chosen(touched))
    return np.where(kept[:, None] if axis == 0 else kept, numbers, 0)


def _one_entry(numbers: Array) -> Array:
    """The last entry that is not zero."""
    places = np.flatnonzero(numbers)
    return np.where(np.arange(numbers.size).reshape(numbers.shape) == places[-1:].sum(), numbers, 0)


def _hermitian(numbers: Array) -> Array:
    return (numbers + np.conj(numbers.T)) / 2


def _skew(numbers: Array) -> Array:
    return (numbers - np.conj(numbers.T)) / 2


def _reflection(numbers: Array) -> Array:
    """An orthogonal matrix without zeros: I - 2 u u^H, u of the numbers' first row."""
    u = numbers[:1] / (np.linalg.norm(numbers[:1]) or 1.0)
    return np.asarray(np.eye(len(numbers)) - 2 * np.conj(u.T) @ u)


def _far(numbers: Array, axis: int = 0) -> Array:
    """Numbers of an axis at sizes from 1 down to u^(2/3): below what people take for negligible, and above roundoff."""
    least = unit_roundoff(numbers.dtype) ** (2 / 3)
    return np.asarray(np.geomspace(1.0, least, numbers.shape[axis], dtype=numbers.real.dtype))


VALUES: Final[dict[str, Shape]] = {
    "the cotangent of the sum of the values": np.ones_like,
    "the cotangent of the difference of two values": lambda d: np.eye(d.size)[-1] - np.eye(d.size)[0],
    "a cotangent of two values": lambda d: np.where((np.eye(d.size)[0] + np.eye(d.size)[-1]) > 0, d, 0),
    "a values' cotangent with a zero": lambda d: np.append(d[:-1], 0),
    "a values' cotangent that rises": lambda d: np.sort(d.real),
    "a values' cotangent that falls": lambda d: np.sort(d.real)[::-1],
    "a values' cotangent of integers": lambda d: np.round(_STEPS * d.real),
    "a values' cotangent of equal numbers": lambda d: np.full_like(d, d[0]),
    "a values' cotangent of positive numbers": lambda d: np.abs(d) / np.sum(np.abs(d)),
    "a values' cotangent of length one": lambda d: d / np.linalg.norm(d),
    "a values' cotangent of sizes far apart": lambda d: d * _far(d),
    "a real cotangent of the values": np.real,
    "an imaginary cotangent of the values": lambda d: 1j * d.real,
    "the imaginary cotangent of the sum of the values": lambda d: 1j * np.ones_like(d.real),
}
"""From dense numbers (n,) to cotangents of the values (n,)."""

VECTORS: Final[dict[str, Shape]] = {
    "of one vector": lambda c: _kept(c, 1, lambda touched: touched[:1]),
    "of the last vector alone": lambda c: _kept(c, 1, lambda touched: touched[-1:]),
    "of two vectors": lambda c: _kept(c, 1, lambda touched: touched[:2]),
    "of one row": lambda c: _kept(c, 0, lambda touched: touched[:1]),
    "of the last row": lambda c: _kept(c, 0, lambda touched: touched[-1:]),
    "of two rows": lambda c: _kept(c, 0, lambda touched: touched[:2]),
    "of one entry": _one_entry,
    "on the diagonal": lambda c: np.diag(np.diag(c)),
    "in the upper triangle": np.triu,
    "in the lower triangle": np.tril,
    "that is symmetric": _hermitian,
    "that is skew": _skew,
    "that is orthogonal": _reflection,
    "of rank one": lambda c: np.outer(c[:, 0], c[0]),
    "of equal columns": lambda c: np.repeat(c[:, :1], c.shape[1], axis=1),
    "of equal rows": lambda c: np.repeat(c[:1], len(c), axis=0),
    "that is real": np.real,
    "that is imaginary": lambda c: 1j * np.imag(c),
    "of integers": lambda c: np.round(_STEPS * c.real),
    "of positive numbers": lambda c: 1.5 * np.abs(c.real),  # and the rest of what is real is negative
    "of sizes far apart": lambda c: c * np.sqrt(np.outer(_far(c), _far(c, 1))),
}
"""From a cotangent of the vectors (n, n) to one of another shape, of which it is then the sum with the rest."""

TANGENTS: Final[dict[str, Shape]] = {
    "a full tangent": lambda d: d,
    "a symmetric tangent": _hermitian,
    "a skew tangent": _skew,
    "a complex-symmetric tangent": lambda d: (d + d.T) / 2,
    "a complex-skew tangent": lambda d: (d - d.T) / 2,
    "a triangular tangent": np.triu,
    "a lower triangular tangent": np.tril,
    "a strictly triangular tangent": lambda d: np.triu(d, 1),
    "a strictly lower triangular tangent": lambda d: np.tril(d, -1),
    "a diagonal tangent": lambda d: np.diag(np.diag(d)),
    "the identity as tangent": lambda d: np.eye(len(d)),
    "a rank-one tangent": lambda d: np.outer(d[:, 0], d[0]),
    "a symmetric rank-one tangent": lambda d: np.outer(d[0], np.conj(d[0])),
    "a one-row tangent": lambda d: _kept(d, 0, lambda touched: touched[:1]),
    "a one-column tangent": lambda d: _kept(d, 1, lambda touched: touched[-1:]),
    "a two-entry tangent": lambda d: np.fliplr(np.diag(np.where(np.eye(len(d))[0] + np.eye(len(d))[-1] > 0, d[0], 0))),
    "an integer tangent": lambda d: np.round(_STEPS * d.real),
    "a positive tangent": lambda d: np.abs(d.real),
    "a negative tangent": lambda d: -np.abs(d.real),
    "a tangent of sizes far apart": lambda d: d * np.sqrt(np.outer(_far(d), _far(d, 1))),
    "a constant tangent": np.ones_like,
    "an orthogonal tangent": _reflection,
    "a real tangent": np.real,
    "an imaginary tangent": lambda d: 1j * d.imag,
}
"""From a dense matrix (n, n) to a tangent of the matrix, before it is brought onto the domain."""


def as_of_losses(primal: Eigenpairs) -> tuple[dict[str, Shape], dict[str, Shape]]:
    """Shapes of cotangents of the values, and of the vectors, that hang on these: as losses of the matrix give them.

    Of a real matrix they are conjugate for conjugate pairs, which no numbers are that know nothing of pairs.
    """
    values, vectors = np.asarray(primal.values), primal.vectors
    size = np.max(np.abs(values), initial=0.0)
    unit = values / size if 0 < size < np.inf else values
    of_values: dict[str, Shape] = {
        "a values' cotangent of these": lambda _: unit,
        "the values' cotangent of tr A^2": lambda _: np.conj(unit),
        "the values' cotangent of tr A^3": lambda _: np.conj(unit**2),
    }
    return of_values, {} if vectors is None else {"that a loss of real numbers has": lambda c: c.real @ vectors}


def as_of_the_matrix(matrix: Array) -> dict[str, Shape]:
    """Shapes of tangents that hang on the matrix (n, n) as it is read: what scales it moves it along itself."""
    size = np.max(np.abs(matrix), initial=0.0)
    return {"a tangent along the matrix": lambda _: matrix / size} if 0 < size < np.inf else {}
