"""Conventions of built-in rules, and of wrong ones made here."""

import numpy as np
import pytest

from eigcheck.check.conventions import MATRICES, measure
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import Rule
from eigcheck.rules.registry import load_builtin, registered

load_builtin()
NUMPY = [rule for rule in registered() if rule.name == "numpy/lapack"]
RETURNED = {"general": "general", "symmetric": "symmetric split", "upper": "upper-doubled", "lower": "lower-doubled"}


@pytest.mark.parametrize("rule", NUMPY, ids=lambda rule: "-".join(filter(None, rule.key[1:])))
def test_built_in_rules_return_what_they_declare_and_the_derivative_of_their_primal(rule):
    triangle = {"L": "lower-doubled", "U": "upper-doubled"}
    for found in measure(rule, LocalRunner()):
        want = triangle[rule.uplo] if rule.domain == "general" and rule.uplo else RETURNED[rule.domain]
        assert want in found.gradient, found
        assert not found.conjugated
        assert found.own != "none"
        assert found.forward in ("every entry", "the declared domain")
        assert not found.trouble


def changed(change, function="eigvals", domain="general"):
    """The built-in rule of this function and domain, its gradient changed."""
    (right,) = (rule for rule in NUMPY if rule.key == ("numpy/lapack", function, domain, None))

    def rrule(A):
        primal, pullback = right.rrule(A)
        return primal, lambda cotangent: change(pullback(cotangent))

    return Rule("changed", function, domain, rrule=rrule)


def at(rule, matrix):
    (found,) = (one for one in measure(rule, LocalRunner()) if one.matrix == matrix)
    return found


def test_a_conjugated_gradient_is_told_where_there_is_something_to_conjugate():
    rule = changed(np.conj)
    assert at(rule, "complex").gradient == ("general",)
    assert at(rule, "complex").conjugated is True
    assert at(rule, "real, complex pair").conjugated is None
    assert at(changed(lambda G: G), "complex").conjugated is False


def test_a_fold_at_symmetry_is_told_there_alone():
    (released,) = (rule for rule in registered() if rule.key == ("chainrules/released", "eigvals", "general", None))
    assert at(released, "real symmetric").gradient == ("upper-doubled",)
    assert at(released, "real symmetric").own == "none"
    assert at(released, "real, complex pair").gradient == ("general",)
    assert at(released, "real, complex pair").own == "every entry"


def test_a_skew_part_is_told_where_symmetric_tangents_cannot_see_it():
    skew = np.array([[0, 1, 2], [-1, 0, 3], [-2, -3, 0.0]])
    found = at(changed(lambda G: G + skew, "eigh", "symmetric"), "real symmetric")
    assert found.gradient == ("symmetric split + skew",)
    assert found.own == "the declared domain"


def test_what_is_none_of_these_is_told_with_the_distances():
    found = at(changed(lambda G: 1.001 * G), "complex")
    assert found.gradient == ()
    assert found.errors["general"] == pytest.approx(1e-3, rel=1e-6)
    assert found.own == "none"
    assert found.where.startswith("entry (")


def test_a_rule_that_raises_is_told():
    def rrule(A):
        raise ArithmeticError("not today")

    assert {
        "not today" in found.trouble for found in measure(Rule("raises", "eigvals", rrule=rrule), LocalRunner())
    } == {True}

    def late(A):
        def pullback(bar):
            raise ArithmeticError("not today either")

        return np.linalg.eigvals(A), pullback

    assert "either" in at(Rule("late", "eigvals", rrule=late), "complex").trouble


def test_matrices_are_well_conditioned_so_that_differences_can_tell():
    for matrix in MATRICES.values():
        values, vectors = np.linalg.eig(matrix)
        gaps = np.abs(values[:, None] - values)[~np.eye(3, dtype=bool)]
        assert gaps.min() > 0.3
        assert np.linalg.cond(vectors) < 10
