"""Powers of two that bring numbers to size, exactly."""

from __future__ import annotations

import numpy as np
from scipy.linalg import matrix_balance

from eigcheck.model import Array


def scale_exponent(matrix: Array) -> int:
    """The power of two next to the largest modulus in `matrix`; 0 for the zero matrix and for n = 0."""
    # an entry may be so small that its modulus underflows as a complex number
    largest = float(np.max(np.abs(matrix), initial=0.0)) or largest_part(matrix)
    return int(np.frexp(largest)[1])


def largest_part(matrix: Array) -> float:
    """The largest modulus of a real or imaginary part; 0 for an empty matrix."""
    return float(np.max(np.abs(np.stack([matrix.real, matrix.imag])), initial=0.0))


def scaled(matrix: Array, exponent: int) -> Array:
    """2^-exponent times `matrix` in double precision, exactly unless it underflows."""
    return shifted(matrix.astype(np.complex128 if np.iscomplexobj(matrix) else np.float64), -exponent)


def shifted(array: Array, exponent: int) -> Array:
    """2^exponent times `array` in its own dtype, real and imaginary parts each by themselves."""
    parts = np.ascontiguousarray(array).view(array.real.dtype)
    return np.asarray(np.ldexp(parts, exponent)).view(array.dtype).reshape(array.shape)


def balancing(matrix: Array) -> tuple[Array, Array]:
    """B = D^-1 A D as `gebal` balances a matrix (n, n), and the powers of two on the diagonal of D, (n,).

    Without its permutations, in whose order factors come, and after which those of isolated eigenvalues stay unscaled.
    """
    balanced, (factors, _) = matrix_balance(matrix, permute=False, separate=True)
    return balanced, factors
