"""A matrix on which each fault shows, and what is asked there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS
from eigcheck.rules.mutants.fault import COMPLEX, Fault, Place

RNG = np.random.default_rng(5)
REAL = RNG.standard_normal((4, 4))
COMPLEX_4 = REAL + 1j * RNG.standard_normal((4, 4))
ORTHOGONAL = np.linalg.qr(RNG.standard_normal((4, 4)))[0]
CHAIN = np.diag([1.0, -2, 4, 7]) + np.diag([1.0, 2, 1], 1) + np.diag([1.0, 2, 1], -1)
TWIST = np.array([[0.0, 1e-5, 0, 0], [0, 0, 2e-5, 0], [0, 0, 0, 1e-5], [0, 0, 0, 0]])
OBLIQUE = np.array([[1.0, 1, 1], [0, 1e-5, 1], [0, 0, 1e-5]])
ARROW = np.diag([9.0, 2, 4, 6])
ARROW[0, 1:] = ARROW[1:, 0] = [1, 2, -1]


def symmetrised(A: Any) -> Any:
    return (A + A.conj().T) / 2


def moved(A: Any, ulps: int) -> Any:
    """A with its entry (1, 0) some ULPs larger."""
    copy = A.copy()
    copy[1, 0] += ulps * np.spacing(A[1, 0])
    return copy


MATRICES: dict[str, Any] = {
    "real": REAL,
    "complex": COMPLEX_4,
    "pairs": np.array([[1.0, -3, 0.5], [3, 1, 0.25], [0.5, -1, 2]]),
    "symmetric": symmetrised(REAL),
    "hermitian": symmetrised(COMPLEX_4),
    "nearly-symmetric": moved(symmetrised(REAL), 2**20),
    "few-ulps": moved(symmetrised(REAL), 2),
    "upper": np.triu(REAL, 1) + np.diag([1.0, 2, 4, 7]),
    "lower": np.tril(REAL, -1) + np.diag([1.0, 2, 4, 7]),
    "diagonal": np.diag([3.0, 1, 2]),
    "skew": REAL - REAL.T,
    "complex-symmetric": COMPLEX_4 + COMPLEX_4.T,
    "real-in-complex": REAL + 0j,
    "orthogonal": ORTHOGONAL,
    "nearly-normal": np.diag([1.0, 2, 4, 7]) + TWIST,
    "chain": CHAIN,
    "positive": np.diag([3.0, 5, 7, 9]) + np.triu(REAL, 1) / 8 + np.tril(REAL, -1) / 16,
    "repeated": 2 * np.eye(3),
    "close": np.diag([1.0, 1 + 2**-8, 1.5]) + np.ones((3, 3)) / 2**12,
    "one": np.array([[-1.5]]),
    "seven": RNG.standard_normal((7, 7)),
    "seventeen": RNG.standard_normal((17, 17)),
    "thirty-three": symmetrised(RNG.standard_normal((33, 33))),
    "sixty-five": RNG.standard_normal((65, 65)),
    "large": REAL * 2.0**20,
    "small": REAL * 2.0**-20,
    "graded": np.array([[1.0, 1e-9], [1e-9, 2]]),
    "negative": CHAIN - 3 * np.eye(4),
    "singular": np.array([[3.0, -1, 2], [0, 0, 4], [0, 0, -2]]),
    "ill-conditioned": OBLIQUE + np.diag([0, 0, 3e-5]),
    "empty": np.zeros((0, 0)),
    "definite": CHAIN + 5 * np.eye(4),
    "negative-definite": CHAIN - 9 * np.eye(4),
    "blocks": np.diag([2.0, 3, 7, 5]) + np.diag([1.0, 0, -2], 1) + np.diag([1.0, 0, -2], -1),
    "arrow": ARROW,
}

SHOWN_BY = {
    "upper-triangle-collapse": "symmetric",
    "lower-triangle-collapse": "symmetric",
    "collapse-of-real": "symmetric",
    "collapse-of-complex": "hermitian",
    "collapse-with-vectors": "symmetric",
    "loose-symmetry-test": "nearly-symmetric",
    "few-ulps-of-symmetry": "few-ulps",
    "symmetrised-at-symmetry": "hermitian",
    "triangular-shortcut": "upper",
    "lower-triangular-shortcut": "lower",
    "diagonal-shortcut": "diagonal",
    "skew-part": "skew",
    "complex-symmetric-part": "complex-symmetric",
    "real-in-complex": "real-in-complex",
    "along-the-unitary-group": "orthogonal",
    "nearly-normal": "nearly-normal",
    "frozen-zeros": "chain",
    "positive-means-symmetric": "positive",
    "zero-at-repeated": "repeated",
    "nan-at-repeated": "repeated",
    "close-means-equal": "close",
    "missing-phase": "complex",
    "missing-conjugate": "complex",
    "unconjugated-gaps": "complex",
    "transpose-for-adjoint": "complex",
    "dropped-imaginary": "complex",
    "missing-real-part": "pairs",
    "small-entries-dropped": "graded",
    "beyond-six": "seven",
    "beyond-sixteen": "seventeen",
    "past-thirty-two": "thirty-three",
    "past-sixty-four": "sixty-five",
    "odd-order": "pairs",
    "order-one": "one",
    "large-matrix": "large",
    "small-matrix": "small",
    "negative-values-forgotten": "negative",
    "sorted-pullback": "real",
    "pairs-forgotten": "pairs",
    "zero-values-forgotten": "singular",
    "squared-condition": "ill-conditioned",
    "raises-for-empty": "empty",
    "negative-definite-negated": "negative-definite",
    "within-blocks": "blocks",
    "within-the-arrow": "arrow",
    "single-definite-halved": "definite",
}
"""The matrix of faults that need a special one; the others show on `real`, or on `complex` if they need that."""

EQUAL = {"zero-at-repeated", "nan-at-repeated"}
"""Faults for which every value has the same cotangent, and every vector none or a zero one."""

ABSENT = {
    "absent-values-as-ones": (None, "some"),
    "absent-vectors-raise": ("some", None),
    "absent-values-raise": (None, "some"),
    "absent-values-give-zero": (None, "some"),
    "zero-values-give-zero": ("zero", "some"),
    "zero-vectors-give-nan": ("some", "zero"),
    "small-entries-dropped": ("first", None),
    "last-vector-alone": (None, "last"),
}
"""What the values' and the vectors' cotangents are, where not both are `some`."""

SIZES = {"small-cotangent": 2.0**-30, "large-cotangent": 2.0**30, "absolute-cotangent": -1.0}

TANGENTS: dict[str, Any] = {
    "faint-tangent": lambda A_dot: A_dot * 2.0**-30,
    "diagonal-tangent": lambda A_dot: np.diag(A_dot.diagonal().real),
}
"""What becomes of the tangent."""


@dataclass(frozen=True)
class Question:
    """A matrix on a domain, a cotangent and a tangent there."""

    A: Any
    values_bar: Any
    vectors_bar: Any
    A_dot: Any


def on_domain(A: Any, place: Place) -> Any:
    """A matrix, or a tangent, of the domain."""
    return symmetrised(A) if place[1] == "symmetric" else A


def question(fault: Fault, place: Place, seed: int = 0) -> Question:
    """What shows the fault; another seed gives another matrix of the same order, cotangent and tangent."""
    asked = asked_at(SHOWN_BY.get(fault.name, "complex" if fault.dtypes == COMPLEX else "real"), place, seed)
    values_bar, vectors_bar, A_dot = asked.values_bar, asked.vectors_bar, asked.A_dot
    if fault.name in EQUAL:
        values_bar, vectors_bar = np.ones(len(asked.A)), np.zeros(asked.A.shape)
    size = SIZES.get(fault.name, 1.0)
    kinds = ABSENT.get(fault.name, ("some", "some"))
    return Question(
        asked.A,
        chosen(size * (np.abs(values_bar) if size < 0 else values_bar), kinds[0]),
        chosen(abs(size) * vectors_bar, kinds[1]) if place[0] in VECTOR_FUNCTIONS else None,
        TANGENTS.get(fault.name, np.asarray)(A_dot),
    )


def asked_at(matrix: str, place: Place, seed: int = 0) -> Question:
    """A random cotangent and tangent at one of MATRICES; with a seed, at another matrix of that order."""
    rng = np.random.default_rng(seed)
    bare = MATRICES[matrix]
    A = on_domain(bare + seed * np.diag(np.arange(len(bare))), place)
    n = len(A)
    values = np.linalg.eigvalsh(A) if place[0] in HERMITIAN_FUNCTIONS else np.linalg.eigvals(A)
    values_bar = rng.standard_normal(n) + (1j * rng.standard_normal(n) if np.iscomplexobj(values) else 0)
    vectors_bar = rng.standard_normal((n, n)) + (1j * rng.standard_normal((n, n)) if np.iscomplexobj(A + values) else 0)
    A_dot = rng.standard_normal((n, n)) + (1j * rng.standard_normal((n, n)) if np.iscomplexobj(A) else 0)
    return Question(A, values_bar, vectors_bar, on_domain(A_dot, place))


def chosen(bar: Any, kind: str | None) -> Any:
    """A cotangent as it is, without all but its first entry or its last vector, zero, or absent."""
    if kind is None:
        return None
    if kind == "last":
        return np.where(np.arange(len(bar)) == len(bar) - 1, bar, 0)
    return {"some": bar, "zero": 0 * bar, "first": np.where(np.arange(bar.size) == 0, 1.0, 0.0)}[kind]
