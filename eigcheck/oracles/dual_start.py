"""The eigenpairs from which the dual solver sets out: LAPACK's, refined to twice the working precision.

With V, Lambda as computed, W about V^-1 and the residual R = A V - V Lambda formed in twice the working precision,
M = W R tells what is wrong: column k of the exact vectors is V (e_k + x), and Newton's step with A V = V (Lambda + M)
frozen reads delta lambda_k = M_kk, x_i = M_ik / (lambda_k - lambda_i). It is repeated with new residuals.

It contracts by tau_k = max_i (sum_l |M_il| + |M_kk|) / |lambda_k - lambda_i| plus what W is worth, which is measured;
a pair with tau_k >= 1/4 is not resolved. Since R is (nearly) exact this is Gershgorin's theorem for W A V: pairs with
tau_k < 1/4 are simple, and repeated ones are never taken for simple.

Leading axes of arrays count matrices; the shapes that are given leave them out. Several are treated at once where all of
their pairs are resolved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.oracles.twofold import Twofold, add, factors, matmul, residual_bound, rounded_sum, times, twofold
from eigcheck.spectra.assignment import linked_sets

CONTRACTION = 0.25
"""Largest contraction accepted: by Banach's theorem the error then is at most 1/3 of the last correction."""
STEPS = 12
U = unit_roundoff(np.float64)


class Unsolvable(Exception):
    """Why there are no eigenpairs to set out from at all."""


@dataclass(frozen=True)
class Start:
    """Refined eigenpairs of B, of norm about 1, and how good they are. Arrays are (n,) unless said otherwise.

    `values` and `vectors` (n, n) are twofold; `inverse` (n, n) is W. `reasons[k]` says why pair k is not resolved,
    else None. `slopes` (n, n) holds 1 / (lambda_k - lambda_i) in row k, column i, 0 where i = k.
    `contraction` bounds I - W L for the equations of pair k's tangents, in the norm max_i |.|;
    `value_error` and `vector_error` bound what is left in lambda_k, and in its vector in terms of the others' (x).
    Pair `partners[k]` is the complex conjugate of pair k where the matrix is real (k itself for a `real` pair);
    elsewhere it is k.
    """

    values: Twofold
    vectors: Twofold
    inverse: Array
    slopes: Array
    contraction: Array
    value_error: Array
    vector_error: Array
    partners: Array
    real: Array
    reasons: tuple[str | None, ...]


@dataclass(frozen=True)
class Measured:
    """Eigenpairs as computed, and what is wrong with them. Arrays are (n,) unless said otherwise.

    `first` (n, n) is M = W R; `gaps` (n, n) holds lambda_k - lambda_i in row k, 1 where i = k. `moved` (n, n) is
    sum_l |M_il| + |M_kk| in row k, column i, and `ratio` that over the gap. `worth` bounds the row sums of |I - W V|.
    """

    values: Array
    vectors: Array
    inverse: Array
    partners: Array
    real: Array
    first: Array
    gaps: Array
    moved: Array
    ratio: Array
    worth: Array

    @property
    def tau(self) -> Array:
        """The contraction for each pair, infinite for one that is not resolved."""
        tau = self.ratio.max(axis=-1) + self.worth[..., None]
        return np.where(tau < CONTRACTION, tau, np.inf)

    @property
    def resolved(self) -> Array:
        """Which pairs are simple by Gershgorin's theorem, and refined by Newton's method."""
        return np.isfinite(self.tau)


def begin(matrix: Array, *, hermitian: bool, scale: int = 0) -> Start:
    """Refined eigenpairs of finite, scaled and balanced matrices (..., n, n), n > 0, in LAPACK's order.

    `scale` is the power of two that was taken out; only the reasons, which are for readers, put it back.
    Raises Unsolvable where the vectors are dependent, or may be, and of several matrices where a pair is not resolved.
    """
    try:
        found = _measured(matrix, *(np.linalg.eigh if hermitian else np.linalg.eig)(matrix))
    except np.linalg.LinAlgError as error:
        raise Unsolvable(f"LAPACK finds no independent eigenvectors ({error})") from error
    if not (found.worth < CONTRACTION).all():
        raise Unsolvable(
            f"the computed eigenvectors are linearly dependent to working precision (n u |W||V| = {found.worth.max():.1e}): "
            "defective, or too ill-conditioned"
        )
    if matrix.ndim > 2 and not found.resolved.all():
        raise Unsolvable("the eigenvalues of one of several matrices are not resolved")
    if not (hermitian or found.resolved.all()):
        found = _sharper(matrix, found)
    order, resolved = matrix.shape[-1], found.resolved
    _refuse_nilpotent(found, scale)
    noise = _noise(matrix, found.values, found.inverse)
    lam, vec, left_over = _newton(matrix, found, noise)
    partners, real = found.partners, found.real
    if (np.iscomplexobj(vec.hi) and real.any()) or (partners != np.arange(order)).any():
        lam, vec = _mirror(lam, partners, real), _mirror(vec, partners[..., None, :], real[..., None, :])
    reasons: list[str | None] = [None] * order
    if not resolved.all():
        reasons = _of_both([None if resolved[k] else _unresolved(found, k, scale) for k in range(order)], partners)
    return _finish(found, lam, vec, reasons, left_over, noise)


def _measured(matrix: Array, values: Array, vectors: Array, doubt: float = 0.0) -> Measured:
    """Hold computed eigenpairs of matrices (..., n, n) against them. LinAlgError where vectors have no inverse.

    `doubt` is added to what moves a value: gaps below 4 of it are not resolved, whatever the corrections say.
    """
    inverse = np.linalg.inv(vectors)
    partners, real = _symmetry(matrix, values)
    dtype = np.result_type(matrix.dtype, vectors.dtype)
    values, vectors = values.astype(dtype), vectors.astype(dtype)
    gaps = _with_diagonal(values[..., :, None] - values[..., None, :], 1)
    first = inverse @ _residual(matrix, twofold(values), twofold(vectors))
    moved = np.abs(first).sum(axis=-1)[..., None, :] + np.abs(np.linalg.diagonal(first))[..., :, None] + doubt
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(moved == 0, np.where(gaps == 0, np.inf, 0.0), moved / np.abs(gaps))
    ratio = _with_diagonal(ratio, 0)
    order = vectors.shape[-1]
    # as computed, plus n u |W| |V| for the rounding of that
    defect = np.abs(inverse @ vectors - np.eye(order)) + 2 * order * U * (np.abs(inverse) @ np.abs(vectors))
    return Measured(values, vectors, inverse, partners, real, first, gaps, moved, ratio, largest_row(defect))


def _sharper(matrix: Array, found: Measured) -> Measured:
    """The eigenpairs once more, from those of Lambda + M, if more of them are resolved then.

    LAPACK's error is u norm(A) in the matrix, which moves values by u norm(A) cond(V) and may exceed the gaps of a
    spectrum that is well apart: whether it does hangs on how a processor rounds. Lambda + M = W A V is nearly diagonal
    and known to twice the working precision, so that its eigenpairs bring an error of u cond(V) gap only. Gaps within 16
    times the n u max|lambda| that LAPACK leaves in its values too would be resolved on one processor and not on another.
    """
    similar, basis = np.diag(found.values) + found.first, found.vectors
    if not np.iscomplexobj(matrix):
        # In the basis of real and imaginary parts it is real, and conjugate pairs come out as such.
        parts = _parts(found.partners, found.real)
        similar, basis = (parts.conj().T @ similar @ parts).real, (basis @ parts).real
    try:
        values, inner = np.linalg.eig(similar)
        vectors = basis @ inner
        doubt = 16 * len(values) * U * float(np.abs(values).max())
        again = _measured(matrix, values, vectors / np.linalg.norm(vectors, axis=0), doubt)
    except np.linalg.LinAlgError:
        return found
    return again if np.count_nonzero(again.resolved) > np.count_nonzero(found.resolved) else found


def _parts(partners: Array, real: Array) -> Array:
    """The unitary matrix (n, n) that takes a pair v, conj(v) of columns to sqrt(2) times its real and imaginary parts."""
    places = np.arange(len(partners))
    upper = places[~real & (partners > places)]
    lower = partners[upper]
    parts = np.zeros((len(partners), len(partners)), np.complex128)
    parts[places[real], places[real]] = 1
    half = np.sqrt(0.5)
    parts[upper, upper] = parts[lower, upper] = half
    parts[upper, lower], parts[lower, lower] = -1j * half, 1j * half
    return parts


def _newton(matrix: Array, found: Measured, noise: Array) -> tuple[Twofold, Twofold, Array]:
    """Steps of Newton's method from the measured corrections on, until they are exact to the noise of residuals.

    With the pairs comes what is left over, tau / (1 - tau) times the last correction: for the values (row 0) and
    for the coefficients x (row 1). Pairs that are not resolved are left as they are.
    """
    lam, vec = twofold(found.values), twofold(found.vectors)
    vectors, moves, first, gaps = found.vectors, found.first, found.first, found.gaps
    tau, resolved = found.tau, found.resolved
    rate = np.where(resolved, tau / np.where(resolved, 1 - tau, 1), 0)
    for _ in range(STEPS):
        coefficients = np.divide(moves, gaps.mT, out=np.zeros_like(moves), where=resolved[..., None, :])
        coefficients = _with_diagonal(coefficients, 0)
        lam = add(lam, np.where(resolved, np.linalg.diagonal(moves), 0))
        vec = add(vec, vectors @ coefficients)
        largest = np.abs(moves).max(axis=-2), np.abs(coefficients).max(axis=-2)
        left_over = rate[..., None, :] * np.stack(largest, axis=-2)
        if (left_over <= noise[..., None, None]).all():
            break
        moves = found.inverse @ _residual(matrix, lam, vec)
    left_over[..., 0, :] += np.abs(first).sum(axis=-1) * left_over[..., 1, :]
    return lam, vec, left_over


def _finish(
    found: Measured, lam: Twofold, vec: Twofold, reasons: list[str | None], left_over: Array, noise: Array
) -> Start:
    """Renew W with the refined vectors, and bound how far W and the slopes are from solving for tangents exactly."""
    order = len(reasons)
    resolved = np.array([reason is None for reason in reasons])
    inverse = np.linalg.inv(vec.hi)
    defect = matmul(inverse, vec).hi - np.eye(order)
    high, low = (part[..., :, None] - part[..., None, :] for part in (lam.hi, lam.lo))
    gaps = _with_diagonal(high + low, 1)
    with np.errstate(divide="ignore"):
        slopes = _with_diagonal(np.where(resolved[:, None], 1 / np.where(gaps == 0, np.inf, gaps), 0), 0)
    # Columns that were not refined are not eigenvectors: W A V has M's columns there instead of a diagonal.
    unrefined = np.where(resolved, 0.0, np.abs(found.first))
    size = np.abs(slopes)
    moved = np.abs(defect).sum(axis=-1)[..., :, None] + 1.5 * unrefined @ size.mT
    contraction = moved.max(axis=-2) + 8 * U
    if not (contraction < CONTRACTION).all():
        if contraction.ndim > 1:
            raise Unsolvable("the solver does not contract for one of several matrices")
        reasons = [
            reason or (None if contraction[k] < CONTRACTION else f"the solver does not contract ({contraction[k]:.1e})")
            for k, reason in enumerate(reasons)
        ]
        reasons = _of_both(reasons, found.partners)
    stored = (2.0**-105 * (1 + largest_row(inverse)))[..., None]
    value_error = left_over[..., 0, :] + noise[..., None] + stored
    vector_error = left_over[..., 1, :] + noise[..., None] * size.max(axis=-1) + stored
    partners, real = found.partners, found.real
    return Start(lam, vec, inverse, slopes, contraction, value_error, vector_error, partners, real, tuple(reasons))


def _symmetry(matrix: Array, values: Array) -> tuple[Array, Array]:
    """For a real matrix which pair is the conjugate of which, and which are real: as exact in LAPACK as in truth."""
    places = np.broadcast_to(np.arange(values.shape[-1]), values.shape)
    if np.iscomplexobj(matrix):
        return places, np.zeros(values.shape, dtype=bool)
    real = values.imag == 0
    # The two of a pair stand next to each other, the one above the real axis first.
    return places + np.where(real, 0, np.where(values.imag > 0, 1, -1)), real


def _of_both(reasons: list[str | None], partners: Array) -> list[str | None]:
    """What is said of a pair is said of its conjugate, whose numbers are made from it."""
    return [reason or reasons[partners[k]] for k, reason in enumerate(reasons)]


def _mirror(x: Twofold, partners: Array, real: Array) -> Twofold:
    """Make conjugate and real pairs, along the last axis, so again after corrections computed in complex arithmetic."""
    lower = partners < np.arange(partners.shape[-1])

    def mirror(part: Array) -> Array:
        straight = np.where(real, part.real, part)
        return np.where(lower, np.take_along_axis(straight, partners, -1).conj(), straight)

    return Twofold(mirror(x.hi), mirror(x.lo))


def _residual(matrix: Array, lam: Twofold, vec: Twofold) -> Array:
    """A V - V Lambda in twice the working precision, rounded once."""
    shifts = times(factors(vec), -lam.hi[..., None, :])
    return rounded_sum(matmul(matrix, vec), shifts, twofold(-vec.hi * lam.lo[..., None, :]))


def largest_row(matrices: Array) -> Array:
    """The largest sum of moduli in a row of (..., n, n): (...)."""
    return np.asarray(np.linalg.norm(matrices, np.inf, axis=(-2, -1)))


def _with_diagonal(matrices: Array, values: Array | complex) -> Array:
    """The same (..., n, n) with other diagonals (..., n): the array that was given, written to."""
    places = np.arange(matrices.shape[-1])
    matrices[..., places, places] = values
    return matrices


def _noise(matrix: Array, values: Array, inverse: Array) -> Array:
    """What residuals in twice the working precision leave uncertain in M = W R: |W| times their bound."""
    size = np.maximum(1.0, np.abs(matrix).max(axis=(-2, -1))) * np.maximum(1.0, np.abs(values).max(axis=-1))
    return np.asarray(2 * largest_row(inverse) * residual_bound(values.shape[-1]) * size)


def _refuse_nilpotent(found: Measured, scale: int) -> None:
    """Raise Unsolvable where the unresolved pairs may be defective.

    On the invariant subspace of a cluster A acts as V_c (Lambda_c + M_cc) W_c. If that is a multiple of the
    projector V_c W_c up to roundoff, n u |V| |W| in the matrix times |V_c| |W_c|, the cluster is as good as semisimple.
    Roundoff of sqrt(u) is what a Jordan block turns u into: with so much of it nothing can be told.
    """
    if found.resolved.all():
        return
    values, vectors, inverse = found.values, found.vectors, found.inverse
    whole = np.linalg.norm(np.abs(vectors) @ np.abs(inverse))
    linked = (found.ratio >= CONTRACTION / 2) | (found.ratio.T >= CONTRACTION / 2)
    for c in linked_sets(linked):
        if found.resolved[c].all():
            continue
        v, w = vectors[:, c], inverse[c]
        acting = np.diag(values[c] - values[c].mean()) + found.first[np.ix_(c, c)]
        size = np.linalg.norm(np.abs(v) @ np.abs(w))
        roundoff = len(values) * 2 * U * size * whole
        if roundoff > np.sqrt(U) or np.linalg.norm(v @ acting @ w) > roundoff * (1 + np.abs(values).max()):
            shown = ", ".join(_show(value, scale) for value in values[c][:4])
            raise Unsolvable(
                f"the eigenvalues {shown} are defective or too ill-conditioned to be resolved in double precision"
            )


def _unresolved(found: Measured, k: int, scale: int) -> str:
    values, i = found.values, int(found.ratio[k].argmax())
    gap, roundoff = (np.ldexp(x, scale) for x in (abs(values[k] - values[i]), found.moved[k, i]))
    return (
        f"eigenvalue {_show(values[k], scale)} is not resolved from {_show(values[i], scale)}: "
        f"gap {gap:.1e}, roundoff moves it by up to {roundoff:.1e}"
    )


def _show(value: complex, scale: int) -> str:
    real, imag = (float(np.ldexp(part, scale)) for part in (value.real, value.imag))
    return f"{real:.6g}" if imag == 0 else f"{complex(real, imag):.6g}"
