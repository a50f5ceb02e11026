import numpy as np

from tests.casefile.support import matrix


def test_order_seed_and_scale():
    plain, faults = matrix("{kind: general, n: 4, seed: 3}")
    assert not faults
    assert plain.shape == (4, 4)
    scaled, _ = matrix('{kind: general, n: 4, seed: 3, scale: "0x1p-100"}')
    assert (scaled * 2.0**100 == plain).all()
    other, _ = matrix("{kind: general, n: 4, seed: 4}")
    assert (other != plain).all()


def test_dtype_follows_the_case_or_what_is_needed():
    assert matrix("{kind: general, n: 2}")[0].dtype == np.float64
    assert matrix("{kind: general, n: 2, complex: true}")[0].dtype == np.complex128
    assert matrix("{kind: hermitian, n: 2}")[0].dtype == np.complex128
    assert matrix("{kind: hermitian, n: 2}", "float32")[0].dtype == np.float32
    assert matrix("{kind: frank, n: 2}", "complex64")[0].dtype == np.complex64
    assert matrix('{kind: diagonal, spectrum: ["1j", 2]}')[0].dtype == np.complex128
    assert matrix('{kind: general, spectrum: ["1+1j", "1-1j"]}')[0].dtype == np.float64


def test_what_keeps_a_matrix_from_being_complex_is_told():
    dtype = "use dtype: complex128, or leave dtype out"
    for text, given, remedy in (
        ("", "float64", dtype),
        (", complex: false", None, "leave complex: false out"),
        (", complex: false", "float64", f"{dtype}; leave complex: false out"),
    ):
        _, (fault,) = matrix(f'{{kind: diagonal, spectrum: ["1j"]{text}}}', given)
        assert fault.remedy == remedy


def test_the_length_of_a_list_can_give_the_order():
    assert matrix("{kind: symmetric, spectrum: [1, 2, 3]}")[0].shape == (3, 3)
    assert matrix("{kind: rosser}")[0].shape == (8, 8)


def test_one_number_serves_as_a_list():
    assert matrix("{kind: tridiagonal, n: 3, diagonal: 5}")[0].diagonal().tolist() == [5, 5, 5]
