"""The second route confirms what is right, to the last bit that is listed, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.model import CotangentSpec
from eigcheck.vectors.second_route import complaints
from eigcheck.vectors.shape import BoundMatrix, ExactMatrix, ExactVector
from tests.vectors.stage import SEED, array_of, group

RNG = np.random.default_rng(11)
REAL = RNG.standard_normal((4, 4))
COMPLEX = RNG.standard_normal((3, 3)) + 1j * RNG.standard_normal((3, 3))
HERMITIAN = COMPLEX + np.conj(COMPLEX.T)
REPEATED = np.ones((3, 3)) + np.eye(3)
TRACE = CotangentSpec("trace-power", power=2)

GROUPS = {
    "the seed": {"matrix": SEED},
    "vectors": {"matrix": REAL, "function": "eig"},
    "complex vectors": {"matrix": COMPLEX, "function": "eig"},
    "forward": {"matrix": COMPLEX, "function": "eig", "mode": "forward"},
    "one triangle": {"matrix": HERMITIAN, "function": "eigh"},
    "a stored triangle": {"matrix": HERMITIAN, "function": "eigh", "domain": "upper"},
    "hermitian": {"matrix": HERMITIAN, "function": "eigh", "domain": "symmetric"},
    "hermitian forward": {"matrix": HERMITIAN, "function": "eigvalsh", "domain": "symmetric", "mode": "forward"},
    "repeated": {"matrix": REPEATED, "spec": TRACE},
    "repeated, of eigh": {"matrix": REPEATED, "function": "eigvalsh", "domain": "lower", "spec": TRACE},
    "single precision": {"matrix": REAL.astype(np.float32)},
    "huge": {"matrix": REAL * 2.0**900},
    "tiny": {"matrix": np.array([[3, 5], [7, 11]]) * 2.0**-1040},
    "beside an exceptional point": {"matrix": np.array([[1.0, 1.0], [1e-12, 1.0]])},
    "skewed": {"matrix": np.array([[1.0, 1e3], [0.0, 1.001]])},
    "of order one": {"matrix": np.array([[3.0]])},
}


@pytest.mark.parametrize("name", GROUPS)
def test_right_answers_are_confirmed(name: str) -> None:
    found = group(**GROUPS[name])
    assert any(test.status == "certified" for test in found.tests)
    assert list(complaints(found)) == []


def changed(numbers: ExactMatrix, factor: float) -> ExactMatrix:
    array = array_of(numbers)
    largest = np.unravel_index(np.argmax(np.abs(array)), array.shape)
    array[largest] *= factor
    return ExactMatrix.of(array)


@pytest.mark.parametrize("name", [name for name, given in GROUPS.items() if given.get("mode") != "forward"])
def test_a_unit_in_the_last_place_is_noticed(name: str) -> None:
    found = group(**GROUPS[name])
    for at, test in enumerate(found.tests):
        if test.status == "certified" and np.any(array_of(test.gradient)):
            wrong = replace(test, gradient=changed(test.gradient, 1 + 2.0**-51))
            tests = (*found.tests[:at], wrong, *found.tests[at + 1 :])
            told = list(complaints(replace(found, tests=tests)))
            assert [one.partition(":: ")[0].startswith(test.id) for one in told] == [True]


def test_a_derivative_that_is_off_is_noticed() -> None:
    found = group(**GROUPS["forward"])
    test = found.tests[-1]
    wrong = replace(
        test, derivatives=((float.fromhex(test.derivatives[0]) * (1 + 2.0**-50)).hex(), *test.derivatives[1:])
    )
    assert len(list(complaints(replace(found, tests=(wrong,))))) == 1


def test_a_radius_that_is_too_small_is_noticed() -> None:
    found = group(SEED)
    test = found.tests[0]
    smaller = BoundMatrix(tuple(tuple(0.0 for _ in row) for row in test.radius.real))
    assert len(list(complaints(replace(found, tests=(replace(test, radius=smaller),))))) == 1


def test_answers_of_another_cotangent_matrix_or_domain_are_noticed() -> None:
    found = group(HERMITIAN, function="eigh", domain="symmetric")
    first, second = found.tests[:2]
    swapped = replace(found, tests=(replace(first, cotangent=second.cotangent),))
    other = replace(found, matrix=ExactMatrix.of(HERMITIAN + np.diag([0.0, 1e-9, 0.0])))
    stored = replace(found, domain="lower")
    for wrong in (swapped, other, stored):
        assert list(complaints(wrong)) != []


def test_values_that_are_not_the_eigenvalues_are_noticed() -> None:
    found = group(SEED)
    wrong = replace(found, values=ExactVector.of(array_of(found.values) * (1 + 2.0**-50)))
    told = list(complaints(wrong))
    assert len(told) == 2
    assert "is listed as" in told[0]


def test_repeated_values_with_different_cotangents_have_no_answer() -> None:
    found = group(**GROUPS["repeated"])
    test = found.tests[0]
    uneven = replace(test, cotangent=replace(test.cotangent, values=ExactVector.of(np.array([1.0, 0.0, 0.0]))))
    (told,) = complaints(replace(found, tests=(uneven,)))
    assert "no second answer" in told


def test_what_is_not_certified_is_not_looked_at() -> None:
    found = group(np.eye(2))
    assert {test.status for test in found.tests} == {"undetermined"}
    assert list(complaints(found)) == []
