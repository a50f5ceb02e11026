"""Pairs that are wrong beside others of which roundoff may take far more."""

import numpy as np
import pytest

from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec
from tests.check.stage import judge, rule_named, rule_of

ALL = Settings()


def with_parts_of_vectors(kept, function):
    """The textbook rule of `eigh` or `eig` in both modes, with `kept` (n,) parts of what each vector gives."""
    decompose = {"eigh": np.linalg.eigh, "eig": np.linalg.eig}[function]

    def parts(A):
        values, V = decompose(A)
        gaps = values[None, :] - values[:, None]
        np.fill_diagonal(gaps, np.inf)
        return values, V, np.linalg.inv(V), 1 / gaps

    def rrule(A):
        values, V, inverse, gaps = parts(A)

        def pullback(bar):
            values_bar, vectors_bar = bar
            inner = np.diag(np.zeros(len(A)) if values_bar is None else values_bar)
            if vectors_bar is not None:
                radial = vectors_bar - V * np.sum(V * vectors_bar, axis=0)
                inner = inner + V.T @ (radial * kept) * gaps
            gradient = inverse.T @ inner @ V.T
            return (gradient + gradient.T) / 2 if function == "eigh" else gradient

        return (values, V), pullback

    def pushforward(A, A_dot):
        _, V, inverse, gaps = parts(A)
        moved = inverse @ A_dot @ V
        V_dot = V @ (moved * gaps)
        V_dot = V_dot - V * np.sum(V * V_dot, axis=0)
        return np.diagonal(moved).copy(), V_dot * kept

    domain = "symmetric" if function == "eigh" else "general"
    return rule_of(rrule, function, domain, pushforward=pushforward, convention="lapack")


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("gap", [1e-7, 1e-8, 1e-9, 1e-11])
def test_a_vector_is_judged_by_itself_beside_two_that_are_close(gap, mode):
    """The budget of these, 1 / gap times as large, hid all that the other one does."""
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0]
    A = turn * [0, 1, 1 + gap] @ turn.T
    A = (A + A.T) / 2
    for part in (0.0, 2.0, 1.001, 1.0):
        rule = with_parts_of_vectors(np.array([part, 1, 1]), "eigh")
        assert judge(rule, A, mode, settings=ALL).verdict == ("pass" if part == 1 else "fail"), part


@pytest.mark.parametrize(("below", "part"), [(1e-8, 1e-4), (1e-9, 1e-3), (1e-10, 1e-3), (1e-11, 1e-2)])
def test_vectors_that_are_nearly_parallel_move_mostly_along_themselves(below, part):
    """What of that counts was taken for all of it: right rules were not told from ones wrong by a part."""
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0]
    A = turn @ np.array([[1, 1, 0], [below, 1, 0], [0, 0, 2.0]]) @ turn.T
    assert judge(with_parts_of_vectors(np.ones(3), "eig"), A, settings=ALL).verdict == "pass"
    assert judge(with_parts_of_vectors(np.full(3, 1 + part), "eig"), A, settings=ALL).verdict == "fail"


def partly_of_condition(n, m, power):
    """Eigenvalues 1 to n, of which m share a basis of condition 10^power, the others are orthogonal to all."""
    rng = np.random.default_rng(0)

    def orthogonal(k):
        return np.linalg.qr(rng.standard_normal((k, k)))[0]

    basis = np.eye(n)
    basis[:m, :m] = orthogonal(m) @ np.diag(10.0 ** -np.linspace(0, power, m)) @ orthogonal(m)
    turn = orthogonal(n)
    return turn @ basis @ np.diag(np.arange(1.0, n + 1)) @ np.linalg.inv(basis) @ turn.T


@pytest.mark.parametrize("k", [6, 12, 30, 45])
@pytest.mark.parametrize("off", [0.0, 1e-2, 0.5])
def test_one_value_among_many_is_told_whatever_the_condition_of_others(k, off):
    """Shares were of another size than budgets, by the condition of each value, and groups hid half of a gradient."""

    def rrule(A):
        values, V = np.linalg.eig(A)
        inverse, factors = np.linalg.inv(V), np.ones(len(A))
        factors[np.argsort(values.real)[k]] += off
        return values, lambda bar: (inverse.conj().T @ np.diag(bar * factors) @ V.conj().T).real

    A = partly_of_condition(52, 20, 6)
    assert judge(rule_of(rrule), A, settings=ALL).verdict == ("fail" if off else "pass")


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("below", [1e-8, 1e-10, 1e-12])
@pytest.mark.parametrize("off", [0.0, 1e-3, 1.0])
def test_beside_values_that_nearly_coincide_others_are_judged_by_themselves(off, below, mode):
    """A branch that A[0, 3] = 0 alone is not in, and that leaves alone the two whose budget is larger than any error."""
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((2, 2)))[0]
    A = np.zeros((4, 4))
    A[:2, :2], A[2:, 2:] = turn @ np.array([[1, 1], [below, 1]]) @ turn.T, [[3, 1], [2, 5]]

    def factors(A, values):
        return np.where((abs(values - 1) > 0.5) & (A[0, 3] != 0), 1 + off, 1.0)

    def rrule(A):
        values, V = np.linalg.eig(A)
        left = np.linalg.inv(V).conj().T
        return values, lambda bar: (left @ np.diag(bar * factors(A, values)) @ V.conj().T).real

    def pushforward(A, A_dot):
        values, V = np.linalg.eig(A)
        moved = np.diag(np.linalg.solve(V, A_dot @ V)) * factors(A, values)
        return moved.real if np.isrealobj(values) else moved

    judgement = judge(rule_of(rrule, pushforward=pushforward), A, mode, settings=ALL)
    assert judgement.verdict == ("fail" if off else "pass"), judgement.findings


def test_a_vector_is_judged_beside_two_whose_values_coincide_to_lapack_alone():
    """Of these nothing is known, 1 / 0 and 0 / 0; the third has a budget all the same."""
    A = np.array([[1, 1e-30, 0.3], [1e-10, 1, 0.2], [0, 0, 3]])
    values = np.linalg.eig(A)[0]
    bar = np.where(np.arange(3) == np.argmax(values), [[0.3], [-0.5], [0.7]], 0.0)
    spec = CotangentSpec(kind="explicit", vectors=bar)
    assert np.unique(values).size == 2
    right = rule_named("numpy/lapack", "eig")

    def off(A):
        pairs, pullback = right.rrule(A)
        return pairs, lambda bar: pullback(bar) * 1.001

    assert judge(right, A, settings=ALL, cotangent=spec).verdict == "pass"
    assert judge(rule_of(off, "eig", convention="lapack"), A, settings=ALL, cotangent=spec).verdict == "fail"
