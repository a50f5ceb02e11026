"""A correct rule is never blamed: nothing is broken, whatever the matrix; and where numbers are computable, it holds."""

import numpy as np
import pytest

from eigcheck.check.checks.relations.comparing import NO_PHASE
from eigcheck.model import CotangentSpec
from tests.check.checks.relations.stand import NAMES, checked
from tests.check.stage import H3, N3, S, rule_named
from tests.check.test_false_alarms import largest_entry_one

GENERAL = ("numpy/lapack", "numpy/left-vectors", "chainrules/wrapper-types")
MODES = ("reverse", "forward")
COMPLEX_ONLY = {"diagonal-unitary", "conjugation"}


def gaussian(rng, n, is_complex):
    real = rng.standard_normal((n, n))
    return real + 1j * rng.standard_normal((n, n)) if is_complex else real


def skewed(rng, n, is_complex, condition):
    """V diag(1, 2, ...) V^-1 with a condition number of V."""
    Q1, Q2 = (np.linalg.qr(gaussian(rng, n, is_complex))[0] for _ in range(2))
    V = Q1 @ np.diag(condition ** -np.linspace(0, 1, n)) @ Q2
    return V @ np.diag(np.arange(1.0, n + 1)) @ np.linalg.inv(V)


def near(rng, n, is_complex, gap):
    """Two eigenvalues that are close."""
    V = gaussian(rng, n, is_complex)
    return V @ np.diag([1, 1 + gap, *range(2, n)]) @ np.linalg.inv(V)


def scaled_apart(rng, n, is_complex):
    """D B D^-1."""
    d = 10.0 ** rng.uniform(-6, 6, n)
    return gaussian(rng, n, is_complex) * d[:, None] / d[None, :]


FAMILIES = {
    "gaussian": gaussian,
    "DBD": scaled_apart,
    "graded": lambda rng, n, c: gaussian(rng, n, c) * 8.0 ** -np.add.outer(np.arange(n), np.arange(n)),
    "condition-1e4": lambda rng, n, c: skewed(rng, n, c, 1e4),
    "condition-1e10": lambda rng, n, c: skewed(rng, n, c, 1e10),
    "gap-1e-5": lambda rng, n, c: near(rng, n, c, 1e-5),
    "gap-1e-10": lambda rng, n, c: near(rng, n, c, 1e-10),
    "tiny": lambda rng, n, c: gaussian(rng, n, c) * 1e-150,
    "huge": lambda rng, n, c: gaussian(rng, n, c) * 1e150,
    "triangular": lambda rng, n, c: np.triu(gaussian(rng, n, c)),
    "near-diagonal": lambda rng, n, c: np.diag(np.arange(1.0, n + 1)) + 1e-9 * gaussian(rng, n, c),
}
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
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("is_complex", [False, True], ids=["real", "complex"])
def test_general_matrices(family, name, mode, is_complex):
    for seed, n in enumerate((2, 3, 5)):
        A = FAMILIES[family](np.random.default_rng(seed), n, is_complex)
        found = no_blame(checked(rule_named(name, "eig"), A, mode))
        assert set(found) == set(NAMES)
        if family in WELL:
            silent = {key for key, c in found.items() if c.status == "abstained"}
            expected = SILENT.get(family, set()) | (set() if is_complex else COMPLEX_ONLY)
            assert silent <= expected


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("domain", ["general", "symmetric", "upper", "lower"])
@pytest.mark.parametrize("family", FAMILIES)
def test_hermitian_functions(family, domain, mode):
    for seed, n in enumerate((2, 4)):
        A = FAMILIES[family](np.random.default_rng(seed), n, bool(seed % 2))
        H = A + A.conj().T
        found = no_blame(checked(rule_named("numpy/lapack", "eigh", domain), H, mode))
        if family == "gaussian":
            assert found["signed-permutation"].status == found["embedding"].status == "holds"


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
        A = FAMILIES[family](np.random.default_rng(seed), 3, dtype is np.complex64).astype(dtype)
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
