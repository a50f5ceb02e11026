"""Linearity, down to the smallest arguments and at zero."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.check import shapes
from eigcheck.check.challenges import (
    SIZES,
    Challenge,
    check_linear,
    combine,
    forward_challenges,
    reverse_challenges,
    scaled_pairs,
)
from eigcheck.domains.tangents import basis, dense, project
from eigcheck.model import Cotangent, Eigenpairs, Tangents, unit_roundoff

U = unit_roundoff(np.float64)
RNG = np.random.default_rng(0)
JACOBIAN = RNG.standard_normal((5, 2))


def cotangent(values=None, vectors=None, gauge=False):
    return Cotangent(Eigenpairs(values, vectors), "c", gauge)


VALUES = [cotangent(row) for row in np.eye(2)]
VECTORS = [cotangent(None, np.array([[1.0, 2], [3, 4]])), cotangent(None, np.array([[0.0, 1], [-1, 0]]))]


def answer(rule, pairs):
    return rule(np.asarray(pairs.values))


def finding(rule, cotangents=VALUES, room=1e-12):
    """What `check_linear` says of a map of values' cotangents (2,) to numbers (5,)."""
    challenges = reverse_challenges(cotangents, range(len(cotangents)), simple=True)
    given_answers = np.stack([answer(rule, c.pairs) for c in cotangents])
    answers = np.stack([answer(rule, c.cotangent) for c in challenges])
    return check_linear(challenges, answers, given_answers, np.full(given_answers.shape, room))


def linear(bar):
    return JACOBIAN @ bar


def test_a_linear_rule_passes():
    assert finding(linear) is None


@pytest.mark.parametrize(
    ("rule", "about"),
    [
        (lambda bar: linear(bar) * (1 + np.linalg.norm(bar)), "2^80"),
        (lambda bar: linear(bar) + 1e-9, "zero"),
        (lambda bar: linear(bar) if np.abs(bar).max() > 2.0**-399 else 0 * linear(bar), "2^-400"),
        (lambda bar: linear(bar) if np.abs(bar).max() < 2.0**79 else 2 * linear(bar), "2^80"),
        (lambda bar: linear(bar) if bar.any() else np.full(5, 7.0), "zero"),
        (lambda bar: np.abs(linear(bar)), "negated"),
        (lambda bar: linear(bar) * (1.5 if np.count_nonzero(bar) > 1 else 1), "sum"),
        (lambda bar: linear(bar) * (1.5 if bar[0] == bar[1] else 1), "the sum of the values"),
        (lambda bar: linear(bar) * (1.5 if bar[0] == -bar[1] else 1), "the difference of two values"),
    ],
)
def test_every_kind_of_deviation_is_found(rule, about):
    found = finding(rule)
    assert found.kind == "not-linear"
    assert about in found.message
    assert found.error > found.allowed


@pytest.mark.parametrize("broken", [np.nan, np.inf])
@pytest.mark.parametrize(
    ("asked_for", "about"),
    [
        (lambda bar: not bar.any(), "zero"),
        (lambda bar: np.abs(bar).max() > 2.0**79, "2^80"),
        (lambda bar: 0 < np.abs(bar).max() < 2.0**-399, "2^-400"),
        (lambda bar: np.count_nonzero(bar) > 1, "sum"),
    ],
)
def test_no_number_where_one_follows_is_a_finding_of_its_own(asked_for, about, broken):
    found = finding(lambda bar: np.full(5, broken) if asked_for(bar) else linear(bar))
    assert found.kind == "nonfinite"
    assert about in found.message


def test_more_values_than_two_are_summed_at_once():
    """A rule that goes wrong from the third value on is right for every cotangent and every sum of two."""
    wide = np.random.default_rng(4).standard_normal((5, 4))
    rows = [cotangent(row) for row in np.eye(4)]
    assert finding(lambda bar: wide @ bar, rows) is None
    found = finding(lambda bar: wide @ bar * (1.5 if np.count_nonzero(bar) > 2 else 1), rows)
    assert found.kind == "not-linear"
    assert "a sum of all cotangents of a kind" in found.message


@pytest.mark.parametrize(("touched", "wrong"), [(1, 1.5), (2, 1.5), (1, np.nan), (2, np.nan)])
def test_a_cotangent_of_one_vector_alone_and_one_without_it_are_asked_for(touched, wrong):
    """A rule that goes wrong at columns of zeros is right for all cotangents that touch every vector."""
    weights = np.random.default_rng(5).standard_normal((5, 9))
    cotangents = [cotangent(None, np.random.default_rng(seed).standard_normal((3, 3))) for seed in (6, 7)]
    challenges = reverse_challenges(cotangents, range(2), simple=True)

    def found(rule):
        given_answers = np.stack([rule(c.pairs.vectors) for c in cotangents])
        answers = np.stack([rule(c.cotangent.vectors) for c in challenges])
        return check_linear(challenges, answers, given_answers, np.full(given_answers.shape, 1e-12))

    def sparse(bar):
        right = weights @ bar.ravel()
        return wrong * right if np.count_nonzero(np.any(bar, axis=0)) == touched else right

    assert found(lambda bar: weights @ bar.ravel()) is None
    assert found(sparse).kind == ("not-linear" if np.isfinite(wrong) else "nonfinite")
    assert f"of {'one vector' if touched == 1 else 'two vectors'}" in found(sparse).message or touched == 2


def test_a_cotangent_of_one_vector_is_divided_by_entries_only():
    lone = cotangent(None, np.array([[1.0, 0], [2, 0]]))
    about = {c.about for c in reverse_challenges([lone], [0], simple=True) if c.part}
    assert about
    assert not any("vector" in text.replace("a vectors' cotangent", "") for text in about)
    parts = [c for c in reverse_challenges([lone, VECTORS[0]], [0, 1], simple=True) if "in two parts" in c.about]
    for first, rest in zip(parts[::2], parts[1::2], strict=True):
        assert first.part
        assert not rest.part
        assert first.weights == rest.weights == ((1, 1.0),)
        assert np.array_equal(first.cotangent.vectors + rest.cotangent.vectors, VECTORS[0].pairs.vectors)
    assert not any(challenge.part for challenge in reverse_challenges([lone, VECTORS[0]], [0, 1], simple=False))


def test_what_is_settled_is_a_part_of_the_whole():
    """Where a part must obey a convention, the rest is what is missing from the whole."""
    whole = cotangent(None, np.arange(9.0).reshape(3, 3) + 1)
    parts = [
        c for c in reverse_challenges([whole], [0], simple=True, settled=lambda c: c / 2) if "two parts" in c.about
    ]
    assert len(parts) > 10
    for first, rest in zip(parts[::2], parts[1::2], strict=True):
        assert np.max(np.abs(first.cotangent.vectors)) <= 36
        assert np.array_equal(first.cotangent.vectors + rest.cotangent.vectors, whole.pairs.vectors)


def test_rounding_within_the_room_is_no_deviation():
    rng = np.random.default_rng(1)

    def noisy(bar):
        return linear(bar) * (1 + 1e-13 * rng.uniform(-1, 1, 5))

    assert finding(noisy, room=1e-12) is None
    assert finding(noisy, room=1e-17).kind == "not-linear"


def test_answers_that_were_not_finite_to_begin_with_are_not_blamed_again():
    challenges = [Challenge("twice", ((0, 2.0),), Eigenpairs(np.ones(2)))]
    nothing = np.full((1, 3), np.nan)
    assert check_linear(challenges, nothing, nothing, np.ones((1, 3))) is None


def asked(cotangents, usable=None, simple=True):
    usable = range(len(cotangents)) if usable is None else usable
    return reverse_challenges(cotangents, usable, simple=simple)


def test_each_form_of_a_cotangent_is_challenged():
    forms = [*VALUES, *VECTORS, cotangent(None, 1j * np.eye(2), gauge=True)]
    about = [c.about for c in asked(forms)]
    for kind in ("2^-400", "2^80", "a cotangent of zero"):
        assert sum(kind in text for text in about) == 3
    assert about.count("a sum of all cotangents of a kind") == 2
    assert about.count("a vectors' cotangent of zero in place of an absent one") == 1
    assert about.count("a values' cotangent of zero in place of an absent one") == 1
    assert about.count("cotangents of values and vectors together") == 1


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
    assert [np.sum(c.cotangent.values) for c in shaped[:2]] == [5, 0]
    assert len(shaped) == len(shapes.VALUES) - 2  # no imaginary ones of a real matrix
    assert not any(c.part for c in shaped)
    del forms[missing]
    parts = [c for c in asked(forms) if c.about in shapes.VALUES]
    assert parts[0].part
    assert len(parts) == 2 * len(shaped)
    assert not [c for c in asked(forms, simple=False) if c.about in shapes.VALUES]


def test_weights_and_questions_belong_together():
    """Every question, with its other part, is the weighted sum of the cotangents whose answers it is held against."""
    cotangents = [*VALUES, *VECTORS]
    before = Eigenpairs(None, 0.0)
    for challenge in asked(cotangents):
        if challenge.part:
            before = challenge.cotangent
            continue
        for part in ("values", "vectors"):
            question = getattr(challenge.cotangent, part)
            if question is not None and part == "vectors":
                question, before = question + before.vectors, Eigenpairs(None, 0.0)
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


@pytest.mark.parametrize("simple", [True, False])
def test_zero_is_asked_for_everywhere_and_forgiven_only_where_nothing_is_determined(simple):
    (determined,) = [c for c in asked(VALUES, simple=simple) if "cotangent of zero" in c.about]
    (nothing,) = asked(VALUES, usable=[], simple=simple)
    assert determined.weights == nothing.weights == ()
    assert not determined.cotangent.values.any()
    assert not nothing.cotangent.values.any()
    assert (determined.lenient, nothing.lenient) == (False, True)
    answers = np.full((1, 3), np.nan)
    given_answers, room = np.ones((2, 3)), np.ones((2, 3))
    assert check_linear([nothing], answers, given_answers, room) is None
    assert check_linear([determined], answers, given_answers, room).kind == "nonfinite"
    # finite numbers have to be 0 all the same
    for challenge in (nothing, determined):
        assert check_linear([challenge], np.full((1, 3), 1e-3), given_answers, room).kind == "not-linear"


def test_nothing_is_asked_of_an_answer_out_of_the_range_of_the_precision():
    """2^40 times 2^90, and 2^-40 times 2^-100, are numbers of float64 and none of float32."""
    for power, came in ((40, np.inf), (-40, 0.0)):
        challenge = Challenge("another size", ((0, 2.0**power),), Eigenpairs(np.ones(1)))
        given_answers = np.array([[2.0**90 if power > 0 else 2.0**-100]])
        asked_for = ([challenge], np.array([[came]]), given_answers, U * given_answers)
        assert check_linear(*asked_for, np.complex64) is None
        assert check_linear(*asked_for, np.complex128).kind == ("nonfinite" if power > 0 else "not-linear")


def test_an_answer_below_the_normal_numbers_is_never_blamed():
    """Rounding there is absolute; the sum may be off by the smallest normal number."""
    challenge = Challenge("a small one", ((0, SIZES[False][0]),), Eigenpairs(np.ones(2)))
    tiny = np.finfo(np.float64).smallest_normal
    given_answers, room = np.full((1, 1), tiny), np.zeros((1, 1))
    assert check_linear([challenge], np.zeros((1, 1)), given_answers, room) is None
    assert check_linear([challenge], np.full((1, 1), 2 * tiny), given_answers, room).kind == "not-linear"


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
        assert np.array_equal(challenge.tangent, want)
    shaped = {c.about: c.tangent for c in challenges[3:]}
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
    made = {c.about: c.tangent for c in forward_challenges(basis(n, "general", is_complex=is_complex), single=False)}
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
        assert np.array_equal(challenge.tangent, project(challenge.tangent.copy(), domain))


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


def test_combining_keeps_absence_and_precision():
    single = [cotangent(np.array([1, 2], np.float32)), cotangent(np.array([3, 4j], np.complex64))]
    made = combine(((0, 0.75), (1, -1.25)), single)
    assert made.values.dtype == np.complex64
    assert made.vectors is None
    assert np.array_equal(made.values, [0.75 - 3.75, 1.5 - 5j])
    assert combine(((0, 1.0),), VECTORS).vectors.dtype == np.float64


def test_what_overflows_on_the_way_is_not_asked():
    huge = [cotangent(row * 1.5e308) for row in np.eye(2)]
    with np.errstate(over="raise"):
        challenges = reverse_challenges(huge, [0, 1], simple=True)
    assert {challenge.cotangent.finite for challenge in challenges} == {True}
