"""Arrays of dual numbers x + x_dot eps with eps^2 = 0, carrying any number of tangents at once.

The rules of differentiation are those of the arithmetic: (xy)_dot = x_dot y + x y_dot, |x|_dot = Re(conj(x) x_dot)/|x|,
and so on: real-linear in the tangents, since conjugation, modulus, real and imaginary parts of complex x are allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from eigcheck.model import Array

Operand: TypeAlias = "Dual | ArrayLike"


@dataclass(frozen=True, eq=False)
class Dual:
    """A value of shape s with T tangents in an array of shape s + (T,): the last axis counts tangents.

    Mixes with ordinary arrays, which have no tangents, and broadcasts as NumPy does.
    """

    value: Array
    tangents: Array

    __array_ufunc__ = None  # ndarray + Dual comes to __radd__ below

    @property
    def shape(self) -> tuple[int, ...]:
        """The value's shape."""
        return self.value.shape

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
        key = index if isinstance(index, tuple) else (index,)
        if any(part is Ellipsis for part in key):
            return Dual(self.value[index], self.tangents[(*key, slice(None))])
        return Dual(self.value[index], self.tangents[index])

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.tangents)

    def __add__(self, other: Operand) -> Dual:
        y = lift(other, self)
        return _broadcast(self.value + y.value, self.tangents + y.tangents)

    def __radd__(self, other: Operand) -> Dual:
        return self + other

    def __sub__(self, other: Operand) -> Dual:
        return self + (-lift(other, self))

    def __rsub__(self, other: Operand) -> Dual:
        return (-self) + other

    def __mul__(self, other: Operand) -> Dual:
        if not isinstance(other, Dual):
            factor = np.asarray(other)
            return _broadcast(self.value * factor, self.tangents * factor[..., None])
        tangents = self.tangents * other.value[..., None] + self.value[..., None] * other.tangents
        return _broadcast(self.value * other.value, tangents)

    def __rmul__(self, other: Operand) -> Dual:
        return self * other

    def __truediv__(self, other: Operand) -> Dual:
        if not isinstance(other, Dual):
            divisor = np.asarray(other)
            return _broadcast(self.value / divisor, self.tangents / divisor[..., None])
        quotient = self.value / other.value
        tangents = (self.tangents - quotient[..., None] * other.tangents) / other.value[..., None]
        return _broadcast(quotient, tangents)

    def __rtruediv__(self, other: Operand) -> Dual:
        return lift(other, self) / self

    def __matmul__(self, other: Operand) -> Dual:
        """The product of matrices, of shapes (m, q) and (q, p)."""
        y = lift(other, self)
        left = np.moveaxis(self.tangents, -1, 0) @ y.value
        right = self.value @ np.moveaxis(y.tangents, -1, 0)
        return Dual(self.value @ y.value, np.moveaxis(left + right, 0, -1))

    def __rmatmul__(self, other: Operand) -> Dual:
        return lift(other, self) @ self

    def __abs__(self) -> Dual:
        """The modulus. Its tangent is NaN where the value is 0, since the modulus has a kink there."""
        modulus = np.abs(self.value)
        with np.errstate(invalid="ignore", divide="ignore"):
            direction = self.value.conj() / modulus
            return Dual(modulus, (direction[..., None] * self.tangents).real)


def lift(operand: Operand, like: Dual) -> Dual:
    """The operand as a dual array with as many tangents as `like`: all zero for an ordinary array, a constant."""
    if isinstance(operand, Dual):
        return operand
    value = np.asarray(operand)
    return Dual(value, np.zeros((*value.shape, like.tangents.shape[-1]), dtype=value.dtype))


def sqrt(x: Dual) -> Dual:
    """The square root: (sqrt x)_dot = x_dot / (2 sqrt x). Not differentiable at 0 (infinite or NaN there)."""
    return _apply(x, np.sqrt, lambda _, root: 0.5 / root)


def _apply(x: Dual, function: Callable[[Array], Array], slope: Callable[[Array, Array], Array]) -> Dual:
    value = function(x.value)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Dual(value, slope(x.value, value)[..., None] * x.tangents)


def _broadcast(value: Array, tangents: Array) -> Dual:
    """A constant may have been the wider operand: give the tangents the value's full shape."""
    shape = (*value.shape, tangents.shape[-1])
    return Dual(value, tangents if tangents.shape == shape else np.broadcast_to(tangents, shape))
