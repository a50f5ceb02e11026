import numpy as np

from eigcheck.casefile.entries import rounded_at, vector_at
from tests.casefile.support import matrix, reading_for, root_of


def value(text):
    reading = reading_for(f"x: {text}\n")
    return root_of(reading).entries["x"].node, reading


def test_rows_become_an_array_of_the_dtype_that_they_need():
    real, faults = matrix('[[1, "1/3"], [-0.0, 1e-13]]')
    assert not faults
    assert real.dtype == np.float64
    assert real.tolist() == [[1.0, 1 / 3], [0.0, 1e-13]]
    assert np.signbit(real[1, 0])
    mixed, _ = matrix('[[1, "2j"], [3, 4]]')
    assert mixed.dtype == np.complex128
    assert mixed.tolist() == [[1, 2j], [3, 4]]


def test_the_empty_matrix_is_0_by_0():
    empty, faults = matrix("[]")
    assert not faults
    assert empty.shape == (0, 0)


def test_unquoted_texts_are_numbers_too():
    array, faults = matrix("[[1+2j, 1/3], [2+1ulp, 0x1p-1]]")
    assert not faults
    assert array[1, 0] == 2 + 2.0**-51


def test_nonfinite_only_with_leave():
    assert matrix("[[.nan]]")[0] is None
    assert np.isnan(matrix("[[.nan]]", nonfinite=True)[0][0, 0])
    assert matrix('[["-.inf"]]', nonfinite=True)[0][0, 0] == -np.inf


def test_single_numbers():
    node, reading = value("0.5")
    assert rounded_at(node, "float64") == 0.5
    node, reading = value('"1-2j"')
    assert rounded_at(node, "complex128") == 1 - 2j
    assert reading.attempt(lambda: rounded_at(node, "float64")) is None
    assert len(reading.faults) == 1


def test_vectors_take_the_precision_of_the_dtype():
    node, reading = value('[1, "1/3"]')
    assert vector_at(node, "complex64", "v", reading).dtype == np.float32
    assert vector_at(node, "float64", "v", reading)[1] == 1 / 3
    node, reading = value('[1, "1j"]')
    assert vector_at(node, "float64", "v", reading).dtype == np.complex128
    node, reading = value("1")
    assert reading.attempt(lambda: vector_at(node, "float64", "v", reading)) is None
    assert "list of numbers" in reading.faults[0].message
