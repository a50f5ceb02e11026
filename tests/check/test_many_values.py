"""Many values and large matrices, about which few questions are asked at first: what these show, and what more show."""

import numpy as np
import pytest

from eigcheck.check.cotangents import GROUPS, SINGLES
from eigcheck.check.point import make_point
from eigcheck.check.settings import Settings
from eigcheck.domains.tangents import tangents_for
from eigcheck.model import CotangentSpec, Eigenpairs
from eigcheck.spectra.survey import survey
from tests.check.stage import finding, judge, rule_of, verdict
from tests.families import gaussian

ALL = Settings()


def asked_at(A, function="eigvals", spec=None, every=False):
    A = np.array(A)
    A.setflags(write=False)
    rule, primal = (
        rule_of(None, function),
        Eigenpairs((np.linalg.eigvalsh if function == "eigvalsh" else np.linalg.eigvals)(A)),
    )
    return make_point(spec or CotangentSpec(), rule, survey(A, None), primal, every=every)


MANY_VALUES = {
    "real": gaussian(0, 50),
    "complex": gaussian(1, 30, True),
    "symmetric": np.diag(np.arange(60.0)) + np.ones((60, 60)),
    "single precision": gaussian(2, 49).astype(np.float32),
}


@pytest.mark.parametrize("A", MANY_VALUES.values(), ids=MANY_VALUES.keys())
def test_of_many_values_each_is_in_one_group_or_asked_about_alone(A):
    function = "eigvalsh" if np.array_equal(A, A.T) else "eigvals"
    few, whole = asked_at(A, function), asked_at(A, function, every=True)
    groups = [c for c in few.cotangents if c.label.startswith("group")]
    touched = [np.flatnonzero(c.pairs.values) for c in groups]
    alone = {int(np.flatnonzero(c.pairs.values)[0]) for c in few.cotangents if not c.label.startswith("group")}
    assert len(groups) == GROUPS
    assert len(alone) == SINGLES
    assert sorted([*np.concatenate(touched), *alone]) == list(range(len(A)))
    assert not few.whole
    assert whole.whole
    labels = {c.label for c in whole.cotangents}
    assert labels >= {c.label for c in few.cotangents} | {f"e_{k}" for k in range(len(A))}


def test_few_values_and_repeated_ones_and_every_other_spec_are_asked_about_as_before():
    for A, spec in ((gaussian(0, 20), None), (np.eye(50), None), (gaussian(0, 50), CotangentSpec(kind="basis"))):
        labels = [c.label for c in asked_at(A, spec=spec).cotangents]
        assert {f"e_{k}" for k in range(len(A))} <= set(labels)
        assert not any(label.startswith("group") for label in labels)


@pytest.mark.parametrize("skew", [1.0, 1e2, 1e4, 1e6])
def test_no_value_of_a_group_hides_another_one(skew):
    """Two values of growing condition among 48 of condition 1: what a group allows, over its share, and a value alone."""
    A = np.diag(np.arange(1.0, 51))
    A[0, 1], A[1, 1] = 1, 1 + 1 / skew
    Q = np.linalg.qr(gaussian(0, 50))[0]
    few = asked_at(Q @ A @ Q.T)
    alone = make_point(CotangentSpec(kind="basis"), few.rule, few.spectrum, few.primal, few.tangents)
    own = {int(np.flatnonzero(c.pairs.values)[0]): np.max(alone.allowed[k]) for k, c in enumerate(alone.cotangents)}
    for k, c in enumerate(few.cotangents):
        for value in np.flatnonzero(c.pairs.values):
            assert np.max(few.allowed[k]) / abs(c.pairs.values[value]) <= 32 * own[int(value)]


def off_in_one_value(place, factor, asked=None):
    """A rule of eigvals that is right but for a factor in the gradient of one value, in the order of the values."""

    def rrule(A):
        values, V = np.linalg.eig(A)
        factors = np.where(np.argsort(np.argsort(values)) == place, factor, 1.0)

        def pullback(bar):
            if asked is not None:
                asked.append(np.count_nonzero(bar))
            return np.linalg.solve(V.conj().T, (bar * factors)[:, None] * V.conj().T).real

        return values, pullback

    return rule_of(rrule)


@pytest.mark.parametrize(("place", "error"), [(0, 1e-3), (24, 1e-3), (49, 1e-3)])
def test_an_error_of_one_value_is_seen_among_many_that_are_more_sensitive(place, error):
    """Values 1 to 25 of condition 1 and 26 to 50 of condition up to 1e4: a few questions at first."""
    A = np.diag(np.arange(1.0, 51))
    A[25:, 25:] += 5 * np.triu(gaussian(3, 25), 1)
    mixed = np.random.default_rng(0).permutation(50)
    A = A[np.ix_(mixed, mixed)]
    values = np.linalg.eigvals(A)
    right, wrong = [], []
    assert verdict(off_in_one_value(place, 1.0, right), A, settings=ALL) == "pass"
    judgement = judge(off_in_one_value(place, 1 + error, wrong), A, settings=ALL)
    assert judgement.verdict == "fail"
    assert finding(judgement, "mismatch").extra.label == f"e_{np.flatnonzero(values == np.sort(values)[place])[0]}"
    assert right.count(1) < 25 < 50 <= wrong.count(1)
    beside = Settings(here=True)
    assert judge(off_in_one_value(place, 1 + error), A, settings=beside).verdict == "fail"


def test_a_case_that_asks_for_every_value_gets_every_value():
    asked = []
    assert (
        verdict(off_in_one_value(0, 1.0, asked), gaussian(0, 50), settings=ALL, cotangent=CotangentSpec(kind="basis"))
        == "pass"
    )
    assert asked.count(1) >= 50


@pytest.mark.parametrize("off", [1e-10, 1e-8])
def test_a_mismatch_that_few_tangents_show_is_one_with_every_one(off):
    """An error in one of the entries that are asked for at first, too small for any dense direction."""
    A = gaussian(3, 50)
    entry = next(e for e in tangents_for(50, "general", is_complex=False).entries if e is not None)

    def rrule(A):
        values, V = np.linalg.eig(A)

        def pullback(bar):
            G = np.linalg.solve(V.conj().T, bar[:, None] * V.conj().T).real
            G[entry] += off * np.sum(bar).real
            return G

        return values, pullback

    judgement = judge(rule_of(rrule), A, settings=ALL)
    assert (judgement.verdict, finding(judgement, "mismatch").entry) == ("fail", entry)


@pytest.mark.parametrize("n", [18, 26, 32])
@pytest.mark.parametrize("seed", range(4))
def test_a_wrong_rule_at_a_large_complex_matrix_fails_whatever_parts_of_entries_are_asked_for(seed, n):
    def rrule(A):
        values, V = np.linalg.eig(A)

        def pullback(bar):
            bar = np.where(np.arange(n) == n - 1, 1.5 * bar, bar)
            return np.linalg.solve(V.conj().T, bar[:, None] * V.conj().T)

        return values, pullback

    judgement = judge(rule_of(rrule), gaussian(seed, n, True), settings=ALL)
    assert judgement.verdict == "fail"
    assert np.isfinite(finding(judgement, "mismatch").error)
