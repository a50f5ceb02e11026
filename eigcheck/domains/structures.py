"""Special matrices beside which a rule may jump: who has a structure, and what directions keep it.

A new one is one more function here under the decorator `structure`, and its name in `eigcheck.names`, which loads no
numerics. Structures hold exactly or not at all, but for `normal` and `orthogonal`, which are equations that floats rarely
satisfy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.names import STRUCTURES
from eigcheck.names import Structure as Name
from eigcheck.spectra.conditioning import is_hermitian, largest_part
from eigcheck.spectra.multiplicity import classify
from eigcheck.spectra.reads import read

Test: TypeAlias = Callable[[Array], bool]
Part: TypeAlias = Callable[[Array], Array]

EXACTLY: Final = "exactly"
ROUNDED: Final = "to n u norm(A)"


@dataclass(frozen=True)
class Structure:
    """A set of special matrices beside which a rule may jump.

    `meaning` is one line for users; `decided` says how exactly it is decided whether a matrix belongs. `holds` tells
    that of a finite matrix (n, n) of a floating dtype. `part` is the projection of a direction (n, n) onto those
    along which the structure is kept; None for a structure that is not linear.
    """

    name: Name
    meaning: str
    decided: str
    holds: Test
    part: Part | None


_STRUCTURES: Final[dict[str, Structure]] = {}


def structure(name: Name, meaning: str, *, decided: str = EXACTLY, part: Part | None = None) -> Callable[[Test], Test]:
    """Register a function that tells whether a matrix belongs; see `Structure` for the rest.

    Raises ValueError if the name is taken, or not one of `names.STRUCTURES`.
    """

    def register(holds: Test) -> Test:
        if name in _STRUCTURES or name not in STRUCTURES:
            raise ValueError(f"the structure {name!r} is registered already, or not in eigcheck.names")
        _STRUCTURES[name] = Structure(name, meaning, decided, holds, part)
        return holds

    return register


def structures() -> tuple[Structure, ...]:
    """Every structure, in the order of `names.STRUCTURES`."""
    return tuple(_STRUCTURES[name] for name in STRUCTURES)


def structures_of(matrix: Array, triangle: str | None = None) -> tuple[str, ...]:
    """The structures that `matrix` (n, n), of a floating dtype, has: in the order of `names.STRUCTURES`.

    With `triangle` (`U` or `L`) those of the Hermitian completion of that triangle. Empty if anything that
    is read is not finite.
    """
    seen = read(np.asarray(matrix), triangle)
    if not np.all(np.isfinite(seen)):
        return ()
    return tuple(known.name for known in structures() if known.holds(seen))


def staying(direction: Array, structure: str | None) -> Array | None:
    """The part of a direction along which a linear structure is kept; None for structures that are not linear."""
    if structure is None:
        return direction
    part = _STRUCTURES[structure].part
    return None if part is None else np.asarray(part(direction))


@structure("symmetric", "A^H = A", part=lambda direction: (direction + np.conj(direction.T)) / 2)
def is_symmetric(matrix: Array) -> bool:
    """Symmetric, Hermitian for complex A."""
    return is_hermitian(matrix)


@structure("complex-symmetric", "A^T = A, for complex A", part=lambda direction: (direction + direction.T) / 2)
def is_complex_symmetric(matrix: Array) -> bool:
    """Of a complex dtype and equal to its transpose: without conjugation, so that it is not normal in general."""
    return np.iscomplexobj(matrix) and np.array_equal(matrix, matrix.T)


@structure("skew", "A^H = -A", part=lambda direction: (direction - np.conj(direction.T)) / 2)
def is_skew(matrix: Array) -> bool:
    """Skew-symmetric, skew-Hermitian for complex A."""
    return np.array_equal(matrix, -np.conj(matrix.T))


@structure("diagonal", "nothing off the diagonal", part=lambda direction: np.diag(np.diagonal(direction)))
def is_diagonal(matrix: Array) -> bool:
    """a_ij = 0 for i != j."""
    return not np.any(matrix[~np.eye(len(matrix), dtype=bool)])


@structure("upper-triangular", "nothing below the diagonal", part=np.triu)
def is_upper_triangular(matrix: Array) -> bool:
    """a_ij = 0 for i > j."""
    return not np.any(np.tril(matrix, -1))


@structure("lower-triangular", "nothing above the diagonal", part=np.tril)
def is_lower_triangular(matrix: Array) -> bool:
    """a_ij = 0 for i < j."""
    return not np.any(np.triu(matrix, 1))


@structure("normal", "A A^H = A^H A", decided=ROUNDED)
def is_normal(matrix: Array) -> bool:
    """norm(A A^H - A^H A) <= n u norm(A)^2 with the Frobenius norm, u being the unit roundoff of the dtype.

    The commutator is of degree two in A, so its bound is too: a power of two brings the largest entry near 1 first, so
    that membership does not change with the scale of A.
    """
    exponent = int(np.frexp(largest_part(matrix))[1])
    scaled = _wide(matrix) * np.ldexp(np.longdouble(1), -exponent)
    adjoint = np.conj(scaled.T)
    defect = np.linalg.norm(scaled @ adjoint - adjoint @ scaled)
    allowed = matrix.shape[0] * unit_roundoff(matrix.dtype) * np.linalg.norm(scaled) ** 2
    return bool(defect <= allowed)


@structure("orthogonal", "A A^H = I (unitary if A is complex)", decided=ROUNDED)
def is_orthogonal(matrix: Array) -> bool:
    """norm(A A^H - I) <= n u norm(A) with the Frobenius norm, u being the unit roundoff of the dtype."""
    n = matrix.shape[0]
    if largest_part(matrix) > 2:  # no entry of a unitary matrix exceeds 1
        return False
    extended = _wide(matrix)
    defect = np.linalg.norm(extended @ np.conj(extended.T) - np.eye(n))
    return bool(defect <= n * unit_roundoff(matrix.dtype) * np.linalg.norm(extended))


@structure("real", "no imaginary part, for complex A", part=lambda direction: direction.real.astype(direction.dtype))
def is_real(matrix: Array) -> bool:
    """Of a complex dtype, with imaginary parts that are all 0: eigenvalues may move off the real line from there."""
    return np.iscomplexobj(matrix) and not np.any(matrix.imag)


@structure("repeated", "an eigenvalue occurs twice or more", decided="by exact algebra, else left undecided")
def is_repeated(matrix: Array) -> bool:
    """Decided exactly; not so where it cannot be decided."""
    return bool(classify(matrix).repeated)


def _wide(matrix: Array) -> Array:
    """In extended precision where the platform has it, so that the products' own rounding does not decide."""
    return matrix.astype(np.clongdouble if np.iscomplexobj(matrix) else np.longdouble)
