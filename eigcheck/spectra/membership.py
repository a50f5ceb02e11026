"""Which special matrices a matrix belongs to: the structures beside which a rule may jump.

With the Frobenius norm, n the order and u the unit roundoff of the dtype:

    symmetric          A^H = A                upper-triangular   a_ij = 0 for i > j
    complex-symmetric  A^T = A (complex)      lower-triangular   a_ij = 0 for i < j
    skew               A^H = -A               normal             norm(A A^H - A^H A) <= n u norm(A)^2
    diagonal           a_ij = 0 for i != j    orthogonal         norm(A A^H - I) <= n u norm(A)
    real               Im A = 0 (complex)     repeated           some eigenvalue is repeated, decided exactly

All but `normal` and `orthogonal` hold exactly or not at all. Those two are equations that floats rarely
satisfy; the commutator is of degree two in A, so its bound is too, and membership does not change with the
scale of A.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.names import STRUCTURES
from eigcheck.spectra.multiplicity import classify
from eigcheck.spectra.reads import read


def structures_of(matrix: Array, triangle: str | None = None) -> tuple[str, ...]:
    """The structures that `matrix` (n, n), of a floating dtype, has: in the order of `names.STRUCTURES`.

    With `triangle` (`U` or `L`) those of the Hermitian completion of that triangle. Empty if anything that
    is read is not finite. `repeated` is left out where it is undecided.
    """
    seen = read(np.asarray(matrix), triangle)
    if not np.all(np.isfinite(seen)):
        return ()
    held = _entrywise(seen)
    if _is_normal(seen):
        held.add("normal")
    if _is_orthogonal(seen):
        held.add("orthogonal")
    if classify(seen).repeated:
        held.add("repeated")
    return tuple(name for name in STRUCTURES if name in held)


def _entrywise(matrix: Array) -> set[str]:
    """The structures that compare entries with one another or with 0."""
    adjoint = np.conj(matrix.T)
    above, below = bool(np.any(np.triu(matrix, 1))), bool(np.any(np.tril(matrix, -1)))
    is_complex = np.iscomplexobj(matrix)
    held = {
        "symmetric": np.array_equal(matrix, adjoint),
        "complex-symmetric": is_complex and np.array_equal(matrix, matrix.T),
        "skew": np.array_equal(matrix, -adjoint),
        "diagonal": not above and not below,
        "upper-triangular": not below,
        "lower-triangular": not above,
        "real": is_complex and not np.any(matrix.imag),
    }
    return {name for name, holds in held.items() if holds}


def _is_normal(matrix: Array) -> bool:
    """norm(A A^H - A^H A) <= n u norm(A)^2, after a power of two has brought the largest entry near 1."""
    exponent = int(np.frexp(np.max(np.abs(_parts(matrix)), initial=0.0))[1])
    scaled = _wide(matrix) * np.ldexp(np.longdouble(1), -exponent)
    adjoint = np.conj(scaled.T)
    defect = np.linalg.norm(scaled @ adjoint - adjoint @ scaled)
    allowed = matrix.shape[0] * unit_roundoff(matrix.dtype) * np.linalg.norm(scaled) ** 2
    return bool(defect <= allowed)


def _is_orthogonal(matrix: Array) -> bool:
    """norm(A A^H - I) <= n u norm(A)."""
    n = matrix.shape[0]
    if np.max(np.abs(_parts(matrix)), initial=0.0) > 2:  # no entry of a unitary matrix exceeds 1
        return False
    wide = _wide(matrix)
    defect = np.linalg.norm(wide @ np.conj(wide.T) - np.eye(n))
    return bool(defect <= n * unit_roundoff(matrix.dtype) * np.linalg.norm(wide))


def _parts(matrix: Array) -> Array:
    return np.stack([matrix.real, matrix.imag])


def _wide(matrix: Array) -> Array:
    """In extended precision where the platform has it, so that the products' own rounding does not decide."""
    return matrix.astype(np.clongdouble if np.iscomplexobj(matrix) else np.longdouble)
