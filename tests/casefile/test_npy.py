import io

import numpy as np
import pytest

from eigcheck.casefile.bounds import STANDARD
from eigcheck.casefile.npy import read_npy


def saved(array, **options):
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", "<f2", "<c16", ">c8", "<i8", "|u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_of_every_kind_come_back(dtype, order):
    array = np.array([[1, 2], [3, 4]], dtype=dtype, order=order)
    back = read_npy(saved(array), STANDARD)
    assert back.tolist() == array.tolist()
    assert back.dtype == array.dtype.newbyteorder("=")
    assert back.flags.c_contiguous


def test_empty():
    assert read_npy(saved(np.zeros((0, 0))), STANDARD).shape == (0, 0)


def header(shape, descr="<f8", version=1):
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a .npy"),
        (b"\x93NUMPY", "not a .npy"),
        (b"PK\x03\x04....", "not a .npy"),
        (header("(2, 2)", version=3) + b"\0" * 32, "version 3"),
        (header("(100000, 100000)"), "larger than"),
        (header("(2, 2)"), "promises 32 bytes"),
        (header("(2, 2)") + b"\0" * 33, "promises 32 bytes"),
        (header("(2, 3)") + b"\0" * 48, "square"),
        (header("(4,)") + b"\0" * 32, "square"),
        (header("(2, 2)", "<U4") + b"\0" * 64, "not numbers"),
        (header("(2, 2)", "|b1") + b"\0" * 4, "not numbers"),
        (header("(-1, -1)") + b"\0" * 8, "square"),
        (header("(__import__('os'), 2)"), "its header is not one"),
        (header("(" * 200), "its header is not one"),
    ],
)
def test_what_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        read_npy(data, STANDARD)


def test_objects_are_never_loaded():
    class Bomb:
        def __reduce__(self):
            return (print, ("boom",))

    array = np.array([[Bomb(), 1], [2, 3]], dtype=object)
    with pytest.raises(ValueError, match="never loaded"):
        read_npy(saved(array, allow_pickle=True), STANDARD)


def test_structured_entries_are_refused():
    with pytest.raises(ValueError, match="not numbers"):
        read_npy(saved(np.zeros((2, 2), dtype=[("a", "<f8")])), STANDARD)
