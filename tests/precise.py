"""Eigenpairs and their gradients in 320 bits, for tests that ask what is *exactly* true beside rounding.

Written from the definitions, so that nothing here is shared with what it tests:

    d lambda_k = w_k^H dA v_k,   dv_k = S_k dA v_k + a multiple of v_k,
    S_k = sum_{j != k} v_j w_j^H / (lambda_k - lambda_j)
"""

from contextlib import contextmanager
from dataclasses import dataclass

import flint
import numpy as np

BITS = 320


@contextmanager
def precisely():
    """Inside the block, arithmetic of flint has `BITS` bits."""
    with flint.ctx.workprec(BITS):
        yield


def wide(matrix):
    """An array as an acb_mat, exactly."""
    return flint.acb_mat(np.asarray(matrix, complex).tolist())


def double(matrix):
    """An acb_mat, a list of acb, or a list of those, rounded to complex doubles."""
    rows = matrix.tolist() if hasattr(matrix, "tolist") else matrix
    return np.array([[_rounded(x) for x in row] for row in rows])


def _rounded(x):
    return complex(float(x.real.mid()), float(x.imag.mid()))


def adjoint(matrix):
    return matrix.transpose().conjugate()


def column(matrix, k):
    return flint.acb_mat([[matrix[i, k]] for i in range(matrix.nrows())])


def scalar(matrix):
    return matrix[0, 0]


@dataclass
class Exact:
    """Eigenpairs of one matrix: `values`, unit `vectors` v_k and `left` w_k with w_k^H v_k = 1, to 320 bits."""

    values: list
    vectors: object
    left: object

    def resolvent(self, k):
        n = len(self.values)
        total = flint.acb_mat(n, n)
        for j in range(n):
            if j != k:
                piece = column(self.vectors, j) * adjoint(column(self.left, j))
                total = total + piece * (1 / (self.values[k] - self.values[j]))
        return total

    def value_gradient(self, k):
        """Gradient of Re(lambda_k): <G, dA> = Re(w^H dA v), so G = w v^H."""
        return column(self.left, k) * adjoint(column(self.vectors, k))

    def vector_gradient(self, k, v_bar, anchor=None):
        """Gradient of Re(v_bar^H v_k) for v_k of unit norm; its entry `anchor` stays real, if one is given.

        Without one the cotangent has to be invariant: the response to i v_k is left out.
        """
        v, bar = column(self.vectors, k), wide(np.asarray(v_bar)[:, None])
        overlap = scalar(adjoint(v) * bar)
        p = bar - v * overlap.real
        if anchor is not None:
            unit = np.zeros((len(self.values), 1))
            unit[anchor] = 1
            p = p - wide(unit) * (overlap.imag / v[anchor, 0].real * flint.acb(0, 1))
        return adjoint(self.resolvent(k)) * p * adjoint(v)


def eigen(matrix, like=None, anchors=None):
    """`Exact` pairs of an acb_mat with simple eigenvalues.

    `like = (values, vectors)` in doubles gives the order and phases (v^H v' > 0); with `anchors` those entries are
    made real instead, of the sign that they have in `like`.
    """
    largest = max(float(abs(x).mid()) for row in matrix.tolist() for x in row)
    scale = wide([[2.0 ** int(np.frexp(largest)[1])]])[0, 0]  # flint isolates no eigenvalues at extreme scales
    found, vectors = (matrix * (1 / scale)).eig(right=True)
    found = [x * scale for x in found]
    n = len(found)
    order = list(range(n))
    if like is not None:
        values = np.array([_rounded(x) for x in found])
        order = [int(np.argmin(np.abs(values - value))) for value in like[0]]
        assert sorted(order) == list(range(n))
    columns = []
    for place, k in enumerate(order):
        v = column(vectors, k)
        v = v * (1 / scalar(adjoint(v) * v).real.sqrt())
        if like is not None:
            target = wide(np.asarray(like[1])[:, place : place + 1])
            turn = scalar(adjoint(v) * target)
            if anchors is not None:
                row = int(anchors[place])
                turn = v[row, 0].conjugate() * (1 if np.real(like[1][row, place]) >= 0 else -1)
            v = v * (turn / abs(turn))
        columns.append(v)
    V = flint.acb_mat([[columns[k][i, 0] for k in range(n)] for i in range(n)])
    return Exact([found[k] for k in order], V, adjoint(V.inv()))
