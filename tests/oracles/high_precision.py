"""Derivatives of eigenpairs to 100 digits, from ball arithmetic: what the oracle's numbers are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import acb, acb_mat, arb, ctx

from eigcheck.model import Array


@dataclass(frozen=True)
class Exact:
    """Values (n,), unit vectors (n, n), and tangents (n, T), (n, n, T) with v^H v_dot = 0; rounded to double."""

    values: Array
    vectors: Array
    value_tangents: Array
    vector_tangents: Array


def exact(matrix: Array, tangents: Array) -> Exact:
    """Eigenpairs of a matrix (n, n) with simple eigenvalues and their derivatives along tangents (T, n, n)."""
    ctx.prec = 400
    order = len(matrix)
    unit = acb(arb(2) ** int(-np.frexp(np.abs(matrix).max())[1]))
    lam, left, right = (_ball(matrix) * unit).eig(left=True, right=True)
    for j in range(order):
        norm = sum((abs(right[i, j]) ** 2 for i in range(order)), arb(0)).sqrt()
        for i in range(order):
            right[i, j] = right[i, j] / norm
    scales = left * right
    value_tangents = np.zeros((order, len(tangents)), dtype=complex)
    vector_tangents = np.zeros((order, order, len(tangents)), dtype=complex)
    for t, tangent in enumerate(tangents):
        moved = left * _ball(tangent) * right
        mixing = acb_mat(order, order)
        for k in range(order):
            value_tangents[k, t] = _rounded(moved[k, k] / scales[k, k])
            for i in set(range(order)) - {k}:
                mixing[i, k] = moved[i, k] / scales[i, i] / (lam[k] - lam[i]) * unit
        change = right * mixing
        for k in range(order):
            along = sum((right[i, k].conjugate() * change[i, k] for i in range(order)), acb(0))
            for i in range(order):
                vector_tangents[i, k, t] = _rounded(change[i, k] - right[i, k] * along)
    values = np.array([_rounded(value / unit) for value in lam])
    vectors = np.array([[_rounded(right[i, j]) for j in range(order)] for i in range(order)])
    return Exact(values, vectors, value_tangents, vector_tangents)


def _ball(matrix: Array) -> Any:
    return acb_mat([[acb(float(x.real), float(x.imag)) for x in row] for row in matrix])


def _rounded(ball: Any) -> complex:
    return complex(ball.mid())
