"""The oracle `dual`: known derivatives, every family against 100 digits, conventions, and when it keeps silent."""

import numpy as np
import pytest
from scipy.linalg import lapack

from eigcheck.model import Cotangent, Eigenpairs, Question, Tangents, unit_roundoff
from eigcheck.oracles import dual
from eigcheck.spectra.reads import read
from tests.families import entry_tangents, families, gaussian
from tests.oracles.high_precision import exact

S = np.array([[1.0, 2.0], [2.0, 3.0]])
R3 = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])
H3 = np.array([[2, 1 - 1j, 0.5j], [1 + 1j, 3, 0.25 + 1j], [-0.5j, 0.25 - 1j, 5]])
FAMILIES = families()


def primal_of(matrix, function, triangle=None):
    answer = getattr(np.linalg, function)(read(matrix, triangle), **({"UPLO": triangle} if "h" in function else {}))
    return Eigenpairs(*answer) if isinstance(answer, tuple) else Eigenpairs(answer)


def ask(matrix, cotangents, *, function="eigvals", triangle=None, domain="general", tangents=None, primal=None):
    if tangents is None:
        tangents = entry_tangents(len(matrix), np.iscomplexobj(matrix))
    return dual.testify(
        Question(
            matrix=matrix,
            function=function,
            domain=domain,
            triangle=triangle,
            convention="lapack",
            roundoff=unit_roundoff(matrix.dtype),
            primal=primal or primal_of(matrix, function, triangle),
            cotangents=tuple(Cotangent(pairs, "") for pairs in cotangents),
            tangents=Tangents(tangents, (None,) * len(tangents), ("re",) * len(tangents)),
        )
    )


def gradient(numbers, is_complex=False):
    """The gradient's entries from the numbers of `entry_tangents`, one after the other."""
    half = numbers.size // 2 if is_complex else numbers.size
    order = int(np.sqrt(half))
    whole = numbers[:half] + (1j * numbers[half:] if is_complex else 0)
    return whole.reshape(order, order)


def basis(order):
    return [Eigenpairs(row) for row in np.eye(order)]


def test_the_column_that_the_seed_bug_loses():
    primal = Eigenpairs(np.sort(np.linalg.eigvals(S)))
    testimony = ask(S, basis(2), primal=primal)
    expected = [[0.7236067977, -0.4472135955, -0.4472135955, 0.2763932023], [0.2763932023, 0.4472135955] * 2]
    expected[1] = [0.2763932023, 0.4472135955, 0.4472135955, 0.7236067977]
    assert np.allclose(testimony.numbers, expected, atol=1e-10)
    assert (testimony.bars < 1e-15).all()
    assert testimony.evaluations == 1


def test_vectors_at_symmetry_have_a_gradient_that_is_not_symmetric():
    values, vectors = np.linalg.eigh(S)
    cotangent = np.zeros((2, 2))
    cotangent[0, 0] = 2 * vectors[0, 0]
    testimony = ask(S, [Eigenpairs(None, cotangent)], function="eig", primal=Eigenpairs(values, vectors))
    expected = [[-0.0894427191, 0.0552786405], [-0.1447213595, 0.0894427191]]
    assert np.allclose(gradient(testimony.numbers[0]), expected, atol=1e-10)


def test_imaginary_part_of_an_eigenvalue_of_a_hermitian_matrix_moves():
    values, vectors = np.linalg.eigh(H3)
    testimony = ask(H3, [Eigenpairs(np.array([1j, 0, 0]))], primal=Eigenpairs(values))
    expected = 1j * np.outer(vectors[:, 0], vectors[:, 0].conj())
    assert np.allclose(gradient(testimony.numbers[0], True), expected, atol=1e-14)


@pytest.mark.parametrize("triangle", ["L", "U"])
def test_the_triangle_that_is_not_read_may_hold_anything_and_has_no_derivative(triangle):
    matrix = H3.copy()
    unread = np.tril_indices(3, -1) if triangle == "U" else np.triu_indices(3, 1)
    matrix[unread] = np.nan
    found = gradient(ask(matrix, basis(3), function="eigvalsh", triangle=triangle).numbers[0], True)
    vector = np.linalg.eigh(H3)[1][:, 0]
    whole = np.outer(vector, vector.conj())
    read_off_diagonal = np.triu_indices(3, 1) if triangle == "U" else np.tril_indices(3, -1)
    assert not found[unread].any()
    assert np.allclose(found[read_off_diagonal], 2 * whole[read_off_diagonal])
    assert np.allclose(np.diag(found), np.diag(whole).real)


def rule_like(matrix, function, triangle, seed):
    """A primal in an order and with signs of its own, and cotangents on values, vectors and both."""
    rng = np.random.default_rng(seed)
    primal = primal_of(matrix, function, triangle)
    order = len(matrix)
    shuffle = np.arange(order) if function == "eigh" else rng.permutation(order)
    signs = rng.choice([-1.0, 1.0], size=order)
    values, vectors = primal.values[shuffle], (primal.vectors[:, shuffle] * signs).astype(primal.vectors.dtype)
    is_complex = np.iscomplexobj(vectors)
    values_bar = gaussian(rng, order, is_complex and function == "eig")[0]
    vectors_bar = gaussian(rng, order, is_complex)
    return Eigenpairs(values, vectors), [
        Eigenpairs(values_bar),
        Eigenpairs(None, vectors_bar),
        Eigenpairs(values_bar, vectors_bar),
    ]


def truth_of(matrix, function, triangle, primal, cotangents, tangents):
    """The numbers from 100 digits, turning as LAPACK's convention has it, in the phases nearest to the primal's."""
    matrix = read(matrix, triangle)
    truth = exact(matrix, read(tangents, triangle))
    order = len(matrix)
    stays_real = not np.iscomplexobj(matrix)
    numbers = np.zeros((len(cotangents), len(tangents)))
    for k in range(order):
        j = int(np.abs(truth.values - primal.values[k]).argmin())
        vector, moved = truth.vectors[:, j], truth.vector_tangents[:, j]
        row = int(np.abs(vector).argmax())
        if not (stays_real and abs(truth.values[j].imag) < 1e-30 * np.abs(truth.values).max()):
            row = row if function != "eigh" else (order - 1 if triangle == "U" else 0)
            moved = moved - 1j * np.outer(vector, (moved[row] / vector[row]).imag)
        overlap = np.vdot(vector, primal.vectors[:, k])
        phase = overlap / abs(overlap)
        for c, cotangent in enumerate(cotangents):
            if cotangent.values is not None:
                numbers[c] += (np.conj(cotangent.values[k]) * truth.value_tangents[j]).real
            if cotangent.vectors is not None:
                numbers[c] += (cotangent.vectors[:, k].conj() @ (moved * phase)).real
    return numbers


def check(matrix, function, triangle=None, domain="general", tangents=None, allowed=1e-11):
    primal, cotangents = rule_like(matrix, function, triangle, 0)
    if tangents is None:
        tangents = entry_tangents(len(matrix), np.iscomplexobj(matrix))[::2]
    testimony = ask(
        matrix, cotangents, function=function, triangle=triangle, domain=domain, tangents=tangents, primal=primal
    )
    assert testimony.abstained is None
    numbers = truth_of(matrix, function, triangle, primal, cotangents, tangents)
    answered = [c for c, reason in enumerate(testimony.reasons) if reason is None]
    assert 0 in answered, "values alone need no phase"
    errors = np.abs(testimony.numbers - numbers)[answered]
    assert (errors <= 3 * testimony.bars[answered]).all()
    largest = np.abs(numbers[answered]).max(axis=1)
    assert (testimony.bars[answered].max(axis=1) <= allowed * largest).all()
    return answered


@pytest.mark.parametrize("name", FAMILIES)
def test_general_matrices(name):
    answered = check(FAMILIES[name], "eig", allowed=1e-9 if "1e+08" in name else 1e-11)
    assert len(answered) == 3 or "complex condition" in name or "rotation" in name


@pytest.mark.parametrize("triangle", ["L", "U"])
@pytest.mark.parametrize("name", ["real 2", "real 5", "complex 2", "complex 5", "real single", "complex single"])
def test_hermitian_functions(name, triangle):
    assert len(check(FAMILIES[name], "eigh", triangle)) == 3


@pytest.mark.parametrize("name", ["real hermitian", "complex hermitian"])
@pytest.mark.parametrize("domain", ["general", "symmetric", "upper"])
def test_plain_functions_at_hermitian_matrices(name, domain):
    matrix = FAMILIES[name]
    triangle = "U" if domain == "upper" else None
    tangents = entry_tangents(len(matrix), np.iscomplexobj(matrix))[::2]
    if domain == "symmetric":
        tangents = tangents + tangents.conj().transpose(0, 2, 1)
    assert len(check(matrix, "eig", triangle, domain, tangents)) == 3


def turning_cotangent(vectors):
    return Eigenpairs(None, 1j * vectors)


def test_a_hermitian_driver_behind_eig_is_known_by_its_vectors():
    tangents = entry_tangents(3, True)
    tangents = tangents + tangents.conj().transpose(0, 2, 1)
    found = {}
    for triangle in ("U", "L"):
        vectors, values = lapack.zheevr(H3, lower=int(triangle == "L"))[1::-1]
        primal = Eigenpairs(values, vectors)
        cotangent = [turning_cotangent(vectors)]
        plain = ask(H3, cotangent, function="eig", domain="symmetric", tangents=tangents, primal=primal)
        wrapped = ask(H3, cotangent, function="eigh", triangle=triangle, tangents=tangents, primal=primal)
        assert plain.reasons == (None,)
        assert np.allclose(plain.numbers, wrapped.numbers, atol=1e-13)
        found[triangle] = plain.numbers
    general = ask(H3, [turning_cotangent(np.linalg.eig(H3)[1])], function="eig", domain="symmetric", tangents=tangents)
    assert not np.allclose(found["U"], found["L"], atol=1e-3)
    assert not np.allclose(found["U"], general.numbers, atol=1e-3)


def test_gauge_parts_are_refused_where_the_convention_jumps_and_invariant_parts_are_not():
    rotation = np.array([[0.0, 1.0], [-1.0, 0.0]])
    primal = primal_of(rotation, "eig")
    invariant = np.random.default_rng(0).standard_normal((2, 2))
    invariant = invariant - 1j * primal.vectors * (primal.vectors.conj() * invariant).sum(axis=0).imag
    testimony = ask(rotation, [turning_cotangent(primal.vectors), Eigenpairs(None, invariant)], function="eig")
    assert "phase" in testimony.reasons[0]
    assert testimony.reasons[1] is None
    assert np.isnan(testimony.numbers[0]).all()
    assert np.isinf(testimony.bars[0]).all()
    assert np.isfinite(testimony.numbers[1]).all()


def test_a_vanishing_hermitian_anchor_refuses_gauge_parts_only():
    matrix = np.diag([1.0 + 0j, 2.0, 4.0])
    vectors = np.eye(3, dtype=complex)
    primal = Eigenpairs(np.array([1.0, 2.0, 4.0]), vectors)
    real = Eigenpairs(None, np.arange(9.0).reshape(3, 3).astype(complex))
    testimony = ask(matrix, [turning_cotangent(vectors), real], function="eigh", triangle="L", primal=primal)
    assert testimony.reasons[0] is not None
    assert testimony.reasons[1] is None


def test_other_phases_than_lapacks_give_the_same_number_for_invariant_cotangents():
    matrix = FAMILIES["complex 5"]
    rng = np.random.default_rng(3)
    primal = primal_of(matrix, "eig")
    bar = gaussian(rng, 5, True)
    bar = bar - 1j * primal.vectors * (primal.vectors.conj() * bar).sum(axis=0).imag
    turns = np.exp(2j * np.pi * rng.uniform(size=5))
    here = ask(matrix, [Eigenpairs(None, bar)], function="eig", primal=primal)
    turned = Eigenpairs(primal.values, primal.vectors * turns)
    there = ask(matrix, [Eigenpairs(None, bar * turns)], function="eig", primal=turned)
    assert (np.abs(here.numbers - there.numbers) <= here.bars + there.bars).all()


def test_clusters_silence_only_the_cotangents_that_touch_them():
    primal = Eigenpairs(*np.linalg.eigh(R3))
    spread_out = np.zeros((3, 3))
    spread_out[0, 2] = 1.0
    testimony = ask(R3, [*basis(3), Eigenpairs(None, spread_out)], function="eig", primal=primal)
    assert [reason is None for reason in testimony.reasons] == [False, False, True, True]
    assert "not resolved" in testimony.reasons[0]
    assert np.allclose(testimony.numbers[2], 1 / 3)


@pytest.mark.parametrize("matrix", [[[1.0, 1], [0, 1]], [[1.0, np.inf], [0, 1]], [[1, 1j], [1j, -1]]])
def test_abstains_on_defective_and_infinite_matrices(matrix):
    testimony = ask(np.array(matrix), basis(2), primal=Eigenpairs(np.array([1.0, 1.0])))
    assert testimony.abstained is not None
    assert testimony.numbers.size == 0


def test_a_primal_that_is_wrong_is_not_guessed_at():
    wrong = ask(S, basis(2), primal=Eigenpairs(np.array([300.0, 7.0])))
    assert all("no pair" in reason for reason in wrong.reasons)
    assert ask(S, basis(2), primal=Eigenpairs(np.ones(3))).abstained is not None
    assert ask(S, [], primal=Eigenpairs(np.ones(2), np.ones(2))).abstained is not None
    assert ask(S, [Eigenpairs(None, np.eye(2))]).abstained is not None


def test_absent_and_zero_cotangents_add_nothing():
    testimony = ask(S, [Eigenpairs(None), Eigenpairs(np.zeros(2), np.zeros((2, 2)))], function="eig")
    assert not testimony.numbers.any()
    assert testimony.reasons == (None, None)


def test_edges():
    assert ask(np.zeros((0, 0)), [Eigenpairs(np.zeros(0))]).numbers.shape == (1, 0)
    assert ask(S, []).numbers.shape == (0, 4)
    assert ask(S, basis(2), tangents=np.zeros((0, 2, 2))).numbers.shape == (2, 0)
    tiny = ask(S * 1e-310, [Eigenpairs(None, np.eye(2)), *basis(2)], function="eig")
    assert "overflows" in tiny.reasons[0]
    assert tiny.reasons[1:] == (None, None)


def test_a_response_to_turns_is_measured_also_where_squares_underflow():
    """A cotangent of size 1e-170 responds to phases as one of size 1 does, not more."""
    matrix = FAMILIES["complex 5"]
    primal = primal_of(matrix, "eig")
    bar = gaussian(np.random.default_rng(3), 5, True)
    bar = bar - 1j * primal.vectors * np.imag((primal.vectors.conj() * bar).sum(axis=0))
    plain, tiny = (ask(matrix, [Eigenpairs(None, bar * s)], function="eig", primal=primal) for s in (1, 2.0**-565))
    assert np.array_equal(plain.numbers * 2.0**-565, tiny.numbers)
    assert np.allclose(plain.bars, tiny.bars * 2.0**565, rtol=1e-6)


def test_a_tie_that_vectors_cannot_reach_is_clear():
    """The two largest entries differ by 1e-4, and roundoff moves the vectors of the close pair by 1e-6 at gap 1e-9."""
    vectors = np.linalg.qr(gaussian(np.random.default_rng(4), 4, True))[0]
    vectors[:, 0] = [0.6, 0.6 * (1 - 1e-4), 0.4, 0.3]
    matrix = vectors @ np.diag([1.0, 1 + 1e-9, 3, 4]) @ np.linalg.inv(vectors)
    primal = primal_of(matrix, "eig")
    turning = Eigenpairs(None, 1j * primal.vectors)
    assert ask(matrix, [turning], function="eig", primal=primal).reasons == (None,)
