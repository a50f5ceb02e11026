"""Groups say what is true of a right rule, and what cannot be said they say, too."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.model import CotangentSpec
from eigcheck.names import MODES
from eigcheck.vectors.make import (
    DIRECTIONS,
    EXCEPTIONAL,
    IMPRECISE,
    LARGEST,
    NOT_FINITE,
    NOTES,
    group_of,
    id_of,
    tasks_of,
)
from eigcheck.vectors.shape import LeftOut
from tests.vectors.stage import SEED, array_of, bounds, group, task

SUM = CotangentSpec("explicit", values=np.ones(2))
FIRST = CotangentSpec("explicit", values=np.array([1.0, 0.0]))
HERMITIAN = np.array([[1.0, 2 - 1j], [2 + 1j, 3.0]])


def gradients(matrix, **given):
    return [array_of(test.gradient) for test in group(matrix, **given).tests]


def test_the_seed() -> None:
    """d lambda = v v^T for the unit eigenvectors of [1 2; 2 3], and lambda = 2 -+ sqrt 5."""
    found = group(SEED)
    root = np.sqrt(5.0)
    assert found.id == "case::eigvals::reverse"
    assert [test.id for test in found.tests] == ["case::eigvals::reverse::0", "case::eigvals::reverse::1"]
    assert np.allclose(array_of(found.values), [2 - root, 2 + root], rtol=1e-15)
    assert found.flags == ("symmetric", "normal")
    for test, sign in zip(found.tests, (-1, 1), strict=True):
        want = 0.5 * np.eye(2) + sign / root * np.array([[-0.5, 1.0], [1.0, 0.5]])
        assert test.status == "certified"
        assert np.all(np.abs(array_of(test.gradient) - want) <= 1e-15)
        assert np.all(bounds(test.radius) <= 2.0**-53)
        assert np.all(bounds(test.allowed) < 1e-13)
        folded = np.triu(want) + np.tril(want, -1).T
        assert np.abs(folded - array_of(test.gradient)).max() > 1e12 * bounds(test.allowed).max()


def test_each_domain_has_its_own_gradient() -> None:
    (general,) = gradients(SEED, function="eigvalsh", uplo="L", spec=FIRST)
    (symmetric,) = gradients(SEED, function="eigvalsh", domain="symmetric", spec=FIRST)
    (upper,) = gradients(SEED, function="eigvalsh", domain="upper", spec=FIRST)
    assert general[0, 1] == 0
    assert general[1, 0] == upper[0, 1] == 2 * symmetric[0, 1]
    assert upper[1, 0] == 0
    assert np.array_equal(np.diag(general), np.diag(symmetric))


def test_a_hermitian_gradient_has_a_real_diagonal() -> None:
    given = gradients(HERMITIAN, function="eigvalsh", domain="symmetric", spec=FIRST)[0]
    assert np.array_equal(given, np.conj(given.T))
    listed = group(HERMITIAN, function="eigvalsh", domain="symmetric", spec=FIRST).tests[0]
    assert np.all(np.array(listed.radius.imag) >= 0)
    assert listed.allowed.imag[0][0] == 0.0


def test_the_triangle_that_is_not_read_may_hold_anything() -> None:
    matrix = SEED.copy()
    matrix[0, 1] = np.nan
    found = group(matrix, function="eigvalsh", domain="lower", spec=FIRST)
    assert found.triangle == "L"
    assert np.array_equal(
        array_of(found.tests[0].gradient), gradients(SEED, function="eigvalsh", domain="lower", spec=FIRST)[0]
    )
    assert found.matrix.real[0][1] == "nan"


@pytest.mark.parametrize("domain", ["general", "symmetric", "upper"])
def test_derivatives_are_gradients_along_tangents(domain: str) -> None:
    given = {"function": "eigvalsh", "domain": domain, "uplo": None if domain == "upper" else "L"}
    backward, forward = group(HERMITIAN, **given), group(HERMITIAN, mode="forward", **given)
    assert len(forward.tangents) == DIRECTIONS + 2
    for one, other in zip(backward.tests, forward.tests, strict=True):
        assert one.cotangent == other.cotangent
        for tangent, number in zip(forward.tangents, other.derivatives, strict=True):
            paired = np.sum(np.conj(array_of(one.gradient)) * array_of(tangent)).real
            assert abs(paired - float.fromhex(number)) <= 1e-14


def test_tangents_are_exact_in_single_precision_and_lie_on_the_domain() -> None:
    for domain in ("general", "symmetric", "lower"):
        for tangent in group(HERMITIAN, function="eigh", domain=domain, mode="forward").tangents:
            E = array_of(tangent)
            assert np.array_equal(E.astype(np.complex64), E)
            assert domain != "symmetric" or np.array_equal(E, np.conj(E.T))
            assert E.any()
            assert domain != "lower" or (not np.triu(E, 1).any() and not np.diag(E).imag.any())


def test_cotangents_say_nothing_of_phases() -> None:
    found = group(HERMITIAN, function="eigh", domain="symmetric", spec=CotangentSpec("random", gauge="any"))
    assert len(found.tests) > 1
    for test in found.tests:
        if test.cotangent.vectors is not None:
            turned = np.sum(np.conj(array_of(found.vectors)) * array_of(test.cotangent.vectors), axis=0).imag
            assert np.all(np.abs(turned) <= 8 * 2.0**-53 * np.linalg.norm(array_of(test.cotangent.vectors), axis=0))


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_the_radius_is_the_rounding_of_what_is_listed(dtype) -> None:
    """What rounding leaves of a response to phases is a matter of what is allowed, not of the truth."""
    for test in group((HERMITIAN + np.triu(HERMITIAN)).astype(dtype), function="eig").tests:
        size = np.abs(array_of(test.gradient)).max()
        assert np.abs(bounds(test.radius)).max() <= 2.0**-52 * size
        assert np.abs(bounds(test.allowed)).min() >= np.finfo(dtype).eps * size


def test_what_a_cotangent_leaves_open_is_undetermined() -> None:
    (equal,) = group(np.eye(2), spec=SUM).tests
    (single,) = group(np.eye(2), spec=FIRST).tests
    assert (equal.status, single.status) == ("certified", "undetermined")
    assert np.array_equal(array_of(equal.gradient), np.eye(2))
    assert single.gradient is None
    assert "coincide" in single.why


def test_nothing_is_determined_at_an_exceptional_point_or_of_nan() -> None:
    for matrix, flag in (([[1.0, 1.0], [0.0, 1.0]], EXCEPTIONAL), ([[np.nan, 1.0], [0.0, 1.0]], NOT_FINITE)):
        found = group(matrix)
        assert found.tests == ()
        assert found.undetermined
        assert flag in found.flags


def test_where_the_precision_cannot_tell_nobody_is_judged() -> None:
    close = group(np.diag([1.0, np.nextafter(1.0, 2.0)]) + np.array([[0, 1e-3], [0, 0]]))
    assert {test.status for test in close.tests} == {"uncertified"}
    assert all(test.gradient is None and test.why for test in close.tests)


def test_what_may_be_lost_to_roundoff_is_flagged() -> None:
    near = group(np.array([[1.0, 1.0], [1e-14, 1.0]]).astype(np.float32))
    flags = {flag for test in near.tests for flag in test.flags}
    assert flags <= {IMPRECISE}
    assert all(test.status == "uncertified" or IMPRECISE in test.flags for test in near.tests)


def test_what_no_group_is_made_of_is_left_out_with_the_reason() -> None:
    large = group_of(task(np.eye(LARGEST + 1)))
    skewed = group_of(task([[1.0, 2.0], [0.0, 1.0]], domain="symmetric"))
    assert isinstance(large, LeftOut)
    assert str(LARGEST) in large.reason
    assert isinstance(skewed, LeftOut)
    assert "not symmetric" in skewed.reason


def test_the_empty_matrix_has_a_group_without_questions() -> None:
    for mode in ("reverse", "forward"):
        found = group(np.zeros((0, 0)), mode=mode)
        assert (found.n, found.tests) == (0, ())


def test_tasks_are_chosen_by_their_ids() -> None:
    problem = replace(task(SEED).problem, modes=MODES)
    assert [id_of(one) for one in tasks_of([problem])] == ["case::eigvals::reverse", "case::eigvals::forward"]
    (forward,) = tasks_of([problem], ["::forward"])
    assert (forward.problem, forward.modes) == (problem, ("forward",))
    assert tasks_of([problem], ["svd"]) == ()


def test_every_flag_has_a_note() -> None:
    assert {"symmetric", "repeated", EXCEPTIONAL, NOT_FINITE, IMPRECISE} <= set(NOTES)
    assert all(NOTES.values())
