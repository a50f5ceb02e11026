"""Right rules where gaps are small and entries of many sizes, and wrong ones there."""

import numpy as np
import pytest
import scipy.linalg

from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec
from eigcheck.spectra.survey import survey
from tests.check.stage import judge, kinds, rule_named, rule_of

ALL = Settings()

NEARLY_ZERO = {
    "one close pair": [[1, 0, 1e-14], [0, 1.000000002, 0], [1e-14, 0, 3]],
    "three at 0": [[1, 0, 0, 1e-12], [0, 1e-10, 0, 1e-12], [0, 0, 2e-10, 0], [1e-12, 1e-12, 0, 0]],
    "beside a block": [[1, 1e-15, 2, 0], [1e-15, 1e-12, -1e-10, 0], [2, -1e-10, 1, -3e-10], [0, 0, -3e-10, 1e-10]],
    "an arrow": [[1, 0, 0, 1e-9], [0, 1 + 3e-10, 0, 1e-13], [0, 0, 1 - 3e-10, 0], [1e-9, 1e-13, 0, 2]],
}
"""Gaps of about 1e-10: a component that is nearly 0 errs by u norm(A) / gap, its square by the square of that."""

nearly_zero = pytest.mark.parametrize("entries", NEARLY_ZERO.values(), ids=NEARLY_ZERO.keys())


def textbook(driver, lower, function):
    """The textbook rule of Hermitian matrices on one of SciPy's drivers."""

    def rrule(A):
        values, V = scipy.linalg.eigh(A, lower=lower, driver=driver)

        def pullback(bar):
            values_bar, vectors_bar = bar if function == "eigh" else (bar, None)
            inner = np.diag(np.zeros(len(A)) if values_bar is None else values_bar)
            if vectors_bar is not None:
                gaps = values[None, :] - values[:, None]
                np.fill_diagonal(gaps, np.inf)
                inner = inner + (V.T @ vectors_bar) / gaps
            gradient = V @ inner @ V.T
            return (gradient + gradient.T) / 2

        return (values, V) if function == "eigh" else values, pullback

    return rule_of(rrule, function, "symmetric", uplo="L" if lower else "U")


@nearly_zero
@pytest.mark.parametrize("function", ["eigvalsh", "eigh"])
@pytest.mark.parametrize("domain", ["upper", "lower"])
def test_components_that_are_nearly_zero_are_no_fault(entries, function, domain):
    judgement = judge(rule_named("numpy/lapack", function, domain), np.array(entries), settings=ALL)
    assert kinds(judgement) == []
    assert judgement.verdict == "pass" or function == "eigh"


@nearly_zero
@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
def test_nor_are_they_for_general_matrices(entries, function, name):
    judgement = judge(rule_named(name, function), np.array(entries) + np.diag([1e-13], -len(entries) + 1), settings=ALL)
    assert kinds(judgement) == []
    assert judgement.verdict in ("pass", "inconclusive")


@nearly_zero
@pytest.mark.parametrize("driver", ["ev", "evd", "evr", "evx"])
@pytest.mark.parametrize("lower", [True, False], ids=["lower", "upper"])
def test_no_driver_of_lapack_is_at_fault(entries, driver, lower):
    """The default one of SciPy was off by 3e-11 in the third of them, where its pairs are good to 1e-15."""
    A = np.array(entries, float)
    A = np.tril(A) + np.tril(A, -1).T
    judgement = judge(textbook(driver, lower, "eigvalsh"), A, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])


def off_by(share):
    """The right rule of eigvalsh with every gradient a share too large."""
    correct = rule_named("numpy/lapack", "eigvalsh", "symmetric").rrule

    def rrule(A):
        values, pullback = correct(A)
        return values, lambda bar: pullback(bar) * (1 + share)

    return rule_of(rrule, "eigvalsh", "symmetric")


@nearly_zero
def test_a_wrong_rule_is_one_there_too(entries):
    A = np.array(entries, float)
    A = np.tril(A) + np.tril(A, -1).T
    assert kinds(judge(off_by(1e-9), A, settings=ALL)) == ["mismatch"]


HALF_SOLVED = np.array([[1, -1, 0, -1], [0, 2e-10, 0, 0], [1e-6, 1e-6, -1, -2e-10], [1e-12, 0, 1e-12, 1e-15]])
"""The back substitution of `geev` returns unit vectors with A v - lambda v of 4e-11 for A and for A^H, and info = 0."""


@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
def test_pairs_of_lapack_that_are_none_are_no_fault_of_the_gradient(name):
    """Where LAPACK was mended these pass."""
    judgement = judge(rule_named(name), HALF_SOLVED, settings=ALL)
    assert judgement.verdict in ("pass", "inconclusive")
    assert kinds(judgement) == []
    judgement = judge(rule_named(name, "eig"), HALF_SOLVED, settings=ALL)
    assert judgement.verdict in ("pass", "inconclusive", "fail")
    assert set(kinds(judgement)) <= {"primal"}


def nearly_triple(spread, size, seed):
    """size Q T Q^T with T upper triangular: three eigenvalues within `spread`, and eigenvectors of condition 1/spread^2."""
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((4, 4)))[0]
    T = np.diag([1 - spread, 1, 1 + spread, 2]) + np.diag([1.0, 1, 0], 1)
    return size * Q @ T @ Q.T


@pytest.mark.parametrize("spread", [1e-6, 3e-6, 1e-5])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
def test_computed_pairs_do_not_tell_how_close_three_eigenvalues_are(name, seed, spread):
    """LAPACK spreads them by the third root of the roundoff, and its vectors look a hundred times better than they are."""
    judgement = judge(rule_named(name), nearly_triple(spread, 3.0, seed), settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("inconclusive", [])


CLOSE = {
    "one ULP": np.diag([1 + 2.0**-52, 1, 3]),
    "more of them": np.diag([1 + 2.0**-52, 1 - 2.0**-53, 3.0]),
    "not diagonal": np.diag([-1.0 + 2.0**-53, -1, 5]) - 2 * np.outer([0.5, -0.25, 1], [0.5, -0.25, 1]) * 2.0**-50,
}


@pytest.mark.parametrize("A", CLOSE.values(), ids=CLOSE.keys())
@pytest.mark.parametrize(
    ("function", "domain", "name"),
    [
        ("eigh", "symmetric", "numpy/lapack"),
        ("eigh", "lower", "numpy/lapack"),
        ("eig", "general", "numpy/lapack"),
        ("eig", "general", "numpy/left-vectors"),
    ],
)
def test_a_simple_vector_beside_a_close_pair_is_judged_by_its_own_gap(A, function, domain, name):
    values = np.linalg.eig(A)[0] if function == "eig" else np.linalg.eigvalsh(A)
    bar = np.zeros((3, 3))
    bar[:, np.argmax(values)] = [0.5, -0.25, 1]
    spec = CotangentSpec(kind="explicit", vectors=bar)
    judgement = judge(rule_named(name, function, domain), A, settings=ALL, cotangent=spec)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])


def test_three_that_are_equal_to_rounding_leave_the_fourth_alone():
    """-1/3 three times and 1: the reflection I - 4/3 x x^T less what rounding makes of it."""
    x = np.array([0.1, -0.3, 0.5, 1])
    x /= np.linalg.norm(x)
    A = np.outer(x, x) * 4 / 3 - np.eye(4) / 3
    bar = np.zeros((4, 4))
    bar[:, 3] = [0.07, -0.11, -0.5, 0.4]
    for domain in ("symmetric", "lower"):
        spec = CotangentSpec(kind="explicit", vectors=bar)
        stored = np.tril(A) + np.tril(A, -1).T
        judgement = judge(rule_named("numpy/lapack", "eigh", domain), stored, settings=ALL, cotangent=spec)
        assert (judgement.verdict, kinds(judgement)) == ("pass", [])


def zero_for_vectors(A):
    """eigh with a gradient of 0, as a mask of close pairs that is too wide makes it."""
    (values, vectors), _ = rule_named("numpy/lapack", "eigh", "symmetric").rrule(A)
    return (values, vectors), lambda bar: np.zeros_like(A)


@pytest.mark.parametrize("gap", [3e-13, 1e-12, 1e-11])
def test_an_error_beyond_what_is_allowed_is_one_however_much_is_allowed(gap):
    """Roundoff may change this gradient by a tenth of its size, and does not make it 0."""
    Q = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0]
    A = (Q * [1, 1 + gap, 1.5]) @ Q.T
    A = (A + A.T) / 2
    spec = CotangentSpec(kind="random", count=1, seed=1, of=("vectors",))
    wrong = judge(rule_of(zero_for_vectors, "eigh", "symmetric"), A, settings=ALL, cotangent=spec)
    assert (wrong.verdict, kinds(wrong)[0]) == ("fail", "mismatch")
    right = judge(rule_named("numpy/lapack", "eigh", "symmetric"), A, settings=ALL, cotangent=spec)
    assert right.verdict in ("pass", "inconclusive")
    assert kinds(right) == []


@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
@pytest.mark.parametrize("d", [1.2427388632732196e-12, 2.0**-40, 1e-11])
def test_the_inverse_of_a_skewed_basis_is_no_fault(name, d):
    """A pair beside two that are nearly parallel: at A or at A^T the inverse of V mixes what these moved apart."""
    A = np.array(
        [
            [2 - d, -d, 0, 0, 0],
            [0, 2 + d, -d, d, 0],
            [d, 0, 24 * d, d, 0],
            [d, 0, -d, 1 + 36 * d, 0],
            [0, d, -d, -d, 2 + d],
        ]
    )
    for matrix in (A, A.T):
        judgement = judge(rule_named(name), matrix, settings=ALL)
        assert kinds(judgement) == []
        assert judgement.verdict in ("pass", "inconclusive")


SOLVERS = {
    "elimination": np.linalg.solve,
    "QR": lambda V, X: scipy.linalg.solve_triangular(np.linalg.qr(V)[1], np.linalg.qr(V)[0].conj().T @ X),
    "pseudo-inverse": lambda V, X: np.linalg.pinv(V, rcond=0) @ X,
    "least squares": lambda V, X: np.linalg.lstsq(V, X, rcond=0)[0],
    "singular values": lambda V, X: by_singular_values(V, X),
}


def by_singular_values(V, X):
    """Without a care for singular values of 0."""
    left, sizes, right = np.linalg.svd(V)
    with np.errstate(all="ignore"):
        return (right.conj().T / sizes) @ (left.conj().T @ X)


def solving_by(solve, factor=1.0):
    """The textbook rule of eigvals that solves with V in some way; a wrong one with another `factor`."""

    def rrule(A):
        values, V = np.linalg.eig(A)

        def pullback(values_bar):
            G = factor * solve(V.conj().T, values_bar[:, None] * V.conj().T)
            return G if np.iscomplexobj(A) else G.real

        return values, pullback

    def pushforward(A, A_dot):
        V = np.linalg.eig(A)[1]
        return factor * np.diagonal(solve(V, A_dot @ V))

    return rule_of(rrule, pushforward=pushforward)


def badly_scaled(seed, decades=4, n=4):
    """D B D^-1, whose vectors have rows of lengths from 1e-8 (or so) to 1."""
    rng = np.random.default_rng(seed)
    sizes = 10.0 ** rng.uniform(-decades, decades, n)
    return sizes[:, None] * rng.standard_normal((n, n)) / sizes


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("solve", SOLVERS.values(), ids=SOLVERS.keys())
def test_no_factorisation_of_the_vectors_is_at_fault(solve, seed, mode):
    """Orthogonal factors heed no small row of V: pullbacks were off by 4e-13 where elimination errs by less."""
    A = badly_scaled(seed)
    judgement = judge(solving_by(solve), A, mode=mode, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])
    assert judge(solving_by(solve, 1 + 1e-5), A, mode=mode, settings=ALL).verdict == "fail"


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("solve", [SOLVERS["singular values"], SOLVERS["pseudo-inverse"]])
def test_what_lapack_loses_of_small_singular_values_is_no_fault(solve, seed, mode):
    """Rows of V from 1e-12 to 1: LAPACK's decomposition is off by up to 62 u."""
    A = badly_scaled(seed, 6, 3)
    judgement = judge(solving_by(solve), A, mode=mode, settings=ALL)
    assert kinds(judgement) == []
    assert judgement.verdict in ("pass", "inconclusive")
    if judgement.verdict == "pass":
        assert judge(solving_by(solve, 1 + 1e-1), A, mode=mode, settings=ALL).verdict != "pass"


@pytest.mark.parametrize(("came", "kind"), [(np.nan, "nonfinite"), (1e48, "mismatch")])
@pytest.mark.parametrize("seed", [56, 215])
def test_no_number_is_no_fault_where_small_rows_make_the_basis_singular(seed, came, kind):
    """Rows of V from 1e-18 to 1: a singular value may be 0, or 1e-65, and elimination still has all digits."""
    nothing = solving_by(lambda V, X: np.full_like(X, came))
    A = badly_scaled(seed, 9, 3)
    assert survey(A, None).factors_lost
    assert judge(solving_by(np.linalg.solve), A, settings=ALL).verdict == "pass"
    judgement = judge(nothing, A, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("inconclusive", [])
    ordinary = badly_scaled(seed, 1, 3)
    assert not survey(ordinary, None).factors_lost
    assert kind in kinds(judge(nothing, ordinary, settings=ALL))


@pytest.mark.parametrize("here", [True, False])
def test_nor_is_it_at_some_matrices_alone(here):
    """The singular value that is lost at A, or that is lost at all others: a unit beside A, further off, and at A + 4 I."""
    A, ordinary = badly_scaled(215, 9, 3), badly_scaled(215, 1, 3)

    def lost(B):
        return here == any(np.array_equal(B, known) for known in (A, ordinary))

    def rrule(B):
        w, V = np.linalg.eig(B)

        def pullback(bar):
            return np.linalg.solve(V.conj().T, bar[:, None] * V.conj().T).real

        return w, (lambda bar: 1e48 * np.ones_like(B)) if lost(B) else pullback

    judgement = judge(rule_of(rrule), A, settings=ALL)
    assert judgement.verdict != "fail", kinds(judgement)
    assert judge(rule_of(rrule), ordinary, settings=ALL).verdict == "fail"


@pytest.mark.parametrize("solve", [SOLVERS["singular values"], SOLVERS["pseudo-inverse"]])
@pytest.mark.parametrize("seed", [1, *range(20, 26)])
def test_nor_are_numbers_far_beyond_their_terms(seed, solve):
    """Rows of V over 24 decades: a singular value that is lost makes numbers of 1e33 where 1e17 is due."""
    assert kinds(judge(solving_by(solve), badly_scaled(seed, 12, 6), settings=ALL)) == []


NONLINEAR = {
    "the first value alone": lambda bar: np.where(np.arange(bar.size) == np.flatnonzero(bar)[:1].sum(), bar, 0),
    "the largest value alone": lambda bar: np.where(np.arange(bar.size) == np.argmax(np.abs(bar)), bar, 0),
    "moduli": np.abs,
}


@pytest.mark.parametrize("change", NONLINEAR.values(), ids=NONLINEAR)
@pytest.mark.parametrize("seed", range(3))
def test_what_orthogonal_factors_lose_hides_no_rule_that_is_not_linear(seed, change):
    """Right for single values, to all digits, and wrong for all of them at once, where one coordinate is scaled by 2^46."""
    sizes = np.array([1, 1, 2.0**46])
    A = sizes[:, None] * np.round(np.random.default_rng([seed, 5]).standard_normal((3, 3)), 2) / sizes
    right = solving_by(np.linalg.solve).rrule

    def rrule(A):
        values, pullback = right(A)
        return values, lambda bar: pullback(change(bar))

    assert judge(solving_by(np.linalg.solve), A, settings=ALL).verdict == "pass"
    assert "not-linear" in kinds(judge(rule_of(rrule), A, settings=ALL))
