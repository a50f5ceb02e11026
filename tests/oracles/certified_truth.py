"""Derivatives of eigenpairs to 80 digits by mpmath, from the bordered linear system: nothing shared with ball arithmetic.

[A - lambda_k I, -v_k; v_k^H, 0] [v_dot; lambda_dot] = [-E v_k; 0]
"""

from __future__ import annotations

import mpmath
import numpy as np
from mpmath import mp

DIGITS = 80


def wide(matrix):
    return mp.matrix([[mp.mpc(complex(x)) for x in row] for row in np.atleast_2d(matrix)])


def eigenpairs(matrix):
    """Values and unit vectors of a matrix of mpmath numbers, balanced by nothing and to the working precision."""
    values, vectors = mp.eig(matrix)
    order = len(values)
    columns = []
    for k in range(order):
        column = [vectors[i, k] for i in range(order)]
        size = mp.sqrt(sum(abs(x) ** 2 for x in column))
        columns.append([x / size for x in column])
    return values, columns


def like(column, rule):
    """The unit vector in the phase nearest to `rule`."""
    turn = sum(mp.conj(x) * mp.mpc(complex(r)) for x, r in zip(column, rule, strict=True))
    return [x * turn / abs(turn) for x in column]


def truth(matrix, tangents, values, vectors, cotangents, anchors=None):
    """numbers[c][t] as mpmath numbers for the primal (values, vectors), vectors in the phases nearest to the primal's.

    `anchors` (n,) are the entries that keep their arguments; without them no vector turns."""
    with mp.workdps(DIGITS):
        scale = mp.mpf(2) ** int(-np.frexp(np.abs(matrix).max())[1])
        A = wide(matrix) * scale
        found, columns = eigenpairs(A)
        order = len(found)
        numbers = [[mp.mpf(0) for _ in tangents] for _ in cotangents]
        for k in range(order):
            target = mp.mpc(complex(values[k])) * scale
            j = min(range(order), key=lambda index: abs(found[index] - target))
            rule = np.ones(order) if vectors is None else vectors[:, k]
            v = like(columns[j], rule)
            border = _bordered(A, found[j], v)
            for t, tangent in enumerate(tangents):
                moved = wide(tangent) * mp.matrix(v)
                solved = mp.lu_solve(border, mp.matrix([*(-x for x in moved), mp.mpc(0)]))
                v_dot = [solved[i] * scale for i in range(order)]
                if anchors is not None:
                    theta = -mp.im(v_dot[int(anchors[k])] / v[int(anchors[k])])
                    v_dot = [x + 1j * theta * y for x, y in zip(v_dot, v, strict=True)]
                for c, bar in enumerate(cotangents):
                    if bar.values is not None:
                        numbers[c][t] += mp.re(mp.conj(mp.mpc(complex(bar.values[k]))) * solved[order])
                    if bar.vectors is not None:
                        column = [mp.mpc(complex(x)) for x in bar.vectors[:, k]]
                        numbers[c][t] += mp.re(sum(mp.conj(x) * y for x, y in zip(column, v_dot, strict=True)))
        return numbers


def _bordered(A, value, v):
    order = A.rows
    border = mp.zeros(order + 1)
    for i in range(order):
        for j in range(order):
            border[i, j] = A[i, j] - (value if i == j else 0)
        border[i, order] = -v[i]
        border[order, i] = mp.conj(v[i])
    return border


def worst(numbers, bars, expected):
    """The largest |number - truth| / bar, infinite where a bar of 0 is wrong."""
    found = 0.0
    with mp.workdps(DIGITS):
        for row, bar_row, truths in zip(numbers, bars, expected, strict=True):
            for number, bar, exact in zip(row, bar_row, truths, strict=True):
                error = abs(mpmath.mpf(float(number)) - exact)
                if error > mp.mpf(10) ** -70 * abs(exact):
                    found = max(found, float(error / mp.mpf(float(bar))) if bar else float("inf"))
    return found
