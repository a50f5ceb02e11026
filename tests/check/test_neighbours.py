"""The neighbours of a matrix: single units in the last place of its own dtype, entry by entry and part by part."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.check.neighbours import (
    DIRECTIONS,
    ENTRY_LIMIT,
    REACH,
    along,
    by_entry,
    directions,
    distances,
    is_another,
    landings,
    with_entry,
)
from eigcheck.domains.structures import structures_of
from eigcheck.domains.tangents import project
from eigcheck.model import unit_roundoff
from eigcheck.names import DOMAINS, MOST_ULPS

U = unit_roundoff(np.float64)
S = np.array([[1.0, 2.0], [2.0, 3.0]])


def around(matrix, domain="general", ulps=(1,), norm=4.0, roundoff=U):
    return list(by_entry(matrix, domain, norm, roundoff, ulps, 0))


def test_every_entry_moves_to_its_next_floats_and_nothing_else_does():
    made = around(S)
    assert [(n.moved, n.ulps) for n in made] == [((i, j), s) for i in (0, 1) for j in (0, 1) for s in (1, -1)]
    for n in made:
        changed = np.argwhere(n.matrix != S)
        assert [tuple(place) for place in changed] == [n.moved]
        assert n.matrix[n.moved] == np.nextafter(S[n.moved], np.inf if n.ulps > 0 else -np.inf)
        assert n.distance == abs(n.matrix[n.moved] - S[n.moved])
        assert not n.matrix.flags.writeable


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_units_are_those_of_the_dtype(dtype):
    matrix = S.astype(dtype)
    for n in around(matrix, roundoff=unit_roundoff(dtype)):
        assert n.matrix.dtype == dtype
        part = getattr(n.matrix, "real" if n.part == "re" else "imag")
        if n.part == "re":
            assert part[n.moved] != S[n.moved]
            assert np.nextafter(part[n.moved], part.dtype.type(S[n.moved])) == S[n.moved]


@pytest.mark.parametrize("power", [-540, 600])
def test_distances_are_known_at_every_scale(power):
    for n in around(S * 2.0**power, norm=4 * 2.0**power):
        assert n.distance == abs(n.matrix[n.moved] - S[n.moved] * 2.0**power)


def test_plus_is_towards_infinity_also_for_negative_entries():
    made = {n.ulps: n.matrix[0, 0] for n in around(np.array([[-1.0]]))}
    assert made[1] > -1 > made[-1]


def test_real_and_imaginary_parts_move_separately():
    H = np.array([[1.0, 2 + 1j], [2 - 1j, 3]])
    made = around(H)
    assert len(made) == 8 + 4 + 2 * 4
    for n in made:
        kept, moved = (n.matrix.imag, n.matrix.real) if n.part == "re" else (n.matrix.real, n.matrix.imag)
        assert np.array_equal(kept, H.imag if n.part == "re" else H.real)
        assert np.count_nonzero(moved != (H.real if n.part == "re" else H.imag)) == 1


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_from_zero_one_denormal_and_then_units_of_the_norm(zero):
    made = around(np.array([[zero]]), ulps=(1, 2, 4), norm=8.0)
    steps = sorted(n.matrix[0, 0] for n in made if n.matrix[0, 0] > 0)
    assert steps == [5e-324, 1e-323, 2e-323, 8 * U, 16 * U, 32 * U]
    assert sorted(-n.matrix[0, 0] for n in made if n.matrix[0, 0] < 0) == steps


def test_counts_of_units_add_up():
    for n in around(np.array([[1.0]]), ulps=(1, 2, 4)):
        step = 2 * U if n.ulps > 0 else U
        assert n.matrix[0, 0] == 1 + n.ulps * step


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
def test_any_number_of_units_is_one_step(dtype):
    per_octave = 2 ** np.finfo(dtype).nmant
    made = around(np.array([[1.0]], dtype), ulps=(3 * per_octave, MOST_ULPS))
    found = {n.ulps: n.matrix[0, 0].real for n in made if n.part == "re"}
    assert found[3 * per_octave] == 8
    assert found[-3 * per_octave] == 0.125
    assert (MOST_ULPS in found) == (dtype == "float64")  # and beyond the largest number there is none
    assert all(type(n.matrix[0, 0]) is np.dtype(dtype).type for n in made)


def test_the_largest_float_has_no_neighbour_above():
    largest = np.finfo(float).max
    assert [n.ulps for n in around(np.array([[largest]]))] == [-1]
    assert with_entry(np.array([[largest]]), "general", (0, 0), "re", np.float64(np.inf)) is None


@pytest.mark.parametrize(("domain", "entries"), [("upper", 3), ("lower", 3), ("symmetric", 3), ("general", 4)])
def test_domains_move_their_free_entries_only(domain, entries):
    H = np.array([[1.0, 2 + 1j], [2 - 1j, 3]])
    made = around(H, domain)
    assert len({n.moved for n in made}) == entries
    for n in made:
        difference = n.matrix - H
        assert np.array_equal(project(difference, domain), difference)
        if domain != "general":
            assert not (n.part == "im" and n.moved[0] == n.moved[1])


def test_what_is_not_stored_may_hold_anything():
    matrix = np.array([[1.0, np.nan], [2.0, 3.0]])
    made = around(matrix, "lower")
    assert len(made) == 6
    assert all(np.isnan(n.matrix[0, 1]) for n in made)


def test_large_matrices_get_a_fixed_choice_of_entries():
    matrix = np.ones((20, 20))
    one, again = (list(by_entry(matrix, "general", 20.0, U, (1,), 3)) for _ in range(2))
    assert len(one) == 2 * ENTRY_LIMIT
    assert [n.moved for n in one] == [n.moved for n in again]


@given(st.floats(1e-3, 1e3), st.floats(1e-12, 10))
def test_the_ladder_of_distances_starts_at_roundoff_and_ends_at_its_reach(norm, limit):
    made = distances(norm, U, limit)
    assert made[0] == U * norm
    assert all(b == 64 * a for a, b in pairwise(made))
    assert made[-1] <= min(REACH * norm, limit) < 64 * made[-1]


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("dtype", [float, complex])
def test_directions_are_unit_vectors_of_the_domain(domain, dtype):
    made = directions(S.astype(dtype), domain, ("symmetric", "normal"), 0)
    assert len([d for d, kept in made if kept is None]) == DIRECTIONS
    for direction, _ in made:
        assert np.linalg.norm(direction) == pytest.approx(1, rel=8 * U)
        assert np.array_equal(project(direction, domain), direction)


def test_steps_along_a_direction_are_in_the_matrixs_dtype():
    moved = along(S.astype(np.float32), np.ones((2, 2)), 0.5)
    assert moved.dtype == np.float32
    assert np.array_equal(moved, S + 0.5)
    assert not moved.flags.writeable


def test_a_structure_next_to_a_matrix_is_a_neighbour():
    """Each entry that keeps A off it by units in the last place is brought onto it, and no other."""
    one_off = np.array([[1.0, 2.0, 3.0], [np.nextafter(2.0, 3), 4.0, 5.0], [3.0, np.nextafter(5.0, 0), 6.0]])
    (found,) = landings(one_off, "general", np.linalg.norm(one_off), U)
    assert np.array_equal(found.matrix, found.matrix.T)
    assert found.first
    assert found.moved is None
    assert np.all(abs(found.matrix - one_off) <= np.spacing(one_off))
    tiny = np.array([[1.0, 5e-324], [-5e-324, 3.0]])
    names = {structures_of(one.matrix) for one in landings(tiny, "general", 3.0, U)}
    assert any("diagonal" in of for of in names)
    assert any("upper-triangular" in of and "diagonal" not in of for of in names)


def test_nothing_lands_on_a_structure_that_is_farther_away_or_that_a_matrix_has():
    far = np.array([[1.0, 2.0], [2.0 + 1e-9, 3.0]])
    assert landings(far, "general", 4.0, U) == []
    assert landings(np.array([[1.0, 2.0], [2.0, 3.0]]), "general", 4.0, U) == []
    huge = np.array([[1.7e308, 1.7e308], [1.7e308 * (1 - 2**-52), 1.0]])
    assert all(np.all(np.isfinite(one.matrix)) for one in landings(huge, "general", 1.7e308, U))


def test_of_a_triangle_that_is_stored_only_that_moves():
    stored = np.array([[1.0, 5e-324], [np.nan, 3.0]])
    for one in landings(stored, "upper", 3.0, U):
        assert np.isnan(one.matrix[1, 0])
        assert one.matrix[0, 1] == 0


def test_another_matrix_is_finite_wherever_a_is_and_differs_in_a_number():
    stored = np.array([[1.0, 2], [np.nan, 3]])
    assert is_another(stored + np.array([[0, U * 4], [0, 0]]), stored)
    for same in (stored, stored + np.array([[0, 0], [1, 0]]), stored * np.array([[1, np.inf], [1, 1.5]])):
        assert not is_another(same, stored)
