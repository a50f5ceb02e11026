"""The oracle `certified`: every family within its bars of 80 digits, clusters, conventions, and when it keeps silent."""

import numpy as np
import pytest
from scipy.linalg import lapack

from eigcheck.domains.tangents import assemble, tangents_for
from eigcheck.model import Cotangent, Eigenpairs, Question, Tangents, unit_roundoff
from eigcheck.oracles import certified, dual
from eigcheck.spectra.reads import read
from tests.families import conditioned, families, gaussian
from tests.oracles.certified_truth import truth, worst

S = np.array([[1.0, 2.0], [2.0, 3.0]])
R3 = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])
H3 = np.array([[2, 1 - 1j, 0.5j], [1 + 1j, 3, 0.25 + 1j], [-0.5j, 0.25 - 1j, 5]])
RNG = np.random.default_rng(7)
FAMILIES = families()
FAMILIES["real gap 1e-12"] = conditioned(RNG, 4, 10.0, 1e-12, False)
FAMILIES["complex gap 1e-12"] = conditioned(RNG, 4, 10.0, 1e-12, True)


def ask(matrix, pairs, primal, function="eig", triangle=None, domain="general", tangents=None, convention="lapack"):
    if tangents is None:
        tangents = tangents_for(len(matrix), domain, is_complex=np.iscomplexobj(matrix))
    elif not isinstance(tangents, Tangents):
        tangents = Tangents(tangents, (None,) * len(tangents), ("re",) * len(tangents))
    cotangents = tuple(Cotangent(p, "") for p in pairs)
    u = unit_roundoff(matrix.dtype)
    return Question(matrix, function, domain, triangle, convention, u, primal, cotangents, tangents)


def answer(*args, **kwargs):
    return certified.testify(ask(*args, **kwargs))


def primal_of(matrix, function="eig", triangle=None):
    answer = getattr(np.linalg, function)(read(matrix, triangle), **({"UPLO": triangle} if triangle else {}))
    return Eigenpairs(*answer) if isinstance(answer, tuple) else Eigenpairs(answer)


def basis(order):
    return [Eigenpairs(row) for row in np.eye(order)]


def dense(order, is_complex, count=3):
    rng = np.random.default_rng(order)
    return np.array([gaussian(rng, order, is_complex) for _ in range(count)])


def without_gauge(bar, vectors):
    return bar - 1j * vectors * np.sum(vectors.conj() * bar, axis=0).imag if np.iscomplexobj(vectors) else bar


def cotangents_of(primal, seed=0):
    rng = np.random.default_rng(seed)
    order = len(primal.values)
    is_complex = np.iscomplexobj(primal.vectors)
    values_bar = gaussian(rng, order, np.iscomplexobj(primal.values))[0]
    vectors_bar = without_gauge(gaussian(rng, order, is_complex), primal.vectors)
    return [Eigenpairs(values_bar), Eigenpairs(None, vectors_bar), Eigenpairs(values_bar, vectors_bar)]


def rule_like(matrix, function="eig", triangle=None):
    """A primal in an order and with signs of its own."""
    rng = np.random.default_rng(1)
    primal = primal_of(matrix, function, triangle)
    order = len(matrix)
    shuffle = rng.permutation(order)
    signs = rng.choice([-1.0, 1.0], size=order).astype(primal.vectors.real.dtype)
    return Eigenpairs(primal.values[shuffle], primal.vectors[:, shuffle] * signs)


@pytest.mark.parametrize("name", FAMILIES)
def test_general_matrices_within_bars_of_80_digits(name):
    matrix = FAMILIES[name]
    order, is_complex = len(matrix), np.iscomplexobj(matrix)
    primal = rule_like(matrix)
    pairs = cotangents_of(primal)
    question = ask(matrix, pairs, primal, tangents=dense(order, is_complex))
    testimony = certified.testify(question)
    assert testimony.abstained is None
    assert testimony.reasons == (None,) * 3
    tangents = dense(order, is_complex)
    expected = truth(matrix, tangents, primal.values, primal.vectors, pairs)
    assert worst(testimony.numbers, testimony.bars, expected) <= 1
    largest = np.abs(testimony.numbers[0]).max()
    assert testimony.bars[0].max() <= 2.0**-52 * largest, "a bar is the rounding to double precision"


@pytest.mark.parametrize("triangle", ["L", "U"])
@pytest.mark.parametrize("name", ["real 5", "complex 5", "real single", "complex single"])
def test_hermitian_functions_with_nan_in_the_triangle_that_is_not_read(name, triangle):
    matrix = FAMILIES[name].copy()
    unread = np.tril_indices(5, -1) if triangle == "U" else np.triu_indices(5, 1)
    matrix[unread] = np.nan
    primal = rule_like(matrix, "eigh", triangle)
    pairs = cotangents_of(primal)
    for domain in ("general", "upper" if triangle == "U" else "lower"):
        tangents = tangents_for(5, domain, is_complex=np.iscomplexobj(matrix)).matrices[::4]
        testimony = answer(matrix, pairs, primal, "eigh", triangle, domain, tangents)
        moved = read(tangents, triangle)
        expected = truth(read(matrix, triangle), moved, primal.values, primal.vectors, pairs)
        assert worst(testimony.numbers, testimony.bars, expected) <= 1
        assert not testimony.numbers[:, ~moved.any(axis=(1, 2))].any()


@pytest.mark.parametrize("name", ["real hermitian", "complex hermitian"])
@pytest.mark.parametrize("domain", ["symmetric", "upper", "lower"])
def test_domains_of_plain_functions(name, domain):
    matrix = FAMILIES[name]
    triangle = {"symmetric": None, "upper": "U", "lower": "L"}[domain]
    primal = rule_like(matrix)
    pairs = cotangents_of(primal)
    tangents = tangents_for(5, domain, is_complex=np.iscomplexobj(matrix)).matrices[::3]
    testimony = answer(matrix, pairs, primal, "eig", triangle, domain, tangents)
    expected = truth(matrix, read(tangents, triangle), primal.values, primal.vectors, pairs)
    assert worst(testimony.numbers, testimony.bars, expected) <= 1


def test_the_column_that_the_seed_bug_loses_and_its_vectors():
    values, vectors = np.linalg.eigh(S)
    found = answer(S, basis(2), Eigenpairs(values), "eigvals")
    expected = [[0.7236067977, -0.4472135955, -0.4472135955, 0.2763932023], [0.2763932023, 0.4472135955] * 2]
    expected[1] = [0.2763932023, 0.4472135955, 0.4472135955, 0.7236067977]
    assert np.allclose(found.numbers, expected, atol=1e-10)
    bar = np.zeros((2, 2))
    bar[0, 0] = 2 * vectors[0, 0]
    found = answer(S, [Eigenpairs(None, bar)], Eigenpairs(values, vectors))
    assert np.allclose(found.numbers, [[-0.0894427191, 0.0552786405, -0.1447213595, 0.0894427191]], atol=1e-10)


def test_gauge_parts_follow_geev_where_the_anchor_stays_real():
    matrix = FAMILIES["complex 5"]
    primal = primal_of(matrix)
    pairs = [Eigenpairs(None, 1j * primal.vectors), Eigenpairs(None, gaussian(RNG, 5, True))]
    testimony = answer(matrix, pairs, primal, tangents=dense(5, True))
    anchors = np.abs(primal.vectors).argmax(axis=0)
    expected = truth(matrix, dense(5, True), primal.values, primal.vectors, pairs, anchors)
    assert worst(testimony.numbers, testimony.bars, expected) <= 1
    turned = Eigenpairs(primal.values, primal.vectors * np.exp(1j))
    assert "not obeyed" in answer(matrix, pairs, turned).reasons[0]
    free = answer(matrix, pairs, primal, tangents=dense(5, True), convention="free")
    assert all("phase" in reason for reason in free.reasons)


@pytest.mark.parametrize("triangle", ["L", "U"])
@pytest.mark.parametrize("function", ["eig", "eigh"])
def test_gauge_parts_follow_heevr_also_behind_eig(function, triangle):
    vectors, values = lapack.zheevr(H3, lower=int(triangle == "L"))[1::-1]
    tangents = dense(3, True) + dense(3, True).conj().transpose(0, 2, 1)
    pairs = [Eigenpairs(None, 1j * vectors), Eigenpairs(values, gaussian(RNG, 3, True))]
    read_from = triangle if function == "eigh" else None
    testimony = answer(H3, pairs, Eigenpairs(values, vectors), function, read_from, "symmetric", tangents)
    expected = truth(H3, tangents, values, vectors, pairs, np.full(3, 2 if triangle == "U" else 0))
    assert testimony.reasons == (None, None)
    assert worst(testimony.numbers, testimony.bars, expected) <= 1


def test_gauge_parts_are_refused_where_the_convention_jumps_and_invariant_parts_are_not():
    primal = primal_of(FAMILIES["rotation"])
    pairs = [Eigenpairs(None, 1j * primal.vectors), cotangents_of(primal)[1]]
    testimony = answer(FAMILIES["rotation"], pairs, primal)
    assert "phase" in testimony.reasons[0]
    assert np.isnan(testimony.numbers[0]).all()
    assert np.isinf(testimony.bars[0]).all()
    assert testimony.reasons[1] is None
    assert np.isfinite(testimony.numbers[1]).all()


def test_vectors_that_are_longer_or_turned_carry_their_cotangent_along():
    matrix = FAMILIES["complex 5"]
    primal = primal_of(matrix)
    bar = cotangents_of(primal)[1].vectors
    here = answer(matrix, [Eigenpairs(None, bar)], primal)
    turn = np.exp(2j * np.pi * RNG.uniform(size=5)) * 3
    there = answer(matrix, [Eigenpairs(None, bar * turn)], Eigenpairs(primal.values, primal.vectors * turn))
    assert np.allclose(there.numbers, 9 * here.numbers, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("exponent", [-498, 3, 498])
def test_powers_of_two_change_nothing_but_the_scale_of_vectors(exponent):
    matrix = FAMILIES["real 5"]
    primal = primal_of(matrix)
    pairs = cotangents_of(primal)[:2]
    here = answer(matrix, pairs, primal)
    scaled = Eigenpairs(primal.values * 2.0**exponent, primal.vectors)
    there = answer(matrix * 2.0**exponent, pairs, scaled)
    assert np.array_equal(there.numbers[0], here.numbers[0])
    assert np.array_equal(there.numbers[1], np.ldexp(here.numbers[1], -exponent))


def test_r3_one_unit_off_is_two_eigenvalues_that_values_in_double_precision_do_not_tell_apart():
    matrix = R3.copy()
    matrix[0, 0] = np.nextafter(2, 3)
    primal = primal_of(matrix)
    apart = int(np.argmax(primal.values))
    equal = np.where(np.arange(3) == apart, 0.0, 1.0)
    testimony = answer(matrix, [*basis(3), Eigenpairs(equal)], Eigenpairs(primal.values), "eigvals")
    told = [reason is None for reason in testimony.reasons]
    assert told == [k == apart for k in range(3)] + [True]
    gradient = testimony.numbers[3].reshape(3, 3)
    assert np.allclose(gradient, np.eye(3) - np.ones((3, 3)) / 3, atol=1e-15)
    exact = answer(matrix, basis(3), Eigenpairs(np.array([1.0, 1.0 + 2.0**-52, 4.0])), "eigvals")
    assert "cannot be told apart" in exact.reasons[0]


def test_equal_cotangents_on_semisimple_clusters():
    two = answer(np.eye(4), [Eigenpairs(np.full(4, 2.0))], Eigenpairs(np.ones(4)), "eigvals")
    assert np.array_equal(two.numbers[0].reshape(4, 4), 2 * np.eye(4))
    assert not two.bars.any()
    primal = Eigenpairs(*np.linalg.eigh(R3))
    testimony = answer(R3, [Eigenpairs(np.array([3.0, 3.0, 1.0])), *basis(3)], primal)
    expected = 3 * (np.eye(3) - np.ones((3, 3)) / 3) + np.ones((3, 3)) / 3
    assert np.abs(testimony.numbers[0] - expected.ravel()).max() <= 2.0**-51
    assert [reason is None for reason in testimony.reasons] == [True, False, False, True]
    assert "cannot be told apart" in testimony.reasons[1]


def test_simple_pairs_beside_a_cluster_have_vectors():
    matrix = np.diag([1.0, 1, 2])
    matrix[2, 0] = 1
    primal = primal_of(matrix)
    k = int(np.argmax(primal.values))
    bar = np.zeros((3, 3))
    bar[:, k] = [1.0, 2, 3]
    touching = np.roll(bar, 1, axis=1)
    testimony = answer(matrix, [Eigenpairs(np.eye(3)[k], bar), Eigenpairs(None, touching)], primal)
    # v = (0, 0, s), w = (1, 0, 1) s, S = diag(1, 1, 0) less the part along w: rows 0 and 1 of E v, over 1
    sign = np.sign(primal.vectors[2, k])
    expected = np.zeros((3, 3))
    expected[:, 2] = [1.0, 0.0, 1.0]
    expected[:2, 2] += sign * np.array([1.0, 2.0])
    assert np.allclose(testimony.numbers[0].reshape(3, 3), expected, atol=1e-15)
    assert "cannot be told apart" in testimony.reasons[1]


@pytest.mark.parametrize("is_complex", [False, True])
def test_projectors_of_unsymmetric_clusters_are_exact_rationals(is_complex):
    basis_of = np.array([[1.0, 2, 0, 1], [0, 1, 3, 0], [0, 0, 1, 2], [0, 0, 0, 1]])
    basis_of = basis_of.T @ basis_of[::-1]
    eigenvalues = np.array([1.0, 1, 5, 5]) * (1 + 2j if is_complex else 1)
    inverse = np.round(np.linalg.inv(basis_of))
    assert np.array_equal(basis_of @ inverse, np.eye(4)), "integers, so that everything here is exact"
    matrix = basis_of @ np.diag(eigenvalues) @ inverse
    testimony = answer(matrix, [Eigenpairs(np.array([1.0, 1, 0, 0]))], Eigenpairs(eigenvalues), "eigvals")
    tangents = tangents_for(4, "general", is_complex=is_complex)
    found = assemble(testimony.numbers, tangents, 4, "general", is_complex=is_complex)[0]
    expected = basis_of[:, :2] @ inverse[:2]
    largest = np.abs(expected).max()
    assert np.abs(found - expected.T).max() <= testimony.bars.max() <= 2.0**-52 * largest


@pytest.mark.parametrize("matrix", [[[1.0, 1], [0, 1]], [[1, 1j], [1j, -1]]])
def test_defective_clusters_are_nobodys(matrix):
    testimony = answer(np.array(matrix), basis(2), Eigenpairs(np.array([1.0, 1.0])), "eigvals")
    assert "defective" in testimony.abstained
    assert testimony.numbers.size == 0


def test_other_abstentions_say_why(monkeypatch):
    values = np.linalg.eigvalsh(S)
    wrong = answer(S, [*basis(2), Eigenpairs(np.ones(2))], Eigenpairs(np.array([300.0, 7.0])), "eigvals")
    assert [reason is None for reason in wrong.reasons] == [False, False, True]
    assert "NaN" in answer(S * np.nan, basis(2), Eigenpairs(values)).abstained
    assert "eigenvalues" in answer(S, basis(2), Eigenpairs(np.ones(3))).abstained
    assert "eigenvectors" in answer(S, [], Eigenpairs(values, np.ones(2))).abstained
    assert "no eigenvectors" in answer(S, [Eigenpairs(None, S)], Eigenpairs(values)).abstained
    assert "cotangent" in answer(S, [Eigenpairs(values * np.inf)], Eigenpairs(values)).abstained
    tiny = answer(S * 1e-310, [Eigenpairs(None, S), *basis(2)], primal_of(S * 1e-310))
    assert tiny.reasons == ("the derivative overflows", None, None)
    monkeypatch.setattr(certified, "WORK_LIMIT", 1)
    hard = FAMILIES["real condition 1e+08"]
    told = answer(hard, basis(5), primal_of(hard))
    assert all("too wide" in reason for reason in told.reasons)
    monkeypatch.setattr(certified, "FIRST_BITS", 64)
    assert "with 64 bits" in answer(hard, basis(5), primal_of(hard)).abstained


def test_absent_and_zero_cotangents_add_nothing():
    primal = primal_of(S)
    testimony = answer(S, [Eigenpairs(None), Eigenpairs(np.zeros(2), np.zeros((2, 2)))], primal)
    assert not testimony.numbers.any()
    assert not testimony.bars.any()
    assert testimony.reasons == (None, None)
    assert answer(S, [], primal).numbers.shape == (0, 4)
    empty = np.zeros((0, 0))
    assert answer(empty, [Eigenpairs(np.zeros(0))], Eigenpairs(np.zeros(0))).numbers.shape == (1, 0)
    assert answer(np.zeros((2, 2)), [Eigenpairs(np.ones(2))], Eigenpairs(np.zeros(2))).numbers.tolist() == [
        [1, 0, 0, 1]
    ]


@pytest.mark.parametrize("name", FAMILIES)
def test_dual_stays_within_both_bars(name):
    primal = primal_of(FAMILIES[name])
    question = ask(FAMILIES[name], cotangents_of(primal), primal)
    ours, theirs = certified.testify(question), dual.testify(question)
    assert (np.abs(ours.numbers - theirs.numbers) <= ours.bars + theirs.bars).all()


@pytest.mark.parametrize("size", [1e-3, 1e-9])
def test_a_small_entry_that_is_made_real_turns_nobodys_gradient(size):
    """A rule's gradient turns with its own vectors: the error of those over the small entry is not the rule's."""
    rng = np.random.default_rng(2)
    matrix = np.diag(np.arange(1.0, 5)) + size * (gaussian(rng, 4, True) + 0)
    matrix = (matrix + matrix.conj().T) / 2
    primal = primal_of(matrix, "eigh", "L")
    assert np.abs(primal.vectors[0]).min() < size
    pairs = cotangents_of(primal)[1:2]
    testimony = answer(matrix, pairs, primal, "eigh", "L", "lower")
    # the textbook formula on the rule's own pairs: V (F o V^H V_bar) V^H, without what belongs to norm and phase
    gaps = primal.values[None, :] - primal.values[:, None] + np.eye(4)
    inner = primal.vectors.conj().T @ pairs[0].vectors / gaps * (1 - np.eye(4))
    gradient = primal.vectors @ inner @ primal.vectors.conj().T
    tangents = read(tangents_for(4, "lower", is_complex=True).matrices, "L")
    numbers = np.einsum("ij,tij->t", gradient.conj(), tangents).real
    assert np.abs(testimony.numbers[0] - numbers).max() <= 64 * 2.0**-53 * np.abs(numbers).max()


@pytest.mark.parametrize(
    ("order", "function", "answered"), [(20, "eig", True), (30, "eig", False), (30, "eigvals", True)]
)
def test_the_limit_is_the_work_and_not_the_order(order, function, answered):
    matrix = np.diag(np.arange(1.0, order + 1))
    matrix[0, 1:] = 1.0
    primal = primal_of(matrix)
    bars = [Eigenpairs(row) for row in np.eye(order)] if function == "eigvals" else cotangents_of(primal)
    tangents = tangents_for(order, "general", is_complex=False, every=True)
    question = ask(matrix, bars, primal, function, None, "general", tangents)
    assert (certified.operations(question) <= certified.OPERATIONS_LIMIT) == answered
    if not answered:
        told = certified.testify(question).abstained
        assert f"order {order}" in told
        assert told.endswith("operations on balls: too many")
    elif function == "eig":
        testimony = certified.testify(question)
        assert testimony.reasons == (None,) * 3
        theirs = dual.testify(question)
        assert (np.abs(testimony.numbers - theirs.numbers) <= testimony.bars + theirs.bars).all()


def test_dense_tangents_count_by_their_entries():
    matrix = np.eye(10)
    primal, bars = Eigenpairs(np.ones(10)), basis(10)
    sparse, full = (
        certified.operations(ask(matrix, bars, primal, "eigvals", tangents=tangents))
        for tangents in (tangents_for(10, "general", is_complex=False), dense(10, False, count=100))
    )
    assert full - sparse == 10 * (100 * 100 - 100)
