"""The one number that a form of a fault leaves open, by least squares over all failing cotangents."""

from __future__ import annotations

import numpy as np

from eigcheck.check.evidence import Evidence
from eigcheck.model import Array


def multiple(evidence: Evidence, part: Array, rest: Array) -> float | None:
    """The real c for which `rest + c part` (C, n, n) is nearest to the rule; None where nothing is seen of the part."""
    failing = evidence.failing
    seen = evidence.visible(part)[failing]
    target = evidence.visible(evidence.got - rest)[failing]
    size = np.vdot(seen, seen).real
    return float(np.vdot(seen, target).real / size) if size > 0.0 and np.isfinite(size) else None


def multiples(evidence: Evidence, parts: Array, rest: Array) -> Array | None:
    """The real c (K,) for which `rest + sum_k c_k parts_k` is nearest to the rule, `parts` being (K, C, n, n).

    1 for a part that no failing cotangent sees; None where the others are not told apart.
    """
    failing = evidence.failing
    seen = np.stack([evidence.visible(part)[failing].ravel() for part in parts], axis=1)
    target = evidence.visible(evidence.got - rest)[failing].ravel()
    if not (np.isfinite(seen).all() and np.isfinite(target).all()):
        return None
    shows = np.abs(seen).max(axis=0, initial=0.0) > 0
    rows = np.concatenate([seen.real, seen.imag])[:, shows]
    solved, _, rank, _ = np.linalg.lstsq(rows, np.concatenate([target.real, target.imag]), rcond=None)
    if rank < np.count_nonzero(shows):
        return None
    factors = np.ones(len(parts))
    factors[shows] = solved
    return factors
