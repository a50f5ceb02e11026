import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from eigcheck.execution.answers import UnusableAnswer, plain_array, plain_gradient, plain_pairs

FLOAT, COMPLEX, SINGLE = np.dtype("float64"), np.dtype("complex128"), np.dtype("float32")


class Sparse:
    """What a scipy.sparse matrix looks like to NumPy."""


class Raising:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("detach me first")


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (None, "None came"),
        (np.ma.masked_array(np.zeros(2), [True, False]), "a masked array came"),
        (Sparse(), "a Sparse came"),
        (Raising(), "a Raising came that is no array (RuntimeError: detach me first)"),
        ("ab", "a str came"),
        (["a", "b"], "an array of dtype <U1 came"),
        (np.array([None, 1]), "an array of dtype object came; an array of shape (2,) of numbers (float64, complex128,"),
        ([[1.0], [1.0, 2.0]], "a list came that is no array"),
        ((x for x in (1.0, 2.0)), "a generator came"),
        (np.array(["2020-01-01", "2020-01-02"], "M8[D]"), "datetime64"),
        (np.zeros((2, 1)), "an array of shape (2, 1) came; an array of shape (2,)"),
        (1.0, "an array of shape () came"),
        (np.broadcast_to(0.0, (1 << 40,)), "shape (1099511627776,) came"),
    ],
)
def test_what_is_no_such_array_is_refused_saying_what_came(value, part):
    with pytest.raises(UnusableAnswer) as caught:
        plain_array(value, (2,), "it")
    assert part in str(caught.value)
    assert "an array of shape (2,)" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        ([1.0, 2.0], "float64"),
        ((1, 2), "float64"),
        ([True, False], "float64"),
        (np.array([1, 2], "f2"), "float32"),
        (np.array([1, 2], "g"), "float64"),
        (np.array([1, 2], "G"), "complex128"),
        (np.array([1, 2], ">f8"), "float64"),
        (np.array([1, 2], "c8"), "complex64"),
    ],
)
def test_numbers_come_in_a_dtype_that_lapack_knows(value, dtype):
    array = plain_array(value, (2,), "it")
    assert array.dtype == np.dtype(dtype)
    assert array.tolist() == [complex(x) if dtype.startswith("c") else float(x) for x in value]


@given(arrays(np.float64, (3, 2)))
def test_a_plain_copy_has_the_same_bits_and_shares_nothing(value):
    spy = value.T.view(np.matrix)
    array = plain_array(spy, (2, 3), "it")
    assert type(array) is np.ndarray
    assert array.flags.c_contiguous
    assert array.tobytes() == value.T.tobytes()
    assert not np.shares_memory(array, value)


def test_named_tuples_lists_and_tuples_are_pairs():
    result = np.linalg.eigh(np.eye(2))
    for pair in (result, list(result), tuple(result)):
        pairs, notes = plain_pairs(pair, "eigh", FLOAT, 2, "the primal")
        assert (pairs.values.shape, pairs.vectors.shape, notes) == ((2,), (2, 2), [])


@pytest.mark.parametrize("value", [np.zeros((2, 2)), (np.zeros(2),), None, (np.zeros(2), None), "ab"])
def test_what_is_no_pair_of_values_and_vectors_is_refused(value):
    with pytest.raises(UnusableAnswer):
        plain_pairs(value, "eig", FLOAT, 2, "the primal")


@pytest.mark.parametrize(
    ("function", "matrix", "came", "noted"),
    [
        ("eigvals", FLOAT, "complex128", False),
        ("eigvals", FLOAT, "float64", False),
        ("eigvals", SINGLE, "complex64", False),
        ("eigvals", SINGLE, "float64", True),
        ("eigvals", FLOAT, "int64", True),
        ("eigvalsh", FLOAT, "complex128", True),
        ("eigvalsh", COMPLEX, "float64", False),
        ("eigvalsh", COMPLEX, "complex128", True),
    ],
)
def test_values_of_another_precision_or_kind_are_noted(function, matrix, came, noted):
    _, notes = plain_pairs(np.ones(2, came), function, matrix, 2, "the primal")
    assert bool(notes) == noted


def test_vectors_of_eigh_are_real_for_real_matrices_only():
    pair = (np.ones(2), np.eye(2, dtype=complex))
    assert plain_pairs(pair, "eigh", FLOAT, 2, "it")[1] != []
    assert plain_pairs(pair, "eigh", COMPLEX, 2, "it")[1] == []


@pytest.mark.parametrize(
    ("matrix", "gradient", "noted"),
    [
        (FLOAT, np.eye(2), False),
        (FLOAT, np.eye(2) + 0j, True),
        (FLOAT, np.eye(2) + 1j, False),  # that is `not-real`, for the judge to say
        (FLOAT, np.eye(2, dtype=np.float32), True),
        (FLOAT, np.eye(2, dtype=int), True),
        (SINGLE, np.eye(2), True),
        (COMPLEX, np.eye(2), True),
        (COMPLEX, np.eye(2) + 1j, False),
        (FLOAT, np.eye(2).astype(">f8"), False),
    ],
)
def test_a_gradient_of_another_dtype_is_noted_and_left_as_it_is(matrix, gradient, noted):
    array, notes = plain_gradient(gradient, matrix, 2)
    assert bool(notes) == noted
    assert np.array_equal(array, gradient)
