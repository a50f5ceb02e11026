"""Products in twice the working precision, against exact rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.oracles.twofold import Twofold, add, cut, factors, matmul, product_bound, times, two_sum

MODERATE = st.floats(-1e100, 1e100, allow_subnormal=False)


def parts(x):
    return Fraction(float(x.real)), Fraction(float(x.imag))


def total(x: Twofold, index):
    high, low = parts(x.hi[index]), parts(x.lo[index])
    return high[0] + low[0], high[1] + low[1]


def random_twofold(rng, shape, is_complex, spread):
    def draw():
        return rng.standard_normal(shape) * np.exp(spread * rng.standard_normal(shape))

    high = draw() + 1j * draw() if is_complex else draw()
    return Twofold(high, high * 2.0**-53 * rng.uniform(-1, 1, shape))


def exact_product(x, y, i, j):
    real = imag = Fraction(0)
    for k in range(x.hi.shape[-1]):
        (a, b), (c, d) = total(x, (i, k)), total(y, (k, j))
        real, imag = real + a * c - b * d, imag + a * d + b * c
    return real, imag


@given(MODERATE, MODERATE)
def test_two_sum_loses_nothing(a, b):
    high, low = two_sum(np.array(a), np.array(b))
    assert Fraction(float(high)) + Fraction(float(low)) == Fraction(a) + Fraction(b)


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("order", [1, 2, 7, 40])
@pytest.mark.parametrize("spread", [0.0, 4.0])
def test_products_keep_the_stated_bound(order, is_complex, spread):
    rng = np.random.default_rng(order)
    x, y = random_twofold(rng, (3, order), is_complex, spread), random_twofold(rng, (order, 2), is_complex, spread)
    product = matmul(x, y)
    for i in range(3):
        for j in range(2):
            size = max(np.abs(x.hi[i].real).max(), np.abs(x.hi[i].imag).max())
            size *= max(np.abs(y.hi[:, j].real).max(), np.abs(y.hi[:, j].imag).max())
            errors = [abs(float(a - b)) for a, b in zip(total(product, (i, j)), exact_product(x, y, i, j), strict=True)]
            assert max(errors) <= product_bound(order) * size / (1 if is_complex else 2)


def test_the_bound_is_a_hundred_bits():
    assert all(product_bound(order) <= order * 2.0**-95 for order in (1, 6, 20, 50, 100))


def test_cancellation_is_seen_through():
    left, right = np.array([[1.0, 1.0]]), np.array([[1.0 + 2.0**-30], [-1.0]])
    left = left * (1 + 2.0**-30)
    expected = Fraction(float(left[0, 0])) * (Fraction(float(right[0, 0])) - 1)
    product = matmul(left, right)
    assert Fraction(float(product.hi[0, 0])) + Fraction(float(product.lo[0, 0])) == expected


def test_leading_axes_broadcast_and_cut_factors_serve_many_times():
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((4, 3, 5)), rng.standard_normal((4, 5, 2))
    once = cut(left)
    for factor in (right, -2 * right):
        assert np.array_equal(matmul(once, factor).hi, matmul(left, factor).hi)
        assert np.allclose(matmul(once, factor).hi, left @ factor, rtol=1e-13, atol=1e-13)
    assert np.array_equal(matmul(left, right[0]).hi[2], matmul(left[2], right[0]).hi)


def test_zero_rows_and_mixed_kinds():
    left = np.array([[0.0, 0.0], [1.0, 2.0]])
    right = np.array([[1j], [1.0 + 0j]])
    assert np.array_equal(matmul(left, right).hi, [[0], [2 + 1j]])


def test_addition_keeps_what_ordinary_addition_drops():
    x = add(Twofold(np.array([1.0]), np.array([2.0**-60])), np.array([2.0**-55]))
    x = add(x, np.array([-1.0]))
    assert x.hi[0] + x.lo[0] == 2.0**-55 + 2.0**-60


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("spread", [0.0, 40.0])
def test_products_of_entries_keep_their_bound(is_complex, spread):
    rng = np.random.default_rng(0)
    x, y = (random_twofold(rng, 200, is_complex, spread) for _ in range(2))
    product = times(factors(x), y.hi)
    for k in range(200):
        (a, b), (c, d) = total(x, k), parts(y.hi[k])
        exact = a * c - b * d, a * d + b * c
        bound = 2.0**-102 * abs(complex(x.hi[k])) * abs(complex(y.hi[k]))
        assert max(abs(float(p - q)) for p, q in zip(total(product, k), exact, strict=True)) <= bound
