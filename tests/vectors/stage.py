"""Groups of test vectors from a few lines of a case file."""

import numpy as np
from pydantic import TypeAdapter

from eigcheck.model import CotangentSpec, Problem
from eigcheck.vectors.make import group_of, tasks_of
from eigcheck.vectors.shape import Group, VectorFile

SEED = np.array([[1.0, 2.0], [2.0, 3.0]])


def task(matrix, *, mode="reverse", spec=None, **given):
    array = np.asarray(matrix)
    array = array.astype(np.result_type(array, np.float32)) if array.dtype.kind in "iu" else array
    problem = Problem("case", array, dtype=str(array.dtype), cotangent=spec or CotangentSpec(), modes=(mode,), **given)
    return tasks_of([problem])[0]


def group(matrix, **given) -> Group:
    found = group_of(task(matrix, **given))
    assert isinstance(found, Group), found
    return found


def bounds(listed):
    real = np.array(listed.real)
    return real if listed.imag is None else real + 1j * np.array(listed.imag)


def array_of(listed):
    """The doubles of a listed vector or matrix, each part to the bit: `a + 1j * b` makes NaN of infinities."""
    parts = [np.vectorize(float.fromhex, otypes=[float])(part) for part in (listed.real, listed.imag) if part]
    made = np.zeros(parts[0].shape, complex if len(parts) > 1 else float)
    made.real = parts[0]
    if len(parts) > 1:
        made.imag = parts[1]
    return made


def read(text) -> VectorFile:
    return TypeAdapter(VectorFile).validate_json(text)
