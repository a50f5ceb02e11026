"""How far the number of a rounded cotangent may lie from that of the loss it stands for.

A power loss's cotangent is computed in floating point from a computed primal, yet it is paired with the
derivative of the exact one. With A = V diag(lambda) Z, Z = V^-1, unit columns v_k and K = Z E V,

    d lambda_k = K_kk,  dV = V P,  P_ij = F_ij K_ij,  F_ij = 1 / (lambda_j - lambda_i)  (i != j),
    P_kk = -Re sum_{i != k} v_k^H v_i P_ik

so that errors b in the values' cotangent and T in V^H times the vectors' one change the number by at most

    sum_k b_k |K_kk| + sum_{i != k} (|T_ik| + |T_kk|) |F_ik| |K_ik|  <=  sum_ij S_ij |E_ij|
    S = |Z|^T B |V|^T,  B_kk = b_k,  B_ik = (|T_ik| + |T_kk|) |F_ik|

The computed primal belongs to A + dA with |Z dA V|_ij <= C_ij = n u norm(B) norm(z_i D) norm(D^-1 v_j) and
the balanced B = D^-1 A D (B = A and D = I for eigh); to first order |d lambda_k| <= C_kk and V' = V (I + Y),
|Y_ij| <= C_ij |F_ij|. With M = V^H W Z^H and L = conj(lambda)^p the cotangents are conj(p lambda^(p-1)) M_kk
and Z^H Q, Q = M L - L M (conj(c p lambda^(p-1)) and none for a trace). With l = |lambda| + C_kk, N = |Z| |V|,
R = |V|^T |W| |Z|^T and an inverse with the residual |dZ V| <= n u N, perturbed and formed in floating point:

    dM = |Y|^T |M| + |M| |Y|^T,  dR = n u (R + |M| N^T),  dL = p l^(p-1) C_kk
    b  = |M_kk| (p (p-1) l^(p-2) C_kk + 4 p u p l^(p-1)) + (dM + dR)_kk p l^(p-1)
    T  = |Y|^T |Q| + dM o |L_j - L_i| + |M| o (dL_i + dL_j) + dR |L| + |L| dR + 2 n u N^T |L| |M|

to first order, by the perturbation theory of Stewart and Sun (1990), chapter V. A complex product rounds by
at most sqrt(5) u (Brent, Percival and Zimmermann 2007), and c p lambda^(p-1), stored in the case's precision,
takes p of them and one rounding: 4 p u. The trace itself (p = 1) has the same cotangent c for every
eigenvalue, however they are conditioned: S = u |c| I.

Where a result is below the smallest normal number it rounds by up to d, the smallest denormal: that is what p u of it
cannot be less than. Powers lose p d, products with other numbers d each, so that b grows by (|c| p^2 + 2) d, dL by p d
and T by 4 n^2 (1 + max |M|) d.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array, CotangentSpec
from eigcheck.spectra.scaling import balancing, largest_part, scaled


@dataclass(frozen=True)
class _Pairs:
    """Computed eigenpairs of a matrix with norm near 1, and the C, |F| and N of the module's formulas."""

    values: Array
    vectors: Array
    inverse: Array
    coupling: Array
    inverse_gaps: Array

    @property
    def skew(self) -> Array:
        """N = |Z| |V|: 1 on the diagonal for unitary V, large where V is ill conditioned."""
        return np.asarray(np.abs(self.inverse) @ np.abs(self.vectors))


def cotangent_rounding(matrix: Array, spec: CotangentSpec, roundoff: float, *, hermitian: bool) -> Array:
    """S (n, n), with `sum_ij S_ij |E_ij|` the uncertainty along E, for the finite matrix that is decomposed.

    Not finite where the eigenvectors are numerically singular or the powers overflow.
    """
    n = matrix.shape[-1]
    if n == 0 or spec.power == 0:
        return np.zeros((n, n))
    if spec.kind == "trace-power" and spec.power == 1:
        return roundoff * abs(spec.factor) * np.eye(n)
    exponent = int(np.frexp(largest_part(matrix))[1])
    with np.errstate(all="ignore"):
        try:
            pairs = _pairs(scaled(matrix, exponent), roundoff, hermitian=hermitian)
        except np.linalg.LinAlgError:
            return np.full((n, n), np.inf)
        # b is of degree p - 1 in A, T of degree p
        least = float(np.finfo(matrix.dtype).smallest_subnormal)
        denormal = np.ldexp(least, -exponent * (spec.power - 1)), np.ldexp(least, -exponent * spec.power)
        bounds = _bounds(pairs, spec, roundoff, (float(denormal[0]), float(denormal[1])))
        spread = np.abs(pairs.inverse).T @ bounds @ np.abs(pairs.vectors).T
        # a loss of degree p has a gradient of degree p - 1
        return np.asarray(np.ldexp(spread, exponent * (spec.power - 1)))


def _pairs(matrix: Array, roundoff: float, *, hermitian: bool) -> _Pairs:
    n = matrix.shape[-1]
    balanced: Array = matrix
    scale: Array = np.ones(n)
    if hermitian:
        values, basis = np.linalg.eigh(matrix)
        inverse = np.conj(basis.T)
    else:
        balanced, scale = balancing(matrix)
        values, basis = np.linalg.eig(balanced)
        inverse = np.linalg.inv(basis)
    size = float(np.linalg.norm(balanced))
    sensitivities = np.linalg.norm(inverse, axis=1)[:, None] * np.linalg.norm(basis, axis=0)
    lengths = np.linalg.norm(scale[:, None] * basis, axis=0)
    gaps = np.abs(values[:, None] - values[None, :])
    # a gap below u norm(B) is not resolved; the bar then says so by its size. (The zero matrix has no scale.)
    inverse_gaps = 1 / np.maximum(gaps, max(roundoff * size, np.finfo(np.float64).tiny))
    np.fill_diagonal(inverse_gaps, 0.0)
    return _Pairs(
        values=values,
        vectors=scale[:, None] * basis / lengths,
        inverse=inverse / scale * lengths[:, None],
        # in unit columns of V, row i of C grows with lengths_i and column j shrinks with lengths_j
        coupling=n * roundoff * size * sensitivities * lengths[:, None] / lengths,
        inverse_gaps=inverse_gaps,
    )


def _bounds(pairs: _Pairs, spec: CotangentSpec, roundoff: float, denormal: tuple[float, float]) -> Array:
    """B: b on the diagonal, (|T_ik| + |T_kk|) |F_ik| off it. `denormal` is d in the units of b and of T."""
    n, p = pairs.values.size, spec.power
    shifts = np.diagonal(pairs.coupling)
    reach = np.abs(pairs.values) + shifts
    slope = p * reach ** (p - 1)
    powers = p * (p - 1) * reach ** max(p - 2, 0) * shifts + 4 * p * roundoff * slope + p**2 * denormal[0]
    if spec.kind == "trace-power":
        return np.diag(abs(spec.factor) * powers + 2 * denormal[0])
    weight = np.asarray(spec.weight)
    M = np.abs(np.conj(pairs.vectors.T) @ weight @ np.conj(pairs.inverse.T))
    turn = (pairs.coupling * pairs.inverse_gaps).T
    dM = turn @ M + M @ turn
    R = np.abs(pairs.vectors).T @ np.abs(weight) @ np.abs(pairs.inverse).T
    dR = n * roundoff * (R + M @ pairs.skew.T)
    values_part = np.diagonal(M) * powers + np.diagonal(dM + dR) * slope + 2 * denormal[0]
    L, dL = pairs.values**p, slope * shifts + p * denormal[1]
    factor, size = np.abs(L[None, :] - L[:, None]), np.abs(L)
    T = turn @ (M * factor) + dM * factor + M * (dL[:, None] + dL)
    T += dR * size + size[:, None] * dR + 2 * n * roundoff * pairs.skew.T @ (size[:, None] * M)
    T += 4 * n**2 * (1 + np.max(M)) * denormal[1]
    return np.asarray(np.diag(values_part) + (T + np.diagonal(T)) * pairs.inverse_gaps)
