"""Which special matrices a matrix belongs to."""

import numpy as np
import pytest

from eigcheck.domains.structures import staying, structures, structures_of
from eigcheck.names import STRUCTURES

ALL = set(STRUCTURES)
TURN = np.array([[0.6, -0.8], [0.8, 0.6]])

MEMBERS = {
    "symmetric": (np.array([[1.0, 2], [2, 3]]), {"symmetric", "normal"}),
    "one ulp off": (np.array([[1.0, 2], [np.nextafter(2, 3), 3]]), {"normal"}),
    "general": (np.array([[1.0, 2], [3, 4]]), set()),
    "Hermitian": (np.array([[1, 2j], [-2j, 4]]), {"symmetric", "normal"}),
    "complex symmetric": (np.array([[1, 2j], [2j, 4]]), {"complex-symmetric"}),
    "real symmetric in complex": (
        np.array([[1, 2], [2, 4]], complex),
        {"symmetric", "complex-symmetric", "normal", "real"},
    ),
    "skew": (np.array([[0.0, 2], [-2, 0]]), {"skew", "normal"}),
    "skew-Hermitian": (np.array([[1j, 2 + 1j], [-2 + 1j, 0]]), {"skew", "normal"}),
    "diagonal": (np.diag([1.0, 2]), {"symmetric", "diagonal", "upper-triangular", "lower-triangular", "normal"}),
    "upper": (np.array([[1.0, 2], [0, 3]]), {"upper-triangular"}),
    "lower": (np.array([[1.0, 0], [2, 3]]), {"lower-triangular"}),
    "defective": (np.array([[1.0, 1], [0, 1]]), {"upper-triangular", "repeated"}),
    "rotation": (TURN, {"normal", "orthogonal"}),
    "rotation in float32": (TURN.astype(np.float32), {"normal", "orthogonal"}),
    "unitary": (np.array([[1, 1j], [1j, 1]]) / np.sqrt(2), {"complex-symmetric", "normal", "orthogonal"}),
    "identity": (np.eye(2), ALL - {"complex-symmetric", "skew", "real"}),
    "zero": (np.zeros((2, 2)), ALL - {"complex-symmetric", "real", "orthogonal"}),
    "empty": (np.zeros((0, 0)), ALL - {"complex-symmetric", "real", "repeated"}),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_members(name):
    matrix, expected = MEMBERS[name]
    found = structures_of(matrix)
    assert set(found) == expected
    assert list(found) == [structure for structure in STRUCTURES if structure in expected]


@pytest.mark.parametrize("scale", [2.0**500, 2.0**-500])
@pytest.mark.parametrize("name", [name for name, (matrix, _) in MEMBERS.items() if matrix.dtype != np.float32])
def test_scale_matters_only_to_orthogonal(name, scale):
    matrix, expected = MEMBERS[name]
    kept = expected - ({"orthogonal"} if matrix.size else set())
    assert set(structures_of(scale * matrix)) == kept


@pytest.mark.parametrize("units", [0, 16])
def test_orthogonal_and_normal_allow_roundoff_and_no_more(units):
    shaken = TURN.copy()
    shaken[0, 0] += units * np.spacing(0.6)
    assert structures_of(shaken) == (() if units else ("normal", "orthogonal"))


def test_one_triangle_makes_a_hermitian_matrix():
    matrix = np.array([[1 + 1j, np.nan], [0, 1]])
    held = set(structures_of(matrix, "L"))
    assert held == ALL - {"skew"}
    assert set(structures_of(np.array([[1.0, 2], [np.nan, 3]]), "U")) == {"symmetric", "normal"}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nothing_is_said_where_something_read_is_not_finite(bad):
    assert structures_of(np.array([[1.0, bad], [0, 1]])) == ()
    assert structures_of(np.array([[1.0, 0], [bad, 1]]), "L") == ()


LINEAR = ("symmetric", "complex-symmetric", "skew", "diagonal", "upper-triangular", "lower-triangular", "real")


@pytest.mark.parametrize("structure", LINEAR)
def test_some_directions_stay_on_a_structure(structure):
    rng = np.random.default_rng(1)
    raw = rng.standard_normal((3, 3)) + 1j * rng.standard_normal((3, 3))
    kept = staying(raw, structure)
    assert structure in structures_of(kept)
    assert structure not in structures_of(raw)
    assert np.array_equal(staying(kept, structure), kept)


def test_structures_that_are_not_linear_keep_no_direction():
    assert staying(TURN, "normal") is staying(TURN, "repeated") is staying(TURN, "orthogonal") is None
    assert staying(TURN, None) is TURN


def test_every_name_of_the_vocabulary_has_its_structure():
    assert tuple(known.name for known in structures()) == STRUCTURES
