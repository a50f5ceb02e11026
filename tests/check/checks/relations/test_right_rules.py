"""A correct rule is never blamed: nothing is broken, whatever the matrix; and where numbers are computable, it holds."""

import numpy as np
import pytest

from eigcheck.check.checks.relations.check import NO_NORM, NO_PHASE
from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec
from tests.check.checks.relations.stand import NAMES, checked
from tests.check.stage import H3, N3, S, judge, kinds, pullback_of, rule_named, rule_of
from tests.check.test_false_alarms import largest_entry_one
from tests.families import KINDS, gaussian, needs_large_complex_matrices

GENERAL = ("numpy/lapack", "numpy/left-vectors", "chainrules/wrapper-types")
MODES = ("reverse", "forward")
COMPLEX_ONLY = {"diagonal-unitary", "conjugation"}


SILENT = {"tiny": {"scaling"}, "huge": {"scaling"}, "DBD": {"orthogonal"}}
"""Too near the ends of the range; as badly balanced as the product with Q is inexact."""
WELL = ("gaussian", "DBD", "graded", "triangular", "tiny", "huge")


def statuses(found):
    return {checked.status for checked in found.values()}


def no_blame(found):
    """No relation is broken; the message if one is."""
    told = [checked.finding.message for checked in found.values() if checked.status == "broken"]
    assert told == []
    return found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", GENERAL)
@pytest.mark.parametrize("family", KINDS)
@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
def test_general_matrices(family, name, mode, is_complex):
    if family == "huge" and is_complex:
        needs_large_complex_matrices()
    for seed, n in enumerate((2, 3, 5)):
        A = KINDS[family](np.random.default_rng(seed), n, is_complex)
        found = no_blame(checked(rule_named(name, "eig"), A, mode))
        assert set(found) == set(NAMES)
        if family in WELL:
            silent = {key for key, c in found.items() if c.status == "abstained"}
            expected = SILENT.get(family, set()) | (set() if is_complex else COMPLEX_ONLY) | {"unread-triangle"}
            assert silent <= expected


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("domain", ["general", "symmetric", "upper", "lower"])
@pytest.mark.parametrize("family", KINDS)
def test_hermitian_functions(family, domain, mode):
    for seed, n in enumerate((2, 4)):
        A = KINDS[family](np.random.default_rng(seed), n, bool(seed % 2))
        H = A + A.conj().T
        found = no_blame(checked(rule_named("numpy/lapack", "eigh", domain), H, mode))
        if family == "gaussian":
            assert found["signed-permutation"].status == found["embedding"].status == "holds"
            assert (found["unread-triangle"].status == "holds") == (domain != "symmetric")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize("domain", ["symmetric", "upper", "lower"])
@pytest.mark.parametrize("matrix", [S, H3], ids=["S", "H3"])
def test_general_functions_on_narrow_domains(matrix, domain, function, mode):
    found = no_blame(checked(rule_named("numpy/lapack", function, domain), matrix, mode))
    assert found["orthogonal"].status == found["shift"].status == "holds"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", GENERAL)
@pytest.mark.parametrize("family", ["gaussian", "DBD", "graded", "condition-1e4", "gap-1e-5", "near-diagonal"])
def test_single_precision(family, name, mode):
    for seed, dtype in enumerate((np.float32, np.complex64)):
        A = KINDS[family](np.random.default_rng(seed), 3, dtype is np.complex64).astype(dtype)
        found = no_blame(checked(rule_named(name, "eig"), A, mode))
        if family == "gaussian":
            assert found["scaling"].status == "holds"


@pytest.mark.parametrize("n", [16, 17, 44])
@pytest.mark.parametrize("mode", MODES)
def test_larger_orders_are_checked_by_exact_relations(n, mode):
    found = no_blame(checked(rule_named("numpy/lapack"), gaussian(np.random.default_rng(n), n, False), mode))
    assert found["embedding"].status == found["signed-permutation"].status == "holds"
    assert (found["orthogonal"].status == "holds") == (n <= 16)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("matrix", [N3, N3 + 1j * np.rot90(N3), H3], ids=["real", "complex", "hermitian"])
def test_vectors_of_other_norms_under_a_free_convention(matrix, seed):
    spec = CotangentSpec(kind="random", count=2, seed=seed, of=("vectors",))
    found = no_blame(checked(largest_entry_one(), matrix, cotangent=spec))
    assert found["orthogonal"].status == found["scaling"].status == "holds"
    assert found["transposition"].status == "abstained"


@pytest.mark.parametrize("gauge", ["any", "invariant"])
@pytest.mark.parametrize("matrix", [H3, N3 + 1j * np.rot90(N3), np.diag([1.0, 2, 4]).astype(complex)])
def test_phases_are_nobodys_fault(matrix, gauge):
    """Drivers change beside a Hermitian matrix, and with them all phases."""
    spec = CotangentSpec(kind="random", count=3, seed=2, gauge=gauge)
    for name in GENERAL[:2]:
        for mode in MODES:
            assert "holds" in statuses(no_blame(checked(rule_named(name, "eig"), matrix, mode, spec)))


def test_an_answer_that_is_not_finite_for_want_of_a_phase():
    """A ring with a flux, set beside another value: of the new vector no entry need be real in a row that others have."""
    ring = np.array([[0, 0.6 + 0.8j, 1], [0.6 - 0.8j, 0, 1], [1, 1, 0]])
    found = no_blame(checked(rule_named("chainrules/wrapper-types", "eig"), ring))
    assert found["signed-permutation"].status == "holds"
    assert found["embedding"].status == "holds"  # by the values' cotangents
    assert found["embedding"].why in (None, NO_PHASE)


@pytest.mark.parametrize("matrix", [np.eye(2), np.array([[1.0, 1], [0, 1]]), np.zeros((0, 0))])
def test_nothing_is_asked_where_the_spectrum_is_not_simple(matrix):
    assert checked(rule_named("numpy/lapack"), matrix) == {}


def first_entry_real(A):
    """The right rule of eig whose unit vectors have a first entry that is real and positive."""
    values, V = np.linalg.eig(A) if not np.array_equal(A, A.conj().T) else np.linalg.eigh(A)
    with np.errstate(divide="ignore", invalid="ignore"):
        V = V * (V[0].conj() / np.abs(V[0]))
    left = np.linalg.inv(V).conj().T if np.all(np.isfinite(V)) else V

    def moved(bar):
        along = np.sum(V.conj() * bar, axis=0)
        kept = bar - V * along.real
        kept[0] -= 1j * along.imag / V[0].conj()
        return kept

    return (values, V), pullback_of(A, values, V, lambda inner: left @ inner @ V.conj().T, moved)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("domain", "convention"), [("general", "free"), ("symmetric", "free"), ("symmetric", "lapack")]
)
def test_a_phase_that_does_not_exist_at_the_image_leaves_no_word(n, domain, convention):
    """An entry that is 0 there has no phase."""
    A = gaussian(n, n, is_complex=True)
    rule = rule_of(first_entry_real, "eig", domain, convention=convention)
    judgement = judge(rule, A if domain == "general" else A + A.conj().T, settings=Settings())
    assert (judgement.verdict, set(kinds(judgement)) - {"representative"}) == ("pass", set())


def test_nor_does_a_length_that_is_infinite_but_for_rounding():
    """An eigenvector (1, 0, -1), of which the permuted one is divided by 1e-17."""

    def first_entry_1(A):
        values, V = np.linalg.eig(A)
        V = V / V[0]
        left = np.linalg.solve(V.conj().T, np.eye(len(A)))

        def moved(bar):
            return bar - np.eye(len(A))[:, :1] * np.sum(V.conj() * bar, axis=0)

        return (values, V), pullback_of(A, values, V, lambda inner: left @ inner @ V.conj().T, moved)

    matrix = np.array([[0.0, 2, 1], [1, 0, 1], [2, -1, 1]])
    judgement = judge(rule_of(first_entry_1, "eig", convention="free"), matrix, settings=Settings())
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])
    (row,) = [row for row in judgement.detail.relations if row.name == "signed-permutation"]
    assert row.why == NO_NORM


def test_vectors_that_lose_more_at_a_transformed_matrix_than_roundoff_are_no_fault_of_it():
    """As inverses of left ones do, and what solvers find that do not balance: half of the digits are room for them."""
    right = rule_named("numpy/lapack")

    def rrule(A):
        values, pullback = right.rrule(A)
        off = 1e-10 if abs(np.linalg.norm(A) - np.linalg.norm(N3)) > 1e-6 or A[0, 1] != N3[0, 1] else 0.0
        return values * (1 + off), pullback

    assert no_blame(checked(rule_of(rrule), N3))["signed-permutation"].status == "holds"


def sum_real():
    """The right rule of eig whose unit vectors have a sum of entries that is real and positive, by its pushforward."""
    right = rule_named("numpy/lapack", "eig")

    def turned(V):
        return np.conj(V.sum(axis=0)) / np.abs(V.sum(axis=0))

    def rrule(A):
        (values, V), _ = right.rrule(A)
        return (values, V * turned(V)), pullback_of(A, values, V * turned(V), np.asarray)

    def pushforward(A, A_dot):
        (_, V), _ = right.rrule(A)
        values_dot, V_dot = right.pushforward(A, A_dot)
        V, V_dot = V * turned(V), V_dot * turned(V)
        return values_dot, V_dot - 1j * V * V_dot.sum(axis=0).imag / V.sum(axis=0).real

    return rule_of(rrule, "eig", pushforward=pushforward)


def test_phases_of_a_rules_own_that_are_nearly_undefined_at_a_transformed_matrix():
    """With signs exchanged two of these vectors have a sum of entries that is rounding, and turn as fast as that tells."""
    A = 1j * np.array([[3.0, 2, 1], [2, 2, 1], [0, 1, 1]])
    spec = CotangentSpec(kind="random", count=1, of=("values", "vectors"))
    (_values, V), _ = sum_real().rrule(A)
    assert np.min(np.abs(V.sum(axis=0))) > 1e-3
    found = no_blame(checked(sum_real(), A, "forward", spec))
    assert found["conjugation"].status == "holds"
