"""LAPACK's conventions for eigenvectors and for the order of eigenvalues, written once.

General matrices (`geev`): unit 2-norm; the entry of largest modulus real; in no particular order.
Symmetric and Hermitian ones (`syevr`, `heevr`, `heevd`): unit 2-norm; ascending; for complex matrices the last row of
the vectors real if the upper triangle is read, the first one if the lower is. (The reduction to tridiagonal form leaves
that row of the unitary matrix a unit vector, and the tridiagonal matrix is real.)
Signs of real vectors follow no convention. Neither does a complex vector whose anchor entry is 0.

`unit_norm` and `real_anchor` use arithmetic only, so that they run on arrays and equally on dual arrays, which makes the
conventions differentiable as they stand. They are not differentiable where the anchor jumps: see `anchors`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from eigcheck.model import Array, Question, unit_roundoff
from eigcheck.names import HERMITIAN_FUNCTIONS
from eigcheck.spectra.conditioning import is_hermitian

Vectors = TypeVar("Vectors", bound=Any)
"""An array (n, n) with one vector a column, or a dual array of that shape."""


def anchors(vectors: Array, triangle: str | None, uncertainty: Array | float = 0.0) -> tuple[Array, Array]:
    """Which entry of each complex vector is made real: (rows, ambiguous), both of shape (n,).

    `vectors` is (n, n) with columns of unit norm; `triangle` is `U` or `L` for Hermitian matrices and None for general
    ones. `uncertainty` (a number or (n,)) is how far each column may be from the exact vector in 2-norm.
    Ambiguous, that is not differentiable as far as the uncertainty tells, is the convention where the two largest
    moduli differ by no more than they can move (each by `uncertainty`), or the Hermitian anchor may be 0.
    """
    order = vectors.shape[0]
    if order == 0:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=bool)
    moduli = np.abs(vectors)
    if triangle is not None:
        rows = np.full(order, order - 1 if triangle == "U" else 0)
        return rows, moduli[rows, np.arange(order)] <= uncertainty
    rows = moduli.argmax(axis=0)
    if order == 1:
        return rows, np.zeros(1, dtype=bool)
    second, largest = np.sort(moduli, axis=0)[-2:]
    return rows, largest - second <= 2 * np.asarray(uncertainty)


def kinds_of(function: str, triangle: str | None, *, hermitian: bool) -> tuple[str | None, ...]:
    """Which conventions of phase may be at work, each as `anchors` takes it.

    Behind `eig` of a `hermitian` matrix a driver for such matrices may stand, and reads either triangle.
    """
    if function in HERMITIAN_FUNCTIONS:
        return (triangle or "L",)
    return (None, "L", "U") if hermitian else (None,)


def least_anchor(
    vectors: Array, kinds: tuple[str | None, ...], rounding: Array | float = np.inf
) -> tuple[Array, Array]:
    """Of the entries that one of the conventions `kinds` makes real the smallest in modulus: (rows, moduli), both (n,).

    An entry whose imaginary part is more than `rounding`, a number or (n,), is none, unless that is so of all.
    """
    columns = np.arange(vectors.shape[-1])
    rows = np.array([anchors(vectors, kind)[0] for kind in kinds])
    entries = vectors[rows, columns]
    imaginary = np.abs(entries.imag) > rounding
    moduli = np.where(imaginary & ~imaginary.all(axis=0), np.inf, np.abs(entries))
    chosen = np.argmin(moduli, axis=0), columns
    return rows[chosen], moduli[chosen]


def seen_anchors(vectors: Array) -> Array:
    """The row in which a rule seems to make every complex vector real, the smallest entry in doubt; -1 for none: (n,).

    Of one row only can that be said, and of those only who has it real in all columns: another is real by chance.
    """
    turning = np.any(np.imag(vectors) != 0, axis=0)
    moduli = np.abs(vectors)
    rows = np.all(_real_to_rounding(vectors) | ~turning, axis=1)
    if not (np.any(turning) and np.any(rows)):
        return np.full(len(moduli), -1)
    smallest = np.argmin(np.where(rows[:, None], moduli, np.inf), axis=0)
    return np.where(turning, smallest, -1)


def turned_by_an_entry(vectors: Array) -> Array:
    """Whether each vector (n, n) is real or has an entry that is, on which its phase may hang: (n,)."""
    return np.asarray(np.any(_real_to_rounding(vectors), axis=0))


def _real_to_rounding(vectors: Array) -> Array:
    """Which entries of vectors (n, n) are real, and not 0."""
    moduli = np.abs(vectors)
    return np.asarray(
        (np.abs(np.imag(vectors)) <= 4 * len(vectors) * unit_roundoff(vectors.dtype) * moduli) & (moduli > 0)
    )


def unit_norm(vectors: Vectors, sqrt: Callable[[Any], Any] = np.sqrt) -> Vectors:
    """Scale each column to unit 2-norm. `sqrt` is that of the kind of array at hand."""
    scaled: Vectors = vectors / sqrt((vectors.real * vectors.real + vectors.imag * vectors.imag).sum(axis=0))
    return scaled


def real_anchor(vectors: Vectors, rows: Array) -> Vectors:
    """Turn the phase of each column so that its entry in `rows` is real and positive; no entry there may be 0."""
    chosen = vectors[rows, np.arange(len(rows))]
    turned: Vectors = vectors * (chosen.conj() / abs(chosen))
    return turned


def anchor_defect(vectors: Array, triangle: str | None, tied: float = 0.0) -> float:
    """How far vectors (n, n) are from a convention of phase: the largest imaginary part of an anchor entry.

    Where the largest modulus is meant, any entry within `tied` of it may be the one: rounding chose.
    """
    if vectors.size == 0:
        return 0.0
    rows, columns = anchors(vectors, triangle)[0], np.arange(len(vectors))
    moduli = np.abs(vectors)
    chosen = moduli >= moduli[rows, columns] - tied if triangle is None else columns[:, None] == rows
    return float(np.where(chosen, np.abs(vectors.imag), np.inf).min(axis=0).max())


def obeyed(question: Question, matrix: Array, vectors: Array, rounding: float) -> tuple[str | None, bool]:
    """Which convention of phase the rule's vectors (n, n) obey: (triangle, unclear), as `anchors` takes it.

    Behind `eig` a driver for Hermitian matrices may stand where the domain keeps the matrix (n, n) Hermitian; then the
    rule's own vectors tell. It is unclear if they obey more than one convention to `rounding`, since derivatives differ.
    """
    hermitian = np.iscomplexobj(matrix) and is_hermitian(matrix) and len(matrix) > 1
    kinds = kinds_of(question.function, question.triangle, hermitian=hermitian and question.domain != "general")
    if len(kinds) == 1:
        return kinds[0], False
    found = [kind for kind in kinds if anchor_defect(vectors, kind, rounding) <= rounding]
    return (found[0], len(found) > 1) if found else (None, False)
