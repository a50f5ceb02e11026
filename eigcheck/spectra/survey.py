"""What is known of a matrix before any rule is asked: its spectrum, how multiple and how sensitive that is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from eigcheck.model import Array, Eigenpairs, unit_roundoff
from eigcheck.names import HERMITIAN_FUNCTIONS
from eigcheck.remembering import remembered
from eigcheck.spectra.conditioning import Conditioning, condition, is_hermitian
from eigcheck.spectra.conventions import kinds_of, least_anchor
from eigcheck.spectra.following import in_order
from eigcheck.spectra.multiplicity import Multiplicity, assign_clusters, classify
from eigcheck.spectra.reads import read
from eigcheck.spectra.scaling import scaled
from eigcheck.spectra.soundness import SOUND, Shown, lapack_holds, shown_by_lapack

SURVEYED = 64
"""Spectra kept: those of a matrix and of what lies around it, for all rules."""


@dataclass(frozen=True)
class Spectrum:
    """The spectrum of what a function reads of a matrix.

    `decomposed` (n, n) is what the function reads of `matrix`, given the `triangle` that it looks at (None: all of it).
    `state` is None if LAPACK gave no spectrum. `trusted` says that LAPACK's own pairs are taken to show no error.
    """

    matrix: Array
    decomposed: Array
    triangle: str | None
    multiplicity: Multiplicity
    state: Conditioning | None
    finite: bool
    trusted: bool = False

    def as_if_trusted(self) -> Spectrum:
        """The same without a look at LAPACK's own pairs, which takes several decompositions and only widens budgets."""
        return replace(self, trusted=True)

    @property
    def conditioning(self) -> Conditioning:
        """`state` where there is a spectrum. Raises ValueError where LAPACK gave none."""
        if self.state is None:
            raise ValueError("LAPACK gave no spectrum of this matrix, so it has no conditioning")
        return self.state

    @cached_property
    def reference(self) -> Eigenpairs:
        """LAPACK's own eigenpairs of the decomposed matrix, in the order of `state`."""
        state = self.conditioning
        with np.errstate(over="ignore", under="ignore"):
            values = scaled(state.values, -state.exponent)
        return Eigenpairs(values, state.original_vectors)

    def shown(self, function: str) -> Shown:
        """What LAPACK's own pairs of the decomposed matrix show, in the coordinates of `state`.

        Functions that are not made for Hermitian matrices decompose one like any other, whatever triangle it is stored in.
        """
        if self.trusted:
            return SOUND
        return self._shown_as_hermitian if function in HERMITIAN_FUNCTIONS else self._shown_as_general

    @cached_property
    def _shown_as_hermitian(self) -> Shown:
        state = self.conditioning
        return shown_by_lapack(self.decomposed, state.exponent, state.balance, hermitian=True)

    @cached_property
    def _shown_as_general(self) -> Shown:
        state = self.conditioning
        repeated = state.values, state.clusters
        return shown_by_lapack(self.decomposed, state.exponent, state.balance, hermitian=False, repeated=repeated)

    def shares(self, values: Array, *, vectors: bool = False) -> Array:
        """Shares of `values` (n,), in their order, in a cotangent of all of them: powers of two, at most 1, (n,).

        Or those of their vectors. With one over the leading terms of each pair's own budget all budgets are of one size in
        a sum, so that none hides the error of another pair by much more than their number. These are those of how far a
        value's gradient moves, kappa_k (2 norm(S_k) norm(B) + n cond(V)), and a vector's, norm(S_k) times as far. Below u^2
        rounding would hide the part of a pair.
        """
        state = self.conditioning
        scaled_values, least = scaled(values, state.exponent), 2 * np.log2(self.roundoff)
        if not np.all(np.isfinite(scaled_values)):
            return np.ones(len(values))
        with np.errstate(all="ignore"):
            spread = state.kappa * (2 * state.resolvent_sizes * state.norm + len(values) * state.condition)
            rates = np.log2(spread * state.resolvent_sizes if vectors else spread)
            steps = np.round(np.min(rates[np.isfinite(rates)], initial=np.inf) - rates)
        return in_order(2.0 ** np.clip(np.fmax(steps, least), least, 0), scaled_values, state)

    def lapack_holds(self, function: str) -> bool:
        """Whether the pairs that LAPACK returns are pairs: see `soundness.lapack_holds`."""
        return lapack_holds(self.decomposed, hermitian=function in HERMITIAN_FUNCTIONS)

    def basis_lost(self, function: str) -> bool:
        """Whether LAPACK's own vectors are linearly dependent to working precision: no digit of some row of V^-1 is right.

        Formulas that divide by them (by V, or by w_k^H v_k) then answer anything, infinities included, for all pairs.
        """
        return self.shown(function).skewed * len(self.matrix) * self.roundoff >= 1

    @cached_property
    def factors_lost(self) -> bool:
        """Whether V, of unit columns, is singular to working precision as orthogonal factors see it, if only by small rows.

        A singular value of 0 is then as good as any.
        """
        state = self.conditioning
        if state.hermitian or not np.all(np.isfinite(state.original_vectors)):
            return not state.hermitian
        return bool(np.linalg.cond(state.original_vectors) * len(self.matrix) * self.roundoff >= 1)

    def kinds(self, function: str) -> tuple[str | None, ...]:
        """Which of LAPACK's conventions of phase may be at work behind a rule: see `conventions.kinds_of`."""
        hermitian = np.iscomplexobj(self.matrix) and is_hermitian(self.decomposed)
        return kinds_of(function, self.triangle, hermitian=hermitian)

    def anchor_rows(self, function: str, convention: str) -> Array:
        """The row of each reference vector that the convention makes real, the smallest in doubt; -1 for none. (n,)"""
        state = self.conditioning
        if convention != "lapack" or not np.iscomplexobj(state.vectors):
            return np.full(state.values.size, -1)
        return least_anchor(state.original_vectors, self.kinds(function))[0]

    @cached_property
    def roundoff(self) -> float:
        """Unit roundoff u, or half the smallest denormal over the size of A, where A has no more bits than that."""
        smallest = float(np.finfo(self.matrix.dtype).smallest_subnormal)
        return max(unit_roundoff(self.matrix.dtype), float(np.ldexp(smallest, -self.conditioning.exponent - 1)))


@remembered(SURVEYED)
def survey(matrix: Array, triangle: str | None) -> Spectrum:
    """The spectrum of a matrix and its multiplicities. The same matrix is surveyed once for all rules."""
    decomposed, multiplicity = read(matrix, triangle), classify(matrix, triangle)
    finite = bool(np.all(np.isfinite(decomposed)))
    unknown = Spectrum(matrix, decomposed, triangle, multiplicity, None, finite)
    if not finite:
        return unknown
    with suppress(np.linalg.LinAlgError):
        known = replace(unknown, state=condition(decomposed))
        if multiplicity.clusters:
            clusters = assign_clusters(multiplicity, np.asarray(known.reference.values))
            known = replace(unknown, state=condition(decomposed, clusters))
        return known
    return unknown
