import numpy as np

from eigcheck.casefile.kindspec import kind_matrix
from tests.casefile.support import reading_for, root_of


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
