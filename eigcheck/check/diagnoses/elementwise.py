"""A product of matrices is taken entry by entry, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eigcheck.check.diagnoses.algebra import diagonal, pieces
from eigcheck.check.diagnoses.registry import Form, cause
from eigcheck.check.evidence import Evidence, adjoint


@cause(
    "elementwise-product",
    summary="a product of matrices was taken entry by entry, or the one of entries as a product of matrices",
    fix="matrices are multiplied with @, only the gap matrix entry by entry with *",
)
def candidate(evidence: Evidence) -> Iterator[Form]:
    """With K the true inner factor: (V^-H o K) V^H, (V^-H K) o V^H, V^-H (K o V^H), all entry by entry; in the inner
    factor V^H o V_bar for V^H V_bar, and conj(F) M for conj(F) o M.
    """
    p = pieces(evidence)
    if p is None:
        return
    inner, right = p.inner(), adjoint(p.vectors)
    yield Form(evidence.on_domain((p.left * inner) @ right), "V^-H and the inner factor")
    yield Form(evidence.on_domain((p.left @ inner) * right), "V^-H K and V^H")
    yield Form(evidence.on_domain(p.left @ (inner * right)), "the inner factor and V^H")
    if not np.any(p.vectors_bar):
        return
    values, pulled = diagonal(p.values_bar), p.pulled()
    yield Form(evidence.on_domain(p.outer(values + np.conj(p.gaps) @ pulled)), "the gap matrix and V^H V_bar")
    projected = right * p.vectors_bar
    lengths = np.real(np.diagonal(projected, axis1=1, axis2=2))
    for taken_out in (0.0, (right @ p.vectors) * lengths[:, None, :]):
        entries = values + np.conj(p.gaps) * (projected - taken_out)
        yield Form(evidence.on_domain(p.outer(entries)), "V^H and V_bar")
