"""The algebra of each cause: what is due, what the rule did instead, and what that makes of the oracles' gradient.

Where a cause is a map of the true gradient G alone, it is applied to G and held against what the rule returned. Here
V are unit eigenvectors, F_ij = 1 / (lambda_j - lambda_i) off the diagonal, and M = V^H V_bar (Boeddeker et al. 2017,
arXiv:1701.00392, in the pairing Re tr(X^H Y)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np

from eigcheck.model import Array
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.reports.serialise import plain

DUE_VALUES: Final = "G = V⁻ᴴ diag(λ̄) Vᴴ"
DUE_VECTORS: Final = "G = V⁻ᴴ (diag(λ̄) + conj(F) ∘ (M − VᴴV diag(Re diag M))) Vᴴ,  M = VᴴV̄,  Fᵢⱼ = 1/(λⱼ − λᵢ)"
SHARES: Final = 4.0
"""Allowed errors that map and rule may be apart: the rule, the oracle, and two entries that a map adds."""

WRONG: Final[Mapping[str, str]] = {
    "wrong-triangle": "Gᴴ, which stands in the triangle that is not read",
    "upper-triangle-collapse": "Gᵢⱼ + conj(Gⱼᵢ) for i < j,  Re Gᵢᵢ,  0 for i > j",
    "lower-triangle-collapse": "Gᵢⱼ + conj(Gⱼᵢ) for i > j,  Re Gᵢᵢ,  0 for i < j",
    "triangular-shortcut": "diag(λ̄), as if λ = diag(A) all around",
    "right-vectors-for-inverse": "V (…) Vᴴ in place of V⁻ᴴ (…) Vᴴ",
    "missing-normalisation": "V⁻ᴴ (diag(λ̄) + conj(F) ∘ M) Vᴴ",
    "missing-phase": "the same formula for a V̄ without the response to the phase, conj(F)ₖₖ = 0",
    "sign-of-gap-matrix": "V⁻ᴴ (diag(λ̄) − conj(F) ∘ (M − VᴴV diag(Re diag M))) Vᴴ",
    "transposed": "Gᵀ or Gᴴ",
    "missing-conjugate": "conj(G), or one factor of it conjugated",
    "symmetrised": "(G + Gᴴ)/2",
    "missing-fold": "V K Vᴴ as it stands; due is Gᵢⱼ + conj(Gⱼᵢ) on the triangle that is read, 0 on the other",
    "doubled-offdiagonal": "Gᵢᵢ,  2 Gᵢⱼ for i ≠ j",
    "halved-offdiagonal": "Gᵢᵢ,  Gᵢⱼ/2 for i ≠ j",
    "one-triangle-only": "Gᵢⱼ on one triangle, 0 on the other",
    "dropped-imaginary": "Re G, or the formula for Re λ̄, Re V̄",
    "missing-real-part": "V⁻ᴴ K Vᴴ; due is Re(V⁻ᴴ K Vᴴ), since A is real",
    "missing-eigenvector-part": "V⁻ᴴ diag(λ̄) Vᴴ",
    "missing-eigenvalue-part": "V⁻ᴴ (conj(F) ∘ (M − VᴴV diag(Re diag M))) Vᴴ",
    "order-swap": "the formula for λ̄ and V̄ in another order than λ and V",
    "lower-precision": "the formula with eigenpairs rounded to single precision",
    "regularised-gap": "the formula with Fᵢⱼ = D/(D² + ε), 1/max(|D|, ε), 0 for |D| < ε or the like,  D = λⱼ − λᵢ",
    "elementwise-product": "the formula with X ∘ Y in place of a product X Y, or the reverse",
    "diagonal-of-gap-matrix": "the formula with Fₖₖ = c ≠ 0",
    "scaled-one-by-one": "V⁻ᴴ S K Vᴴ or V⁻ᴴ K S Vᴴ with a diagonal S",
    "off-the-unit-sphere": "G + Σₖ Re(vₖᴴ v̄ₖ) Gₖ; due is Gₖ = 0, since vₖᴴ dvₖ + dvₖᴴ vₖ = 0",
    "equal-eigenvalues": "the formula with Fᵢⱼ = 1/0 for λᵢ = λⱼ; due is Fᵢⱼ = 0",
    "absolute-tolerance": "the formula where a number is compared that does not scale with A",
    "negated": "−G",
    "zero-gradient": "0",
    "scaled-by-c": "c G",
}
"""What a rule with each fault returns, in terms of the true gradient G or of its formula."""

Maps: TypeAlias = Callable[[Array, Array], tuple[Array, ...]]


def _collapse(want: Array, part: Callable[..., Array], offset: int) -> Array:
    both = want + want.conj().T
    return np.asarray(part(both, offset) + np.diag(np.diagonal(both)) / 2)


def _off_diagonal(want: Array, factor: float) -> Array:
    kept = np.diag(np.diagonal(want))
    return np.asarray(kept + factor * (want - kept))


def _scaled(want: Array, got: Array) -> Array:
    size = float(np.vdot(want, want).real)
    return want * (np.vdot(want, got) / size) if size else want


MAPS: Final[Mapping[str, Maps]] = {
    "wrong-triangle": lambda want, _: (want.conj().T,),
    "upper-triangle-collapse": lambda want, _: (_collapse(want, np.triu, 1),),
    "lower-triangle-collapse": lambda want, _: (_collapse(want, np.tril, -1),),
    "transposed": lambda want, _: (want.T, want.conj().T),
    "missing-conjugate": lambda want, _: (want.conj(),),
    "symmetrised": lambda want, _: ((want + want.conj().T) / 2, (want + want.T) / 2),
    "doubled-offdiagonal": lambda want, _: (_off_diagonal(want, 2.0),),
    "halved-offdiagonal": lambda want, _: (_off_diagonal(want, 0.5),),
    "one-triangle-only": lambda want, _: (np.triu(want), np.tril(want), np.triu(want, 1), np.tril(want, -1)),
    "dropped-imaginary": lambda want, _: (want.real,),
    "negated": lambda want, _: (-want,),
    "zero-gradient": lambda want, _: (np.zeros_like(want),),
    "scaled-by-c": lambda want, got: (_scaled(want, got),),
}
"""Causes that are maps of the true gradient (n, n), each with its forms; the second argument is what the rule returned."""


def explained(name: str, function: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    """`due` and `wrong` as formulas and, where the fault is a map of G that fits here, `predicted`, `off`, `allowed`.

    An unknown cause gives no formula.
    """
    if name not in WRONG:
        return {}
    told: dict[str, Any] = {
        "due": DUE_VECTORS if function in VECTOR_FUNCTIONS else DUE_VALUES,
        "wrong": WRONG[name],
    }
    known = [detail.get(key) for key in ("reference", "gradient", "allowed")]
    if name not in MAPS or any(value is None for value in known):
        return told
    return told | _fit(MAPS[name], *map(_array, known))


def _array(value: Any) -> Array:
    """An array out of an outcome or out of a JSON report, where complex numbers are pairs and NaN is a text."""
    numbers = np.array(plain(value), dtype=float)
    return numbers if numbers.ndim < 3 else numbers.view(complex)[..., 0]


def _fit(forms: Maps, want: Array, got: Array, allowed: Array) -> dict[str, Any]:
    """The form nearest to what the rule returned, if it is within SHARES of what is allowed and the truth is not."""
    if not (np.isfinite(got).all() and np.isfinite(want).all() and got.size):
        return {}
    best = min(forms(want, got), key=lambda form: float(np.abs(form - got).max()))
    off, room = float(np.abs(best - got).max()), SHARES * float(np.max(allowed))
    moved = float(np.abs(best - want).max())
    return {"predicted": best, "off": off, "room": room} if off <= room < moved else {}
