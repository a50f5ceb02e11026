"""What flows through eigcheck, and the few things that it knows about itself."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from eigcheck.model import Eigenpairs, Expectation, Problem, Rule, unit_roundoff
from eigcheck.outcome import Finding, Judgement, Outcome


def outcome(**expected):
    judgement = Judgement("fail", (Finding("mismatch", ""),), ("negated",))
    problem = Problem("a-case", np.zeros((1, 1)), function="eig")
    return Outcome(problem, "a/rule", "reverse", judgement, Expectation(**expected))


def test_an_outcome_has_the_id_of_the_contract():
    assert outcome().id == "a-case::a/rule::eig::reverse"


@pytest.mark.parametrize(
    ("expected", "as_expected"),
    [
        ({}, False),
        ({"verdicts": ("fail",)}, True),
        ({"verdicts": ("pass", "fail")}, True),
        ({"verdicts": ("error",)}, False),
        ({"verdicts": ("fail",), "findings": ("mismatch",)}, True),
        ({"verdicts": ("fail",), "findings": ("mismatch", "jump")}, False),
        ({"verdicts": ("fail",), "diagnosis": "negated"}, True),
        ({"verdicts": ("fail",), "diagnosis": "transposed"}, False),
    ],
)
def test_an_outcome_is_expected_if_verdict_findings_and_diagnosis_are(expected, as_expected):
    assert outcome(**expected).as_expected == as_expected


def test_other_findings_and_further_diagnoses_may_occur():
    judgement = Judgement("fail", (Finding("dtype", ""), Finding("jump", "")), ("negated", "scaled-by-c"))
    expected = Expectation(("fail",), ("jump",), "negated")
    problem = Problem("a-case", np.zeros((1, 1)))
    assert Outcome(problem, "a/rule", "reverse", judgement, expected).as_expected
    swapped = Expectation(("fail",), ("jump",), "scaled-by-c")
    assert not Outcome(problem, "a/rule", "reverse", judgement, swapped).as_expected


@pytest.mark.parametrize(
    ("function", "domain", "uplo", "triangle"),
    [
        ("eigvals", "general", None, None),
        ("eig", "symmetric", None, None),
        ("eigh", "general", None, "L"),
        ("eigh", "general", "U", "U"),
        ("eigvalsh", "symmetric", None, "L"),
        ("eigvalsh", "upper", None, "U"),
        ("eig", "lower", None, "L"),
        ("eigvals", "upper", None, "U"),
    ],
)
def test_a_rule_knows_which_triangle_it_reads(function, domain, uplo, triangle):
    assert Rule("a/rule", function, domain, uplo).triangle == triangle


@pytest.mark.parametrize(
    ("reverse", "forward", "modes"),
    [
        (True, False, ("reverse",)),
        (False, True, ("forward",)),
        (True, True, ("reverse", "forward")),
        (False, False, ()),
    ],
)
def test_a_rule_offers_the_modes_that_it_has(reverse, forward, modes):
    assert Rule("a/rule", "eig", has_reverse=reverse, has_forward=forward).modes == modes


def test_a_rule_is_known_by_four_things():
    assert Rule("a/rule", "eigh", "general", "U").key == ("a/rule", "eigh", "general", "U")
    assert Rule("a/rule", "eigh", "upper", "U").key == Rule("a/rule", "eigh", "upper").key


@pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])
def test_unit_roundoff_is_half_the_distance_from_one_to_the_next_number(dtype):
    real = np.zeros(1, dtype).real.dtype.type
    u = unit_roundoff(dtype)
    assert real(1) + real(u) == 1  # to even
    assert np.nextafter(real(1), real(2)) - real(1) == 2 * u


def test_what_flows_is_frozen():
    with pytest.raises(FrozenInstanceError):
        outcome().mode = "forward"


def test_each_part_is_changed_that_is_not_absent():
    changed = Eigenpairs(np.ones(2)).each(np.negative)
    assert changed.values.tolist() == [-1, -1]
    assert changed.vectors is None
    assert Eigenpairs(None, np.eye(2)).each(np.zeros_like).vectors.tolist() == [[0, 0], [0, 0]]
