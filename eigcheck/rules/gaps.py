"""Division by differences of eigenvalues, where a cluster must not spoil what does not concern it."""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array


def over_gaps(numerators: Array, values: Array) -> Array:
    """`numerators[k, l] / (values[l] - values[k])`, shape (n, n), with 0 wherever the numerator is exactly 0.

    So zeros stay zeros on the diagonal and inside a cluster, where 0/0 would be NaN; a numerator that is not
    zero over a gap that is gives an infinity or NaN, since nothing is then determined.
    """
    gaps = values[None, :] - values[:, None]
    quotients = np.zeros(numerators.shape, dtype=np.result_type(numerators, values))
    wanted = (numerators != 0) & ~np.eye(len(values), dtype=bool)
    with np.errstate(all="ignore"):
        np.divide(numerators, gaps, out=quotients, where=wanted)
    return quotients
