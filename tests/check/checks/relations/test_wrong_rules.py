"""Each relation is broken by a rule that is right at A and around it, and wrong where only that relation looks."""

import numpy as np
import pytest

from eigcheck.model import CotangentSpec
from tests.check.checks.relations.stand import NAMES, checked
from tests.check.stage import N3, Settings, judge, kinds, rule_named, rule_of, with_oracles

ORACLES = with_oracles("certified", "identities", "dual", "central")
C3 = np.array([[1 + 1j, 2, 0.5], [3j, 5 + 2j, 1], [0.25, 1 + 2j, -4 + 1j]])
NAMED = CotangentSpec(kind="explicit", values=np.array([1.0, 2, 3]))


def wrong_where(condition, function="eigvals", domain="general"):
    """The right rule, off by a thousandth at the matrices of a condition."""
    right = rule_named("numpy/lapack", function, domain)

    def rrule(A):
        primal, pullback = right.rrule(A)
        factor = 1.001 if condition(A) else 1.0
        return primal, lambda bar: pullback(bar) * factor

    def pushforward(A, A_dot):
        moved = right.pushforward(A, A_dot)
        factor = 1.001 if condition(A) else 1.0
        return moved * factor if function.startswith("eigvals") else tuple(part * factor for part in moved)

    return rule_of(rrule, function, domain, pushforward=pushforward, convention="lapack")


def norm(A):
    return np.linalg.norm(A)


WRONG = {
    "scaling": (wrong_where(lambda A: norm(A) > 1e6), N3),
    "signed-permutation": (wrong_where(lambda A: abs(A[0, 0]) > 0.2 * norm(A)), N3),
    "transposition": (wrong_where(lambda A: norm(np.triu(A, 1)) > 1.2 * norm(np.tril(A, -1))), N3),
    "conjugation": (wrong_where(lambda A: np.sum(np.diag(A)).imag < 0), C3),
    "diagonal-unitary": (wrong_where(lambda A: A[0, 1].real < 0.5 * abs(A[0, 1])), C3),
    "orthogonal": (
        wrong_where(lambda A: abs(A[0, 2]) > 0.05 * norm(A)),
        np.array([[1.0, 2, 0], [3, 5, 1], [0, 1, -4]]),
    ),
    "shift": (wrong_where(lambda A: np.all(np.linalg.eigvals(A).real > 1e-3 * norm(A))), N3),
    "embedding": (wrong_where(lambda A: len(A) > 3), N3),
    "unread-triangle": (
        wrong_where(lambda A: norm(A - A.T) > 1e-2 * norm(A), "eigvalsh", "lower"),
        np.array([[1.0, 2, 0.5], [2, 5, 1], [0.5, 1, -4]]),
    ),
}


KINDS = dict.fromkeys(WRONG, ("fail", "invariance")) | {"scaling": ("pass", "scale-dependent")}
"""What becomes of a rule that is right at A: where only another scale shows the fault, that is but noted."""


def broken(judgement):
    """Names of the relations that findings tell of."""
    return {f.extra.relation for f in judgement.findings if f.extra.relation}


def test_every_relation_has_a_rule_that_breaks_it():
    assert set(WRONG) == set(NAMES)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("name", NAMES)
def test_only_the_relation_sees_it(name, mode):
    rule, matrix = WRONG[name]
    assert judge(rule, matrix, mode, ORACLES).verdict == "pass"
    judgement = judge(rule, matrix, mode, Settings())
    assert (judgement.verdict, kinds(judgement)[0]) == KINDS[name]
    assert set(kinds(judgement)) <= {"invariance", "scale-dependent"}
    assert judgement.diagnosis == ()
    assert name in broken(judgement)
    told = next(f for f in judgement.findings if f.extra.relation == name)
    assert told.message.startswith(f"{name}: at ")
    assert told.error > told.allowed > 0
    listed = {row.name: row for row in judgement.detail.relations}
    assert (listed[name].status, listed[name].finding) == ("broken", KINDS[name][1])


def test_a_relation_names_the_entry_that_is_off():
    """The gradient's entry (0, 2) is wrong on large matrices."""
    right = rule_named("numpy/lapack")

    def rrule(A):
        values, pullback = right.rrule(A)

        def bent(bar):
            G = np.array(pullback(bar))
            G[0, 2] *= 1.001 if norm(A) > 1e6 else 1.0
            return G

        return values, bent

    found = checked(rule_of(rrule), N3)
    assert [name for name, c in found.items() if c.status == "broken"] == ["scaling"]
    assert found["scaling"].entry == (0, 2)
    assert found["scaling"].at == "2^20 A"


@pytest.mark.parametrize("function", ["eig", "eigh"])
def test_an_absolute_regularisation_of_gaps_does_not_scale(function):
    """1/gap became gap/(gap^2 + 1e-20): invisible at gaps near 1, and off by 1e-8 at 2^-20 of them."""

    def rrule(A):
        H = (A + A.T) / 2
        values, V = np.linalg.eigh(H)

        def pullback(bar):
            values_bar, vectors_bar = bar
            inner = np.zeros(A.shape) if values_bar is None else np.diag(np.asarray(values_bar).real)
            if vectors_bar is not None:
                gaps = values[None, :] - values[:, None]
                M = V.T @ vectors_bar
                inner = inner + gaps / (gaps**2 + 1e-20) * (M - M.T) / 2
            return V @ (inner + inner.T) @ V.T / 2

        return (values, V), pullback

    rule = rule_of(rrule, function, "symmetric", convention="lapack")
    matrix = np.array([[1.0, 0.5, 0], [0.5, 3, 1], [0, 1, 6]])
    assert judge(rule, matrix, settings=ORACLES).verdict == "pass"
    assert "scaling" in broken(judge(rule, matrix, settings=Settings()))


def test_an_error_in_the_new_row_alone_breaks_the_embedding():
    right = rule_named("numpy/lapack")

    def rrule(A):
        values, pullback = right.rrule(A)
        stray = np.zeros(A.shape)
        if len(A) > 3:
            stray[1, -1] = stray[-1, 1] = stray[2, 0] = stray[0, 1] = 1e-6
        return values, lambda bar: pullback(bar) + stray * bar[0].real

    found = checked(rule_of(rrule), N3)
    assert {name for name, c in found.items() if c.status == "broken"} == {"embedding"}


def test_members_of_a_conjugate_pair_are_to_be_treated_alike():
    """A cotangent of one member only; the rule is wrong for the other."""
    matrix = np.array([[1.0, -2, 0.5], [2, 1, 0], [0.5, 0, -1]])
    right = rule_named("numpy/lapack")

    def rrule(A):
        values, pullback = right.rrule(A)
        return values, lambda bar: pullback(np.where(values.imag < 0, 1.001, 1.0) * bar)

    values = np.linalg.eigvals(matrix)
    spec = CotangentSpec(kind="explicit", values=np.where(values.imag > 0, 1 + 2j, 0))
    found = checked(rule_of(rrule), matrix, cotangent=spec)
    assert found["conjugation"].status == "broken"


def test_relations_are_left_out_where_oracles_are_chosen():
    rule, matrix = WRONG["scaling"]
    assert not judge(rule, matrix, settings=ORACLES).detail.relations


def test_what_is_wrong_at_the_matrix_is_told_once():
    """The bug of released ChainRules: a mismatch and a jump say it; broken relations stand in the detail."""
    judgement = judge(rule_named("chainrules/released"), np.array([[1.0, 2], [2, 3]]), settings=Settings())
    assert set(kinds(judgement)) == {"mismatch", "jump"}
    status = {row.name: row.status for row in judgement.detail.relations}
    assert status["transposition"] == status["signed-permutation"] == "broken"
    assert status["scaling"] == "holds"
    assert all(row.finding is None for row in judgement.detail.relations)


def test_a_rule_that_refuses_or_forgets_is_not_called_wrong():
    right = rule_named("numpy/lapack")

    def small_only(A):
        if norm(A) > 1e6:
            raise ValueError("too large for me")
        return right.rrule(A)

    def mute(A):
        values, pullback = right.rrule(A)

        def shy(bar):
            if len(A) > 3:
                raise ValueError("three at most")
            return pullback(bar)

        return values, shy

    assert checked(rule_of(small_only), N3)["scaling"].status == "holds"  # the other scale
    found = checked(rule_of(mute), N3)["embedding"]
    assert found.status == "abstained"
    assert "three at most" in found.why


def test_nan_is_no_answer():
    found = checked(wrong_where(lambda A: False), N3)
    assert found["scaling"].status == "holds"
    right = rule_named("numpy/lapack")

    def rrule(A):
        values, pullback = right.rrule(A)
        return values, lambda bar: pullback(bar) * (np.nan if norm(A) > 1e6 else 1.0)

    broken_one = checked(rule_of(rrule), N3)["scaling"]
    assert broken_one.status == "broken"
    assert "is not finite" in broken_one.finding.message


@pytest.mark.parametrize("domain", ["upper", "lower"])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_nan_where_nobody_reads_shows_who_multiplies_it_away(mode, domain):
    """Triangles are cut out by a product with zeros and ones, which takes all numbers away but those that are none."""
    right = rule_named("numpy/lapack", "eigh", domain)
    cut = np.tri(3) if domain == "lower" else np.tri(3).T

    def rrule(A):
        primal, pullback = right.rrule(A)
        return primal, lambda bar: pullback(bar) + 0 * (A * cut)

    def pushforward(A, A_dot):
        return tuple(part + 0 * np.sum(A * cut) for part in right.pushforward(A, A_dot))

    rule = rule_of(rrule, "eigh", domain, pushforward=pushforward, convention="lapack")
    judgement = judge(rule, np.array([[1.0, 2, 0.5], [2, 5, 1], [0.5, 1, -4]]), mode, Settings())
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["invariance"])
    assert "NaN in the other triangle" in judgement.findings[0].message


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("name", ["signed-permutation", "transposition", "conjugation", "orthogonal", "scaling"])
def test_values_that_are_wrong_at_transformed_matrices_alone_are_none_of_theirs(mode, name):
    """Gradients are right everywhere, and pairs that are not recognised were nobody's fault."""
    right = rule_named("numpy/lapack", "eigvals")
    matrix = C3 if name == "conjugation" else N3
    place = {
        "signed-permutation": lambda A: abs(abs(A[0, 0]) - abs(N3[0, 0])) > 0.1 and 1 < norm(A) < 100,
        "transposition": lambda A: abs(A[0, 1] - N3[0, 1]) > 0.1 and abs(A[0, 0] - N3[0, 0]) < 0.1 and len(A) < 4,
        "conjugation": lambda A: A[0, 0].imag < 0,
        "orthogonal": lambda A: abs(abs(A[0, 0]) - abs(N3[0, 0])) > 0.1 and 1 < norm(A) < 100,
        "scaling": lambda A: norm(A) > 1e4,
    }[name]

    def rrule(A):
        values, pullback = right.rrule(A)
        return values * 2 + 1 if place(A) else values, pullback

    rule = rule_of(rrule, "eigvals", pushforward=right.pushforward, convention="lapack")
    judgement = judge(rule, matrix, mode, Settings())
    assert (judgement.verdict, kinds(judgement)[0]) == KINDS[name]
    told = next(f for f in judgement.findings if f.extra.relation == name)
    assert "is no eigenvalue" in told.message
    assert told.message.startswith(f"{name}: at ")


@pytest.mark.parametrize("domain", ["upper", "lower"])
def test_who_takes_a_stored_triangle_for_a_triangular_matrix(domain):
    """Whose values were its diagonal, and the gradient of each of them in one place."""
    right = rule_named("numpy/lapack", "eigvalsh", domain)

    def rrule(A):
        values, pullback = right.rrule(A)
        if not np.any(A * (1 - np.tri(3)) if domain == "lower" else A * (1 - np.tri(3).T)):
            return values, lambda bar: np.diag(bar)
        return values, pullback

    rule = rule_of(rrule, "eigvalsh", domain, convention="lapack")
    judgement = judge(rule, np.array([[1.0, 2, 0.5], [2, 5, 1], [0.5, 1, -4]]), "reverse", Settings())
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["invariance"])
    assert "zeros in the other triangle" in judgement.findings[0].message
