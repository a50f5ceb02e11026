"""Random matrices, also with a given spectrum, up to a unitary similarity: A = Q D Q^H.

Q is a product of reflections (`Plan.reflections`), D normal with the given eigenvalues (`block_diagonal`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eigcheck.casefile.kinds import Numbers, Reals, kind
from eigcheck.casefile.kinds.parts import (
    KindError,
    Parts,
    Plan,
    adjoint,
    block_diagonal,
    conjugate_by,
    put,
    reflect_left,
    zeros,
)


def choose_spectrum(plan: Plan, spectrum: Sequence[complex] | None, gap: float | None) -> list[complex]:
    """The given eigenvalues, or 1, 1 + gap, 2 + gap, ...: the first two are `gap` apart, the others 1.

    Raises KindError if both are given, or another number of eigenvalues than n.
    """
    if spectrum is not None and gap is not None:
        raise KindError("gap", "spectrum and gap exclude each other", "keep one of them")
    if spectrum is not None:
        if len(spectrum) != plan.n:
            raise KindError("spectrum", f"{len(spectrum)} eigenvalues for n = {plan.n}", "give n of them")
        return list(spectrum)
    first = 1.0 if gap is None else gap
    return [complex(1.0 if i == 0 else first + i) for i in range(plan.n)]


def similar(plan: Plan, eigenvalues: Sequence[complex]) -> Parts:
    """Q D Q^H with the given eigenvalues; normal to roundoff."""
    return conjugate_by(block_diagonal(eigenvalues, plan.is_complex), plan.reflections())


@kind("general", order_from=("spectrum",))
def general(
    plan: Plan, *, spectrum: Numbers | None = None, gap: float | None = None, condition: float | None = None
) -> Parts:
    """Random entries; with spectrum, gap or condition (of the eigenvectors) A = V D V^-1.

    V = Q1 S Q2 with S from 1 to `condition` in equal steps, so that the 2-norm condition number of V is that.
    """
    if spectrum is None and gap is None and condition is None:
        return plan.drawn()
    if condition is not None and condition < 1.0:
        raise KindError("condition", "a condition number is at least 1", "give a number from 1 on")
    inner = similar(plan, choose_spectrum(plan, spectrum, gap))
    last = max(1, plan.n - 1)
    weights = 1.0 + ((10.0 if condition is None else condition) - 1.0) * np.arange(plan.n) / last
    skewed = inner * weights[:, None] / weights
    return conjugate_by(skewed, plan.reflections())


@kind("symmetric", order_from=("spectrum",))
def symmetric(plan: Plan, *, spectrum: Reals | None = None, gap: float | None = None) -> Parts:
    """Exactly symmetric (Hermitian if complex), random or with the given real spectrum or gap."""
    given = spectrum is not None or gap is not None
    a = similar(plan, choose_spectrum(plan, spectrum, gap)) if given else plan.drawn()
    # exactly so, since addition commutes
    return (a + adjoint(a)) * 0.5


@kind("hermitian", order_from=("spectrum",), complex_default=True)
def hermitian(plan: Plan, *, spectrum: Reals | None = None, gap: float | None = None) -> Parts:
    """Exactly Hermitian, complex unless the dtype is real, random or with the given real spectrum or gap."""
    return symmetric(plan, spectrum=spectrum, gap=gap)


@kind("complex-symmetric", complex_default=True)
def complex_symmetric(plan: Plan) -> Parts:
    """Random with A = A^T exactly, not Hermitian."""
    a = plan.drawn()
    return (a + a.swapaxes(-1, -2)) * 0.5


@kind("skew", order_from=("spectrum",))
def skew(plan: Plan, *, spectrum: Numbers | None = None) -> Parts:
    """Exactly skew-symmetric (skew-Hermitian if complex), random or with the given imaginary spectrum."""
    if any(value.real for value in spectrum or ()):
        message, remedy = "the eigenvalues of a skew matrix are imaginary", 'write them as "2j", "-2j"'
        raise KindError("spectrum", message, remedy)
    a = plan.drawn() if spectrum is None else similar(plan, choose_spectrum(plan, spectrum, None))
    return (a - adjoint(a)) * 0.5


@kind("normal", order_from=("spectrum",))
def normal(plan: Plan, *, spectrum: Numbers | None = None) -> Parts:
    """Normal to roundoff, with the given or a random spectrum (conjugate pairs if real)."""
    if spectrum is not None:
        return similar(plan, choose_spectrum(plan, spectrum, None))
    drawn = plan.normals(plan.n, 2).tolist()
    if plan.is_complex:
        return similar(plan, [complex(re, im) for re, im in drawn])
    eigenvalues = [complex(*pair) for re, im in drawn[: plan.n // 2] for pair in ((re, im), (re, -im))]
    if plan.n % 2:
        eigenvalues.append(complex(drawn[-1][0]))
    return similar(plan, eigenvalues)


@kind("orthogonal")
def orthogonal(plan: Plan) -> Parts:
    """Random orthogonal (unitary if complex), to roundoff."""
    out = zeros(plan.n, plan.is_complex)
    signs = plan.normals(plan.n)
    out[0, range(plan.n), range(plan.n)] = np.where(signs < 0.0, -1.0, 1.0)
    for vector in plan.reflections():
        out = adjoint(reflect_left(adjoint(out), vector))
    return out


@kind("triangular", order_from=("spectrum",))
def triangular(plan: Plan, *, uplo: str = "U", spectrum: Numbers | None = None, gap: float | None = None) -> Parts:
    """Random upper (uplo: L for lower) triangular, with the given spectrum or gap on the diagonal."""
    if uplo not in ("U", "L"):
        raise KindError("uplo", f"'{uplo}' is neither U nor L", "write U or L")
    out = np.triu(plan.drawn()) if uplo == "U" else np.tril(plan.drawn())
    if spectrum is not None or gap is not None:
        for i, value in enumerate(choose_spectrum(plan, spectrum, gap)):
            put(out, i, i, value, "the diagonal of a real triangular matrix is real")
    return out
