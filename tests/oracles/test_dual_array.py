"""Dual arrays against the complex step, differences and the laws of rings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eigcheck.oracles.dual_array import Dual, sqrt

STEP = 1e-200
NONZERO = (st.integers(1, 8000) | st.integers(-8000, -1)).map(lambda k: k / 1000)
REAL = arrays(float, (3, 2), elements=NONZERO)
EXACT = arrays(float, (2, 2), elements=st.integers(-50, 50).map(float))


def dual(value, tangents):
    return Dual(np.asarray(value), np.asarray(tangents))


def complex_step(function, value, tangent):
    """Exact to roundoff for functions that are analytic: Im f(x + i h e) / h."""
    return function(value + 1j * STEP * tangent).imag / STEP


ANALYTIC = [
    lambda x: x * x * x + x,
    lambda x: x / (x * x + x / x),
    lambda x: (x[0] * x[1:]).sum(axis=-1),
    lambda x: (x * x).sum(axis=0) / (x[2] * x[2] + x[0] / x[0]),
    lambda x: x[[2, 0], [1, 1]] * x[0],
]


@pytest.mark.parametrize("function", ANALYTIC)
@given(x=REAL, first=REAL, second=REAL)
def test_analytic_functions_agree_with_the_complex_step(function, x, first, second):
    result = function(dual(x, np.stack((first, second), axis=-1)))
    assert np.allclose(result.value, function(x))
    for t, tangent in enumerate((first, second)):
        expected = complex_step(function, x, tangent)
        assert np.allclose(result.tangents[..., t], expected, rtol=1e-12, atol=1e-10)


@given(a=EXACT, b=EXACT, c=EXACT, e=EXACT, f=EXACT)
def test_ring_laws_hold_exactly_on_integers(a, b, c, e, f):
    x, y, z = dual(a, e[..., None]), dual(b, f[..., None]), dual(c, (e - f)[..., None])
    pairs = [
        ((x + y) + z, x + (y + z)),
        (x + y, y + x),
        ((x * y) * z, x * (y * z)),
        (x * y, y * x),
        (x * (y + z), x * y + x * z),
    ]
    for left, right in pairs:
        assert np.array_equal(left.value, right.value)
        assert np.array_equal(left.tangents, right.tangents)


@given(a=EXACT, b=EXACT, e=EXACT, f=EXACT)
def test_quotient_undoes_product(a, b, e, f):
    divisor = dual(np.where(b == 0, 1.0, b), f[..., None])
    x = dual(a, e[..., None])
    back = (x * divisor) / divisor
    assert np.allclose(back.value, x.value)
    assert np.allclose(back.tangents, x.tangents, atol=1e-9)


def test_functions_that_are_not_analytic():
    z, dz = np.array([3.0 + 4.0j]), np.array([[1.0, 1j]])
    x = dual(z, dz)
    assert np.allclose(abs(x).value, 5.0)
    assert np.allclose(abs(x).tangents, [[0.6, 0.8]])
    assert np.allclose(x.conj().tangents, [[1.0, -1j]])
    assert np.allclose(x.real.tangents, [[1.0, 0.0]])
    assert np.allclose(x.imag.tangents, [[0.0, 1.0]])
    phase = x / abs(x)
    assert np.allclose((phase.conj() * phase).tangents, 0.0, atol=1e-15)


def test_square_root():
    root = sqrt(dual([4.0, 9.0], [[1.0], [3.0]]))
    assert np.allclose(root.value, [2.0, 3.0])
    assert np.allclose(root.tangents, [[0.25], [0.5]])


def test_kinks_are_not_given_a_number():
    assert np.isnan(abs(dual([0.0], [[1.0]])).tangents).all()
    assert not np.isfinite(sqrt(dual([0.0], [[1.0]])).tangents).any()


def test_narrower_operands_broadcast_from_either_side():
    x, wide = dual([1.0, 2.0], [[1.0], [2.0]]), dual(np.ones((3, 2)), np.ones((3, 2, 1)))
    for result in (x + wide, wide + x, x * wide, wide * x, x / wide, wide / x):
        assert result.value.shape == (3, 2)
        assert result.tangents.shape == (3, 2, 1)
