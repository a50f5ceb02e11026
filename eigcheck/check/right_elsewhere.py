"""Where else a rule is right that is wrong at the matrix: at a scaled matrix, and where no eigenvalues are equal.

Both are asked of a rule that failed, and only then.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.known import Known
from eigcheck.check.neighbours import is_another
from eigcheck.model import Array
from eigcheck.pairs import is_single
from eigcheck.spectra.scaling import scaled

POWERS = {False: 20, True: 10}
"""A is taken 2^20 times as large, in single precision 2^10 times, a smaller one until its entries are about 1."""

APART = 2.0**-10
"""How far equal eigenvalues are moved apart, as a part of norm(A)."""


def right_when_larger(known: Known) -> bool:
    """Whether the rule is right at 2^p A, p as in POWERS, for all cotangents of one part for which it is wrong at A.

    Gradients of values are the same there, those of vectors 2^-p times as large. False where the rule's own eigenpairs
    are not the same to the bit, since cotangents belong to these.
    """
    point, pairs = known.point, known.point.pairs
    wrong = [
        c
        for c in known.comparisons
        if c.status == "differs" and (pairs[c.cotangent].values is None or pairs[c.cotangent].vectors is None)
    ]
    if not wrong:
        return False
    power = max(POWERS[is_single(point.matrix)], -point.state.exponent)
    with np.errstate(over="ignore", under="ignore"):
        matrix = scaled(point.matrix, -power).astype(point.matrix.dtype)
        expected = scaled(np.asarray(point.primal.values), -power)
    if not is_another(matrix, point.matrix):
        return False
    heard = known.ask.hear([matrix], [tuple(pairs[c.cotangent] for c in wrong)], point.tangents)[0]
    if heard.primal is None or heard.numbers is None:
        return False
    if not np.array_equal(np.asarray(heard.primal.values), expected):
        return False
    given, due = heard.primal.vectors, point.primal.vectors
    if due is not None and (given is None or not np.array_equal(given, due)):
        return False
    for comparison, numbers in zip(wrong, heard.numbers, strict=True):
        back = 0 if pairs[comparison.cotangent].vectors is None else power
        off = np.abs(np.ldexp(numbers, back) - np.asarray(comparison.want))
        if not np.all(off <= np.asarray(comparison.allowed)):
            return False
    return True


def moved_apart(known: Known) -> Array | None:
    """A matrix near A where eigenvalues that are equal are no more, if it is these that make a gradient NaN.

    None unless the rule's own values are equal to the bit, and its gradient is NaN wherever vectors have a cotangent, and
    only there.
    """
    point, values = known.point, np.asarray(known.point.primal.values)
    status = {c.cotangent: c.status for c in known.comparisons if c.status in ("agrees", "differs", "nonfinite")}
    broken = {c for c, found in status.items() if found == "nonfinite"}
    touched = {c for c in status if point.pairs[c].vectors is not None}
    if not broken or broken != touched or len(np.unique(values)) == values.size:
        return None
    steps = APART * point.state.size * np.arange(1, values.size + 1) / values.size
    return np.asarray(point.matrix + np.diag(steps).astype(point.matrix.dtype))
