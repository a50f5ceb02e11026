"""Misconduct: state between calls, changed arguments, answers that are no gradients, and wrong primals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.mutants.fault import DOUBLE, EVERYWHERE, PLAIN, Fault, on_general, with_vectors
from eigcheck.rules.mutants.template import Pull, Push, answered, gradient, pushed

NOISE: Final = 1e-6
OFF: Final = 1e-6
"""Relative errors of a primal."""
FAINT: Final = 1e-6
"""A tangent this small is dropped."""


def random(p: Pull) -> Array:
    """Noise that differs from call to call."""
    G = gradient(p)
    return np.asarray(G * (1 + NOISE * np.random.default_rng().standard_normal(G.shape)).astype(G.real.dtype))


def random_forward(p: Push) -> tuple[Array, Array]:
    """Noise that differs from call to call."""
    factor = 1 + NOISE * float(np.random.default_rng().standard_normal())
    values_dot, vectors_dot = pushed(p)
    return factor * values_dot, factor * vectors_dot


def late(p: Pull) -> Array:
    """The answer to the question before, if its shape is that of this one."""
    G = gradient(p)
    before = p.memory.get("before", G)
    p.memory["before"] = G
    return before if before.shape == G.shape and before.dtype == G.dtype else G


def late_forward(p: Push) -> tuple[Array, Array]:
    """The answer to the question before, if its shape is that of this one."""
    answer = pushed(p)
    before = p.memory.get("before", answer)
    p.memory["before"] = answer
    same = [(a.shape, a.dtype) for a in before] == [(a.shape, a.dtype) for a in answer]
    return before if same else answer


def _remembered(p: Pull | Push) -> tuple[Array, Array]:
    """The pairs of the first matrix of this shape and dtype."""
    key = f"{p.A.shape} {p.values.dtype} {p.V.dtype}"
    pairs: tuple[Array, Array] = p.memory.setdefault(key, (p.values, p.V))
    return pairs


def stale(p: Pull | Push) -> Any:
    """The answer from the pairs of the first matrix of this shape."""
    values, V = _remembered(p)
    return answered(replace(p, values=values, V=V))


def _change(array: Array) -> None:
    """Raises ValueError where the array cannot be written to, as any assignment would."""
    if array.size:
        array[(0,) * array.ndim] += 1


def changes_matrix(p: Pull | Push) -> Any:
    """A[0, 0] is one more afterwards."""
    answer = answered(p)
    _change(p.A)
    return answer


def writes_where_it_may(p: Pull | Push) -> Any:
    """A[0, 0] is one more afterwards, unless it is read-only."""
    answer = answered(p)
    if p.A.flags.writeable:
        _change(p.A)
    return answer


def _in_one_buffer(answer: Array, p: Pull | Push) -> Array:
    """The answer in the array of the last one of its shape and dtype."""
    room: Array = p.memory.setdefault(f"{answer.shape} {answer.dtype}", np.empty_like(answer))
    room[...] = answer
    return room


def one_buffer_forward(p: Push) -> tuple[Array, Array]:
    """Tangents in the arrays of those before."""
    values_dot, vectors_dot = pushed(p)
    return _in_one_buffer(values_dot, p), _in_one_buffer(vectors_dot, p)


def not_linear(p: Pull) -> Array:
    """The gradient times one and the cotangent's norm."""
    parts = [part for part in (p.values_bar, p.vectors_bar) if part is not None]
    return np.asarray(gradient(p) * (1 + np.sqrt(sum(np.linalg.norm(part) ** 2 for part in parts))))


def absolute(p: Pull) -> Array:
    """The gradient for the moduli of real cotangents of the values."""
    if p.values_bar is None or p.values_bar.dtype.kind == "c":
        return gradient(p)
    return gradient(replace(p, values_bar=np.abs(p.values_bar)))


def not_linear_forward(p: Push) -> tuple[Array, Array]:
    """The tangents times one and the tangent's norm."""
    values_dot, vectors_dot = pushed(p)
    factor = 1 + np.linalg.norm(p.A_dot)
    return factor * values_dot, factor * vectors_dot


def faint_dropped(p: Push) -> tuple[Array, Array]:
    """Entries of the tangent that are small beside A are dropped."""
    small = np.abs(p.A_dot) <= FAINT * np.abs(p.A).max(initial=0)
    return pushed(p, np.where(small, np.zeros_like(p.A_dot), p.A_dot))


def raises(p: Pull | Push) -> Any:
    """Raises ZeroDivisionError."""
    raise ZeroDivisionError(f"nothing for a matrix of order {len(p.A)}")


def short_forward(p: Push) -> tuple[Array, Array]:
    """Tangents without their last value and their last row."""
    values_dot, vectors_dot = pushed(p)
    return values_dot[:-1], vectors_dot[:-1]


def _needs_an_entry(values: Array, V: Array) -> tuple[Array, Array]:
    if not len(values):
        raise IndexError("index 0 is out of bounds for axis 0 with size 0")
    return values, V


def _values_off(values: Array, V: Array) -> tuple[Array, Array]:
    return values * (1 + OFF), V


def _vectors_off(values: Array, V: Array) -> tuple[Array, Array]:
    turned = V + OFF * np.roll(V, 1, axis=1)
    return values, turned / np.linalg.norm(turned, axis=0)


FAULTS: Final = (
    Fault(
        "random",
        "adds noise of some 1e-6 that differs from call to call",
        "any matrix",
        EVERYWHERE,
        random,
        random_forward,
    ),
    Fault("late", "gives the answer to the question before", "any matrix", EVERYWHERE, late, late_forward),
    Fault(
        "stale-pairs",
        "keeps the eigenpairs of the first matrix of each order for all later ones",
        "a second matrix of the same order",
        EVERYWHERE,
        stale,
        stale,
    ),
    Fault("mutates-input", "changes A", "any matrix", EVERYWHERE, changes_matrix, changes_matrix),
    Fault(
        "writes-where-it-may",
        "changes A where it is not read-only",
        "any matrix",
        EVERYWHERE,
        writes_where_it_may,
        writes_where_it_may,
    ),
    Fault(
        "one-buffer",
        "gives every answer in the array of the one before",
        "any matrix",
        on_general(EVERYWHERE),
        lambda p: _in_one_buffer(gradient(p), p),
        one_buffer_forward,
    ),
    Fault(
        "nan",
        "returns NaN",
        "any matrix",
        EVERYWHERE,
        lambda p: gradient(p) * np.nan,
        lambda p: (pushed(p)[0] * np.nan, pushed(p)[1] * np.nan),
    ),
    Fault(
        "not-linear",
        "multiplies the gradient by one and the cotangent's norm",
        "any matrix",
        EVERYWHERE,
        not_linear,
        not_linear_forward,
    ),
    Fault(
        "absolute-cotangent",
        "takes the modulus of real cotangents of the values",
        "a negative cotangent of an eigenvalue",
        EVERYWHERE,
        absolute,
    ),
    Fault(
        "faint-tangent",
        "drops entries of the tangent below 1e-6 of the largest entry of A",
        "a tangent that is small beside A",
        EVERYWHERE,
        forward=faint_dropped,
    ),
    Fault(
        "wrong-values",
        "gives eigenvalues that are off by 1e-6 of themselves",
        "a matrix in double precision",
        EVERYWHERE,
        gradient,
        primal=_values_off,
        dtypes=DOUBLE,
    ),
    Fault(
        "wrong-vectors",
        "gives eigenvectors that are off by 1e-6",
        "a matrix of order 2 or more in double precision",
        with_vectors(EVERYWHERE),
        gradient,
        primal=_vectors_off,
        dtypes=DOUBLE,
    ),
    Fault("raises", "raises an exception", "any matrix", EVERYWHERE, raises, raises),
    Fault("raises-for-empty", "raises for the 0 x 0 matrix", "n = 0", PLAIN, gradient, primal=_needs_an_entry),
    Fault(
        "wrong-shape",
        "returns the gradient as a vector; tangents lack their last entries",
        "any matrix",
        EVERYWHERE,
        lambda p: gradient(p).ravel(),
        short_forward,
    ),
)
