"""Bounds along tangents: what is moved, and what is not read."""

import numpy as np

from eigcheck.domains.bounds import along_tangents, among_answers
from eigcheck.domains.tangents import basis


def test_bounds_along_tangents_are_sums_over_what_they_move():
    """sum_ij bound_ij |read(E_t)_ij|."""
    bound = np.arange(9.0).reshape(1, 3, 3)
    tangents = basis(3, "lower", is_complex=True)
    made = along_tangents(bound, tangents, "L")
    for t, (i, j) in enumerate(tangents.entries):
        assert made[0, t] == (bound[0, i, j] + bound[0, j, i] if i != j else bound[0, i, i])
    assert along_tangents(bound, basis(3, "general", is_complex=False), None).ravel().tolist() == list(range(9))
    # an entry that is not read allows nothing
    general = basis(3, "general", is_complex=False)
    above = [t for t, (i, j) in enumerate(general.entries) if i < j]
    assert not along_tangents(bound, general, "L")[0, above].any()


def test_answers_may_differ_among_themselves_where_nothing_is_read():
    bound = np.arange(1.0, 10.0).reshape(1, 3, 3)
    tangents = basis(3, "general", is_complex=True)
    true, own = along_tangents(bound, tangents, "L")[0], among_answers(bound, tangents, "L")[0]
    for t, ((i, j), part) in enumerate(zip(tangents.entries, tangents.parts, strict=True)):
        assert own[t] == (bound[0, i, j] + bound[0, j, i] if i != j else bound[0, i, i])
        assert true[t] == (0 if i < j or (i == j and part == "im") else own[t])
