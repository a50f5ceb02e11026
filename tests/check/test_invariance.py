"""Verdicts do not change where the problem does not: under powers of two, signed permutations, shifts and rotations."""

from itertools import permutations

import numpy as np
import pytest

from eigcheck.check.settings import Settings
from eigcheck.execution.child.loading import load_rules
from eigcheck.execution.loads import as_load
from eigcheck.rules.registry import withdraw
from tests.check.diagnoses.bench import LIBRARY
from tests.check.stage import H3, N3, judge, rule_named, rule_of
from tests.families import needs_large_complex_matrices
from tests.wrong_rules.expected import MATRICES, NAMED
from tests.wrong_rules.test_expected import cotangent_of

ALL = Settings()

SPECIAL = {"triangular-shortcut", "lower-precision", "regularised-gap", "shifted-gap", "missing-phase"}
"""Faults that know a scale or a structure: these are other faults, or none, at the transformed matrix."""

ROWS = list({(row.name, row.domain): row for row in NAMED if row.name not in SPECIAL}.values())

CORRECT = [
    (name, function, domain)
    for name, domains in (("numpy/lapack", ("general", "symmetric", "upper", "lower")),)
    for function in ("eigvals", "eig", "eigvalsh", "eigh")
    for domain in domains
    if (domain == "general") == (function in ("eigvals", "eig"))
]


def scaled(matrix, exponent):
    """2^exponent A, exactly."""
    turned = np.ldexp(matrix.real, exponent)
    return turned + 1j * np.ldexp(matrix.imag, exponent) if np.iscomplexobj(matrix) else turned


def permuted(matrix, domain, seed):
    """P A P^T with a signed permutation P; of a stored triangle, that of the whole Hermitian matrix."""
    n, rng = len(matrix), np.random.default_rng(seed)
    if domain in ("upper", "lower"):
        stored = np.triu(matrix) if domain == "upper" else np.tril(matrix)
        matrix = stored + np.conj(stored.T) - np.diag(np.diag(stored).real)
    P = np.eye(n)[rng.permutation(n)] * rng.choice([-1.0, 1.0], n)[:, None]
    return P @ matrix @ P.T


@pytest.fixture(scope="module")
def wrong():
    loaded = load_rules(as_load(str(LIBRARY)))
    yield {(rule.name, rule.function, rule.domain): rule for rule in loaded}
    withdraw(loaded)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.domain}")
def test_a_fault_that_knows_no_scale_and_no_order_is_found_at_any(row, wrong):
    rule, matrix = wrong[f"wrong/{row.name}", row.functions[0], row.domain], MATRICES[row.case]
    single = matrix.dtype in (np.dtype(np.float32), np.dtype(np.complex64))
    far = 30 if single else 300
    if np.iscomplexobj(matrix) and not single:
        needs_large_complex_matrices()
    others = [scaled(matrix, -far), scaled(matrix, far), permuted(matrix, row.domain, 1)]
    for other in others:
        judgement = judge(rule, other.astype(matrix.dtype), row.mode, cotangent=cotangent_of(row), settings=ALL)
        assert (judgement.verdict, judgement.diagnosis[:1]) == ("fail", (row.diagnosis,)), judgement.findings


ALONE = np.array([[5.0, 0, 0], [1, 1, 2.0**-12], [1, 4096, -2]])
"""Badly scaled beside an eigenvalue that stands alone, to whose place LAPACK exchanges rows before it balances."""


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_a_small_error_is_one_in_any_order_of_badly_scaled_coordinates(order):
    def off(A):
        values, pullback = rule_named("numpy/lapack").rrule(A)
        return values, lambda bar: pullback(bar) * (1 + 1e-8)

    A = ALONE[np.ix_(order, order)]
    assert judge(rule_named("numpy/lapack"), A, settings=ALL).verdict == "pass"
    assert judge(rule_of(off), A, settings=ALL).verdict == "fail"


@pytest.mark.parametrize(("name", "function", "domain"), CORRECT)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_right_rule_is_right_in_other_coordinates_too(name, function, domain, mode):
    rule = rule_named(name, function, domain)
    matrix = H3 if domain != "general" else N3 + 0j * N3
    turn = np.linalg.qr(np.random.default_rng(3).standard_normal((3, 3)))[0]
    turned = turn @ matrix @ turn.T
    turned = turned if domain == "general" else (turned + np.conj(turned.T)) / 2
    others = [scaled(matrix, -400), scaled(matrix, 400), permuted(matrix, domain, 2), matrix + 7 * np.eye(3), turned]
    for other in others:
        judgement = judge(rule, other, mode, settings=ALL)
        assert (judgement.verdict, judgement.findings) == ("pass", ())
