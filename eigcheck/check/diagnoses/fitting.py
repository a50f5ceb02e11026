"""The numbers that a form of a fault leaves open, by least squares over all failing cotangents."""

from __future__ import annotations

import numpy as np

from eigcheck.check.evidence import Evidence, largest
from eigcheck.model import Array


def factor(part: Array, target: Array) -> complex | None:
    """The c for which `c part` is nearest to `target`: <part, target> / <part, part>; None where the part is zero."""
    size = np.vdot(part, part).real
    return complex(np.vdot(part, target) / size) if 0.0 < size < np.inf else None


def multiple(evidence: Evidence, part: Array, rest: Array) -> complex | None:
    """The c for which `rest + c part` (C, n, n) is nearest to the rule; None where nothing is seen of the part."""
    failing = evidence.failing
    return factor(evidence.visible(part)[failing], evidence.visible(evidence.got - rest)[failing])


def multiples(evidence: Evidence, parts: Array) -> Array | None:
    """The real c (K,) for which `sum_k c_k parts_k` is nearest to the rule, `parts` being (K, C, n, n).

    1 for a part that no failing cotangent sees; None where the others are not told apart.
    """
    failing = evidence.failing
    seen = np.stack([evidence.visible(part)[failing].ravel() for part in parts], axis=1)
    target = evidence.visible(evidence.got)[failing].ravel()
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


def shows_in_all(evidence: Evidence, part: Array) -> bool:
    """Whether a part of the gradients (C, n, n) is more than what is allowed, for every failing cotangent."""
    return bool((largest(part) > evidence.allowances)[evidence.failing].all())


def doubt(evidence: Evidence, part: Array) -> float:
    """How far a factor that was fitted to a part can be off: the share of the allowances in it; 0 for no part."""
    failing = evidence.failing
    size = float(np.linalg.norm(evidence.visible(part)[failing]))
    return evidence.order * float(np.linalg.norm(evidence.allowances[failing])) / (size or np.inf)
