"""Right eigenvectors stand where left ones are due."""

from __future__ import annotations

from collections.abc import Iterator

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array
from eigcheck.names import HERMITIAN_FUNCTIONS


@cause(
    "right-vectors-for-inverse",
    summary="V was used where V^-H is due, which is right for normal matrices only",
    fix="use left eigenvectors scaled to w_k^H v_k = 1, or solve with V^H",
)
def candidate(evidence: Evidence) -> Iterator[Array]:
    """V K V^H for V^-H K V^H, with K the true inner factor, and with K's normalisation term left out as well.

    Nothing on domains where all matrices are Hermitian, since V^-H = V there.
    """
    if evidence.function in HERMITIAN_FUNCTIONS or evidence.domain == "symmetric":
        return
    p = pieces(evidence)
    if p is not None:
        for normalised in (True, False):
            yield evidence.on_domain(p.outer(p.inner(normalised=normalised), left=p.vectors))
