import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from eigcheck.execution.bits import difference, first_change, handed_out
from eigcheck.model import Eigenpairs


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_copies_have_the_same_bits_and_alignment_and_share_nothing(dtype, n):
    array = np.asfortranarray(np.arange(n * n).reshape(n, n).astype(dtype))
    copy = handed_out(array, writable=False)
    assert copy.tolist() == array.tolist()
    assert copy.flags.c_contiguous
    assert n == 0 or copy.ctypes.data % 64 == 0
    assert not np.shares_memory(copy, array)


def test_a_copy_is_writable_only_when_asked():
    with pytest.raises(ValueError, match="read-only"):
        handed_out(np.eye(2), writable=False)[0, 0] = 2
    handed_out(np.eye(2), writable=True)[0, 0] = 2


def test_the_first_changed_entry_is_named_with_the_number_of_others():
    before = np.zeros((2, 2))
    after = before.copy()
    assert first_change(before, after) is None
    after[0, 1] = -0.0
    assert first_change(before, after) == "[0, 1] from 0.0 to -0.0"
    after[1] = 2.0
    assert first_change(before, after) == "[0, 1] from 0.0 to -0.0 and 2 more"
    assert "shape" in first_change(before, np.zeros(4))


@given(arrays(np.float64, (2, 3)))
def test_an_array_does_not_differ_from_its_copy(array):
    assert difference(array, array.copy()) is None
    assert difference(Eigenpairs(array[0], array), Eigenpairs(array[0].copy(), array.copy())) is None


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ([0.0], [-0.0], "differ by up to 0"),
        ([1.0, np.nan], [1.0, 2.0], "differ by up to nan"),
        ([1.0, np.nan], [1.5, np.nan], "differ by up to 0.5"),
        ([1 + 1j], [1 + 3j], "differ by up to 2"),
    ],
)
def test_every_bit_counts_and_the_size_is_told(first, second, text):
    assert difference(np.array(first), np.array(second)) == text


def test_the_sign_and_payload_of_nan_do_not_count():
    nans = np.array([np.nan, -np.nan])
    assert difference(nans, nans[::-1].copy()) is None


def test_other_dtypes_and_the_part_that_differs_are_named():
    assert difference(np.zeros(1), np.zeros(1, "f4")) == "came as float64, then as float32"
    text = difference(Eigenpairs(np.zeros(1), np.eye(1)), Eigenpairs(np.zeros(1), 2 * np.eye(1)))
    assert text == "vectors differ by up to 1"
    with pytest.raises(TypeError):
        difference(np.zeros(1), Eigenpairs(np.zeros(1)))
