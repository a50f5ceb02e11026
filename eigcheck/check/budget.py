r"""What a correct rule may err, termwise: the variation of each pair's gradient under roundoff, plus what formulas cost.

In the balanced coordinates B = D^-1 A D of `spectra.conditioning`, LAPACK answers for B + E with norm(E) at most eps,
c u norm(B) with a stated factor c, or more where its own pairs show more. To first order (Stewart and Sun 1990, chapter V)

    dv_k = S_k E v_k,   dw_k = S_k^H E^H w_k,
    d(S_k^H p) = S^H E^H S^H p - conj(dlambda) (S^H)^2 p - w (v^H E^H (S^H)^2 p) + S^H dp,

where v^H p = 0 (a term in v^H p is left out). So, with row norms
s and column norms t of S_k, every entry of a pair's gradient is bounded:

    values:   |d(w v^H)| <= eps (t norm(w)) |v|^T + |w| eps (s norm(v))^T
    vectors:  G = r v^H, r = S^H p, p = v_bar - v Re(v^H v_bar):  |dG| <= |dr| |v|^T + |r| |dv|^T

To second order (Kato 1995, chapter II, 2.1: the expansion of a projector) two terms are no multiples of these, and where a
component of a vector is nearly 0 they are all that there is: |dw| |dv|^T (and |dr| |dv|^T), and the change in length,
kappa eps^2 norm(S^2) |w| |v|^T. All others are the first order's times q and less, so that everything is bounded by
1 / (1 - q) times what stands here, q = eps max norm((z - B)^-1) on a circle about lambda_k alone. From q = 1/2 on nothing
is claimed: computed pairs do not tell the conditioning of the true ones there. Where q is small they do, to such a factor.

A formula that multiplies by V^-1 adds n u cond(V) norm(v_k) norm(w_k) (for vectors norm(r) norm(v)), and V is LAPACK's: of
equal eigenvalues it returns vectors as skew as rounding made them, be there an orthonormal basis or not. Elimination with
partial pivoting is not indifferent to the scaling D, so u |V^-1| |L| |U| |V^-1| of the unbalanced V (and of V^H) comes on
top (Higham 2002, Accuracy and Stability, chapter 14; measured on a companion matrix with the roots 1 to 12). Orthogonal
factors heed no row of V and lose more; who errs by more than elimination is held to these (`Point.widest`). A rule whose
left vectors do not come from its right ones sees two perturbations E, so that what they move cancels nowhere: it adds
|dw_j| |v_j^H p| / gap_jk and |w_j| (|dv_j|^T |p|) / gap_jk. Correct are rules that normalise such left vectors one by one
where u norm(B) tells pairs apart. V^-1 does as much, since each column of V moves by an E of its own: |dw_k| is at most eps
norm(w_k) times the sum of |w_j| / gap_jk, far more than above beside a cluster with a skewed basis. Orthonormal vectors are
their own left ones, whatever the driver. Sums over gaps add n u |w_j| (|v_j|^T |p|) / gap_jk. Everything is mapped back to
A entrywise (times D_j / D_i), since a matrix D B D^-1 is computed as well as B is. The variation of the *sum* of the terms
would be useless: that of sum(lambda) is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array, Eigenpairs
from eigcheck.spectra.conditioning import Conditioning
from eigcheck.spectra.gauge import lengths
from eigcheck.spectra.soundness import SOUND, Shown

FACTOR = 8.0
"""How many times u norm(B) LAPACK's backward error is taken to be at most; rounding in formulas is allowed as often."""

HERMITIAN_FACTOR = 32.0
"""The same where the matrix is Hermitian, for the sake of `syevr` and `heevr`, the drivers of Julia and of SciPy.

Their vectors (multiple relatively robust representations) have backward errors that are a larger multiple: rules that use
them were measured to err by up to 11 times the first-order variation at Gaussian matrices of orders 6 to 8, those on
`syevd` by up to 3 times. LAPACK's own tests accept 30 n.
"""

ORTHOGONAL = 8.0
"""How many times `FACTOR` u, as if in V of columns of length 1, solving by a singular value decomposition may err.

At 40,000 eigenvector bases of orders 2 to 8, graded over up to 14 decades, LAPACK's `gesdd` erred by up to 62 u of what an
error of V does (at order 3; in 99 of 100 by 12 u), and QR by 6 u.
"""

AT_ONCE = 2**22
"""Numbers of budgets that are made at once."""

SHOWN = 2.0
"""How many times the backward error that NumPy's own pairs show another one's may be, where that is the larger bound."""

SKEWER = 4.0
"""How many times `magnified` may differ between LAPACK's vectors and those of the state by the drivers' rounding alone."""


@dataclass(frozen=True)
class Budget:
    """Allowed errors and sizes of the terms, entry by entry of the gradient, for C cotangents: both (C, n, n)."""

    allowed: Array
    terms: Array


@dataclass(frozen=True)
class Rounding:
    """What a correct rule may have met, for balanced, scaled coordinates.

    `unit` is the multiple of the unit roundoff that a formula loses at each step, `eps` bounds the norm of LAPACK's
    backward error, `bend[k]` (n,) is 1 / (1 - q) for pair k, infinite where pairs tell nothing. `condition` is that of
    the vectors which may be inverted, `growth` (n, n) bounds how far their factors are off over u. `single` says that left
    vectors may come from a decomposition of their own; `reach` (n,) bounds how fast lengths that are free move with vectors.
    """

    unit: float
    eps: float
    bend: Array
    condition: float
    growth: Array
    single: bool
    reach: Array


def budget(
    state: Conditioning,
    cotangents: tuple[Eigenpairs, ...],
    roundoff: float,
    anchors: Array,
    lengths_reach: Array | float = 0.0,
    *,
    shown: Shown = SOUND,
    orthonormal: bool = False,
    orthogonal: bool = False,
) -> Budget:
    """The budget of each cotangent at the matrix that `state` describes.

    Arguments:
        state: conditioning of the decomposed matrix.
        cotangents: in the order and phases of `state.original_vectors`.
        roundoff: unit roundoff u of the case's dtype.
        anchors: the row of each vector that the phase convention makes real, (n,); -1 where vectors have no phase.
        lengths_reach: how fast the lengths of the rule's vectors may move with these, (n,): see `reach_of_lengths`.
        shown: what LAPACK's own pairs do, in the coordinates of the balanced, scaled matrix.
        orthonormal: whether the function's vectors are, so that left vectors are the right ones.
        orthogonal: whether V is factored so, which errs by the length of a column all over it (Higham, chapters 19 and 20).
    """
    unit = factor_of(state) * roundoff
    eps = max(unit * state.norm, SHOWN * shown.error)
    with np.errstate(all="ignore"):
        skewer = shown.magnified / state.magnified
        condition = state.condition * (skewer if skewer > SKEWER and not orthonormal else 1.0)
        growth, reach = np.maximum(state.growth, ORTHOGONAL * orthogonal), np.zeros(state.values.size) + lengths_reach
        rounding = Rounding(unit, eps, state.bend(eps), condition, growth, not orthonormal, reach)
        return _budget(state, cotangents, rounding, anchors)


def factor_of(state: Conditioning) -> float:
    """The multiple of u norm(B) that the backward error of a correct rule may be at this matrix."""
    return HERMITIAN_FACTOR if state.hermitian else FACTOR


def _budget(state: Conditioning, cotangents: tuple[Eigenpairs, ...], rounding: Rounding, anchors: Array) -> Budget:
    n = state.values.size
    allowed, terms = np.zeros((2, len(cotangents), n, n))
    if not n:
        return Budget(allowed, terms)
    moves = _moves(state, rounding) if any(c.vectors is not None for c in cotangents) else None
    of_values = [index for index, c in enumerate(cotangents) if c.values is not None]
    if of_values:
        turns, step = _turns(state, rounding), max(1, AT_ONCE // n**2)
        for part in (of_values[k : k + step] for k in range(0, len(of_values), step)):
            bars = [np.asarray(cotangents[index].values) for index in part]
            allowed[part], terms[part] = _value_terms(state, bars, rounding, turns)
    for index, cotangent in enumerate(cotangents):
        if cotangent.vectors is not None and moves is not None:
            extra, size = _vector_terms(state, cotangent.vectors, rounding, anchors, moves)
            allowed[index], terms[index] = allowed[index] + extra, terms[index] + size
        # two products of n terms are rounded to the smallest denormal, however small all that they are made of
        least = max((np.finfo(part.dtype).smallest_subnormal for part in cotangent.parts if np.any(part)), default=0.0)
        allowed[index] += 2 * n * factor_of(state) * float(least)
    # where the bound itself overflows nothing is known of what a rule may err
    allowed[np.isnan(allowed) | np.isnan(terms)] = np.inf
    return Budget(allowed, np.nan_to_num(terms, copy=False, posinf=np.inf))


def _turns(state: Conditioning, rounding: Rounding) -> tuple[Array, Array, Array]:
    """Bounds of |dv_k| and |dw_k| in balanced coordinates, and what solving with V adds to |w_k|: row k of each (n, n)."""
    eps, inverse = rounding.eps, np.abs(np.conj(state.original_left).T)
    right, left = (np.linalg.norm(vectors, axis=0)[:, None] for vectors in (state.vectors, state.left))
    rows, columns = state.resolvent_sides
    right_moves, left_moves = eps * rows * right, eps * columns * left
    if rounding.single:
        # V^-1 mixes columns that moved apart from each other, which in a skewed basis of a cluster is far more
        left_moves = np.maximum(left_moves, eps * state.inverse_gaps @ np.abs(state.left.T) * left)
    return right_moves, left_moves, rounding.unit * inverse @ rounding.growth @ inverse


def _value_terms(
    state: Conditioning, values_bars: Sequence[Array], rounding: Rounding, turns: tuple[Array, Array, Array]
) -> tuple[Array, Array]:
    """Bounds of the variation and sizes of the gradients of C cotangents of the values: both (C, n, n), for A itself.

    That is sum_k |lambda_bar_k| |d(w_k v_k^H)| and sum_k |lambda_bar_k| |w_k| |v_k|^T, as products of matrices. A pair of
    unknown variation counts for nothing unless it is asked about; then the bound is infinite.
    """
    weights = np.abs(np.array(values_bars))
    longer = state.kappa * rounding.eps**2 * state.resolvent_squares
    rows = [np.abs(state.vectors.T), np.abs(state.left.T), np.abs(state.original_vectors.T), *turns]
    unknown = ~np.isfinite(rounding.bend + state.kappa + longer + sum(np.sum(row, axis=1) for row in rows))
    sizes = [np.where(np.isfinite(np.sum(row, axis=1))[:, None], row, 0.0) for row in rows[:2]]
    right, left, shown, right_moves, left_moves, elimination = (np.where(unknown[:, None], 0.0, row) for row in rows)
    bend, kappa, longer = (np.where(unknown, 0.0, one) for one in (rounding.bend, state.kappa, longer))
    weighed, bent = weights[:, None, :], (weights * bend)[:, None, :]
    uniform = state.values.size * rounding.unit * rounding.condition * (weights @ kappa)
    variation = (bent * left_moves.T) @ (right + right_moves)
    variation += (bent * left.T) @ (right_moves + longer[:, None] * right)
    mapping = state.balance[None, :] / state.balance[:, None]
    least = [float(np.finfo(bar.dtype).smallest_subnormal) for bar in values_bars]
    factors = np.where(unknown, 0.0, np.abs(state.original_left))
    lost = factor_of(state) * len(factors) * np.array(least)[:, None] * ((weights > 0) @ factors.T)
    eliminated = (weighed * elimination.T) @ shown
    allowed = (variation + uniform[:, None, None]) * mapping + eliminated + lost[:, :, None]
    allowed[np.any((weights > 0) & unknown, axis=1)] = np.inf
    return allowed, (weighed * sizes[1].T) @ sizes[0] * mapping


@dataclass(frozen=True)
class Moves:
    """How vectors and what a formula makes of them move with the matrix, the same for all cotangents; for each pair k:

    `adjoint` (n, n, n) is S_k^H in the coordinates of A, `vectors` (n, n) bounds |dv_k|, and `resolvents` (n, n) times the
    norm of what S_k^H is applied to bounds |dS_k^H|. Columns of `right` and `left` (n, n) bound |dv_j| and |dw_j| for a
    perturbation of norm 1; pairs that u norm(B) does not tell apart move as one in these, since no rule normalises left
    vectors by them one by one.
    """

    adjoint: Array
    vectors: Array
    resolvents: Array
    right: Array
    left: Array


def _moves(state: Conditioning, rounding: Rounding) -> Moves:
    d, eps, v = state.balance, rounding.eps, state.original_vectors.T
    moving = d[:, None] * state.resolvents
    adjoint = np.conj((moving / d).swapaxes(1, 2))
    # a unit vector moves at right angles to itself; nearly parallel eigenvectors cancel in that, so project first
    moving = moving - v[:, :, None] * (np.conj(v)[:, None, :] @ moving)
    own = np.linalg.norm(moving, axis=2) * (eps * np.linalg.norm(v / d, axis=1))[:, None]
    columns = state.resolvent_sides[1] / d * eps
    right = left = np.zeros(adjoint.shape[1:])
    if rounding.single:
        rows, beyond = state.sides_beyond(len(v) * rounding.unit / factor_of(state))
        # the second where it is known: values that coincide to LAPACK alone have no resolvents
        right = np.fmin((d * rows * np.linalg.norm(v / d, axis=1)[:, None]).T, (own / eps).T)
        left = (beyond / d * np.linalg.norm(state.original_left.T * d, axis=1)[:, None]).T
    return Moves(adjoint, own, columns, right, left)


def _vector_terms(
    state: Conditioning, vectors_bar: Array, rounding: Rounding, anchors: Array, moves: Moves
) -> tuple[Array, Array]:
    """Bound of the variation and size of the gradient of one cotangent of the vectors: both (n, n), for A itself.

    All arrays but these have an axis for the K columns that the cotangent touches in front.
    """
    ks = np.flatnonzero(np.any(vectors_bar, axis=0))
    n, d, columns = state.values.size, state.balance, np.arange(len(ks))
    eps, unit_roundoff = rounding.eps, rounding.unit
    # a rule divides by gaps: it has none where they overflow, and a bit below that rounding decides
    bend = np.where(2 * state.widest[ks] > np.finfo(vectors_bar.dtype).max, np.inf, rounding.bend[ks])[:, None]
    v, w, v_bar, anchor = state.original_vectors.T[ks], state.original_left.T[ks], vectors_bar.T[ks], anchors[ks]
    adjoint = moves.adjoint[ks]
    adjoint_size = np.abs(adjoint)
    along = np.sum(np.conj(v) * v_bar, axis=1)
    radial, turn, size = np.abs(along.real), np.abs(along.imag), lengths(v_bar.T)
    p = v_bar - v * along[:, None]
    made_real = np.where(anchor >= 0, np.abs(v[columns, anchor]), 0.0)
    # one over the entry that the convention makes real, 0 where there is none
    reach = np.divide(1.0, made_real, out=np.zeros(len(ks)), where=made_real > 0)
    gauge = turn * reach
    unit = np.zeros(v.shape)
    unit[columns, anchor] = gauge
    p_size = np.abs(v_bar) + np.abs(v) * radial[:, None] + unit
    r = _times(adjoint, p)
    r_size = np.abs(r) + _times(adjoint_size, unit)
    dv = moves.vectors[ks]
    dp = dv * (radial + turn)[:, None] + (np.abs(v) + dv) * np.sum(dv * np.abs(v_bar), axis=1, keepdims=True)
    dp[columns, anchor] += gauge * dv[columns, anchor] * reach
    second = np.where(gauge[:, None] > 0, _times(adjoint_size, r_size), np.abs(_times(adjoint, r)))
    length = np.linalg.norm(v / d, axis=1, keepdims=True)
    dr = (
        moves.resolvents[ks] * np.linalg.norm(d * r_size, axis=1, keepdims=True)
        + state.kappa[ks, None] * eps * second
        + np.abs(w) * eps * length * np.linalg.norm(d * second, axis=1, keepdims=True)
        + _times(adjoint_size, dp)
    ) * bend
    # a product with a tiny cotangent rounds n times to the smallest denormal, here and in `_value_terms`
    dr = dr + factor_of(state) * n * float(np.finfo(v_bar.dtype).smallest_subnormal) * np.sum(adjoint_size, axis=-1)
    # no response to the phase is computed better than this, and the phase moves with one over the entry made real
    dr = dr + (n * unit_roundoff * size * reach)[:, None] * adjoint_size[columns, :, anchor]
    # nor that to the length, where it is free
    longer = n * unit_roundoff * size * rounding.reach[ks]
    dr = dr + longer[:, None] * np.linalg.norm(adjoint, axis=2) if np.any(longer) else dr
    met = np.abs(p @ np.conj(state.original_vectors)) + np.abs(state.original_vectors[anchor]) * gauge[:, None]
    dr = dr + _formula(state, ks, p_size, met, np.abs(p) + unit, rounding, moves)
    dr = dr + unit_roundoff * (r_size @ rounding.growth @ np.abs(state.original_left).T)
    # even where no other pair is near, a gradient of vectors has the size norm(v_bar) / norm(A) at least
    natural = size / (state.norm or 1.0)
    uniform = n * unit_roundoff * rounding.condition * np.linalg.norm(d * r_size, axis=1) * length[:, 0]
    # projecting v_bar costs an inner product and a subtraction, dividing by a gap and multiplying by v one rounding each
    floor = (n + 3) * unit_roundoff * natural
    dv, mapping = dv * bend, d[None, :] / d[:, None]
    allowed = dr.T @ (np.abs(v) + dv) + r_size.T @ dv + float(np.sum(uniform + floor)) * mapping
    terms = r_size.T @ np.abs(v) + float(np.sum(natural)) * mapping
    scale = np.ldexp(1.0, -state.exponent)
    return allowed * scale, terms * scale


def _times(matrices: Array, vectors: Array) -> Array:
    """Products of (K, n, n) with (K, n): (K, n)."""
    return np.asarray((matrices @ vectors[:, :, None])[:, :, 0])


def _formula(
    state: Conditioning, ks: Array, p_size: Array, met: Array, p_moved: Array, rounding: Rounding, moves: Moves
) -> Array:
    """What a sum over gaps loses, and one over left vectors that were computed apart: a part of |dr| for pairs ks, (K, n).

    Arguments:
        p_size: sizes of the terms of p, (K, n).
        met: |v_j^H p|, (K, n), and `p_moved` |p|, (K, n): what moves of left and of right vectors meet.
    """
    inverse_gaps = state.inverse_gaps[ks]
    left = np.abs(state.original_left).T
    lost = len(left) * rounding.unit * (((p_size @ np.abs(state.original_vectors)) * inverse_gaps) @ left)
    if not rounding.single:
        return np.asarray(lost)
    apart = (met * inverse_gaps) @ moves.left.T + ((p_moved @ moves.right) * inverse_gaps) @ left
    d = state.balance[:, None]
    right_sizes = np.linalg.norm(state.original_vectors / d, axis=0)
    left_sizes = np.linalg.norm(state.original_left * d, axis=0)
    mixed = ((right_sizes * inverse_gaps) @ left) * ((met * inverse_gaps) @ left_sizes)[:, None]
    return np.asarray(lost + rounding.eps * np.maximum(apart, mixed))
