"""Arrays of dual numbers x + x_dot eps with eps^2 = 0, carrying any number of tangents at once.

The rules of differentiation are those of the arithmetic: (xy)_dot = x_dot y + x y_dot, |x|_dot = Re(conj(x) x_dot)/|x|,
and so on: real-linear in the tangents, since conjugation, modulus, real and imaginary parts of complex x are allowed.
There is what the conventions of `spectra.conventions` are made of, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from eigcheck.model import Array


@dataclass(frozen=True, eq=False)
class Dual:
    """A value of shape s with T tangents in an array of shape s + (T,): the last axis counts tangents.

    Broadcasts as NumPy does.
    """

    value: Array
    tangents: Array

    @property
    def real(self) -> Dual:
        """The real part."""
        return Dual(self.value.real, self.tangents.real)

    @property
    def imag(self) -> Dual:
        """The imaginary part."""
        return Dual(self.value.imag, self.tangents.imag)

    def conj(self) -> Dual:
        """The complex conjugate."""
        return Dual(self.value.conj(), self.tangents.conj())

    def sum(self, axis: int) -> Dual:
        """The sum along one axis of the value."""
        place = axis % self.value.ndim
        return Dual(self.value.sum(axis=place), self.tangents.sum(axis=place))

    def __getitem__(self, index: Any) -> Dual:
        return Dual(self.value[index], self.tangents[index])

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, self.tangents + other.tangents)

    def __mul__(self, other: Dual) -> Dual:
        tangents = self.tangents * other.value[..., None] + self.value[..., None] * other.tangents
        return Dual(self.value * other.value, tangents)

    def __truediv__(self, other: Dual) -> Dual:
        quotient = self.value / other.value
        return Dual(quotient, (self.tangents - quotient[..., None] * other.tangents) / other.value[..., None])

    def __abs__(self) -> Dual:
        """The modulus. Its tangent is NaN where the value is 0, since the modulus has a kink there."""
        modulus = np.abs(self.value)
        with np.errstate(invalid="ignore", divide="ignore"):
            direction = self.value.conj() / modulus
            return Dual(modulus, (direction[..., None] * self.tangents).real)


def sqrt(x: Dual) -> Dual:
    """The square root: (sqrt x)_dot = x_dot / (2 sqrt x). Not differentiable at 0 (infinite or NaN there)."""
    root = np.sqrt(x.value)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Dual(root, (0.5 / root)[..., None] * x.tangents)
