"""Where the phase of the rule's own eigenvectors jumps, a gauge-dependent loss has no derivative: nobody is blamed."""

import numpy as np
import pytest

from eigcheck.check.ask import Ask
from eigcheck.check.phases import unsettled
from eigcheck.check.point import make_point
from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import CotangentSpec, Eigenpairs, ReverseCall
from eigcheck.spectra.survey import survey
from tests.check.stage import H3, N3, S, finding, judge, kinds, problem_of, rule_named, rule_of
from tests.check.test_cotangents import made, primal_of
from tests.families import gaussian

ALL = Settings()
C3 = np.random.default_rng(2).standard_normal((3, 3)) + 1j * np.random.default_rng(3).standard_normal((3, 3))
ANY_GAUGE = CotangentSpec(kind="random", of=("vectors",), gauge="any", count=1)


def jumps(rule, matrix):
    problem = problem_of(matrix, rule)
    runner = LocalRunner()
    primal = runner.ask(rule, [ReverseCall(problem.matrix)])[0].primal
    point = make_point(problem.cotangent, rule, survey(problem.matrix, rule.triangle), primal)
    return unsettled(point, Ask(runner, rule, "reverse")).tolist()


@pytest.mark.parametrize("power", [-300, 0, 300])
def test_lapacks_phases_are_settled_at_a_general_matrix(power):
    assert jumps(rule_named("numpy/lapack", "eig"), C3 * 2.0**power) == [False] * 3


def test_signs_of_real_vectors_are_no_jumps():
    def restless(A):
        values, vectors = np.linalg.eig(A)
        return (values, vectors * (-1.0) ** np.arange(3) * (-1 if A[0, 0] > 1 else 1)), lambda bar: A

    assert jumps(rule_of(restless, "eig"), N3) == [False] * 3
    assert jumps(rule_of(restless, "eig"), C3) == [False] * 3


def test_another_driver_beside_exact_symmetry_is_a_jump():
    """Julia's eigen asks heevr at Hermitian matrices and geevx one ULP beside: at least one phase is another."""
    assert any(jumps(rule_named("chainrules/wrapper-types", "eig"), H3))


def test_a_phase_that_turns_with_noise_is_a_jump_and_one_that_turns_smoothly_is_not():
    def turned_by(angle):
        def rrule(A):
            values, vectors = np.linalg.eig(A)
            return (values, vectors * np.exp(1j * angle(A) * np.array([0, 1, 0]))), lambda bar: A

        return rule_of(rrule, "eig", convention="lapack")

    assert jumps(turned_by(lambda A: A[0, 0].real), C3) == [False] * 3
    assert jumps(turned_by(lambda A: 0.1 * (A[0, 0].real > C3[0, 0].real)), C3) == [False, True, False]


def test_two_entries_of_largest_modulus_leave_the_convention_open():
    # the vectors of a complex circulant matrix have entries of one modulus
    matrix = np.array([[1, 2j, 0.5], [0.5, 1, 2j], [2j, 0.5, 1]])
    assert jumps(rule_named("numpy/lapack", "eig"), matrix) == [True] * 3


def by_hermitian_driver(A):
    return tuple(np.linalg.eigh(A)), lambda bars: A


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
@pytest.mark.parametrize("entry", [1, 1j, np.exp(0.3j)])
def test_on_a_hermitian_domain_the_vectors_show_which_entry_the_convention_makes_real(dtype, entry):
    """Both entries of a vector are as large: one of them is made real, or that of the first row, whatever `eig` is."""
    tie = np.array([[0, 0], [entry, 0]], dtype)
    assert jumps(rule_named("numpy/lapack", "eig", "lower"), tie) == [True, True]
    assert jumps(rule_of(by_hermitian_driver, "eig", "lower", convention="lapack"), tie) == [False, False]
    apart = tie + np.diag([0, 1]).astype(dtype)
    assert jumps(rule_named("numpy/lapack", "eig", "lower"), apart) == [False, False]


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_nobody_is_blamed_for_the_one_that_was_not_made_real(dtype, mode):
    cotangent = CotangentSpec(kind="explicit", vectors=np.array([[3j, -3j], [0, -3j]]))
    tie = np.array([[0, 0], [1, 0]], dtype)
    judgement = judge(rule_named("numpy/lapack", "eig", "lower"), tie, mode, settings=ALL, cotangent=cotangent)
    assert judgement.verdict == "undefined", judgement.findings


def test_a_hermitian_anchor_of_zero_leaves_the_convention_open():
    matrix = np.array([[2, 0, 0], [0, 3, 1j], [0, -1j, 5.0]])
    told = jumps(rule_named("numpy/lapack", "eigh", "lower"), matrix)
    values, vectors = np.linalg.eigh(matrix)
    assert told == [bool(np.abs(vectors[0, k]) == 0) for k in range(3)]
    assert sum(told) == 2
    assert values[~np.array(told)] == pytest.approx(2)


def test_value_functions_have_no_phases():
    rule = rule_named("numpy/lapack")
    problem = problem_of(C3, rule)
    point = make_point(problem.cotangent, rule, survey(problem.matrix, None), Eigenpairs(np.linalg.eigvals(C3)))
    assert unsettled(point, Ask(LocalRunner(), rule, "reverse")).tolist() == [False] * 3


def test_a_gauge_dependent_cotangent_at_a_jump_is_undefined_and_says_so():
    judgement = judge(rule_named("chainrules/wrapper-types", "eig"), H3, settings=ALL, cotangent=ANY_GAUGE)
    assert judgement.verdict == "undefined"
    assert "phase of eigenvector" in judgement.detail.why


def test_the_gauge_part_is_judged_where_the_phase_is_settled():
    assert judge(rule_named("numpy/lapack", "eig"), C3, settings=ALL, cotangent=ANY_GAUGE).verdict == "pass"
    correct = rule_named("numpy/lapack", "eig").rrule

    def without_phase(A):
        (values, vectors), pullback = correct(A)

        def invariant_only(bar):
            values_bar, vectors_bar = bar
            if vectors_bar is not None:
                turn = np.sum(vectors.conj() * vectors_bar, axis=0).imag
                vectors_bar = vectors_bar - 1j * vectors * turn
            return pullback((values_bar, vectors_bar))

        return (values, vectors), invariant_only

    judgement = judge(rule_of(without_phase, "eig", convention="lapack"), C3, settings=ALL, cotangent=ANY_GAUGE)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["gauge"])
    assert "gauge part" in finding(judgement, "gauge").message
    # not at all under a free convention
    assert (
        judge(rule_of(without_phase, "eig", convention="free"), C3, settings=ALL, cotangent=ANY_GAUGE).verdict == "pass"
    )


def test_real_symmetric_matrices_have_nothing_to_settle():
    assert judge(rule_named("chainrules/wrapper-types", "eig"), S, settings=ALL, cotangent=ANY_GAUGE).verdict == "pass"


@pytest.mark.parametrize("scale", [1.0, 1e-150])
def test_of_a_cotangent_along_the_vectors_nothing_is_left_under_a_free_convention(scale):
    """What rounding leaves of it is no cotangent: rules of two conventions would have two answers."""
    A = scale * gaussian(3, 3, True)
    V = primal_of(A).vectors
    (free,) = made(A, convention="free", kind="explicit", vectors=V * np.array([1 + 2j, 0.3, -1j]))
    assert not np.any(free.pairs.vectors)
    assert not free.gauge


def first_entry_real(A):
    """Vectors of length 1 whose first entry is real and positive."""
    values, V = np.linalg.eig(A)
    V = V * (V[0].conj() / abs(V[0]))
    left = np.linalg.inv(V).conj().T
    gaps = values[None, :] - values[:, None]
    np.fill_diagonal(gaps, np.inf)

    def pullback(bar):
        values_bar, vectors_bar = bar
        inner = np.zeros(A.shape) if values_bar is None else np.diag(values_bar)
        if vectors_bar is not None:
            along = np.sum(V.conj() * vectors_bar, axis=0)
            free = vectors_bar - V * along.real
            free[0] -= 1j * along.imag / V[0].conj()
            inner = inner + (V.conj().T @ free) / gaps.conj()
        return left @ inner @ V.conj().T

    return (values, V), pullback


@pytest.mark.parametrize("small", [1.0, 1e-3, 1e-6])
@pytest.mark.parametrize("seed", range(4))
def test_a_phase_of_a_rules_own_errs_as_its_entry_is_small(small, seed):
    rng = np.random.default_rng(seed)
    V = np.linalg.qr(rng.standard_normal((3, 3)) + 1j * rng.standard_normal((3, 3)))[0]
    V[0, 0] *= small
    A = V @ np.diag([1, 2j, -1]) @ np.linalg.inv(V)
    judgement = judge(rule_of(first_entry_real, "eig"), A, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])
