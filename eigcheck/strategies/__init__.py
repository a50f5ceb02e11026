"""Hypothesis strategies that draw matrices, cotangents and problems where rules of eigenvalue problems break.

For `eigcheck hunt`, and for property tests of one's own:

    from hypothesis import given
    from eigcheck import check
    from eigcheck.strategies import matrices

    @given(matrices())
    def test_my_rule(A):
        assert not [o for o in check(my_rrule, A) if o.judgement.verdict in ("fail", "error")]

They need Hypothesis: the extra `eigcheck[hunt]`. What is drawn shrinks towards small matrices of small integers with few
entries that are not zero, and towards the default cotangent.
"""

from __future__ import annotations

from eigcheck.names import installing

try:
    import hypothesis as _hypothesis  # noqa: F401
except ImportError as error:
    raise ImportError(f"eigcheck.strategies needs Hypothesis: {installing('hunt')}") from error

from eigcheck.strategies.matrices import matrices
from eigcheck.strategies.problems import cotangents, problems

__all__ = ["cotangents", "matrices", "problems"]
