"""Groups of test vectors from a few lines of a case file."""

import numpy as np

from eigcheck.model import CotangentSpec, Problem
from eigcheck.vectors.make import Frame, group_of
from eigcheck.vectors.shape import Group

SEED = np.array([[1.0, 2.0], [2.0, 3.0]])


def frame(matrix, *, mode="reverse", spec=None, **given):
    array = np.asarray(matrix)
    array = array.astype(np.result_type(array, np.float32)) if array.dtype.kind in "iu" else array
    return Frame(Problem("case", array, dtype=str(array.dtype), cotangent=spec or CotangentSpec(), **given), mode)


def group(matrix, **given) -> Group:
    found = group_of(frame(matrix, **given))
    assert isinstance(found, Group), found
    return found


def bounds(listed):
    real = np.array(listed.real)
    return real if listed.imag is None else real + 1j * np.array(listed.imag)
