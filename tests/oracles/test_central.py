"""Central differences: their bars hold the true error in every family, and what cannot be followed is never guessed."""

import subprocess
import sys

import numpy as np
import pytest

from eigcheck.domains.tangents import tangents_for
from eigcheck.model import Cotangent, Eigenpairs, Question, unit_roundoff
from eigcheck.oracles import central
from eigcheck.spectra.conditioning import coalescence_radius, condition
from eigcheck.spectra.reads import read
from tests.families import of_order_four
from tests.precise import adjoint, eigen, precisely, wide

U = unit_roundoff(np.float64)


FAMILIES = of_order_four(11)
FAMILIES |= {"float32": FAMILIES["real"].astype(np.float32), "complex64": FAMILIES["complex"].astype(np.complex64)}


def decompose(function, triangle):
    def primal(matrices):
        if function in ("eigh", "eigvalsh"):
            found = [np.linalg.eigh(A, UPLO=triangle) for A in matrices]
        else:
            found = [np.linalg.eig(A) for A in matrices]
        with_vectors = function in ("eig", "eigh")
        return [Eigenpairs(w, v if with_vectors else None) for w, v in found]

    return primal


def question_of(A, function="eig", domain="general", cotangents=None, triangle=None):
    primal = decompose(function, triangle)([A])[0]
    tangents = tangents_for(len(A), domain, is_complex=np.iscomplexobj(A))
    if cotangents is None:
        cotangents = [Eigenpairs(row) for row in np.eye(len(A), dtype=primal.values.dtype)]
    made = tuple(Cotangent(pairs, "c") for pairs in cotangents)
    return Question(A, function, domain, triangle, "lapack", unit_roundoff(A.dtype), primal, made, tangents)


def differences(question, primal=None, chosen=None):
    state = condition(read(question.matrix, question.triangle))
    primal = primal or decompose(question.function, question.triangle)
    chosen = range(len(question.tangents.entries)) if chosen is None else chosen
    return central.testify(question, state, primal, chosen)


def truth(question, anchors=None):
    """`<y_bar, y_dot>` along every tangent, to 320 bits and then rounded; vectors in the primal's phases."""
    decomposed = read(question.matrix, question.triangle)
    primal, n = question.primal, len(decomposed)
    vectors = np.linalg.eig(decomposed)[1] if primal.vectors is None else primal.vectors
    numbers = np.zeros((len(question.cotangents), len(question.tangents.entries)))
    with precisely():
        pairs = eigen(wide(decomposed), (primal.values, vectors))
        moved = [wide(E) for E in read(question.tangents.matrices, question.triangle)]
        for c, cotangent in enumerate(question.cotangents):
            G = wide(np.zeros((n, n)))
            for k in range(n):
                if cotangent.pairs.values is not None and cotangent.pairs.values[k]:
                    G = G + pairs.value_gradient(k) * wide([[cotangent.pairs.values[k]]])[0, 0]
                if cotangent.pairs.vectors is not None and np.any(cotangent.pairs.vectors[:, k]):
                    anchor = None if anchors is None else anchors[k]
                    G = G + pairs.vector_gradient(k, cotangent.pairs.vectors[:, k], anchor)
            for t, E in enumerate(moved):
                product = adjoint(G) * E
                numbers[c, t] = float(sum((product[i, i].real.mid() for i in range(n)), product[0, 0].real.mid() * 0))
    return numbers


def invariant(vectors, seed):
    rng = np.random.default_rng(seed)
    bar = rng.standard_normal(vectors.shape)
    if not np.iscomplexobj(vectors):
        return bar.astype(vectors.dtype)
    bar = bar + 1j * rng.standard_normal(vectors.shape)
    return (bar - 1j * vectors * np.sum(vectors.conj() * bar, axis=0).imag).astype(vectors.dtype)


@pytest.mark.parametrize("name", FAMILIES)
def test_bars_hold_the_true_error_of_values(name):
    question = question_of(FAMILIES[name], "eigvals")
    testimony = differences(question)
    assert testimony.abstained is None
    assert np.all(np.abs(testimony.numbers - truth(question)) <= testimony.bars)
    assert np.all(np.isfinite(testimony.bars))


@pytest.mark.parametrize("name", FAMILIES)
def test_bars_hold_the_true_error_of_invariant_vectors(name):
    plain = question_of(FAMILIES[name])
    question = question_of(FAMILIES[name], cotangents=[Eigenpairs(None, invariant(plain.primal.vectors, 1))])
    testimony = differences(question)
    assert np.all(np.abs(testimony.numbers - truth(question)) <= testimony.bars)


@pytest.mark.parametrize("name", ["symmetric", "hermitian", "float32", "gap 1e-4"])
@pytest.mark.parametrize(
    ("function", "domain", "triangle"),
    [("eigh", "general", "L"), ("eigh", "upper", "U"), ("eigh", "lower", "L"), ("eigh", "symmetric", "L")],
)
def test_bars_hold_on_every_domain(name, function, domain, triangle):
    A = FAMILIES[name].copy()
    values, vectors = np.linalg.eigh(A, UPLO=triangle)
    cotangents = [Eigenpairs(row.astype(values.dtype)) for row in np.eye(4)]
    cotangents.append(Eigenpairs(None, invariant(vectors, 2)))
    question = question_of(A, function, domain, cotangents, triangle)
    testimony = differences(question)
    assert np.all(np.abs(testimony.numbers - truth(question)) <= testimony.bars)


def test_bars_hold_for_the_gauge_part_in_lapacks_convention():
    """The entry of largest modulus stays real, so the phase turns with the matrix."""
    A = FAMILIES["complex"]
    vectors = np.linalg.eig(A)[1]
    question = question_of(A, cotangents=[Eigenpairs(None, 1j * vectors * np.array([1.0, -2, 0.5, 3]))])
    testimony, want = differences(question), truth(question, np.argmax(np.abs(vectors), axis=0))
    assert np.all(np.abs(testimony.numbers - want) <= testimony.bars)
    assert np.all(testimony.bars < 1e-6 * np.abs(want).max())
    assert np.any(np.abs(want) > 0.1)


@pytest.mark.parametrize("name", ["real", "complex", "symmetric", "gap 1e-4", "large", "small complex"])
def test_bars_are_narrow_where_the_precision_allows(name):
    """The optimum of fourth order is (n u)^(4/5) relative to the coalescence; that times the stated factors."""
    A = FAMILIES[name]
    testimony = differences(question_of(A, "eigvals"))
    state = condition(A)
    relative = np.median(testimony.bars) / np.max(np.abs(testimony.numbers))
    noise = len(A) * U * state.norm * np.max(state.kappa) * np.max(state.resolvent_norms * (1 + state.kappa))
    assert relative <= 64 * central.NEIGHBOUR_FACTOR * noise ** (central.ACCURACY / (central.ACCURACY + 1))


def test_the_formula_is_exact_for_polynomials_of_its_order():
    """sum_m w_m y(a + m h) / h for y = a^4 is 4 a^3."""

    def quartic(matrices):
        return [Eigenpairs(A[0] ** 4) for A in matrices]

    A = np.array([[0.75]])
    testimony = differences(question_of(A, "eigvals"), quartic)
    assert abs(testimony.numbers[0, 0] - 4 * 0.75**3) <= testimony.bars[0, 0]
    step = testimony.detail["steps"][2, 0]
    assert testimony.numbers[0, 0] == pytest.approx(4 * 0.75**3, rel=16 * U / step)
    moments = [sum(w * m**p for m, w in central.weights().items()) for p in range(5)]
    assert moments == pytest.approx([0, 1, 0, 0, 0], abs=16 * U)


def test_steps_are_powers_of_two_below_the_coalescence():
    A = FAMILIES["gap 1e-4"]
    question = question_of(A, "eigvals")
    testimony, state = differences(question), condition(A)
    steps = testimony.detail["steps"]
    assert np.array_equal(np.log2(steps) % 1, np.zeros(steps.shape))
    assert np.array_equal(steps[1:], 2 * steps[:-1])
    for t, E in enumerate(question.tangents.matrices):
        radius = coalescence_radius(state, E)
        noise = 4 * U * state.norm * 2.0**state.exponent
        assert steps[-1, t] * 2 <= radius
        middle = min(radius * (noise / radius) ** 0.2, radius / 8)
        assert middle / 2 < steps[2, t] <= middle


@pytest.mark.parametrize("power", [-300, 300])
def test_scaling_by_a_power_of_two_changes_no_bit(power):
    scale = 2.0**power
    A = FAMILIES["real"]
    bar = invariant(np.linalg.eig(A)[1], 3)
    for pairs, factor in ((Eigenpairs(np.arange(1.0, 5)), 1.0), (Eigenpairs(None, bar), 1 / scale)):
        plain, moved = (differences(question_of(M, cotangents=[pairs])) for M in (A, A * scale))
        assert np.array_equal(plain.numbers * factor, moved.numbers)
        assert np.array_equal(plain.bars * factor, moved.bars)


@pytest.mark.parametrize("exponent", [-960, -640])
def test_bars_of_a_tiny_cotangent_are_as_wide_for_their_size(exponent):
    A = np.array([[1.0, 9.5e-10], [0.0, 1.00000000001]])
    vectors_bar = np.array([[-0.5, 0.75], [1.5, -0.25]])
    plain, tiny = (
        differences(question_of(A, cotangents=[Eigenpairs(None, scale * vectors_bar)]))
        for scale in (1.0, 2.0**exponent)
    )
    assert np.allclose(2.0**-exponent * tiny.bars, plain.bars, rtol=1e-9, atol=0)
    assert np.array_equal(np.isfinite(tiny.bars), np.isfinite(plain.bars))
    assert np.any(np.isfinite(plain.bars))


def test_only_the_chosen_tangents_are_differenced():
    testimony = differences(question_of(FAMILIES["real"], "eigvals"), chosen=(3, 7))
    known = np.isfinite(testimony.numbers).all(axis=0)
    assert np.flatnonzero(known).tolist() == [3, 7]
    assert np.all(testimony.bars[:, ~known] == np.inf)
    # five rungs with points at 1 and 2 steps share all but one of their points: 6 powers, 2 signs
    assert testimony.evaluations == 2 * 6 * 2
    assert testimony.detail["chosen"] == (3, 7)
    assert testimony.detail["rungs"].shape == testimony.detail["rung_bars"].shape == (5, 4, 2)


def test_the_other_triangle_may_hold_anything():
    A = np.array([[1.0, np.nan, np.inf], [0.5, 2, np.nan], [0.25, 0.125, 4]])
    question = question_of(A, "eigvalsh", "lower", triangle="L")
    testimony = differences(question)
    assert np.all(np.abs(testimony.numbers - truth(question)) <= testimony.bars)


def test_entries_that_are_not_read_have_the_derivative_zero():
    question = question_of(FAMILIES["symmetric"], "eigvalsh", triangle="L")
    testimony = differences(question)
    above = [t for t, (i, j) in enumerate(question.tangents.entries) if i < j]
    assert np.array_equal(testimony.numbers[:, above], np.zeros((4, 6)))


def test_a_pair_that_is_lost_costs_only_the_cotangents_that_touch_it():
    A = np.diag([1.0, 2.0, 4.0])
    question = question_of(A, "eigvals")

    def primal(matrices):
        # the largest eigenvalue is reported elsewhere beside A, the others are right
        return [Eigenpairs(np.where(np.arange(3) == 2, 40.0, np.diagonal(M))) for M in matrices]

    testimony = differences(question, primal, chosen=(0, 4))
    assert np.isnan(testimony.numbers[2]).all()
    assert np.all(testimony.bars[2] == np.inf)
    assert "could not be followed" in testimony.reasons[2]
    assert np.isfinite(testimony.numbers[:2, (0, 4)]).all()
    assert testimony.reasons[:2] == (None, None)


def test_an_order_and_phases_that_flip_from_call_to_call_do_no_harm():
    A = FAMILIES["complex"]
    rng = np.random.default_rng(5)
    base = decompose("eig", None)

    def restless(matrices):
        made = []
        for pairs in base(matrices):
            order, turn = rng.permutation(4), rng.choice([-1.0, 1.0], 4)
            made.append(Eigenpairs(pairs.values[order], (pairs.vectors * turn)[:, order]))
        return made

    bar = invariant(np.linalg.eig(A)[1], 6)
    question = question_of(A, cotangents=[Eigenpairs(np.arange(4) + 1j), Eigenpairs(None, bar)])
    testimony = differences(question, restless)
    assert np.all(np.abs(testimony.numbers - truth(question)) <= testimony.bars)
    assert np.all(testimony.bars <= 1e-6)


def test_a_cotangent_that_is_equal_over_a_cluster_is_differenced():
    """d sum(lambda) = tr dA, also where two of the eigenvalues coincide."""
    A = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])
    question = question_of(A, "eigvalsh", "symmetric", [Eigenpairs(np.ones(3))], "L")
    state = condition(A, ((0, 1),))
    primal = decompose("eigvalsh", "L")
    testimony = central.testify(question, state, primal, range(6))
    traces = np.trace(question.tangents.matrices, axis1=1, axis2=2)
    assert np.all(np.abs(testimony.numbers[0] - traces) <= testimony.bars[0])
    assert np.all(testimony.bars < 1e-6)


def test_it_abstains_where_the_primal_fails_beside_the_matrix():
    question = question_of(FAMILIES["real"], "eigvals")
    testimony = differences(question, lambda matrices: [None] * len(matrices))
    assert testimony.abstained == "the primal failed beside the matrix"


def test_it_abstains_without_tangents_and_answers_order_zero():
    assert differences(question_of(FAMILIES["real"], "eigvals"), chosen=()).abstained is not None
    empty = differences(question_of(np.zeros((0, 0)), "eigvals", cotangents=[]))
    assert empty.abstained is None
    assert empty.numbers.shape == (0, 0)


def test_a_gap_below_roundoff_widens_the_bars_or_silences_it():
    A = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])
    A[0, 0] = np.nextafter(2, 3)
    testimony = differences(question_of(A, "eigvalsh", "symmetric", triangle="L"))
    assert testimony.abstained is not None or not np.any(testimony.bars[:2] < 0.1)


def test_importing_it_does_not_import_findiff():
    code = "import sys, eigcheck.oracles.central; print('findiff' in sys.modules, 'sympy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_the_weights_are_findiffs():
    import findiff

    table = findiff.coefficients(deriv=1, acc=central.ACCURACY)["center"]
    expected = dict(zip(table["offsets"], table["coefficients"], strict=True))
    assert set(central.weights()) == {-2, -1, 1, 2}
    assert all(central.weights()[m] == expected[m] for m in central.weights())


@pytest.mark.parametrize("size", [1e-2, 1e-6, 1e-10])
def test_a_phase_that_hangs_on_a_small_entry_is_differenced_near_by_or_not_at_all(size):
    """The first row of `heevr`'s vectors is real; far beyond the size of such an entry its phase is settled again."""
    rng = np.random.default_rng(7)
    noise = rng.standard_normal((4, 4)) + 1j * rng.standard_normal((4, 4))
    A = np.diag([1.0, 2, 3, 4]) + size * (noise + noise.conj().T)
    vectors = np.linalg.eigh(A)[1]
    question = question_of(A, "eigh", "lower", [Eigenpairs(None, 1j * vectors)], "L")
    testimony = differences(question)
    want = truth(question, np.zeros(4, int))
    known = np.isfinite(testimony.numbers)
    assert np.all(np.abs(testimony.numbers - want)[known] <= testimony.bars[known])
    assert known.any(), "some directions leave the entry where it is"
    assert known.all() == (size > 1e-3), "steps are of about (n u)^(1/5)"
