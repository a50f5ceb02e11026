"""The continuity probe from the outside: which branches are seen, what is said of them, and no false alarms."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import scipy.linalg

from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec
from tests.check.stage import H3, N3, R3, S, finding, judge, kinds, rule_named, rule_of

ALL = Settings()
CORRECT = rule_named("numpy/lapack").rrule
TRIANGULAR = np.array([[1.0, 2, 3], [0, 4, 5], [0, 0, 8]])
DIAGONAL = np.diag([1.0, -2, 5])
SKEW = np.array([[0.0, 1, 2], [-1, 0, 3], [-2, -3, 0]])
PERMUTATION = np.roll(np.eye(3), 1, axis=0)
REAL = N3 + 0j
COMPLEX_SYMMETRIC = np.array([[1, 2j, 0.5], [2j, 3, 1 - 1j], [0.5, 1 - 1j, -2]])

SQUARE = CotangentSpec(kind="trace-power", power=2)


def branching(condition, change):
    """The correct rule, whose gradient is changed where the matrix meets a condition."""

    def rrule(A):
        values, pullback = CORRECT(A)
        return values, (lambda bar: change(pullback(bar))) if condition(A) else pullback

    return rule_of(rrule)


def fold(G):
    return np.triu(G) + np.triu(G.T, 1)


BRANCHES = {
    "symmetric": (S, lambda A: np.array_equal(A, A.conj().T), fold),
    "complex-symmetric": (COMPLEX_SYMMETRIC, lambda A: np.array_equal(A, A.T), fold),
    "skew": (SKEW, lambda A: np.array_equal(A, -A.conj().T), lambda G: (G - G.conj().T) / 2),
    "diagonal": (DIAGONAL, lambda A: np.array_equal(A, np.diag(np.diag(A))), lambda G: 2 * G),
    "upper-triangular": (TRIANGULAR, lambda A: not np.tril(A, -1).any(), lambda G: np.diag(np.diag(G))),
    "lower-triangular": (TRIANGULAR.T.copy(), lambda A: not np.triu(A, 1).any(), lambda G: np.diag(np.diag(G))),
    "real": (REAL, lambda A: not A.imag.any(), lambda G: G.real + 0 * G),
}


@pytest.mark.parametrize("structure", BRANCHES)
def test_a_branch_on_exact_structure_jumps_and_the_structure_is_named(structure):
    matrix, condition, change = BRANCHES[structure]
    judgement = judge(branching(condition, change), matrix, settings=ALL)
    found = finding(judgement, "jump")
    assert judgement.verdict == "fail"
    assert found.extra.wrong == "here"
    assert found.ulps == 1
    assert found.size > 1e6 * found.allowed
    # a matrix of one structure may have others, and leaves the first of them
    if structure in ("symmetric", "complex-symmetric", "skew", "upper-triangular", "lower-triangular"):
        assert found.structure == structure
    assert found.structure is not None


@pytest.mark.parametrize("structure", BRANCHES)
@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
def test_correct_rules_do_not_jump_beside_any_structure(structure, name):
    assert kinds(judge(rule_named(name, "eig"), BRANCHES[structure][0], settings=ALL)) == []


@pytest.mark.parametrize("structure", BRANCHES)
def test_a_rule_that_is_wrong_beside_the_structure_only_is_told_apart(structure):
    matrix, condition, _change = BRANCHES[structure]
    judgement = judge(branching(lambda A: not condition(A), lambda G: 2 * G), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["jump"])
    assert finding(judgement, "jump").extra.wrong == "beside"
    assert judgement.diagnosis[:1] == ("scaled-by-c",)


def test_no_reference_is_needed():
    """Without any oracle nothing is compared, so nothing usable is left to probe; with one that answers it jumps."""
    rule = rule_named("chainrules/released")
    assert "jump" in kinds(judge(rule, S, settings=Settings(oracles=("central",))))
    assert "jump" in kinds(judge(rule, S, settings=Settings(oracles=("dual",))))


@pytest.mark.parametrize("power", [-498, -20, 20, 498])
def test_jumps_do_not_depend_on_the_scale(power):
    matrix, condition, change = BRANCHES["upper-triangular"]
    rule = branching(condition, change)
    one, other = (finding(judge(rule, m, settings=ALL), "jump") for m in (matrix, matrix * 2.0**power))
    assert (one.structure, one.ulps, one.extra.wrong) == (other.structure, other.ulps, other.extra.wrong)
    assert one.size == pytest.approx(other.size, rel=1e-6)


def test_the_strip_crosses_the_matrix_in_single_ulps():
    judgement = judge(rule_named("chainrules/released"), S, settings=ALL)
    strip = judgement.detail.strip
    assert strip.ulps == (-4, -2, -1, 0, 1, 2, 4)
    values = dict(zip(strip.ulps, strip.values, strict=True))
    assert values[0] == 0.0
    assert all(values[u] == pytest.approx(strip.truth, abs=1e-12) for u in strip.ulps if u)


def test_all_offending_entries_are_listed_largest_first():
    found = finding(judge(rule_named("chainrules/released"), S, settings=ALL), "jump")
    sizes = [e.size for e in found.extra.entries]
    assert all(later <= 1.001 * size for size, later in itertools.pairwise(sizes)), "equal ones in order"
    assert {e.entry for e in found.extra.entries} == {(0, 1), (1, 0)}


def test_more_ulps_visit_more_neighbours():
    few, many = (
        judge(rule_named("numpy/lapack"), N3, settings=Settings(ulps=u, every=True)) for u in ((1,), (1, 2, 4))
    )
    assert many.detail.neighbours - few.detail.neighbours == 2 * 9 * 2


def test_where_a_choice_of_neighbours_shows_nothing_the_others_are_not_asked():
    """Nor does that change what is told: a jump brings in the neighbours that may show it nearer."""
    rule, matrix = rule_named("numpy/lapack"), np.random.default_rng(5).standard_normal((5, 5))
    few, every = (judge(rule, matrix, settings=Settings(every=all_of_them)) for all_of_them in (False, True))
    assert 0 < few.detail.neighbours < every.detail.neighbours
    assert few.verdict == every.verdict == "pass"
    for wrong in (S, np.diag([1.0, 2, 3, 4]) + np.ones((4, 4))):
        few, every = (
            judge(rule_named("chainrules/released"), wrong, settings=Settings(every=all_of_them))
            for all_of_them in (False, True)
        )
        assert [replace(one, message="") for one in few.findings] == [
            replace(one, message="") for one in every.findings
        ]
        assert 0 < few.detail.neighbours < every.detail.neighbours
        assert 0 < few.detail.jumps[0].neighbours < every.detail.jumps[0].neighbours


@pytest.mark.parametrize("entry", [(0, 1), (1, 0)])
def test_an_entry_that_is_asked_for_is_shown(entry):
    told = judge(rule_named("chainrules/released"), S, settings=Settings(entry=entry))
    assert finding(told, "jump").extra.moved == entry
    assert told.detail.strip.moved == entry


def test_an_entry_that_is_asked_for_hides_no_jump_elsewhere():
    """The diagonal may move, the matrix stays symmetric."""
    told = judge(rule_named("chainrules/released"), S, settings=Settings(entry=(0, 0)))
    assert finding(told, "jump").extra.moved != (0, 0)
    assert told.detail.strip.moved == told.detail.strip.entry == (0, 0)


def test_an_entry_that_is_asked_for_is_moved_in_a_large_matrix():
    matrix = np.diag(np.arange(1.0, 14)) + np.eye(13, k=1) + np.eye(13, k=-1)
    for entry in ((0, 0), (12, 12), (0, 1), (5, 9)):
        told = judge(rule_named("numpy/lapack"), matrix, settings=Settings(entry=entry))
        assert told.detail.strip.moved == entry


def test_on_the_domain_symmetric_both_entries_of_a_pair_are_the_same():
    told = judge(rule_named("numpy/lapack", "eigvalsh", "symmetric"), S, settings=Settings(entry=(1, 0)))
    assert told.detail.strip.moved == (0, 1)


def test_a_branch_with_a_loose_test_for_symmetry_is_found_from_within():
    """It holds at every neighbour by ULPs; only a step along a direction leaves it."""
    rule = branching(lambda A: np.allclose(A, A.T, rtol=1e-8, atol=0), fold)
    judgement = judge(rule, S, settings=ALL)
    found = finding(judgement, "jump")
    assert found.extra.moved is None
    # the asymmetry of a unit direction is of the order of its length
    assert 1e-10 < found.extra.flip_distance < 1e-6
    assert "along a random direction" in found.message


def test_a_branch_is_found_one_ulp_off_as_well():
    """Beside S lies a symmetric matrix, where the released rule goes wrong."""
    matrix = S.copy()
    matrix[1, 0] = np.nextafter(2, 3)
    judgement = judge(rule_named("chainrules/released"), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["jump"])
    found = finding(judgement, "jump")
    assert found.extra.wrong == "beside"
    assert found.structure == "symmetric"


@pytest.mark.parametrize("domain", ["symmetric", "upper", "lower"])
def test_domains_move_their_free_entries_only(domain):
    """The branch on exact symmetry is never left on these domains."""
    name = "chainrules/released" if domain == "symmetric" else "numpy/lapack"
    function = "eigvals" if domain == "symmetric" else "eigvalsh"
    assert kinds(judge(rule_named(name, function, domain), S, settings=ALL)) in ([], ["representative"])


def test_forward_rules_are_probed_too():
    found = finding(judge(rule_named("chainrules/released"), S, "forward", settings=ALL), "jump")
    assert found.size > 1e6 * found.allowed
    assert found.extra.wrong == "here"


def test_signs_orders_and_drivers_that_flip_are_no_jumps():
    """Julia's primal sorts, and asks another driver at symmetry: 185 of 200 signs flip within one ULP."""
    for matrix in (S, H3, np.diag([3.0, 1, 2]) + 0.125):
        assert "jump" not in kinds(judge(rule_named("chainrules/wrapper-types", "eig"), matrix, settings=ALL))


def test_a_real_cotangent_follows_a_complex_phase():
    """abs(V[2, 0])^2 at H3 in Julia's convention, where V[2, 0] is real."""
    rule = rule_named("chainrules/wrapper-types", "eig")
    bar = np.zeros((3, 3))
    bar[2, 0] = 2 * rule.rrule(H3.copy())[0][1][2, 0].real
    judgement = judge(rule, H3, settings=ALL, cotangent=CotangentSpec(kind="explicit", vectors=bar))
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])


def test_nothing_is_probed_at_order_zero_or_where_nothing_is_determined():
    for matrix in (np.eye(3), np.zeros((0, 0))):
        assert judge(rule_named("numpy/lapack"), matrix, settings=ALL).detail.neighbours == 0


REPEATED = {
    "symmetric": R3,
    "scalar": np.eye(3),
    "diagonal": np.diag([1.0, 1, 3, 3]),
    "skewed": np.array([[2.0, 1, 1], [0, 1, 0], [0, 0, 1]]),
    "complex": np.array([[2, 1j, 1j], [0, 1, 0], [0, 0, 1]]),
    "huge": R3 * 2.0**300,
}
OFF = {
    "symmetry": lambda A: not np.array_equal(A, A.conj().T),
    "integers": lambda A: not np.array_equal(A, np.round(A)),
}
WRONG = {"halved": lambda G: G / 2, "NaN": lambda G: G * np.nan, "refused": lambda G: 1 // 0}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("off", ["symmetry", "integers"])
def test_beside_a_repeated_eigenvalue_a_rule_is_looked_at_too(off, wrong):
    """What a cotangent determines at a cluster it determines beside it."""
    judgement = judge(branching(OFF[off], WRONG[wrong]), R3, settings=ALL, cotangent=SQUARE)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["jump"])


@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize("matrix", REPEATED)
@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
def test_right_rules_do_not_jump_beside_repeated_eigenvalues(matrix, name, function):
    for mode in ("reverse", "forward"):
        judgement = judge(rule_named(name, function), REPEATED[matrix], mode, settings=ALL, cotangent=SQUARE)
        assert (judgement.verdict, kinds(judgement)) == ("pass", [])
        assert judgement.detail.neighbours > 0


@pytest.mark.parametrize("wrong", WRONG)
def test_at_a_jordan_block_beside_a_repeated_eigenvalue_nothing_is_due(wrong):
    """[[1, 1 ULP], [0, 1]] is defective: whatever comes there is no jump."""

    def defective(A):
        return A[0, 0] == A[1, 1] and (A[0, 1] != 0) != (A[1, 0] != 0)

    judgement = judge(branching(defective, WRONG[wrong]), np.eye(2), settings=ALL, cotangent=SQUARE)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])


def test_a_gradient_is_not_blamed_for_eigenvalues_that_are_wrong_beside_the_matrix():
    """As those of a LAPACK that halves the rotation's eigenvalues where an entry is a denormal number."""
    rule = rule_named("numpy/lapack", "eig")

    def rrule(A):
        (values, vectors), pullback = rule.rrule(A)
        lost = 0 < abs(A[0, 0]) < 1e-300
        halved = np.where(lost & (values.imag != 0), values / 2, values)
        return (halved, vectors), lambda bar: (1 + lost) * pullback(bar)

    turn = np.array([[0, -1, 0.5], [1, 0, 0.25], [0, 0, 2]])
    vectors_only = CotangentSpec(kind="random", count=1, seed=0, of=("vectors",))
    judgement = judge(rule_of(rrule, "eig"), turn, cotangent=vectors_only, settings=ALL)
    assert (judgement.verdict, kinds(judgement), judgement.diagnosis) == ("fail", ["primal"], ())
    wrong = finding(judgement, "primal")
    assert "entry (0, 0) moved by 1 ULP" in wrong.message
    assert 0 <= wrong.extra.beside < 1e-300


def test_a_rule_may_err_at_a_neighbour_by_what_balancing_costs_there():
    """Beside a row of zeros balancing scales by 1e7: LAPACK's rounding there is no jump, however small it is at A."""

    def rrule(A):
        if not np.any(A[0, 1:]):  # its eigenvalue is known without computing
            return CORRECT(A)
        balanced, (scale, _) = scipy.linalg.matrix_balance(A, permute=False, separate=True)
        rounded = balanced + 2.0**-53 * np.linalg.norm(balanced)
        return CORRECT(rounded * scale[:, None] / scale[None, :])

    zero_row = np.array([[0.0, 0, 0], [1, 2, 3], [4, 5, 6]])
    assert kinds(judge(rule_of(rrule), zero_row, settings=Settings(oracles=("dual",)))) == []


def test_what_only_a_mixture_of_cotangents_shows_is_told_of_the_mixture():
    right = rule_named("numpy/lapack").rrule

    def rrule(A):
        values, pullback = right(A)

        def together(bar):
            return pullback(bar) * (1 if np.array_equal(A, N3) or np.count_nonzero(bar) < 2 else 2)

        return values, together

    jump = finding(judge(rule_of(rrule), N3), "jump")
    assert "for a mixture of the cotangents jumps" in jump.message
    assert jump.size > jump.allowed
