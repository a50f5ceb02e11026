"""What a rule does while it is asked is told, once."""

import numpy as np

from tests.check.checks.test_agreement import ALL, GENERAL, altered
from tests.check.stage import N3, finding, judge, kinds, rule_of


def test_a_harmless_promotion_is_a_note():
    rule = altered(lambda G: G.astype(np.float64))
    judgement = judge(rule, N3.astype(np.float32), settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", ["dtype"])


def test_the_same_trouble_is_told_once():
    def raising(G):
        raise ValueError("always the same")

    judgement = judge(altered(raising), N3)
    assert kinds(judgement) == ["exception"]
    assert "always the same" in finding(judgement, "exception").message


def test_misconduct_is_told():
    def mutating(A):
        values, pullback = GENERAL.rrule(A)
        A.flags.writeable = True
        A[0, 0] += 1
        return values, pullback

    assert "mutates-input" in kinds(judge(rule_of(mutating), N3))

    def random(G):
        return G + 1e-3 * np.random.default_rng().standard_normal(G.shape)

    assert "nondeterministic" in kinds(judge(altered(random), N3))
