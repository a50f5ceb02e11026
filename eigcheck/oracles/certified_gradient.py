r"""Gradients of the eigenpairs of a certified spectrum, in ball arithmetic.

With mu_k simple, P_k = v_k w_k (w_k v_k = 1) and S_k = sum_{g != k} P_g / (mu_k - mu_g), along A_dot = E

    d mu_g = tr(P_g E) / size_g on average over a cluster,   d v_k = S_k E v_k + a multiple of v_k.

Unit norm takes the real part of that multiple; the phase takes its imaginary part, which is 0 for `y^H y_dot = 0` and, where
the entry a of y is to keep its argument, makes Im(y_dot_a / y_a) = 0. With y the vector in its norm and phase,

    y_dot = h + i theta y,   h = (I - y y^H) S E y,   theta = 0 or theta = -Im(h_a / y_a).

Hence for the cotangent y_bar, with g = Im(y^H y_bar), the pairing <y_bar, y_dot> = Re tr(G^H E) where

    G^H = y u^H S,   u = (I - y y^H) (y_bar + q e_a),   q = 0 or q = -i g / conj(y_a)

and for values' cotangents c_g that are equal over clusters G^H = sum_g conj(c_g) P_g. A vector of length l, held constant,
gets l times that. In units of B = A / 2^e vectors' gradients are 2^e times those of A.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, Eigenpairs
from eigcheck.oracles.balls import Ball, BallMatrix, exactly, middles, power_of_two
from eigcheck.oracles.certified_matching import Matching


def gradient(matching: Matching, cotangent: Eigenpairs, sensitive: Array) -> tuple[BallMatrix, float]:
    """G^H (n, n) of a cotangent that is not refused, for A itself, and about the size of its terms' largest entry.

    `sensitive` (n,) marks vectors whose convention counts.
    """
    from flint import acb, acb_mat

    spectrum, order = matching.spectrum, len(matching.unit)
    total, sizes = acb_mat(order, order), [0.0]
    if cotangent.values is not None:
        # within a block the cotangent is the same for all, whichever is whose
        coefficients = dict(zip(matching.unit.tolist(), cotangent.values.tolist(), strict=True))
        for g, c in coefficients.items():
            if c:
                total = total + spectrum.projectors[g] * acb(c.conjugate())
                sizes.append(abs(c) * float(np.abs(spectrum.middles[g]).max()))
    if cotangent.vectors is not None:
        unit = power_of_two(-spectrum.exponent)
        for k in np.flatnonzero(np.any(cotangent.vectors != 0, axis=0)):
            column, length = in_phase(matching, int(k))
            anchor = int(matching.rows[k]) if sensitive[k] else None
            resolvent = spectrum.resolvents[matching.unit[k]]
            term = _vector_term(column, resolvent, cotangent.vectors[:, k], anchor) * (unit * length)
            total = total + term
            sizes.append(float(np.abs(middles(term)).max()))
    return total, max(sizes)


def in_phase(matching: Matching, k: int) -> tuple[BallMatrix, Ball]:
    """The exact unit vector (n, 1) in the phase that belongs to the rule's vector k, and the latter's length."""
    from flint import acb_mat, arb

    assert matching.vectors is not None
    unit, order = matching.unit[k], len(matching.unit)
    projector = matching.spectrum.projectors[unit]
    largest = int(np.linalg.norm(matching.spectrum.middles[unit], axis=0).argmax())
    column = acb_mat(order, 1, [projector[i, largest] for i in range(order)])
    column = column * (1 / _norm(column))
    rule = exactly(matching.vectors[:, [k]])
    overlap = (adjoint_of(column) * rule)[0, 0]
    return column * (overlap / abs(overlap)), _norm(rule) if matching.stretched[k] else arb(1)


def _vector_term(y: BallMatrix, resolvent: BallMatrix, bar: Array, anchor: int | None) -> BallMatrix:
    """y u^H S for the cotangent `bar` (n,), with the anchor's argument held unless `anchor` is None."""
    from flint import acb

    towards = exactly(bar[:, None])
    if anchor is not None:
        turn = (adjoint_of(y) * towards)[0, 0].imag
        towards[anchor, 0] = towards[anchor, 0] - acb(0, 1) * turn / y[anchor, 0].conjugate()
    across = towards - y * (adjoint_of(y) * towards)
    return y * (adjoint_of(across) * resolvent)


def turning_rate(matching: Matching, k: int, tangents: Array) -> Array:
    """|theta| of vector k along tangents (T, n, n) under LAPACK's convention, in doubles: (T,)."""
    spectrum, row = matching.spectrum, matching.rows[k]
    y = middles(in_phase(matching, k)[0])[:, 0]
    left = -y[row] * np.conj(y)
    left[row] += 1
    left = left @ middles(spectrum.resolvents[matching.unit[k]])
    moved = tangents.reshape(len(tangents), -1) @ np.outer(left, y).ravel() / y[row]
    return np.asarray(np.ldexp(np.abs(moved.imag), -spectrum.exponent))


def adjoint_of(matrix: BallMatrix) -> BallMatrix:
    """The conjugate transpose."""
    return matrix.transpose().conjugate()


def _norm(column: BallMatrix) -> Ball:
    return (adjoint_of(column) * column)[0, 0].real.sqrt()
