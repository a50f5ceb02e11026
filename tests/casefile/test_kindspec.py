import numpy as np
import pytest

from eigcheck.casefile.kindspec import kind_matrix
from tests.casefile.support import reading_for, root_of, spot


def made(spec, dtype=None):
    reading = reading_for(f"matrix: {spec}\n")
    node = root_of(reading).entries["matrix"].node
    return reading.attempt(lambda: kind_matrix(node, dtype, reading)), reading.faults


def test_order_seed_and_scale():
    plain, faults = made("{kind: general, n: 4, seed: 3}")
    assert not faults
    assert plain.shape == (4, 4)
    scaled, _ = made('{kind: general, n: 4, seed: 3, scale: "0x1p-100"}')
    assert (scaled * 2.0**100 == plain).all()
    other, _ = made("{kind: general, n: 4, seed: 4}")
    assert (other != plain).all()


def test_dtype_follows_the_case_or_what_is_needed():
    assert made("{kind: general, n: 2}")[0].dtype == np.float64
    assert made("{kind: general, n: 2, complex: true}")[0].dtype == np.complex128
    assert made("{kind: hermitian, n: 2}")[0].dtype == np.complex128
    assert made("{kind: hermitian, n: 2}", "float32")[0].dtype == np.float32
    assert made("{kind: frank, n: 2}", "complex64")[0].dtype == np.complex64
    assert made('{kind: diagonal, spectrum: ["1j", 2]}')[0].dtype == np.complex128
    assert made('{kind: general, spectrum: ["1+1j", "1-1j"]}')[0].dtype == np.float64


def test_the_length_of_a_list_can_give_the_order():
    assert made("{kind: symmetric, spectrum: [1, 2, 3]}")[0].shape == (3, 3)
    assert made("{kind: rosser}")[0].shape == (8, 8)


def test_one_number_serves_as_a_list():
    assert made("{kind: tridiagonal, n: 3, diagonal: 5}")[0].diagonal().tolist() == [5, 5, 5]


@pytest.mark.parametrize(
    ("spec", "at", "message", "remedy"),
    [
        ("{kind: frnk, n: 2}", "frnk", "no kind", "did you mean frank?"),
        ("{kind: [1], n: 2}", "[1]", "no kind a list", "known"),
        ("{kind: frank, m: 2}", "m:", "no parameter 'm'", "known: n, seed"),
        ("{kind: frank}", "{", "needs n", "add n"),
        ("{kind: frank, n: -1}", "-1", "negative", "0 or more"),
        ("{kind: frank, n: 2.5}", "2.5", "an integer", "integer"),
        ("{kind: frank, n: true}", "true", "an integer", "integer"),
        ("{kind: frank, n: 10000}", "10000", "larger than", "--allow-large"),
        ("{kind: rosser, n: 3}", "3}", "n = 8 only", "leave n out"),
        ("{kind: frank, n: 2, seed: -1}", "-1", "out of range", "0 to"),
        ("{kind: frank, n: 2, scale: x}", "x}", "not a number", "write a number"),
        ("{kind: frank, n: 2, scale: .inf}", ".inf", "not allowed", "nonfinite"),
        ("{kind: ones, n: 2, scale: 1e999}", "1e999", "too large", "smaller"),
        ("{kind: frank, n: 3, scale: 1e308}", "1e308", "too large", "smaller"),
        ("{kind: general, n: 2, complex: yes}", "yes", "true or false", "true or false"),
        ("{kind: general, n: 2, condition: 0.5}", "0.5", "at least 1", "from 1 on"),
        ("{kind: general, n: 2, spectrum: [1]}", "[1]", "1 eigenvalues", "give n"),
        ("{kind: general, n: 2, spectrum: [1, 2], gap: 1}", "1}", "exclude", "keep one"),
        ("{kind: triangular, n: 2, uplo: X}", "X", "neither U nor L", "write U or L"),
    ],
)
def test_mistakes_have_a_place_and_a_remedy(spec, at, message, remedy):
    array, faults = made(spec)
    assert array is None
    (fault,) = faults
    assert message in fault.message
    assert remedy in fault.remedy
    assert (fault.line, fault.column) == spot(f"matrix: {spec}", at)


def test_complex_parameters_and_a_real_dtype_contradict():
    array, (fault,) = made('{kind: diagonal, spectrum: ["1j", 2]}', "float64")
    assert array is None
    assert "complex128" in fault.remedy
    array, (fault,) = made("{kind: general, n: 2, complex: true}", "float64")
    assert array is None
    assert "leave one" in fault.remedy


def test_overflow_in_the_dtype_is_an_error():
    array, (fault,) = made("{kind: ones, n: 2, scale: 1e39}", "float32")
    assert array is None
    assert "float32" in fault.message
