"""Assignments of least total cost, and sets of what is linked: by SciPy, where it takes more than a look."""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array
from eigcheck.spectra.scaling import shifted


def assign(costs: Array) -> Array:
    """The column that each row of finite `costs` (n, n) is assigned to, with the least sum: (n,).

    If the cheapest columns of all rows are different ones they are the answer, since no assignment costs less than the
    sum of the rows' minima. That is so nearly always for nearby spectra, and loads no optimiser (0.1 s).

    Raises ValueError for costs that are not numbers.
    """
    columns = np.argmin(costs, axis=1) if len(costs) else np.zeros(0, int)
    if np.unique(columns).size == len(costs) and np.all(np.isfinite(costs)):
        return np.asarray(columns)
    from scipy.optimize import linear_sum_assignment

    return np.asarray(linear_sum_assignment(costs)[1])


def nearest(values: Array, targets: Array) -> Array:
    """The place in finite `targets` (n,) that each of `values` (n,) is assigned to, with the least sum of distances: (n,).

    A value that is not finite is equally far from all of them.
    """
    both = np.concatenate([values, targets]).astype(np.complex128)
    parts = both.view(np.float64)
    largest = np.max(np.abs(parts), where=np.isfinite(parts), initial=0.0)
    # a common power of two keeps differences of huge values from overflowing and tiny ones from vanishing
    with np.errstate(invalid="ignore", over="ignore"):
        near = shifted(both, -int(np.frexp(largest)[1]))
        distances = np.abs(near[: len(values), None] - near[len(values) :])
    return assign(np.nan_to_num(distances, nan=4.0, posinf=4.0))


def assign_each(costs: Array) -> Array:
    """`assign` for each of a stack of finite `costs` (m, n, n): (m, n)."""
    columns = np.argmin(costs, axis=2) if costs.shape[-1] else np.zeros(costs.shape[:2], int)
    clear = np.all(np.sort(columns, axis=1) == np.arange(costs.shape[-1]), axis=1)
    for k in np.flatnonzero(~clear):
        columns[k] = assign(costs[k])
    return np.asarray(columns)


def linked_sets(linked: Array) -> list[Array]:
    """The connected sets of a symmetric relation (n, n) as arrays of places, in the order of their first members."""
    from scipy.sparse.csgraph import connected_components

    count, labels = connected_components(linked, directed=False)
    return [np.flatnonzero(labels == label) for label in range(count)]
