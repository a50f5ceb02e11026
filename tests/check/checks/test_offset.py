"""Agreement beside A: a rule that is right at A, and continuous there, and wrong a little further on."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.ask import Ask
from eigcheck.check.checks import offset as further
from eigcheck.check.checks.offset import look_further, places_beside
from eigcheck.check.neighbours import REACH
from eigcheck.check.point import make_point
from eigcheck.check.settings import Settings
from eigcheck.domains.structures import structures_of
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import CotangentSpec, ReverseCall, unit_roundoff
from eigcheck.spectra.survey import survey
from tests.check.stage import H3, JORDAN, N3, R3, S, finding, judge, kinds, problem_of, rule_named, rule_of, verdict

ALL = Settings()
EIG = np.linalg.eig


def gradient(values, V, bar):
    """V^-H diag(values_bar) V^H."""
    return (np.linalg.inv(V).conj().T @ np.diag(bar) @ V.conj().T).real


def caching_by_shape():
    """A rule that answers for the first matrix of each shape that it was shown, ever after."""
    seen = {}

    def rrule(A):
        values, V = seen.setdefault(A.shape, EIG(A))
        return np.linalg.eigvals(A), lambda bar: gradient(values, V, bar)

    return rule_of(rrule)


def drifting(rate, skewness=lambda A: np.linalg.norm(A - A.T)):
    """A rule that is right at symmetric matrices and goes wrong in proportion to the asymmetry."""

    def rrule(A):
        values, V = EIG(A)
        return values, lambda bar: gradient(values, V, bar) * (1 + rate * skewness(A))

    return rule_of(rrule)


def looked(rule, matrix, mode="reverse", **rest):
    """What is found beside the matrix, whatever is found at it."""
    problem = problem_of(matrix, rule, **rest)
    runner = LocalRunner()
    primal = runner.ask(rule, [ReverseCall(problem.matrix)])[0].primal
    point = make_point(problem.cotangent, rule, survey(problem.matrix, rule.triangle), primal)
    return look_further(problem, point, Ask(runner, rule, mode))


def test_a_rule_that_caches_by_shape_is_found():
    judgement = judge(caching_by_shape(), N3, settings=ALL)
    assert judgement.verdict == "fail"
    found = finding(judgement, "mismatch")
    assert found.extra.beside > 0
    assert "norm(A) away" in found.message
    assert found.oracle == further.ORACLE
    assert found.error > 0


@pytest.mark.parametrize("power", [-200, 0, 200])
def test_a_rule_that_drifts_with_asymmetry_is_found_at_every_scale(power):
    rule = drifting(1e-3, lambda A: np.linalg.norm(A - A.T) / np.linalg.norm(A))
    judgement = judge(rule, S * 2.0**power, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["mismatch"])
    assert "in no special position" in judgement.findings[0].message


def test_a_rule_that_gives_nan_beside_is_found():
    rule = drifting(np.nan, lambda A: 1.0 if np.linalg.norm(A - A.T) > 2.0**-30 else 0.0)
    right = rule_of(
        lambda A: (
            rule.rrule(A) if np.linalg.norm(A - A.T) > 2.0**-30 else (EIG(A)[0], lambda bar: gradient(*EIG(A), bar))
        )
    )
    assert looked(right, S).kind == "nonfinite"


@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize("matrix", [S, N3, H3, S.astype(np.float32)], ids=["S", "N3", "H3", "single"])
def test_right_rules_agree_further_on(name, mode, function, matrix):
    assert looked(rule_named(name, function), matrix, mode) is None


@pytest.mark.parametrize("domain", ["general", "symmetric", "upper", "lower"])
@pytest.mark.parametrize("function", ["eigvalsh", "eigh"])
def test_right_rules_agree_further_on_their_own_domain(function, domain):
    for matrix in (S, H3):
        assert looked(rule_named("numpy/lapack", function, domain), matrix) is None


@pytest.mark.parametrize("seed", range(8))
def test_right_rules_agree_beside_ill_conditioned_matrices(seed):
    rng = np.random.default_rng(seed)
    V = np.eye(4) + np.triu(10.0 ** (seed % 4) * rng.standard_normal((4, 4)), 1)
    A = V @ np.diag([1.0, 1 + 10.0 ** -(seed % 3), 4, 7]) @ np.linalg.inv(V)
    assert looked(rule_named("numpy/lapack", "eig"), A) is None


def points(matrix, function="eigvals", domain="general", structures=None):
    rule = rule_named("numpy/lapack", function, domain)
    problem = problem_of(matrix, rule)
    primal = LocalRunner().ask(rule, [ReverseCall(problem.matrix)])[0].primal
    point = make_point(problem.cotangent, rule, survey(problem.matrix, rule.triangle), primal)
    return places_beside(point, structures, 0)


def test_the_neighbours_stay_below_the_nearest_coalescence():
    """A gap of 1e-6: an eighth of the way to it, not REACH norm(A)."""
    near = points(np.diag([1.0, 1 + 1e-6, 5]))
    assert 1e-9 < max(point.distance for point in near) < 1e-6
    assert max(point.distance for point in points(np.diag([1.0, 2, 5]))) == pytest.approx(REACH)


def test_distances_range_from_what_no_tolerance_tells_apart_to_the_reach():
    off = [point.distance for point in points(S) if point.kept is None]
    assert off == sorted(off)
    assert off[0] < 1e-11
    assert off[-1] == pytest.approx(REACH)
    assert len(off) > len([point for point in points(N3) if point.kept is None])
    single = [point.distance for point in points(S.astype(np.float32)) if point.kept != further.ZEROS]
    assert min(single) >= further.LEAST * unit_roundoff(np.float32)


def test_each_structure_is_left_while_others_are_kept():
    beside = points(np.diag([1.0, 2, 5]))
    kept = {point.kept for point in beside}
    assert {None, "symmetric", "upper-triangular", "lower-triangular", further.ZEROS} == kept
    for point in beside:
        has = structures_of(point.matrix)
        assert point.kept in (*has, None, further.ZEROS)
        assert "diagonal" not in has or point.kept == further.ZEROS


@pytest.mark.parametrize(
    "matrix", [S, N3, np.array([[1.0, 2, 0], [0, 3, 1e-9], [4, 0, 7]]), np.eye(3, dtype=np.float32) + 1]
)
def test_two_matrices_are_visited_that_few_digits_do_not_tell_from_others(matrix):
    near = points(matrix)
    nudged = [point.matrix for point in near if point.kept == further.ZEROS]
    farthest = [point.matrix for point in near if point.kept is None][-1]
    assert len(nudged) == 2
    for moved, start in zip(nudged, (matrix, farthest), strict=True):
        assert not np.array_equal(moved, start)
        step = max(further.NUDGE, further.LEAST * unit_roundoff(start.dtype))
        assert np.all(np.abs(moved - start) <= 1.1 * step * np.abs(start))


@pytest.mark.parametrize("domain", ["symmetric", "upper"])
def test_the_neighbours_lie_on_the_domain(domain):
    for point in points(S, "eigvalsh", domain):
        assert not np.array_equal(point.matrix, S)
        if domain == "symmetric":
            assert np.array_equal(point.matrix, point.matrix.T)
        else:
            assert np.array_equal(np.tril(point.matrix, -1), np.tril(S, -1))


@pytest.mark.parametrize("matrix", [JORDAN, np.zeros((0, 0))], ids=["defective", "empty"])
def test_nothing_is_said_where_there_is_no_spectrum_to_start_from(matrix):
    assert looked(rule_named("numpy/lapack"), matrix) is None


CIRCULANT = np.array([[1.0, 2, 5], [5, 1, 2], [2, 5, 1]])
TRIANGULAR = np.array([[1.0, 2, 3], [0, 4, 5], [0, 0, 8]])


def takes_for(simpler):
    """A rule that is right, but for `simpler(A)` in place of A where it gives one that is not None."""

    def rrule(A):
        values, V = EIG(A)
        near = simpler(A)
        if near is not None:
            others, W = EIG(near)
            V = W[:, [int(np.argmin(np.abs(others - value))) for value in values]]
        return values, lambda bar: gradient(values, V, bar)

    return rule_of(rrule)


def to_a_tolerance(part, tolerance):
    """`part(A)` where A is that but for a tolerance."""
    return lambda A: part(A) if np.linalg.norm(A - part(A)) <= tolerance * np.linalg.norm(A) else None


SHORTCUTS = {
    "triangular": (TRIANGULAR, np.triu),
    "diagonal": (np.diag([1.0, 2, 5]), lambda A: np.diag(np.diag(A))),
    "diagonal, of triangular ones": (np.diag([1.0, 2, 5]), lambda A: np.triu(np.tril(A, 1))),
    "symmetric": (S, lambda A: (A + A.T) / 2),
    "integer": (N3, np.round),
}


@pytest.mark.parametrize("tolerance", [1e-4, 1e-6, 1e-8, 1e-10])
@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_a_rule_that_takes_a_matrix_for_a_simpler_one_to_a_tolerance_is_found(shortcut, tolerance):
    matrix, part = SHORTCUTS[shortcut]
    found = looked(takes_for(to_a_tolerance(part, tolerance)), matrix)
    assert found.kind == "mismatch"
    assert found.beside is not None
    assert looked(takes_for(to_a_tolerance(part, 0.0)), matrix) is None


@pytest.mark.parametrize("tolerance", [1e-4, 1e-6, 1e-8, 1e-10])
@pytest.mark.parametrize("matrix", [CIRCULANT, np.array([[1.0, -2], [2, 1]])], ids=["circulant", "turn"])
def test_a_rule_that_takes_right_vectors_for_left_ones_where_nearly_normal_is_found(matrix, tolerance):
    def rrule(A):
        values, V = EIG(A)
        normal = np.linalg.norm(A @ A.T - A.T @ A) <= tolerance * np.linalg.norm(A) ** 2
        left = V if normal else np.linalg.inv(V).conj().T
        return values, lambda bar: (left @ np.diag(bar) @ V.conj().T).real

    assert looked(rule_of(rrule), matrix).kind == "mismatch"


KEYS = {
    **{f"rounded to {k} digits": (lambda A, k=k: np.round(A, k) + 0.0) for k in (3, 6, 8, 10)},
    "single": lambda A: A.astype(np.float32),
}


@pytest.mark.parametrize("what", ["values and vectors", "vectors"])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("matrix", [S, N3, TRIANGULAR, np.diag([1.0, 2, 5])], ids=["S", "N3", "triangular", "diagonal"])
def test_a_rule_that_keeps_answers_by_a_rounded_matrix_is_found(matrix, key, what):
    kept = {}

    def seen(A):
        return kept.setdefault(KEYS[key](A).tobytes(), A.copy())

    def by_all(A):
        values, V = EIG(seen(A))
        return values, lambda bar: gradient(values, V, bar)

    found = looked(rule_of(by_all) if what != "vectors" else takes_for(seen), matrix)
    assert found.kind == ("mismatch" if what == "vectors" else "primal")
    assert found.beside is not None
    assert found.extra.beside > 0


R3_ALIKE = {
    "halved where eigenvalues are close": lambda A: 0.5 if 0 < np.ptp(np.sort(EIG(A)[0].real)[:2]) < 1e-5 else 1.0,
    "off by 1e-7 off integers": lambda A: 1.0 if np.array_equal(A, np.round(A)) else 1 + 1e-7,
}


@pytest.mark.parametrize("fault", R3_ALIKE)
def test_beside_repeated_eigenvalues_what_is_asked_of_all_alike_is_compared(fault):
    def rrule(A):
        values, V = EIG(A)
        off = 1.0 if np.array_equal(A, R3) else R3_ALIKE[fault](A)
        return values, lambda bar: off * gradient(values, V, bar)

    spec = CotangentSpec(kind="trace-power", power=2)
    assert looked(rule_of(rrule), R3, cotangent=spec).kind == "mismatch"


@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
@pytest.mark.parametrize("matrix", [R3, np.eye(3), np.array([[2.0, 1, 1], [0, 1, 0], [0, 0, 1]])])
def test_right_rules_agree_beside_repeated_eigenvalues(matrix, name, function):
    spec = CotangentSpec(kind="trace-power", power=2)
    for mode in ("reverse", "forward"):
        assert looked(rule_named(name, function), matrix, mode, cotangent=spec) is None


def test_a_rule_that_cannot_answer_beside_is_found():
    def mute(A):
        if not np.array_equal(A, A.T):
            raise ValueError("only symmetric ones")
        return EIG(A)[0], lambda bar: gradient(*EIG(A), bar)

    def shy(A):
        def pullback(bar):
            raise ValueError("only symmetric ones")

        return (EIG(A)[0], pullback) if not np.array_equal(A, A.T) else mute(A)

    refused = looked(rule_of(mute), S)
    assert refused.kind == "exception"
    assert "only symmetric ones" in refused.message
    # a pullback that raises has numbers that are none
    assert looked(rule_of(shy), S).kind == "nonfinite"


def test_it_is_asked_only_where_all_else_passes_and_dual_numbers_are_wanted():
    rule = drifting(1e-3, lambda A: np.linalg.norm(A - A.T) / np.linalg.norm(A))
    assert verdict(rule, S, settings=ALL) == "fail"
    assert verdict(rule, S, settings=replace(ALL, oracles=("dual",))) == "fail"
    assert verdict(rule, S, settings=replace(ALL, oracles=("certified",))) == "pass"


def test_cotangents_beside_are_random_whatever_the_case_asks_for():
    """A rule that is wrong beside A for one eigenvalue is found by a case that asks about the other."""

    def rrule(A):
        values, V = EIG(A)
        skew = np.linalg.norm(A - A.T) > 2.0**-40

        def pullback(bar):
            bar = np.array(bar)
            if skew:
                bar[1] *= 1.01
            return gradient(values, V, bar)

        return values, pullback

    spec = CotangentSpec(kind="explicit", values=np.array([1.0, 0]))
    assert looked(rule_of(rrule), S, cotangent=spec).kind == "mismatch"
