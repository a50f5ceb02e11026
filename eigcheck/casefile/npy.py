"""`.npy` files: the header is held against the bounds before anything else is believed, and nothing is unpickled."""

from __future__ import annotations

import io

import numpy as np

from eigcheck.casefile.bounds import Bounds
from eigcheck.model import Array


def read_npy(data: bytes, bounds: Bounds) -> Array:
    """The square matrix in the bytes of a `.npy` file, (n, n), floating, complex or integer.

    Raises ValueError saying what is wrong with the file.
    """
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
        elif version == (2, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_2_0(stream)
        else:
            raise ValueError(f"version {version[0]}.{version[1]} of the format, which plain arrays do not need")
    except Exception as error:
        # NumPy parses the header as Python, and what its tokenizer raises for nonsense is not only ValueError.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if not isinstance(error, ValueError) or "malformed" in reason:
            reason = "its header is not one"  # in place of Python's words about its syntax
        raise ValueError(f"not a .npy file of numbers: {reason}") from None
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are never loaded")
    if dtype.kind not in "fciu" or dtype.itemsize > (16 if dtype.kind == "c" else 8):
        raise ValueError(f"its entries are {dtype}, not numbers of at most double precision")
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] < 0:
        raise ValueError(f"its shape is {shape}, not that of a square matrix")
    n = shape[0]
    if n > bounds.order:
        raise ValueError(f"a {n} x {n} matrix is larger than {bounds.order} x {bounds.order}")
    start = stream.tell()
    if len(data) - start != n * n * dtype.itemsize:
        raise ValueError(f"its header promises {n * n * dtype.itemsize} bytes of entries, it has {len(data) - start}")
    flat = np.frombuffer(data, dtype=dtype, count=n * n, offset=start)
    return np.ascontiguousarray(flat.reshape((n, n), order="F" if fortran else "C")).astype(dtype.newbyteorder("="))
