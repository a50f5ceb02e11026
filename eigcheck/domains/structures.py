"""Special matrices beside which a rule may jump: who has a structure, and what directions keep it.

A new one is one more entry of the table here, and its name in `eigcheck.names`, which loads no numerics. Structures hold
exactly or not at all, but for `normal` and `orthogonal`, which are equations that floats rarely satisfy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.names import Structure as Name
from eigcheck.remembering import remembered
from eigcheck.spectra.conditioning import is_hermitian
from eigcheck.spectra.multiplicity import classify
from eigcheck.spectra.reads import read
from eigcheck.spectra.scaling import largest_part

EXACTLY: Final = "exactly"
ROUNDED: Final = "to n u norm(A)"

REMEMBERED: Final = 64
"""Matrices whose structures are kept, for all rules and checks."""


@dataclass(frozen=True)
class Structure:
    """A set of special matrices beside which a rule may jump.

    `meaning` is one line for users; `decided` says how exactly it is decided whether a matrix belongs. `holds` tells
    that of a finite matrix (n, n) of a floating dtype. `part` is the projection of a direction (n, n) onto those
    along which the structure is kept; None for a structure that is not linear.
    """

    name: Name
    meaning: str
    holds: Callable[[Array], bool]
    part: Callable[[Array], Array] | None = None
    decided: str = EXACTLY


def _is_normal(matrix: Array) -> bool:
    """norm(A A^H - A^H A) <= n u norm(A)^2 with the Frobenius norm, u being the unit roundoff of the dtype.

    The commutator is of degree two in A, so its bound is too: a power of two brings the largest entry near 1 first, so
    that membership does not change with the scale of A.
    """
    exponent = int(np.frexp(largest_part(matrix))[1])
    scaled = _wide(matrix) * np.ldexp(np.longdouble(1), -exponent)
    allowed = matrix.shape[0] * unit_roundoff(matrix.dtype) * np.linalg.norm(scaled) ** 2
    # ordinary products, which lose less than 8 n u norm(A)^2, are enough where the defect is far larger, and n times as fast
    ordinary = scaled.astype(np.complex128 if np.iscomplexobj(matrix) else np.float64)
    return bool(_commutator(ordinary) <= 16 * allowed and _commutator(scaled) <= allowed)


def _commutator(matrix: Array) -> float:
    """norm(A A^H - A^H A)."""
    adjoint = np.conj(matrix.T)
    return float(np.linalg.norm(matrix @ adjoint - adjoint @ matrix))


def _is_orthogonal(matrix: Array) -> bool:
    """norm(A A^H - I) <= n u norm(A) with the Frobenius norm, u being the unit roundoff of the dtype."""
    n = matrix.shape[0]
    if largest_part(matrix) > 2:  # no entry of a unitary matrix exceeds 1
        return False
    extended = _wide(matrix)
    defect = np.linalg.norm(extended @ np.conj(extended.T) - np.eye(n))
    return bool(defect <= n * unit_roundoff(matrix.dtype) * np.linalg.norm(extended))


def _wide(matrix: Array) -> Array:
    """In extended precision where the platform has it, so that the products' own rounding does not decide."""
    return matrix.astype(np.clongdouble if np.iscomplexobj(matrix) else np.longdouble)


_STRUCTURES: Final = (
    Structure("symmetric", "A^H = A", is_hermitian, lambda e: (e + np.conj(e.T)) / 2),
    # without conjugation, so that it is not normal in general
    Structure(
        "complex-symmetric",
        "A^T = A, for complex A",
        lambda a: np.iscomplexobj(a) and np.array_equal(a, a.T),
        lambda e: (e + e.T) / 2,
    ),
    Structure("skew", "A^H = -A", lambda a: np.array_equal(a, -np.conj(a.T)), lambda e: (e - np.conj(e.T)) / 2),
    Structure(
        "diagonal",
        "nothing off the diagonal",
        lambda a: not np.any(a[~np.eye(len(a), dtype=bool)]),
        lambda e: np.diag(np.diagonal(e)),
    ),
    Structure("upper-triangular", "nothing below the diagonal", lambda a: not np.any(np.tril(a, -1)), np.triu),
    Structure("lower-triangular", "nothing above the diagonal", lambda a: not np.any(np.triu(a, 1)), np.tril),
    Structure("normal", "A A^H = A^H A", _is_normal, decided=ROUNDED),
    Structure("orthogonal", "A A^H = I (unitary if A is complex)", _is_orthogonal, decided=ROUNDED),
    # eigenvalues may move off the real line from there
    Structure(
        "real",
        "no imaginary part, for complex A",
        lambda a: np.iscomplexobj(a) and not np.any(a.imag),
        lambda e: e.real.astype(e.dtype),
    ),
    Structure(
        "repeated",
        "an eigenvalue occurs twice or more",
        lambda a: bool(classify(a).repeated),
        decided="by exact algebra, else left undecided",
    ),
)


def structures() -> tuple[Structure, ...]:
    """Every structure, in the order of `names.STRUCTURES`."""
    return _STRUCTURES


@remembered(REMEMBERED)
def structures_of(matrix: Array, triangle: str | None = None) -> tuple[str, ...]:
    """The structures that `matrix` (n, n), of a floating dtype, has: in the order of `names.STRUCTURES`.

    With `triangle` (`U` or `L`) those of the Hermitian completion of that triangle. Empty if anything that
    is read is not finite.
    """
    seen = read(np.asarray(matrix), triangle)
    if not np.all(np.isfinite(seen)):
        return ()
    return tuple(known.name for known in _STRUCTURES if known.holds(seen))


def staying(direction: Array, structure: str | None) -> Array | None:
    """The part of a direction along which a linear structure is kept; None for structures that are not linear."""
    if structure is None:
        return direction
    part = next(one.part for one in _STRUCTURES if one.name == structure)
    return None if part is None else np.asarray(part(direction))
