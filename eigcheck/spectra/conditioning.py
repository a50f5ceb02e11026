"""How sensitive eigenpairs are: condition numbers, gaps and reduced resolvents of a matrix, in balanced coordinates.

With B = D^-1 A D the balanced matrix (D of powers of two, as LAPACK balances before it computes), B V = V diag(lambda),
W = V^-H, unit columns of V:

    kappa_k = norm(v_k) norm(w_k)                          condition of lambda_k
    S_k = sum_{j not in the cluster of k} v_j w_j^H / (lambda_k - lambda_j)     reduced resolvent; dv_k = S_k E v_k

(Wilkinson 1965, chapter 2; Stewart and Sun 1990, chapter V). These serve budgets and step sizes, never a reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from eigcheck.model import Array, unit_roundoff
from eigcheck.spectra.elimination import elimination_growth, magnified
from eigcheck.spectra.scaling import balancing, scale_exponent, scaled
from eigcheck.spectra.subspaces import invariant_basis

NEGLIGIBLE = 2.0**-10
"""Below this q = eps norm((z - B)^-1) makes no bound larger by more than a thousandth: see `Conditioning.bend`."""


AT_ONCE = 2**22
"""Numbers of resolvents that are made at once."""


@dataclass(frozen=True)
class Conditioning:
    """Eigenpairs and their sensitivities, all for the matrix 2^-exponent A (spectral norm near 1).

    `balance` (n,) is the diagonal of D; `vectors`, `left` (n, n) are V and W of the balanced matrix with
    w_k^H v_k = 1; `gaps` (n,) are those to the nearest other cluster, infinite if there is none; `clusters[k]` numbers the
    cluster of k. `norm` is the Frobenius norm of the balanced matrix.
    """

    exponent: int
    balance: Array
    norm: float
    values: Array
    vectors: Array
    left: Array
    kappa: Array
    gaps: Array
    clusters: Array

    @property
    def size(self) -> float:
        """The norm of the balanced matrix in the units of A; that of 1 for the zero matrix."""
        return float(np.ldexp(self.norm or 1.0, self.exponent))

    @cached_property
    def hermitian(self) -> bool:
        """Whether the pairs come from a Hermitian driver, so that left vectors are the right ones to the last bit."""
        return np.array_equal(self.left, self.vectors)

    @cached_property
    def condition(self) -> float:
        """Spectral condition number of the unit eigenvectors of the balanced matrix (1 for n = 0)."""
        return float(np.linalg.cond(self.vectors)) if self.values.size else 1.0

    @property
    def resolvents(self) -> Array:
        """The S_k along the first axis, (n, n, n). They are made anew each time: what is kept of them are norms."""
        return self._resolvents(self._weights)

    @cached_property
    def _weights(self) -> Array:
        """1 / (lambda_k - lambda_j) in row k, column j, 0 for pairs of one cluster: (n, n)."""
        same = self.clusters[:, None] == self.clusters[None, :]
        differences = np.where(same, 1.0, self.values[:, None] - self.values[None, :])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.asarray(np.where(same, 0.0, 1.0 / differences))

    def _resolvents(self, weights: Array) -> Array:
        """V D_k W^H with row k of `weights` (m, n) on the diagonal of D_k: (m, n, n)."""
        n = self.values.size
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            mixed = (self.vectors * weights[:, None, :]).reshape(len(weights) * n, n) @ np.conj(self.left.T)
        return np.asarray(mixed.reshape(len(weights), n, n))

    def _in_parts(self, weights: Array) -> Iterator[Array]:
        """The same, some at a time: n^3 numbers are a gigabyte at n = 400."""
        size = max(1, AT_ONCE // max(weights.shape[-1] ** 2, 1))
        return (self._resolvents(weights[k : k + size]) for k in range(0, len(weights), size))

    @cached_property
    def resolvent_sides(self) -> tuple[Array, Array]:
        """Norms of the rows and of the columns of every S_k, each (n, n)."""
        return self._sides(self._weights)

    def _sides(self, weights: Array) -> tuple[Array, Array]:
        source = self._twins
        chosen = np.flatnonzero(source == np.arange(len(source)))
        with np.errstate(over="ignore", invalid="ignore"):
            parts = self._in_parts(weights[chosen])
            sides = [(np.linalg.norm(part, axis=2), np.linalg.norm(part, axis=1)) for part in parts]
        rows, columns = zip(*sides, strict=True) if sides else ([weights], [weights])
        places = np.searchsorted(chosen, source)
        return np.concatenate(rows)[places], np.concatenate(columns)[places]

    @property
    def _twins(self) -> Array:
        """k - 1 for a pair k of a real matrix that is the complex conjugate of the one before it; else k: (n,)."""
        values, vectors = self.values, self.vectors
        twins = np.zeros(values.size, bool)
        if np.iscomplexobj(values):
            twins[1:] = (values.imag[1:] < 0) & (values[1:] == np.conj(values[:-1]))
            twins[1:] &= np.all(vectors[:, 1:] == np.conj(vectors[:, :-1]), axis=0)
            # V diag(lambda) V^-1 is real where all pairs that are not real themselves have their conjugates
            real = (values.imag == 0) & np.all(vectors.imag == 0, axis=0)
            twins &= np.count_nonzero(~real) == 2 * np.count_nonzero(twins)
        return np.arange(values.size) - twins

    @cached_property
    def resolvent_norms(self) -> Array:
        """Spectral norms of the S_k, shape (n,)."""
        return np.concatenate([np.zeros(0), *map(_spectral_norms, self._in_parts(self._weights))])

    @cached_property
    def largest_resolvent(self) -> float:
        """The largest of `resolvent_norms`; 0 for n = 0."""
        return self._largest(np.ones(self.values.size))

    @cached_property
    def fastest(self) -> float:
        """The largest norm(S_k) (1 + kappa_k): how fast eigenvalues and their projectors may move; 0 for n = 0."""
        return self._largest(1 + self.kappa)

    def _largest(self, factors: Array) -> float:
        """The largest of `resolvent_norms` times `factors` (n,).

        No spectral norm is larger than the Frobenius norm, which costs n^3 for all k. So few of them have to be known.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            bounds = factors * self.resolvent_sizes
        if not np.all(np.isfinite(bounds)):
            return float(np.max(self.resolvent_norms * factors, initial=0.0))
        largest = 0.0
        for k in np.argsort(-bounds):
            if bounds[k] <= largest:
                break
            largest = max(largest, float(factors[k] * _spectral_norms(self._resolvents(self._weights[k : k + 1]))[0]))
        return largest

    def balanced(self, matrix: Array) -> Array:
        """D^-1 X D of a matrix (n, n) in the units of A, scaled as A is: as the balanced matrix sees it."""
        return np.asarray(scaled(matrix, self.exponent) / self.balance[:, None] * self.balance[None, :])

    def sway(self, roundoff: float) -> float:
        """2 n u norm(B) max norm(S_k): how far roundoff in the matrix may move a unit vector, to first order."""
        return 2 * self.values.size * roundoff * self.norm * self.largest_resolvent

    @cached_property
    def inverse_gaps(self) -> Array:
        """1 / |lambda_j - lambda_k| for pairs of different clusters, else 0: (n, n)."""
        return np.abs(self._weights)

    @cached_property
    def widest(self) -> Array:
        """How far from each eigenvalue of A the farthest one is, infinite where that is no number: (n,)."""
        differences = np.abs(self.values[:, None] - self.values)
        with np.errstate(over="ignore"):
            return np.asarray(np.ldexp(np.max(differences, axis=1, initial=0.0), self.exponent))

    @cached_property
    def resolvent_sizes(self) -> Array:
        """Frobenius norms of the S_k, bounded from above: shape (n,)."""
        return self._frobenius(self._weights)

    @cached_property
    def resolvent_squares(self) -> Array:
        """Frobenius norms of the squares S_k S_k, bounded from above: shape (n,)."""
        with np.errstate(all="ignore"):
            return self._frobenius(self._weights**2)

    @cached_property
    def _grams(self) -> Array:
        """V^H V o (W^H W)^T, (n, n)."""
        with np.errstate(all="ignore"):
            return np.asarray((np.conj(self.vectors.T) @ self.vectors) * (np.conj(self.left.T) @ self.left).T)

    def _frobenius(self, weights: Array) -> Array:
        """Frobenius norms of V D_k W^H, bounded from above, D_k being diagonal with row k of `weights` (n, n): (n,).

        norm(V D W^H)^2 = d^H (V^H V o (W^H W)^T) d costs n^3 for all k. What that loses where terms cancel is at most 4 n u
        times the same with all signs alike.
        """
        grams = self._grams
        with np.errstate(all="ignore"):
            exact = np.sum((np.conj(weights) @ grams) * weights, axis=1).real
            alike = np.sum((np.abs(weights) @ np.abs(grams)) * np.abs(weights), axis=1)
            lost = 4 * self.values.size * unit_roundoff(np.float64) * alike
            return np.asarray(np.sqrt(np.maximum(exact, 0) + lost))

    def bend(self, eps: float) -> Array:
        """1 / (1 - q) with q = eps `reach`, infinite from q = 1/2 on: (n,).

        Sums over gaps bound norm((z - B)^-1) without any S_k. Where they already say that q is nothing, that is taken.
        """
        ratio = eps * self.reach_by_gaps
        ratio = ratio if np.all(ratio <= NEGLIGIBLE) else eps * self.reach
        return np.where(ratio < 0.5, 1 / np.where(ratio < 0.5, 1 - ratio, 1.0), np.inf)

    @cached_property
    def reach(self) -> Array:
        """A bound of norm((z - B)^-1) on some circle that has the cluster of k inside and no other eigenvalue, (n,).

        With radius rho = 1 / (2 norm(S_k)) it is kappa_k / rho + 2 norm(S_k), with half the gap `reach_by_gaps`; the smaller
        one. Perturbations of norm eps leave a pair recognisable, and its conditioning as it is to a factor, while eps times
        this is small (Kato 1995, chapter II).
        """
        with np.errstate(all="ignore"):
            near = 2 * self.resolvent_norms * (1 + self.kappa)
            return np.asarray(np.nan_to_num(np.fmin(near, self.reach_by_gaps), nan=np.inf, posinf=np.inf))

    @cached_property
    def reach_by_gaps(self) -> Array:
        """kappa_k / rho plus twice the sum of kappa_j / |lambda_j - lambda_k|, with half the gap for rho: (n,)."""
        with np.errstate(all="ignore"):
            far = 2 * (self.kappa / self.gaps + self.inverse_gaps @ self.kappa)
            return np.asarray(np.nan_to_num(far, nan=np.inf, posinf=np.inf))

    def sides_beyond(self, roundoff: float) -> tuple[Array, Array]:
        """`resolvent_sides` without the terms of pairs that are not told apart where `roundoff` times the norm is lost.

        Values are closer than (kappa_j + kappa_k) times that, in balanced coordinates and in those of A: who computes in
        either may take them for two.
        """
        differences = np.abs(self.values[:, None] - self.values[None, :])
        # the norm of the scaled A, whose entries are below 1, is at most n
        own = np.linalg.norm(self.original_left, axis=0) * self.values.size
        limits = [sizes[:, None] + sizes[None, :] for sizes in (self.kappa * self.norm, own)]
        apart = differences > roundoff * np.fmin(*limits)
        if np.all(apart | np.eye(self.values.size, dtype=bool)):
            return self.resolvent_sides
        return self._sides(np.where(apart, self._weights, 0.0))

    @cached_property
    def original_vectors(self) -> Array:
        """Unit right eigenvectors of A itself, shape (n, n)."""
        vectors = self.balance[:, None] * self.vectors
        return np.asarray(vectors / np.linalg.norm(vectors, axis=0))

    @cached_property
    def original_left(self) -> Array:
        """Left eigenvectors of A itself, scaled so that w_k^H v_k = 1 with `original_vectors`."""
        scale = np.linalg.norm(self.balance[:, None] * self.vectors, axis=0)
        return np.asarray(self.left / self.balance[:, None] * scale)

    def turned(self, bars: Array) -> Array:
        """2^-exponent S_k^H p_k of A itself for every column p_k of `bars` (n, n): (n, n)."""
        along = np.conj(self.original_vectors.T) @ bars
        return np.asarray(self.original_left @ (np.conj(self._weights.T) * along))

    @cached_property
    def growth(self) -> Array:
        """|L| |U| of V or of V^H, whichever is larger entry by entry, in the places of V, the vectors of A: (n, n).

        Backward errors of solving with V by partial pivoting are about u times this.
        """
        return elimination_growth(self.original_vectors)

    @cached_property
    def magnified(self) -> float:
        """How many times u a row of V^-1 by elimination, V the vectors of A, may err relative to itself; 1 for n = 0."""
        with np.errstate(all="ignore"):
            return float(np.max(magnified(np.conj(self.original_left.T), self.growth), initial=1.0))


def _spectral_norms(matrices: Array) -> Array:
    """Those of each matrix (..., n, n), infinite where it is not finite: (...)."""
    finite = np.all(np.isfinite(matrices), axis=(-2, -1))
    norms = np.full(finite.shape, np.inf)
    with np.errstate(over="ignore"):
        norms[finite] = np.linalg.norm(matrices[finite], 2, axis=(-2, -1))
    return norms


def is_hermitian(matrix: Array) -> bool:
    """Whether the matrix equals its conjugate transpose exactly."""
    return bool(np.array_equal(matrix, np.conj(matrix.T)))


def condition(matrix: Array, clusters: tuple[tuple[int, ...], ...] | None = None) -> Conditioning:
    """Conditioning of a finite (n, n) matrix.

    Arguments:
        matrix: the matrix that is decomposed (Hermitian completion included), any of the four dtypes.
        clusters: index sets of repeated eigenvalues in the order of this function's own spectrum, or None if the
            spectrum is simple. Use `values` of a first call to find them.

    Raises numpy.linalg.LinAlgError if LAPACK does not converge. A singular V gives infinite condition numbers, as does one
    whose inverse overflows, to the eigenvalues that it concerns.
    """
    n = matrix.shape[0]
    exponent = scale_exponent(matrix)
    work = scaled(matrix, exponent)
    balance: Array = np.ones(n)
    if is_hermitian(work):
        values, vectors = np.linalg.eigh(work)
        left = vectors
    else:
        _, balance = balancing(work)
        work = work / balance[:, None] * balance
        values, vectors = np.linalg.eig(work)
        for cluster in clusters or ():
            vectors[:, cluster] = invariant_basis(work, values[list(cluster)], vectors[:, cluster])
        left = _left_vectors(vectors)
    labels = np.arange(n)
    for cluster in clusters or ():
        labels[list(cluster)] = min(cluster)
    with np.errstate(over="ignore"):
        kappa = np.linalg.norm(vectors, axis=0) * np.linalg.norm(left, axis=0)
    distances = np.where(labels[:, None] == labels[None, :], np.inf, np.abs(values[:, None] - values[None, :]))
    gaps = np.min(distances, axis=1, initial=np.inf)
    norm = float(np.linalg.norm(work))
    return Conditioning(exponent, balance, norm, values, vectors, left, kappa, gaps, labels)


def coalescence_radius(state: Conditioning, tangent: Array) -> float:
    """Largest h with h norm(E) norm(S_k) (1 + kappa_k) <= 1/4 for every pair k, in the coordinates of A.

    Below it first-order perturbation theory converges, so no eigenvalue outside a cluster meets another.
    """
    d = state.balance
    size = float(np.linalg.norm(tangent / d[:, None] * d[None, :]))
    radius = 1.0 / (4 * state.fastest * size) if state.fastest * size else np.inf
    return float(np.ldexp(min(radius, 1.0 / size if size else 1.0), state.exponent))


def _left_vectors(vectors: Array) -> Array:
    """W = V^-H."""
    try:
        left = np.conj(np.linalg.inv(vectors)).T
    except np.linalg.LinAlgError:
        left = np.full_like(vectors, np.inf)
    # of what overflowed on the way some entries are no numbers
    return np.where(np.all(np.isfinite(left), axis=0), left, np.inf)
