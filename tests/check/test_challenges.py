"""Challenges are sums of what was asked already, in every size and shape that a rule may branch on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.check import shapes
from eigcheck.check.challenges import SIZES, forward_challenges, reverse_challenges, scaled_pairs
from eigcheck.domains.tangents import basis, dense, project
from eigcheck.model import Cotangent, Eigenpairs, Tangents


def cotangent(values=None, vectors=None, gauge=False):
    return Cotangent(Eigenpairs(values, vectors), "c", gauge)


def asked(cotangents, usable=None, simple=True, **settled):
    """The challenges at a matrix with the eigenvalues 1 to n."""
    n = len(cotangents[0].pairs.parts[0])
    primal = Eigenpairs(np.arange(1.0, n + 1), np.tri(n))
    return reverse_challenges(
        cotangents, range(len(cotangents)) if usable is None else usable, primal, simple=simple, **settled
    )


VALUES = [cotangent(row) for row in np.eye(2)]
VECTORS = [cotangent(None, np.array([[1.0, 2], [3, 4]])), cotangent(None, np.array([[0.0, 1], [-1, 0]]))]


def test_a_cotangent_of_one_vector_is_divided_by_entries_only():
    lone = cotangent(None, np.array([[1.0, 0], [2, 0]]))
    about = {c.about for c in asked([lone], simple=True) if len(c.asked) == 2}
    assert about
    assert not any("vector" in text.replace("a vectors' cotangent", "") for text in about)
    parts = [c for c in asked([lone, VECTORS[0]], simple=True) if "in two parts" in c.about]
    for challenge in parts:
        first, rest = challenge.asked
        assert challenge.weights == ((1, 1.0),)
        assert np.array_equal(first.vectors + rest.vectors, VECTORS[0].pairs.vectors)
    assert {len(c.asked) for c in asked([lone, VECTORS[0]], simple=False)} == {1}


def test_what_is_settled_is_a_part_of_the_whole():
    """Where a part must obey a convention, the rest is what is missing from the whole."""
    whole = cotangent(None, np.arange(9.0).reshape(3, 3) + 1)
    parts = [c for c in asked([whole], simple=True, settled=lambda c: c / 2) if "two parts" in c.about]
    assert len(parts) > 5
    for first, rest in (challenge.asked for challenge in parts):
        assert np.max(np.abs(first.vectors)) <= 36
        assert np.array_equal(first.vectors + rest.vectors, whole.pairs.vectors)


def test_each_form_of_a_cotangent_is_challenged():
    forms = [*VALUES, *VECTORS, cotangent(None, 1j * np.eye(2), gauge=True)]
    about = [c.about for c in asked(forms)]
    for kind in ("2^-400", "2^80", "a cotangent of zero"):
        assert sum(kind in text for text in about) == 3
    assert about.count("a sum of all cotangents of a kind") == 2
    assert about.count("a vectors' cotangent of zero in place of an absent one") == 1
    assert about.count("a values' cotangent of zero in place of an absent one") == 1
    assert about.count("cotangents of values and vectors together") == 1
    assert sum("together" in text for text in about) == 5
    assert sum("phases together" in text for text in asked_about(forms[:-1])) == 0


def asked_about(cotangents):
    return [c.about for c in asked(cotangents)]


def test_phases_come_beside_values_and_vectors_in_one_cotangent():
    forms = [*VALUES, *VECTORS, cotangent(None, 1j * np.eye(2), gauge=True)]
    (whole,) = [c for c in asked(forms) if "phases together" in c.about]
    assert sorted({c for c, _ in whole.weights}) == [0, 1, 2, 3, 4]
    assert np.all(whole.asked[0].vectors.imag.diagonal() != 0)


@pytest.mark.parametrize("stays", [[True, False], [True, True], [False, False]])
def test_imaginary_parts_are_asked_about_where_values_stay_real(stays):
    made = [c for c in asked(VALUES, real=np.array(stays)) if "stay real" in c.about]
    assert len(made) == any(stays)
    for challenge in made:
        assert np.array_equal(challenge.asked[0].values.imag != 0, stays)
        (plain,) = [c for c in asked(VALUES) if "sum of all" in c.about]
        assert np.array_equal(challenge.asked[0].values.real, plain.asked[0].values)
        assert challenge.weights == plain.weights


def test_every_usable_cotangent_takes_part_in_a_sum():
    """None of them so little that it could be missing: weights lie between 1/2 and 3/2."""
    forms = [cotangent(row) for row in np.eye(5)]
    (whole,) = [c for c in asked(forms) if "sum of all" in c.about]
    assert [c for c, _ in whole.weights] == [0, 1, 2, 3, 4]
    assert all(0.5 <= abs(w) <= 1.5 for _, w in whole.weights)
    assert len({w for _, w in whole.weights}) == 5


@pytest.mark.parametrize("missing", [0, 1, 4])
def test_shapes_of_values_are_sums_of_single_values_or_else_parts_of_another_cotangent(missing):
    forms = [cotangent(row) for row in np.eye(5)]
    shaped = [c for c in asked(forms) if c.about in shapes.VALUES]
    assert [np.sum(c.asked[0].values) for c in shaped[:2]] == [5, 0]
    assert len(shaped) == len(shapes.VALUES) - 2  # no imaginary ones of a real matrix
    assert {len(c.asked) for c in shaped} == {1}
    del forms[missing]
    parts = [c for c in asked(forms) if c.about in shapes.VALUES]
    assert {len(c.asked) for c in parts} == {2}
    assert len(parts) == len(shaped)
    assert not [c for c in asked(forms, simple=False) if c.about in shapes.VALUES]


def test_weights_and_questions_belong_together():
    """Every question, with its other part, is the weighted sum of the cotangents whose answers it is held against."""
    cotangents = [*VALUES, *VECTORS]
    for challenge in asked(cotangents):
        for part in ("values", "vectors"):
            questions = [getattr(pairs, part) for pairs in challenge.asked]
            question = None if questions[0] is None else sum(questions)
            parts = [(getattr(cotangents[c].pairs, part), w) for c, w in challenge.weights]
            present = [w * p for p, w in parts if p is not None]
            if question is None:
                assert present == []
            else:
                assert np.array_equal(question, sum(present, np.zeros(question.shape)))


def test_only_usable_cotangents_are_used():
    used = {c for challenge in asked(VALUES + VECTORS, usable=[1, 3]) for c, _ in challenge.weights}
    assert used == {1, 3}


def test_at_a_cluster_absent_and_zero_may_differ():
    about = [c.about for c in asked(VALUES + VECTORS, simple=False)]
    assert not any("in place of an absent one" in text or "together" in text for text in about)
    assert any("sum of all" in text for text in about)


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("domain", ["general", "symmetric", "upper", "lower"])
def test_forward_challenges_are_sums_of_the_tangents(domain, is_complex):
    tangents = basis(3, domain, is_complex=is_complex)
    challenges = forward_challenges(tangents, domain, single=False)
    assert [c.about for c in challenges][:4] == [
        "a tangent of 2^-400 times the size",
        "a tangent of 2^80 times the size",
        "a tangent of zero",
        "a full tangent",
    ]
    for challenge in challenges:
        want = sum((w * tangents.matrices[t] for t, w in challenge.weights), np.zeros((3, 3)))
        assert np.array_equal(challenge.asked[0], want)
    shaped = {c.about: c.asked[0] for c in challenges[3:]}
    assert len({tangent.tobytes() for tangent in shaped.values()}) == len(shaped)
    assert set(shaped) <= set(shapes.TANGENTS)
    if domain == "general":
        assert set(shaped) >= set(shapes.TANGENTS) - {
            "a complex-symmetric tangent",
            "a complex-skew tangent",
            "a real tangent",
            "an imaginary tangent",
        }
    assert forward_challenges(Tangents(np.zeros((0, 0, 0)), (), ()), single=False) == []


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_some_mixtures_of_tangents_have_the_structures_that_rules_branch_on(n, is_complex):
    made = {c.about: c.asked[0] for c in forward_challenges(basis(n, "general", is_complex=is_complex), single=False)}
    full, symmetric, triangular = (made[f"a {name} tangent"] for name in ("full", "symmetric", "triangular"))
    assert np.all(full != 0)
    assert not np.array_equal(full, full.conj().T)
    assert np.array_equal(symmetric, symmetric.conj().T)
    assert np.all(symmetric != 0)
    assert np.array_equal(triangular, np.triu(triangular))
    assert np.count_nonzero(triangular) == n * (n + 1) // 2
    if is_complex:
        assert np.all(full.imag != 0)
        assert np.all(symmetric[~np.eye(n, dtype=bool)].imag != 0)
        assert np.all(triangular[np.triu_indices(n)].imag != 0)


@pytest.mark.parametrize("domain", ["symmetric", "upper", "lower"])
def test_mixtures_stay_on_the_domain(domain):
    for challenge in forward_challenges(basis(3, domain, is_complex=True), domain, single=False):
        assert np.array_equal(challenge.asked[0], project(challenge.asked[0].copy(), domain))


def test_dense_directions_are_mixed_as_they_are():
    tangents = dense(3, "general", is_complex=False, count=4, seed=0)
    about = [c.about for c in forward_challenges(tangents, single=False)]
    assert about[3:] == ["a full tangent"]


@given(st.sampled_from([*SIZES[True], 0.0]), st.sampled_from([np.float32, np.complex64, np.float64, np.complex128]))
def test_scaling_keeps_dtypes_and_is_exact(factor, dtype):
    pairs = Eigenpairs(np.array([1, 1 / 3], dtype), None)
    made = scaled_pairs(pairs, factor)
    assert made.values.dtype == dtype
    assert made.vectors is None
    if factor:
        assert np.array_equal((made.values / factor).astype(dtype), pairs.values)


def test_what_overflows_on_the_way_is_not_asked():
    huge = [cotangent(row * 1.5e308) for row in np.eye(2)]
    with np.errstate(over="raise"):
        challenges = asked(huge, simple=True)
    assert {pairs.finite for challenge in challenges for pairs in challenge.asked} == {True}
