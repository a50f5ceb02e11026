"""The sentence of the house from end to end, on the matrices that this tool exists for."""

from functools import cache

import numpy as np
import pytest

from eigcheck.check import judgement as judgement_module
from eigcheck.check.judgement import examine
from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import CotangentSpec, Reply, Trouble
from tests.check.stage import (
    CENTRAL,
    H3,
    N3,
    R3,
    STRONGEST,
    S,
    finding,
    judge,
    kinds,
    problem_of,
    rule_named,
    rule_of,
    verdict,
)

ALL = Settings()
oracles = pytest.mark.parametrize("settings", [CENTRAL, ALL], ids=["central", "all oracles"])
CORRECT = ("numpy/lapack", "numpy/left-vectors")
MATRICES = {"S": S, "H3": H3, "N3": N3}


@pytest.mark.parametrize("name", CORRECT)
@pytest.mark.parametrize("matrix", MATRICES)
def test_correct_rules_pass_in_both_modes(name, matrix):
    rule = rule_named(name, "eig")
    for mode in rule.modes:
        judgement = judge(rule, MATRICES[matrix], mode, ALL)
        assert (judgement.verdict, kinds(judgement), judgement.diagnosis) == ("pass", [], ())


@pytest.mark.parametrize("function", ["eigvalsh", "eigh"])
@pytest.mark.parametrize("domain", ["general", "symmetric", "upper", "lower"])
@pytest.mark.parametrize("matrix", ["S", "H3"])
def test_correct_rules_pass_on_every_domain(function, domain, matrix):
    rule = rule_named("numpy/lapack", function, domain)
    assert {verdict(rule, MATRICES[matrix], mode, settings=ALL) for mode in rule.modes} == {"pass"}


@oracles
def test_the_seed(settings):
    """Zygote 1369: entry (1, 0) of the gradient for e_0 is 0 where it is -1/sqrt 5 = -0.447."""
    judgement = judge(rule_named("chainrules/released"), S, settings=settings)
    assert judgement.verdict == "fail"
    assert kinds(judgement) == ["mismatch", "jump"]
    assert judgement.diagnosis == ("upper-triangle-collapse",)
    mismatch, jump = finding(judgement, "mismatch"), finding(judgement, "jump")
    assert mismatch.entry == jump.entry == (1, 0)
    assert mismatch.cotangent == 0
    assert mismatch.got == 0.0
    assert mismatch.want == pytest.approx(-1 / np.sqrt(5), abs=mismatch.allowed)
    assert mismatch.error == pytest.approx(1 / np.sqrt(5), abs=mismatch.allowed)
    assert mismatch.oracle == (STRONGEST if settings is ALL else "central")
    assert jump.size == pytest.approx(0.447, abs=5e-4)
    assert jump.structure == "symmetric"
    assert jump.ulps == 1
    assert jump.extra.wrong == "here"
    assert jump.allowed < 1e-12


@pytest.mark.parametrize(
    ("function", "matrix", "mode", "want"),
    [
        ("eigvals", "S", "reverse", "pass"),
        ("eigvals", "S", "forward", "fail"),
        ("eigvals", "H3", "reverse", "fail"),
        ("eigvals", "H3", "forward", "fail"),
        ("eig", "S", "reverse", "fail"),
        ("eig", "S", "forward", "fail"),
        ("eig", "H3", "reverse", "fail"),
        ("eigvals", "N3", "reverse", "pass"),
        ("eig", "N3", "forward", "pass"),
    ],
)
def test_what_is_still_wrong_after_the_pull_request(function, matrix, mode, want):
    judgement = judge(rule_named("chainrules/pr841", function), MATRICES[matrix], mode, ALL)
    assert judgement.verdict == want
    assert set(kinds(judgement)) >= ({"mismatch", "jump"} if want == "fail" else set())
    assert judgement.diagnosis == (("upper-triangle-collapse",) if want == "fail" else ())


@pytest.mark.parametrize("function", ["eigvals", "eig"])
@pytest.mark.parametrize("matrix", ["S", "H3"])
def test_the_reviewers_alternative_is_right_in_reverse(function, matrix):
    assert verdict(rule_named("chainrules/wrapper-types", function), MATRICES[matrix], settings=ALL) == "pass"


def test_the_eigenvectors_of_the_seed_have_no_symmetric_gradient():
    """abs(V[0,0])^2 at S: [[-.089443, .055279], [-.144721, .089443]]."""
    bar = np.zeros((2, 2))
    bar[0, 0] = 2 * np.linalg.eig(S)[1][0, 0]
    truth = np.array([[-0.089443, 0.055279], [-0.144721, 0.089443]])
    spec = CotangentSpec(kind="explicit", vectors=bar)
    for name, want in (("chainrules/released", "fail"), ("chainrules/pr841", "fail"), ("numpy/lapack", "pass")):
        judgement = judge(rule_named(name, "eig"), S, cotangent=spec, settings=ALL)
        assert judgement.verdict == want
        assert np.allclose(judgement.detail.reference, truth, rtol=0, atol=5e-7) or np.allclose(
            judgement.detail.reference, -truth, rtol=0, atol=5e-7
        )


@pytest.mark.parametrize(
    ("name", "want"),
    [("chainrules/released", "fail"), ("chainrules/pr841", "fail"), ("chainrules/wrapper-types", "pass")],
)
def test_the_imaginary_direction_of_a_hermitian_matrix(name, want):
    """Im(lambda_0) at H3 has the gradient i v v^H; with the branch it is 0."""
    spec = CotangentSpec(kind="explicit", values=np.array([1j, 0, 0]))
    judgement = judge(rule_named(name), H3, cotangent=spec, settings=ALL)
    v = np.linalg.eigh(H3)[1][:, 0]
    assert judgement.verdict == want
    assert np.allclose(judgement.detail.reference, 1j * np.outer(v, v.conj()), rtol=0, atol=1e-14)
    assert np.any(judgement.detail.gradient) == (want == "pass")


@cache
def at_scale(name, function, matrix, mode, power):
    """The judgement by all oracles at 2^power of a matrix, asked for once: several tests look at the same."""
    return judge(rule_named(name, function), MATRICES[matrix] * 2.0**power, mode, ALL)


@pytest.mark.parametrize("power", [-498, 1, 498])
@pytest.mark.parametrize(
    ("name", "function", "matrix", "mode"),
    [
        ("chainrules/released", "eigvals", "S", "reverse"),
        ("chainrules/pr841", "eigvals", "S", "forward"),
        ("chainrules/pr841", "eig", "H3", "reverse"),
        ("numpy/lapack", "eig", "N3", "reverse"),
    ],
)
def test_verdicts_do_not_change_with_the_scale(name, function, matrix, mode, power):
    plain, moved = (at_scale(name, function, matrix, mode, exponent) for exponent in (0, power))
    assert plain.verdict == moved.verdict
    assert plain.diagnosis == moved.diagnosis
    assert [(f.kind, f.structure) for f in plain.findings] == [(f.kind, f.structure) for f in moved.findings]


def test_a_jump_is_shown_for_the_first_of_the_cotangents_that_jump_equally():
    for power in (-498, 0, 498):
        judgement = at_scale("chainrules/released", "eigvals", "S", "reverse", power)
        assert finding(judgement, "jump").cotangent == finding(judgement, "mismatch").cotangent == 0


def test_a_jump_is_shown_for_the_same_cotangent_at_every_scale():
    judgements = [at_scale("chainrules/pr841", "eig", "H3", "reverse", power) for power in (-498, 0, 498)]
    assert len({finding(judgement, "jump").cotangent for judgement in judgements}) == 1


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_single_precision_is_judged_in_its_own_units(dtype):
    matrix = S.astype(dtype)
    assert verdict(rule_named("numpy/lapack"), matrix, settings=ALL) == "pass"
    judgement = judge(rule_named("chainrules/released"), matrix, settings=ALL)
    assert judgement.verdict == "fail"
    assert {"mismatch", "jump"} <= set(kinds(judgement))


@oracles
@pytest.mark.parametrize(
    "spec",
    [
        CotangentSpec(kind="explicit", values=np.full(3, 2.0)),
        CotangentSpec(kind="trace-power", power=5),
    ],
)
@pytest.mark.parametrize("matrix", [np.eye(3), R3])
def test_equal_cotangents_over_a_semisimple_cluster_are_judged(matrix, spec, settings):
    assert verdict(rule_named("numpy/lapack"), matrix, cotangent=spec, settings=settings) == "pass"
    wrong = rule_of(lambda A: (np.linalg.eigvals(A), lambda bar: 1.5 * bar[0] * np.eye(3)))
    judgement = judge(wrong, matrix, cotangent=spec, settings=settings)
    assert judgement.verdict == "fail"


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("function", ["eigvalsh", "eigh"])
def test_the_triangle_that_is_not_stored_may_hold_anything(function, mode):
    matrix = np.where(np.triu(np.ones((3, 3)), 1) == 1, np.nan, N3)
    assert verdict(rule_named("numpy/lapack", function, "lower"), matrix, mode, settings=ALL) == "pass"
    assert verdict(rule_named("numpy/lapack", function, "upper"), matrix.T, mode, settings=ALL) == "pass"


@pytest.mark.parametrize("function", ["eig", "eigvalsh", "eigh"])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("matrix", [np.zeros((0, 0)), np.array([[3.0]]), np.array([[0.0]]), np.array([[3.0 - 1j]])])
def test_smallest_orders_pass(function, mode, matrix):
    assert verdict(rule_named("numpy/lapack", function), matrix, mode, settings=ALL) == "pass"


def test_order_one_can_fail():
    rule = rule_of(lambda A: (np.linalg.eigvals(A), lambda bar: np.array([[2 * bar[0]]])))
    judgement = judge(rule, np.array([[3.0]]))
    assert (judgement.verdict, judgement.diagnosis) == ("fail", ())


def test_what_no_double_precision_rule_can_do_is_inconclusive():
    """R3 with its first entry one ULP up has the eigenvalues 1 and 1 + tiny."""
    matrix = R3.copy()
    matrix[0, 0] = np.nextafter(2, 3)
    judgement = judge(rule_named("numpy/lapack"), matrix, settings=ALL)
    assert judgement.verdict == "inconclusive"
    why = judgement.detail.why
    assert "not computable in this precision" in why
    assert "eigenvectors of condition 1" in why
    gap = float(why.split("smallest gap ")[1].split(" of its norm")[0])
    assert 0 < gap < 1e-15


def test_without_an_oracle_nothing_passes():
    judgement = judge(rule_named("numpy/lapack"), S, settings=Settings(oracles=()))
    assert judgement.verdict == "inconclusive"
    assert "no oracle" in judgement.detail.why
    assert verdict(rule_named("numpy/lapack"), S, settings=Settings(oracles=("identities",))) == "inconclusive"


def test_the_modes_are_judged_by_themselves_in_the_order_asked():
    rule = rule_named("chainrules/pr841")
    made = list(examine(problem_of(S, rule), rule, LocalRunner(), ("forward", "reverse"), CENTRAL))
    assert [(mode, judgement.verdict) for mode, judgement, _ in made] == [("forward", "fail"), ("reverse", "pass")]


def test_what_is_done_with_an_outcome_is_no_time_of_the_next(monkeypatch):
    passed = [0.0]
    monkeypatch.setattr(judgement_module, "perf_counter", lambda: passed[0])
    rule, seconds = rule_named("chainrules/pr841"), []
    for _, _, took in examine(problem_of(S, rule), rule, LocalRunner(), ("forward", "reverse"), CENTRAL):
        seconds.append(took)
        passed[0] += 100
    assert seconds == [0, 0]


@pytest.mark.parametrize("kind", ["timeout", "died"])
@pytest.mark.parametrize("matrix", [S, np.eye(2), np.array([[1, np.nan], [2, 3]])])
def test_hanging_and_dying_are_never_acceptable(kind, matrix):
    class Lost(LocalRunner):
        def ask(self, rule, calls):
            return [Reply(trouble=Trouble(kind, "gone")) for _ in calls]

    rule = rule_of(None)
    ((_, judgement, _),) = examine(problem_of(matrix, rule), rule, Lost(), ("reverse",), CENTRAL)
    assert (judgement.verdict, kinds(judgement)) == ("error", [kind])


def test_a_wrong_shape_is_an_error_even_where_nothing_is_defined():
    rule = rule_of(lambda A: (np.linalg.eigvals(A)[:1], lambda bar: A))
    for matrix in (S, np.eye(2)):
        judgement = judge(rule, matrix)
        assert (judgement.verdict, kinds(judgement)) == ("error", ["shape"])


def test_a_primal_that_is_wrong_in_itself_is_the_finding():
    """The gradient is that of the right eigenvalues: only the primal is to blame."""
    rule = rule_of(lambda A: (np.linalg.eigvals(A) * (1 + 1e-6), rule_named("numpy/lapack").rrule(A)[1]))
    judgement = judge(rule, S, settings=ALL)
    assert judgement.verdict == "fail"
    assert "primal" in kinds(judgement)


def test_the_same_examination_gives_the_same_judgement():
    rule = rule_named("chainrules/released", "eig")
    one, again = (judge(rule, H3, settings=ALL) for _ in range(2))
    assert one.findings == again.findings
    assert one.diagnosis == again.diagnosis


def test_what_a_report_draws():
    judgement = judge(rule_named("chainrules/released"), S, settings=ALL)
    detail = judgement.detail
    assert np.array_equal(detail.matrix, S)
    assert sorted(np.asarray(detail.spectrum)) == pytest.approx([2 - np.sqrt(5), 2 + np.sqrt(5)])
    assert detail.gap == pytest.approx(2 * np.sqrt(5))
    assert detail.worst_cotangent == 0
    assert np.array_equal(detail.gradient[1], [0.0, detail.gradient[1, 1]])
    assert detail.error[1, 0] == pytest.approx(1 / np.sqrt(5))
    assert set(detail.references) >= {"dual", "central"}
    assert len(detail.ladder) == 5
    assert abs(detail.strip.truth) == pytest.approx(1 / np.sqrt(5))
    assert detail.strip.values[detail.strip.ulps.index(0)] == 0.0
    statuses = {name: told.status for name, told in judgement.oracles.items()}
    assert statuses.pop("identities") == "abstained"
    assert {"dual", "central"} <= set(statuses)
    assert set(statuses.values()) == {"answered"}


@pytest.mark.parametrize(("name", "function"), [("chainrules/pr841", "eig"), ("chainrules/released", "eigvals")])
def test_a_proof_speaks_of_the_entry_that_is_shown(name, function):
    judgement = judge(rule_named(name, function), S, settings=ALL)
    jump = next(f for f in judgement.findings if f.kind == "jump")
    proof, reference = jump.extra.proof, judgement.detail.reference
    assert judgement.detail.worst_cotangent == jump.cotangent
    assert proof.number == pytest.approx(reference[jump.entry], abs=2 * proof.radius)
    assert "proved: all over" in jump.message
