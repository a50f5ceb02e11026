"""Single precision somewhere in a double-precision rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import DTypeLike

from eigcheck.check.diagnoses.algebra import Pieces, inverse
from eigcheck.check.diagnoses.cause import Cause, Form
from eigcheck.check.evidence import Evidence, adjoint
from eigcheck.model import Array, unit_roundoff
from eigcheck.names import HERMITIAN_FUNCTIONS

STEP = unit_roundoff(np.float32) / unit_roundoff(np.float64)
"""How much more a rule errs in single than in double precision: as the unit roundoffs."""


FEW_BITS = np.finfo(np.float32).nmant // 2
"""Numbers with no more bits after the first are short anyway (0, 1, 3/8, entries of A): they tell of no precision."""


def _double_precision(evidence: Evidence) -> bool:
    """Whether there is a lower precision than the case's own, and a matrix to round to it."""
    single = evidence.single or np.finfo(evidence.matrix.dtype).dtype != np.float64
    return not single and bool(np.isfinite(evidence.matrix).all())


def _rounded(evidence: Evidence, p: Pieces) -> Iterator[Form]:
    """What single precision leaves behind, each checkable to the last bits of double precision:

    the gradient of the rounded matrix; LAPACK's single-precision eigenpairs in the formula, with products among them
    in single or double; and, for errors of that size, gradients that consist of single-precision numbers.
    """
    with np.errstate(all="ignore"):
        low: Array = evidence.matrix.astype(_single(evidence.matrix))
        if (low != evidence.matrix).any():  # else it is no fault, and what differs are LAPACK's signs
            yield from _recomputed(evidence, p, low.astype(evidence.matrix.dtype), evidence.matrix.dtype)
        yield from _recomputed(evidence, p, low, low.dtype)
        yield from _recomputed(evidence, p, low, evidence.matrix.dtype)
        small = evidence.error <= STEP * evidence.allowances
        if small[evidence.failing].all() and _of_single_numbers(evidence.got[evidence.failing]):
            yield Form(evidence.got)


def _single(array: Array) -> type:
    return np.complex64 if np.iscomplexobj(array) else np.float32


def _of_single_numbers(gradients: Array) -> bool:
    """Whether all numbers have the bits of single precision at most, and in most gradients one has more than FEW_BITS."""
    parts = np.stack([gradients.real, gradients.imag]) if np.iscomplexobj(gradients) else gradients[None]
    if (parts.astype(np.float32) != parts).any():
        return False
    whole = np.ldexp(np.frexp(parts)[0], 1 + FEW_BITS)
    return bool(2 * np.count_nonzero((whole != np.rint(whole)).any(axis=(0, 2, 3))) > len(gradients))


def _recomputed(evidence: Evidence, p: Pieces, matrix: Array, dtype: DTypeLike) -> Iterator[Form]:
    """The true gradient's formula with the eigenpairs of `matrix`, turned into `dtype` before they are used."""
    if evidence.function in HERMITIAN_FUNCTIONS:
        values, vectors = np.linalg.eigh(matrix, UPLO="U" if evidence.triangle == "U" else "L")
    else:
        values, vectors = np.linalg.eig(matrix)
    order = np.abs(values[:, None] - evidence.values[None, :]).argmin(axis=0)
    if len(set(order.tolist())) < evidence.order:
        return
    # what need not change keeps its layout in memory, on which the last bits depend
    if (order != np.arange(evidence.order)).any():
        values, vectors = values[order], vectors[:, order]
    values, vectors = (pair.astype(np.result_type(pair, dtype)) for pair in (values, vectors))
    left = vectors if evidence.function in HERMITIAN_FUNCTIONS else adjoint(np.linalg.inv(vectors))
    gaps = inverse(values[None, :] - values[:, None])
    yield Form(evidence.on_domain(replace(p, vectors=vectors, left=left, gaps=gaps).gradient()))


CAUSES = (
    Cause(
        "lower-precision",
        summary="part of the rule computes in single precision",
        fix="keep the matrix's own precision throughout",
        formula="the formula with eigenpairs rounded to single precision",
        applies=_double_precision,
        answers=_rounded,
    ),
)
