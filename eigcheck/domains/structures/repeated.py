"""An eigenvalue occurs twice or more."""

from __future__ import annotations

from eigcheck.domains.structures.registry import structure
from eigcheck.model import Array
from eigcheck.spectra.multiplicity import classify


@structure("repeated", "an eigenvalue occurs twice or more", decided="by exact algebra, else left undecided")
def is_repeated(matrix: Array) -> bool:
    """Decided exactly; not so where it cannot be decided."""
    return bool(classify(matrix).repeated)
