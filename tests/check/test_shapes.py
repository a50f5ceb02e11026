"""Shapes are what they are called, at every order and in both kinds of numbers."""

import numpy as np
import pytest

from eigcheck.check.shapes import TANGENTS, VALUES, VECTORS

ORDERS = pytest.mark.parametrize("n", [2, 3, 4, 7])
DENSE = {n: np.random.default_rng(n).uniform(0.5, 1.5, (n, n)) * (-1) ** np.arange(n) for n in (2, 3, 4, 7)}


def numbers(n, is_complex):
    return DENSE[n] + 1j * DENSE[n][::-1].T if is_complex else DENSE[n]


def touched(matrix, axis):
    return np.count_nonzero(np.any(matrix != 0, axis=1 - axis))


def is_adjoint(matrix, sign=1):
    return np.array_equal(matrix, sign * matrix.conj().T)


def far_apart(part):
    """The least is below what single precision resolves, and above what double precision does."""
    return part.all() and 2.0**-40 < np.min(np.abs(part)) / np.max(np.abs(part)) < 2.0**-30


OF_VALUES = {
    "the cotangent of the sum of the values": lambda v: np.all(v == 1),
    "the cotangent of the difference of two values": lambda v: np.count_nonzero(v) == 2 and v.sum() == 0,
    "a cotangent of two values": lambda v: np.count_nonzero(v) == 2,
    "a values' cotangent with a zero": lambda v: np.count_nonzero(v) == v.size - 1,
    "a values' cotangent that rises": lambda v: np.all(np.diff(v) > 0),
    "a values' cotangent that falls": lambda v: np.all(np.diff(v) < 0),
    "a values' cotangent of integers": lambda v: np.array_equal(v, np.round(v)) and np.all(v != 0),
    "a values' cotangent of equal numbers": lambda v: not np.ptp(v) and v[0] not in (0, 1),
    "a values' cotangent of positive numbers": lambda v: np.all(v > 0) and abs(v.sum() - 1) < 1e-15,
    "a values' cotangent of length one": lambda v: abs(np.linalg.norm(v) - 1) < 1e-15,
    "a values' cotangent of sizes far apart": lambda v: far_apart(v),
    "a real cotangent of the values": lambda v: np.isrealobj(v) and np.all(v != 0),
    "an imaginary cotangent of the values": lambda v: not v.real.any() and np.all(v.imag != 0),
    "the imaginary cotangent of the sum of the values": lambda v: np.all(v == 1j),
}

TURNED = (
    "a cotangent of two values",
    "a values' cotangent with a zero",
    "a values' cotangent of equal numbers",
    "a values' cotangent of length one",
    "a values' cotangent of sizes far apart",
)
"""Shapes that say nothing of real parts, so that a conjugate is seen there."""

OF_MATRICES = {
    "of one vector": lambda m: touched(m, 1) == 1 and m[:, 0].all(),
    "of the last vector alone": lambda m: touched(m, 1) == 1 and m[:, -1].all(),
    "of two vectors": lambda m: touched(m, 1) == 2,
    "of one row": lambda m: touched(m, 0) == 1 and m[0].all(),
    "of the last row": lambda m: touched(m, 0) == 1 and m[-1].all(),
    "of two rows": lambda m: touched(m, 0) == 2,
    "of one entry": lambda m: np.count_nonzero(m) == 1,
    "on the diagonal": lambda m: np.array_equal(m, np.diag(np.diag(m))),
    "in the upper triangle": lambda m: not np.tril(m, -1).any(),
    "in the lower triangle": lambda m: not np.triu(m, 1).any(),
    "that is symmetric": is_adjoint,
    "that is skew": lambda m: is_adjoint(m, -1),
    "that is orthogonal": lambda m: np.allclose(m.conj().T @ m, np.eye(len(m)), atol=1e-14) and m.all(),
    "of rank one": lambda m: np.linalg.matrix_rank(m) == 1 and m.all(),
    "of equal columns": lambda m: np.array_equal(m, m[:, [0] * len(m)]),
    "of equal rows": lambda m: np.array_equal(m, m[[0] * len(m)]),
    "that is real": np.isrealobj,
    "that is imaginary": lambda m: not m.real.any(),
    "of positive numbers": lambda m: np.all(m > 0),
    "of sizes far apart": lambda m: far_apart(m),
    "of integers": lambda m: np.array_equal(m, np.round(m)),
    "a full tangent": np.all,
    "a symmetric tangent": is_adjoint,
    "a skew tangent": lambda m: is_adjoint(m, -1),
    "a complex-symmetric tangent": lambda m: np.array_equal(m, m.T),
    "a complex-skew tangent": lambda m: np.array_equal(m, -m.T),
    "a triangular tangent": lambda m: not np.tril(m, -1).any(),
    "a lower triangular tangent": lambda m: not np.triu(m, 1).any(),
    "a strictly triangular tangent": lambda m: not np.tril(m).any(),
    "a strictly lower triangular tangent": lambda m: not np.triu(m).any(),
    "a diagonal tangent": lambda m: np.array_equal(m, np.diag(np.diag(m))),
    "the identity as tangent": lambda m: np.array_equal(m, np.eye(len(m))),
    "a rank-one tangent": lambda m: np.linalg.matrix_rank(m) == 1 and m.all(),
    "a symmetric rank-one tangent": lambda m: np.linalg.matrix_rank(m) == 1 and np.allclose(m, m.conj().T),
    "a one-row tangent": lambda m: touched(m, 0) == 1,
    "a one-column tangent": lambda m: touched(m, 1) == 1,
    "a two-entry tangent": lambda m: np.count_nonzero(m) == 2,
    "an integer tangent": lambda m: np.array_equal(m, np.round(m)),
    "a positive tangent": lambda m: np.all(m > 0),
    "a negative tangent": lambda m: np.all(m < 0),
    "a tangent of sizes far apart": lambda m: far_apart(m),
    "a constant tangent": lambda m: np.all(m == 1),
    "an orthogonal tangent": lambda m: np.allclose(m.conj().T @ m, np.eye(len(m)), atol=1e-14),
    "a real tangent": np.isrealobj,
    "an imaginary tangent": lambda m: not m.real.any(),
}


@ORDERS
@pytest.mark.parametrize("name", VALUES)
def test_cotangents_of_values(name, n):
    assert OF_VALUES[name](VALUES[name](DENSE[n][0]))
    made = np.asarray(VALUES[name](DENSE[n][0] + 1j * DENSE[n][-1]))
    assert made.shape == (n,)
    assert np.isfinite(made).all()
    if name in TURNED:
        assert np.all((made.imag != 0) == (made.real != 0))
        assert made.imag.any()


@ORDERS
@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("name", [*VECTORS, *TANGENTS])
def test_matrices(name, is_complex, n):
    made = np.asarray((VECTORS | TANGENTS)[name](numbers(n, is_complex)))
    assert made.shape == (n, n)
    assert OF_MATRICES[name](made)
    assert made.any() or ("imaginary" in name and not is_complex)


@ORDERS
@pytest.mark.parametrize("name", ["a values' cotangent of sizes far apart"])
def test_sizes_are_as_far_apart_as_the_precision_has_room_for(name, n):
    least = np.min(np.abs(VALUES[name](DENSE[n][0].astype(np.float32))))
    assert 2.0**-18 < least < 2.0**-14


@ORDERS
def test_columns_and_rows_of_zeros_are_passed_over(n):
    sparse = DENSE[n].copy()
    sparse[:, 0] = sparse[-1] = 0
    assert VECTORS["of one vector"](sparse)[:, 1].any()
    assert VECTORS["of the last row"](sparse)[-2].any()
    assert VECTORS["of one entry"](sparse)[-2, -1]
    assert not VECTORS["of one entry"](np.zeros((n, n))).any()
