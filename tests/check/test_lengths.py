"""Vectors of any length, under a free convention: budgets, jumps and causes are those of vectors of that length."""

from functools import partial

import numpy as np
import pytest

from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec
from tests.check.stage import N3, judge, kinds, pullback_of, rule_of

ALL = Settings()
LENGTHS = {
    "first entry 1": lambda V: 1 / V[0],
    "2^300": lambda V: np.full(len(V), 2.0**300),
    "2^-300": lambda V: np.full(len(V), 2.0**-300),
    "2^-560": lambda V: np.full(len(V), 2.0**-560),
    "v^T v = 1": lambda V: 1 / np.sqrt(np.sum(V * V, axis=0) + 0j),
}


def of_length(factors, sign=1.0):
    """The right rule of eig with vectors times `factors`, for cotangents that respond to no change of length.

    It is a wrong one with another `sign` of its gaps, or factor there, than 1.
    """

    def rrule(A):
        values, V = np.linalg.eig(A)
        with np.errstate(divide="ignore", invalid="ignore"):
            V = V * factors(V)
            left = np.conj(np.linalg.inv(V)).T if np.all(np.isfinite(V)) else np.full(V.shape, np.nan)
        return (values, V), pullback_of(A, values, V, lambda inner: left @ inner @ V.conj().T, factor=sign)

    return rule_of(rrule, "eig", convention="free")


@pytest.mark.parametrize("matrix", [N3, N3 + 1j * np.rot90(N3)], ids=["real", "complex"])
@pytest.mark.parametrize("length", [name for name in LENGTHS if name != "v^T v = 1"])
def test_vectors_of_any_length_have_budgets_of_that_length(matrix, length):
    """Powers of two change no digit; where the first entry is 0 its multiple 1 does not exist, nor such a rule."""
    judgement = judge(of_length(LENGTHS[length]), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])


@pytest.mark.parametrize("length", ["2^300", "2^-300", "2^-560"])
@pytest.mark.parametrize(("sign", "diagnosis"), [(-1.0, ("sign-of-gap-matrix",)), (1 + 1e-12, ())])
def test_short_vectors_hide_no_fault_and_long_ones_no_cause(length, sign, diagnosis):
    """Budgets of unit vectors would be 2^300 times the gradient of a cotangent of short ones."""
    judgement = judge(of_length(LENGTHS[length], sign), N3, settings=ALL)
    assert (judgement.verdict, kinds(judgement), judgement.diagnosis) == ("fail", ["mismatch"], diagnosis)


def test_nor_do_lengths_that_move_faster_than_vectors_jump():
    """The first entry of an eigenvector is 1e-9: its multiple that is 1 has a length that one ULP moves by 1e-7."""
    matrix = np.array([[1, 1e-9, 0], [1e-9, 2, 1], [0, 1, 4.0]])
    judgement = judge(of_length(LENGTHS["first entry 1"]), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])


FORMS = {
    "v_0": lambda V: (V[0], np.eye(len(V))[:, :1]),
    "v^T v": lambda V: (np.sqrt(np.sum(V * V, axis=0) + 0j), V),
}
"""A form of each vector and, where it is 1, its derivative."""


def form_one(A, form="v_0", factor=1.0):
    """The right rule of eig with a form that is 1, whatever a cotangent responds to; wrong with another `factor` than 1."""
    values, V = np.linalg.eig(A)
    V = V / FORMS[form](V)[0]
    sizes = np.linalg.norm(V, axis=0)

    def outer(inner):
        # of unit columns: elimination heeds the lengths of rows
        return np.linalg.solve((V / sizes).conj().T, (inner / sizes[:, None]) @ V.conj().T)

    def moved(vectors_bar):
        return vectors_bar - FORMS[form](V)[1].conj() * np.sum(V.conj() * vectors_bar, axis=0)

    return (values, V), pullback_of(A, values, V, outer, moved, factor)


def arrow(rng):
    """Its vectors have first entries down to 1e-8."""
    matrix = np.diag(rng.standard_normal(4))
    matrix[:, 0] += 1e-8 * rng.standard_normal(4)
    matrix[0] += rng.standard_normal(4)
    return matrix


def nearly_in_blocks(rng):
    """The same of half of its vectors."""
    matrix = rng.standard_normal((4, 4))
    matrix[:2, 2:] *= 1e-8
    matrix[2:, :2] *= 1e-4
    return matrix


def nearly_isotropic(rng):
    """One of its vectors has v^T v of 1e-6 times its length's square."""
    vectors = rng.standard_normal((3, 3)) + 1j * rng.standard_normal((3, 3))
    vectors[:, 0] = 1, 1j + 1e-6j, 0
    return vectors @ np.diag([1.0, 2, 3]) @ np.linalg.inv(vectors)


@pytest.mark.parametrize(("made", "form"), [(arrow, "v_0"), (nearly_in_blocks, "v_0"), (nearly_isotropic, "v^T v")])
@pytest.mark.parametrize("seed", range(4))
def test_nor_does_what_rounding_leaves_of_the_response_to_a_length_that_moves_fast(made, form, seed):
    """No cotangent in floating point is without response to 1e8 v to more than u 1e8, and the length moves by 1e8.

    The length 1e3 that v^T v = 1 makes moves by 1e6.
    """
    rule = rule_of(partial(form_one, form=form), "eig", convention="free")
    judgement = judge(rule, made(np.random.default_rng(seed)), settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])


@pytest.mark.parametrize(("made", "form", "factor"), [(arrow, "v_0", 1.01), (nearly_isotropic, "v^T v", 1 + 1e-6)])
@pytest.mark.parametrize("seed", range(4))
def test_a_fault_beside_such_lengths_is_seen(made, form, factor, seed):
    rule = rule_of(partial(form_one, form=form, factor=factor), "eig", convention="free")
    judgement = judge(rule, made(np.random.default_rng(seed)), settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["mismatch"])


@pytest.mark.parametrize("seed", [1, 5])
@pytest.mark.parametrize("part", ["first", "sum"])
def test_what_rounding_leaves_of_a_response_to_lengths_is_no_fault(part, seed):
    """A vector of length 26 whose first entry is 1: its rule is right to the last digits for the cotangent that it is given.

    Nearly all of a random cotangent responds to lengths. Taken out once it left n u of itself, by which the length moves.
    """
    matrix = np.array([[-5.9, 1.01e7, 4.58e7], [1.63e5, 1.27e-8, -0.0378], [2.74e6, 1.09e5, -124.0]])
    form = {"first": np.eye(3)[0], "sum": np.ones(3)}[part]

    def rrule(A):
        values, V = np.linalg.eig(A)
        left, lengths = np.conj(np.linalg.inv(V)).T, form @ V
        gaps = values[None, :] - values[:, None] + np.eye(3)

        def pullback(bar):
            inner = np.zeros((3, 3)) if bar[0] is None else np.diag(bar[0])
            if bar[1] is not None:
                moved = bar[1] - np.outer(form, np.sum(V / lengths * bar[1], axis=0))
                inner = inner + (V.T @ (moved / lengths)) * (1 - np.eye(3)) / gaps
            return left @ inner @ V.T

        return (values, V / lengths), pullback

    spec = CotangentSpec(kind="random", count=2, seed=seed)
    judgement = judge(rule_of(rrule, "eig", convention="free"), matrix, settings=ALL, cotangent=spec)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])


def test_vectors_of_length_one_by_another_form():
    """v^T v = 1 gives other lengths than 1 to complex vectors only."""
    matrix = N3 + 1j * np.rot90(N3)
    judgement = judge(of_length(LENGTHS["v^T v = 1"]), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])


def sum_one(A):
    """Eigenpairs with vectors scaled as a stationary distribution is."""
    values, V = np.linalg.eig(A)
    return values, V / V.sum(axis=0)


def push_sums(A, E):
    """dv = S E v - v sum(S E v)."""
    values, V = sum_one(A)
    gaps = values[None, :] - values[:, None] + np.eye(len(A))
    inner = np.linalg.solve(V, E @ V)
    moved = V @ (inner * (1 - np.eye(len(A))) / gaps)
    return np.diag(inner).copy(), moved - V * moved.sum(axis=0)


def pull_sums(A):
    """The right rule of such vectors for any cotangent."""
    values, V = sum_one(A)
    gaps = values[None, :] - values[:, None] + np.eye(len(A))

    def pullback(bar):
        inner = np.zeros(V.shape, V.dtype)
        if bar[1] is not None:
            across = bar[1] - np.sum(V.conj() * bar[1], axis=0)
            inner = V.conj().T @ across * (1 - np.eye(len(A))) / gaps.conj()
        if bar[0] is not None:
            inner = inner + np.diag(bar[0])
        G = np.linalg.solve(V.conj().T, inner @ V.conj().T)
        return G if np.iscomplexobj(A) else G.real

    return (values, V), pullback


BY_CHANCE = {
    "diagonal": np.diag([3.0, 1.0]),
    "three": np.diag([1.0, 4.0, 2.0]),
    "beside": np.array([[3.0, 1e-9], [0, 1.0]]),
    "complex": np.diag([3.0, 1j, 2 - 1j]),
}


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("matrix", BY_CHANCE)
def test_lengths_that_are_one_by_chance_are_no_convention(matrix, mode):
    """The vectors of a diagonal matrix have sum 1 and norm 1; beside it they have other norms."""
    rule = rule_of(pull_sums, "eig", pushforward=push_sums, convention="free")
    judgement = judge(rule, BY_CHANCE[matrix], mode, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])
