"""Eigenvalues are taken to be the diagonal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import diagonal, pieces
from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence, diagonal_part
from eigcheck.model import Array
from eigcheck.spectra.assignment import assign

TOLERANCE = 2.0**-10
"""Part of norm(A) up to which a triangle may be taken for zero: no library's tolerance is wider."""


@cause(
    "triangular-shortcut",
    summary="eigenvalues were taken to be the diagonal's entries, as if the zeros could not move",
    fix="do not branch on the matrix being triangular or diagonal: its zeros are free entries too",
    branches=True,
)
def candidate(evidence: Evidence) -> Iterator[Array]:
    """diag(values_bar), in the eigenvalues' order and in the diagonal's; the true gradient's diagonal.

    Only where one triangle of A is zero, or so small that a library may take it for zero.
    """
    p = pieces(evidence)
    below, above = (np.linalg.norm(part) for part in (np.tril(evidence.matrix, -1), np.triu(evidence.matrix, 1)))
    if p is None or not min(below, above) <= TOLERANCE * np.linalg.norm(evidence.matrix):
        return
    bars = np.real(p.values_bar) if evidence.real else p.values_bar
    yield diagonal(bars)
    # each eigenvalue to one entry: where several entries are nearest to one, the others' cotangents are not dropped
    places = assign(np.abs(np.diagonal(evidence.matrix)[:, None] - evidence.values[None, :]))
    yield diagonal(bars[:, places])
    yield diagonal_part(evidence.want)
