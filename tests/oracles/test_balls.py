"""Floats to balls and back: nothing is lost, and what is rounded is within its bar."""

import math

import numpy as np
import pytest
from flint import acb, arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.oracles.balls import around, exactly, exponent_of, middles, rounded

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(FINITE, min_size=4, max_size=4))
def test_scaling_by_a_power_of_two_is_exact(entries):
    matrix = np.array(entries).reshape(2, 2) @ np.diag([1, 1j])
    exponent = exponent_of(matrix)
    balls = exactly(matrix, exponent)
    for ball, entry in zip(balls.entries(), matrix.ravel(), strict=True):
        assert ball.is_exact()
        assert ball * arb(2) ** exponent == acb(entry.real, entry.imag)
        assert bool(abs(ball.real) < 1)
        assert bool(abs(ball.imag) < 1)


def test_exponents():
    assert exponent_of(np.array([[1.0, -5.0]])) == 3
    assert exponent_of(np.array([[0.0, 0.25j]])) == -1
    assert exponent_of(np.zeros((2, 2))) == exponent_of(np.zeros((0, 0))) == 0
    assert exponent_of(np.array([[5e-324]])) == -1073


@given(FINITE, st.floats(0, 1e300))
def test_a_ball_is_within_its_bar(middle, radius):
    with ctx.workprec(128):
        ball = arb(middle, radius) + arb(middle) / 3
        number, bar = rounded(ball)
        if math.isfinite(number):
            assert bool((ball - number).abs_upper() <= arb(bar))
            with ctx.workprec(600):
                assert bool(arb(number, bar).contains(ball))


def test_exact_numbers_have_no_bar_and_boundless_ones_no_number():
    assert rounded(arb(3)) == (3.0, 0.0)
    assert rounded(arb(2) ** 5000)[1] == math.inf
    for ball in (arb("nan"), arb(1, math.inf), arb(2) ** 5000):
        assert math.isnan(rounded(ball)[0])
    assert rounded(arb(2) ** -5000) == (0.0, 5e-324)


@pytest.mark.parametrize("matrix", [np.array([[1.0, 2.0]]), np.array([[1.0, 2.0j]])])
def test_a_box_holds_its_corners_and_no_imaginary_parts_of_real_matrices(matrix):
    radius = np.array([[0.5, 2.0**-60]])
    box = around(matrix, radius, 1)
    corner = matrix - radius * (1 + 1j if np.iscomplexobj(matrix) else 1)
    for ball, entry in zip(box.entries(), corner.ravel(), strict=True):
        assert ball.contains(acb(entry.real, entry.imag) / 2)
        assert ball.imag.is_zero() == np.isrealobj(matrix)
    assert np.array_equal(middles(box), matrix / 2)
