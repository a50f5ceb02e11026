"""Eigenvalues are taken to be the diagonal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import Pieces, diagonal
from eigcheck.check.diagnoses.cause import Cause, Form
from eigcheck.check.evidence import Evidence, diagonal_part
from eigcheck.spectra.assignment import assign

TOLERANCE = 2.0**-10
"""Part of norm(A) up to which a triangle may be taken for zero: no library's tolerance is wider."""


def _nearly_triangular(evidence: Evidence) -> bool:
    below, above = (np.linalg.norm(part) for part in (np.tril(evidence.matrix, -1), np.triu(evidence.matrix, 1)))
    return bool(min(below, above) <= TOLERANCE * np.linalg.norm(evidence.matrix))


def _of_the_diagonal(evidence: Evidence, p: Pieces) -> Iterator[Form]:
    """diag(values_bar), in the eigenvalues' order and in the diagonal's; the true gradient's diagonal."""
    bars = np.real(p.values_bar) if evidence.real else p.values_bar
    yield Form(diagonal(bars))
    # each eigenvalue to one entry: where several entries are nearest to one, the others' cotangents are not dropped
    places = assign(np.abs(np.diagonal(evidence.matrix)[:, None] - evidence.values[None, :]))
    yield Form(diagonal(bars[:, places]))
    yield Form(diagonal_part(evidence.want))


CAUSES = (
    Cause(
        "triangular-shortcut",
        summary="eigenvalues were taken to be the diagonal's entries, as if the zeros could not move",
        fix="do not branch on the matrix being triangular or diagonal: its zeros are free entries too",
        formula="diag(λ̄), as if λ = diag(A) all around",
        applies=_nearly_triangular,
        answers=_of_the_diagonal,
        branches=True,
    ),
)
