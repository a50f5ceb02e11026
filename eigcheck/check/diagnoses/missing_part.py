"""The cotangent of the eigenvalues, or that of the eigenvectors, is not used."""

from __future__ import annotations

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.diagnoses.registry import Candidate, cause
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array
from eigcheck.names import VECTOR_FUNCTIONS


def without(part: str) -> Candidate:
    """The cotangent of `values` or `vectors` left out."""

    def candidate(evidence: Evidence) -> Array | None:
        """The gradient for cotangents of zero in that part."""
        p = pieces(evidence)
        if p is None or evidence.function not in VECTOR_FUNCTIONS:
            return None
        values, vectors = (p.values_bar, 0 * p.vectors_bar) if part == "vectors" else (0 * p.values_bar, p.vectors_bar)
        return evidence.on_domain(p.gradient(values_bar=values, vectors_bar=vectors))

    return candidate


for _name, _other in (("eigenvector", "eigenvalue"), ("eigenvalue", "eigenvector")):
    cause(
        f"missing-{_name}-part",
        summary=f"the cotangent of the {_name}s was ignored",
        fix=f"add the {_name}s' part to the {_other}s' part; only an absent cotangent contributes nothing",
    )(without("vectors" if _name == "eigenvector" else "values"))
