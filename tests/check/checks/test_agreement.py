"""Findings at the matrix itself: what each kind needs, and that nobody is blamed for another's fault."""

from types import SimpleNamespace

import numpy as np
import pytest

from eigcheck.check.checks import agreement
from eigcheck.check.compare import Comparison
from eigcheck.check.settings import Settings
from eigcheck.domains.tangents import basis
from eigcheck.model import CotangentSpec
from tests.check.stage import H3, N3, STRONGEST, S, finding, judge, kinds, rule_named, rule_of

ALL = Settings()
GENERAL = rule_named("numpy/lapack")
N3_SYMMETRIC = np.tril(N3) + np.tril(N3, -1).T


def altered(change, function="eigvals", domain="general", **rest):
    """The correct rule with its gradients changed."""
    correct = rule_named("numpy/lapack", function, domain).rrule

    def rrule(A):
        primal, pullback = correct(A)
        return primal, lambda bar: change(pullback(bar))

    return rule_of(rrule, function, domain, **rest)


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-10])
def test_one_entry_that_is_off_is_named_with_its_numbers(size):
    def nudge(G):
        G = G.copy()
        G[2, 1] += size
        return G

    judgement = judge(altered(nudge), N3, settings=ALL)
    found = finding(judgement, "mismatch")
    assert judgement.verdict == "fail"
    assert found.entry == (2, 1)
    assert found.oracle == STRONGEST
    assert found.error == pytest.approx(size, rel=1e-3)
    assert found.got - found.want == pytest.approx(size, rel=1e-3)
    assert found.allowed < size / 100
    assert [e.entry for e in found.extra.entries] == [(2, 1)]
    assert "(2, 1)" in found.message


def test_complex_entries_are_named_whole():
    def nudge(G):
        G = G.copy()
        G[0, 1] += 3e-3 + 4e-3j
        return G

    found = finding(judge(altered(nudge), H3, settings=ALL), "mismatch")
    assert found.error == pytest.approx(5e-3, rel=1e-6)
    assert isinstance(found.got, complex)
    assert "j" in found.message


def test_the_first_of_equally_wrong_cotangents_is_the_one_told():
    found = finding(judge(altered(np.negative), S, settings=ALL), "mismatch")
    assert found.cotangent == 0
    assert found.extra.cotangents == (0, 1)
    assert found.extra.label == "e_0"


def test_nan_is_nonfinite_and_no_mismatch():
    judgement = judge(altered(lambda G: np.full_like(G, np.nan)), N3)
    assert judgement.verdict == "fail"
    assert "nonfinite" in kinds(judgement)
    assert "mismatch" not in kinds(judgement)


def test_right_on_the_domain_and_no_element_of_it_is_a_note():
    def skewed(G):
        return G + G[0, 0] * np.array([[0, 1.0, 0], [-1, 0, 0], [0, 0, 0]])

    judgement = judge(altered(skewed, "eigvalsh", "symmetric"), N3_SYMMETRIC, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", ["representative"])
    assert finding(judgement, "representative").error > 0.01

    def full(G):
        return G + G[0, 0] * np.triu(np.ones((3, 3)), 1)

    judgement = judge(altered(full, "eigvalsh", "lower"), N3, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", ["representative"])
    # on general every entry counts
    assert judge(altered(full), N3, settings=ALL).verdict == "fail"


def test_finite_numbers_where_nothing_is_defined_are_silent():
    assert kinds(judge(altered(lambda G: G), np.eye(2))) == ["silent"]
    # a cotangent of zero has an answer everywhere
    assert kinds(judge(altered(lambda G: np.ones((2, 2))), np.eye(2))) == ["not-linear", "silent"]
    assert kinds(judge(altered(lambda G: G * np.nan), np.eye(2))) == []


def test_each_kind_is_told_once_for_the_worst_cotangent():
    def rrule(A):
        values, pullback = GENERAL.rrule(A)
        return values, lambda bar: pullback(bar * (1 + 0.1 * np.arange(3)))

    judgement = judge(rule_of(rrule), N3, settings=ALL)
    assert kinds(judgement).count("mismatch") == 1
    assert finding(judgement, "mismatch").cotangent == 2
    assert finding(judgement, "mismatch").extra.cotangents == (1, 2)


def test_values_and_vectors_are_judged_apart():
    """A rule without its vectors' part is wrong for the vectors' cotangents only."""

    def rrule(A):
        (values, vectors), pullback = rule_named("numpy/lapack", "eig").rrule(A)
        return (values, vectors), lambda bar: pullback((np.zeros(3) if bar[0] is None else bar[0], None))

    judgement = judge(rule_of(rrule, "eig"), N3, settings=ALL, cotangent=CotangentSpec(kind="default"))
    assert judgement.verdict == "fail"
    assert finding(judgement, "mismatch").extra.cotangents == (3, 4)


def test_the_digits_that_differ_are_printed():
    correct = rule_named("numpy/lapack").rrule

    def rrule(A):
        values, pullback = correct(A)
        return values, lambda bar: pullback(bar) * (1 + 3.2e-11)

    judgement = judge(rule_of(rrule), np.diag([1.0, 3.0]))
    (found,) = [f for f in judgement.findings if f.kind == "mismatch"]
    assert "is 1.000000000032 where" in found.message
    assert "finds 1:" in found.message


def test_an_error_whose_modulus_overflows_is_infinite():
    found = finding(judge(altered(lambda G: np.full(G.shape, 1.5e308 + 1.5e308j)), H3, settings=ALL), "mismatch")
    assert found.error == np.inf
    assert "off by inf" in found.message


def test_what_is_allowed_is_told_of_the_part_that_is_off():
    tangents = basis(2, "general", is_complex=True)
    off = next(
        t for t, place in enumerate(zip(tangents.entries, tangents.parts, strict=True)) if place == ((0, 1), "im")
    )
    got, allowed = np.zeros(len(tangents.entries)), np.full(len(tangents.entries), 1e-9)
    got[off], allowed[off] = 1e-3, 1e-6
    one = Comparison(0, "differs", oracle="dual", got=got, want=np.zeros_like(got), allowed=allowed, signal=1.0)
    point = SimpleNamespace(tangents=tangents, cotangents=[SimpleNamespace(label="e_0")])
    found = agreement._difference("mismatch", point, [one])
    assert (found.entry, found.error, found.allowed) == ((0, 1), 1e-3, 1e-6)
