"""Every rule of every adapter at matrices where it is right, in each dtype; what it offers is what is told of it."""

import numpy as np
import pytest

from eigcheck.check.conventions import measure
from eigcheck.model import ReverseCall
from eigcheck.names import FRAMEWORK_NAMES
from eigcheck.rules.frameworks import framework
from tests.frameworks.support import C3, H3, PAIRS, S, child_of, judged

RIGHT = {"general": (S, PAIRS, C3), "symmetric": (S, H3), "upper": (S, H3), "lower": (S, H3)}

WRONG_ON_PURPOSE = {"jax/lax-eigh-triangle"}
"""Offered to be caught: what JAX's documentation says is not what its gradient does."""

RETURNED = {"general": "general", "symmetric": "symmetric split", "upper": "upper-doubled", "lower": "lower-doubled"}


@pytest.fixture(scope="module", params=FRAMEWORK_NAMES)
def child(request):
    return child_of(request.param)


def test_the_adapter_offers_what_is_told_of_it_before_it_is_loaded(child):
    rules = child.rules()
    told = framework(rules[0].name.partition("/")[0])
    assert {rule.name.partition("/")[0] for rule in rules} == {told.name}
    assert {rule.function for rule in rules} == set(told.functions)
    assert {rule.domain for rule in rules} == set(told.domains)
    assert {mode for rule in rules for mode in rule.modes} == set(told.modes)
    assert all(rule.by_name and not rule.builtin for rule in rules)


def test_every_rule_is_right_on_its_domain(child):
    for rule in child.rules():
        if rule.name in WRONG_ON_PURPOSE:
            continue
        for matrix in RIGHT[rule.domain]:
            if rule.name.startswith("pytensor/") and np.iscomplexobj(matrix):
                continue
            for mode, (verdict, kinds) in judged(child, rule, matrix).items():
                assert (verdict, kinds - {"representative", "dtype"}) == ("pass", set()), (rule.key, mode, matrix)


def test_every_rule_is_right_in_single_precision(child):
    for rule in child.rules():
        if rule.name in WRONG_ON_PURPOSE or rule.uplo == "U":
            continue
        matrix = RIGHT[rule.domain][0].astype(np.float32)
        for mode, (verdict, _) in judged(child, rule, matrix).items():
            assert verdict == "pass", (rule.key, mode)


def test_a_matrix_that_is_not_finite_costs_its_call_at_most(child):
    for rule in child.rules():
        if rule.uplo == "U" or rule.name in WRONG_ON_PURPOSE:
            continue
        (reply,) = child.ask(rule, [ReverseCall(np.full((2, 2), np.nan))])
        silent = reply.trouble is None and reply.primal is not None
        assert silent or reply.trouble.kind in ("exception", "died"), rule.key
        (after,) = child.ask(rule, [ReverseCall(S)])
        assert after.trouble is None, rule.key


def test_what_is_measured_is_what_the_adapter_declares_and_the_pairing_is_converted(child):
    for rule in child.rules():
        if rule.name in WRONG_ON_PURPOSE:
            continue
        for found in measure(rule, child):
            if rule.name.startswith("pytensor/") and found.matrix == "Hermitian":
                continue
            assert {RETURNED[rule.domain], "symmetric split + skew"} & set(found.gradient), (rule.key, found)
            assert not found.conjugated, (rule.key, found)
            assert found.own != "none", (rule.key, found)
