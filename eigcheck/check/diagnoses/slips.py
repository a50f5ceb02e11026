"""Causes that are a slip in one line of the formula: a term left out, a sign, a factor exchanged for another.

K stands for the true inner factor between V^-H and V^H, M for V^H V_bar (see `algebra`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import Pieces, diagonal
from eigcheck.check.diagnoses.cause import Cause, Form, gives_vectors, not_symmetric, one_triangle_is_read
from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array
from eigcheck.names import HERMITIAN_FUNCTIONS


def _of_any_phase(_: Evidence, p: Pieces) -> Iterator[Array]:
    """With the term V^H V diag(Re diag M), where V^-1 dV has a real diagonal; or with
    V^H V diag(diag M), where v_k^H dv_k = 0.
    """
    yield p.gradient(vectors_bar=p.free_vectors_bar)
    turns = 1j * np.imag(p.along(p.free_vectors_bar))
    yield p.gradient(vectors_bar=p.free_vectors_bar - p.vectors * turns[:, None, :])


def _real_parts(evidence: Evidence, p: Pieces) -> Iterator[Array]:
    """For the real parts of values_bar (all of it, or for one of each two conjugate eigenvalues), vectors_bar or both;
    with Re(V^-H) for V^-H; with the real part of the inner factor.
    """
    values_bar, vectors_bar = np.real(p.values_bar), np.real(p.vectors_bar)
    yield p.gradient(values_bar=values_bar)
    for half in (evidence.values.imag < 0, evidence.values.imag > 0):
        if half.any():
            yield p.gradient(values_bar=np.where(half, values_bar, p.values_bar))
    yield p.gradient(vectors_bar=vectors_bar)
    yield p.gradient(values_bar=values_bar, vectors_bar=vectors_bar)
    yield p.outer(p.inner(), left=np.real(p.left))
    yield p.outer(np.real(p.inner()))


def _wrong_products(_: Evidence, p: Pieces) -> Iterator[Form]:
    """(V^-H o K) V^H, (V^-H K) o V^H, V^-H (K o V^H), all entry by entry; in the inner factor V^H o V_bar for V^H V_bar,
    and conj(F) M for conj(F) o M.
    """
    inner, right = p.inner(), adjoint(p.vectors)
    yield Form((p.left * inner) @ right, "V^-H and the inner factor")
    yield Form((p.left @ inner) * right, "V^-H K and V^H")
    yield Form(p.left @ (inner * right), "the inner factor and V^H")
    if not np.any(p.vectors_bar):
        return
    values = diagonal(p.values_bar)
    yield Form(p.outer(values + np.conj(p.gaps) @ p.pulled()), "the gap matrix and V^H V_bar")
    for normalised in (False, True):
        pulled = p.pulled(normalised, product=np.multiply)
        yield Form(p.outer(values + np.conj(p.gaps) * pulled), "V^H and V_bar")


CAUSES = (
    Cause(
        "right-vectors-for-inverse",
        summary="V was used where V^-H is due, which is right for normal matrices only",
        fix="use left eigenvectors scaled to w_k^H v_k = 1, or solve with V^H",
        formula="V (…) Vᴴ in place of V⁻ᴴ (…) Vᴴ",
        # where all matrices are Hermitian V^-H is V
        applies=lambda evidence: evidence.function not in HERMITIAN_FUNCTIONS and not_symmetric(evidence),
        # also with K's normalisation term left out
        slips=lambda _, p: (p.outer(p.inner(normalised=kept), left=p.vectors) for kept in (True, False)),
    ),
    Cause(
        "missing-normalisation",
        summary="the eigenvectors' unit length was ignored: the term V^H V diag(Re diag(V^H V_bar)) is missing",
        fix="subtract it from V^H V_bar before multiplying with the gap matrix",
        formula="V⁻ᴴ (diag(λ̄) + conj(F) ∘ M) Vᴴ",  # the truth where V^H V is diagonal
        slips=lambda _, p: (p.gradient(normalised=False),),
    ),
    Cause(
        "missing-phase",
        summary="only the part that depends on the eigenvectors' phase is wrong: its condition was left out",
        fix="add the response to LAPACK's phase (one entry of each vector is real), or declare it free",
        formula="the same formula for a V̄ without the response to the phase, conj(F)ₖₖ = 0",
        applies=lambda evidence: evidence.convention == "lapack",
        slips=_of_any_phase,
    ),
    Cause(
        "missing-eigenvector-part",
        summary="the cotangent of the eigenvectors was ignored",
        fix="add the eigenvectors' part to the eigenvalues' part; only an absent cotangent contributes nothing",
        formula="V⁻ᴴ diag(λ̄) Vᴴ",
        applies=gives_vectors,
        slips=lambda _, p: (p.gradient(vectors_bar=0 * p.vectors_bar),),
    ),
    Cause(
        "missing-eigenvalue-part",
        summary="the cotangent of the eigenvalues was ignored",
        fix="add the eigenvalues' part to the eigenvectors' part; only an absent cotangent contributes nothing",
        formula="V⁻ᴴ (conj(F) ∘ (M − VᴴV diag(Re diag M))) Vᴴ",
        applies=gives_vectors,
        slips=lambda _, p: (p.gradient(values_bar=0 * p.values_bar),),
    ),
    Cause(
        "sign-of-gap-matrix",
        summary="the eigenvectors' part has the wrong sign, as with F_ij = 1 / (lambda_i - lambda_j)",
        fix="use F_ij = 1 / (lambda_j - lambda_i)",
        formula="V⁻ᴴ (diag(λ̄) − conj(F) ∘ (M − VᴴV diag(Re diag M))) Vᴴ",
        slips=lambda _, p: (p.gradient(gaps=-p.gaps),),
    ),
    Cause(
        "missing-fold",
        summary="the gradient is that of a function of all entries, although only one triangle is read",
        fix="add the conjugate transpose of the other triangle to the one that is read, then zero the other",
        formula="V K Vᴴ as it stands; due is Gᵢⱼ + conj(Gⱼᵢ) on the triangle that is read, 0 on the other",
        applies=one_triangle_is_read,
        answers=lambda evidence, p: (Form(np.real(p.gradient()) if evidence.real else p.gradient()),),
    ),
    Cause(
        "missing-real-part",
        summary="the gradient of a real matrix was left complex",
        fix="return the real part when the matrix is real",
        formula="V⁻ᴴ K Vᴴ; due is Re(V⁻ᴴ K Vᴴ), since A is real",
        applies=lambda evidence: evidence.real and not one_triangle_is_read(evidence),
        answers=lambda _, p: (Form(p.gradient()),),
    ),
    Cause(
        "dropped-imaginary",
        summary="the imaginary part of the cotangents or of the gradient was dropped",
        fix="keep cotangents complex where eigenvalues or eigenvectors are, the gradient where the matrix is",
        formula="Re G, or the formula for Re λ̄, Re V̄",
        maps=lambda G: (np.real(G),),
        slips=_real_parts,
    ),
    Cause(
        "elementwise-product",
        summary="a product of matrices was taken entry by entry, or the one of entries as a product of matrices",
        fix="matrices are multiplied with @, only the gap matrix entry by entry with *",
        formula="the formula with X ∘ Y in place of a product X Y, or the reverse",
        slips=_wrong_products,
    ),
)
