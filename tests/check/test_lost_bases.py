"""Right rules where LAPACK's own eigenvectors are no basis, though there is one: repeated eigenvalues, and beside them."""

import numpy as np
import pytest
import scipy.linalg

from eigcheck.check.settings import Settings
from eigcheck.model import CotangentSpec
from eigcheck.spectra.survey import survey
from tests.check.stage import judge, kinds, rule_named, rule_of

ALL = Settings()
Z = 2 * np.complex64(np.exp(1j))
SIGNS = np.array([1.0, 1, 1, 0, 1, 0, -1])

ARROW = np.diag([2.0, 0, 0, 1, 1, 0, 1])
ARROW[0, 1:] = [1.12459e-15, -1.66945e-14, 3.83102e-15, 1.164577e-14, -2.285269e-14, -1.655402e-14]
ARROW[1:, 0] = [-1.558688e-15, 5.647774e-15, -1.298511e-16, -6.535468e-15, 1.707583e-15, 4.739505e-15]

MATRICES = {
    "singular one unit beside it": ARROW.astype(np.float32),
    "singular": np.outer([0, 1, -3, 0, 1], [0, -3.0, -1, -3, -1]),
    "singular in single precision": np.array(
        [
            [10992, 4458, 3924, 5706, -19176],
            [3664, 1486, 1308, 1902, -6392],
            [0, 0, 0, 0, 0],
            [-20152, -8173, -7194, -10461, 35156],
            [-10992, -4458, -3924, -5706, 19176],
        ],
        np.float32,
    ),
    "singular in complex arithmetic": np.outer([2, 2, 1, 3], [3, 2, 1, 0]).astype(np.float32),
    "singular and complex": np.outer([2, 1, 3, 0, 2], [3, 0, 3, 1, 2]) * np.exp(1j),
    "singular and real in complex arithmetic": np.outer([2, 1, 3, 0, 2], [3, 0, 3, 1, 2]).astype(complex),
    "no number for a cotangent of zero": np.outer([0, 3, 2, -1], [3, 0, -1, 3]).astype(np.float32),
    "all but defective": np.array([[1, 2, 2, -1], [1, 1e-15, -1, -1], [1, 1, 2, -1], [1e-15, 0, 1e-9, 1]], np.complex64)
    * Z,
    "no pairs beside it": np.array([[2, 0, 0, 0], [0, 2, 0, 0], [3, 3, 1, 0], [-1, -1, 0, 0]], np.complex64) * Z,
    "the adjoint's are singular beside it": np.outer(SIGNS, SIGNS),
    "no pairs beside it, real": np.outer([-1, 1, 1, 0], [0, 3, 0, 2]).astype(np.float32),
}


def real_if(A, gradient):
    return gradient if np.iscomplexobj(A) else gradient.real


def by_inverse(decompose, invert):
    """The rule V^-H diag(w_bar) V^H of eigvals, on somebody's decomposition and inverse."""

    def rrule(A):
        values, V = decompose(A)
        return values, lambda bar: real_if(A, invert(V).conj().T @ (np.asarray(bar)[:, None] * V.conj().T))

    return rrule


def inverse_or_infinity(V):
    try:
        return np.linalg.inv(V)
    except np.linalg.LinAlgError:
        return np.full_like(V, np.inf)


def by_left_vectors(A):
    values, left, right = scipy.linalg.eig(A, left=True)
    scale = np.sum(left.conj() * right, axis=0).conj()
    return values, lambda bar: real_if(A, (left / scale * np.asarray(bar)) @ right.conj().T)


RULES = {
    "NumPy": by_inverse(np.linalg.eig, inverse_or_infinity),
    "SciPy": by_inverse(scipy.linalg.eig, inverse_or_infinity),
    "complex": by_inverse(lambda A: np.linalg.eig(A.astype(np.result_type(A, np.complex64))), inverse_or_infinity),
    "left vectors": by_left_vectors,
    "raising": by_inverse(np.linalg.eig, np.linalg.inv),
    "vectors of the adjoint": rule_named("numpy/left-vectors").rrule,
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("rrule", RULES.values(), ids=RULES.keys())
@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES.keys())
def test_a_rule_that_divides_by_lapacks_vectors_is_not_blamed_where_these_are_no_basis(matrix, rrule):
    """Which of them are none depends on the kernel; a rule whose LAPACK has nothing better is never wrong for it."""
    judgement = judge(rule_of(rrule, convention="lapack"), matrix, settings=ALL)
    assert judgement.verdict in ("undefined", "inconclusive", "pass"), judgement.findings
    assert set(kinds(judgement)) <= {"silent", "dtype"}


@pytest.mark.parametrize("name", ["NumPy", "complex", "raising", "vectors of the adjoint"])
@pytest.mark.parametrize("scale", [1.6905424996341289e270, 1.3e-280])
def test_nor_where_they_are_none_as_lapack_scales_the_matrix(name, scale):
    """It is another matrix to rounding then, with other vectors. SciPy's values are no eigenvalues there."""
    rule = rule_of(RULES[name], convention="lapack")
    judgement = judge(rule, scale * np.outer(SIGNS, SIGNS), settings=ALL)
    assert judgement.verdict in ("undefined", "inconclusive", "pass"), judgement.findings


@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
def test_nor_beside_a_row_of_zeros_in_a_matrix_that_lapack_scales(name):
    """With 5e-324 in that row the vectors are none, which those of the scaled matrix, where that is 0, do not show."""
    matrix = np.array([[0, 0], [-1.4795000941430656e126, 7.397500470715328e125]])
    judgement = judge(rule_named(name), matrix, settings=Settings(every=True))
    assert (judgement.verdict, kinds(judgement)) == ("pass", [])


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors", "chainrules/pr841"])
@pytest.mark.parametrize(
    "matrix",
    [
        np.array([[0, 0, 2, 2], [0, 0, 4, 4], [0, 1, 1, 1], [0, 6e-8, 2.0**-24, 2.0**-24]]),
        np.array([[0, 0, 4, 2], [0, 0, 4096, 2048], [0, 1, 2, 1], [0, 6e-5, 2.0**-13, 2.0**-14]]),
    ],
)
def test_nor_where_the_left_ones_alone_are_none(matrix, name, mode):
    """The gradient of the trace is 1; two equal left vectors of LAPACK's make 1e259 of it, and V is well conditioned."""
    cotangent = CotangentSpec(kind="trace-power", power=1)
    judgement = judge(rule_named(name), matrix, mode, cotangent=cotangent, settings=ALL)
    assert judgement.verdict in ("inconclusive", "pass"), judgement.findings
    assert not judgement.findings


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("domain", ["upper", "lower"])
def test_nor_where_a_stored_triangle_is_decomposed_like_any_matrix(domain, mode):
    """`eig` of the Hermitian matrix that the triangle stands for has vectors as skew as of any other."""
    stored = np.triu(np.ones((4, 4))) if domain == "upper" else np.tril(np.ones((4, 4)))
    judgement = judge(rule_named("numpy/lapack", "eig", domain), stored, mode, settings=ALL)
    assert judgement.verdict in ("undefined", "inconclusive", "pass"), judgement.findings


def test_pairs_beside_a_matrix_are_held_to_no_more_than_lapacks_are():
    """One unit beside it NumPy's own pairs err by seven times what is allowed a rule at A."""
    matrix = np.array([[0, 3, 0, 1e-12, 1], [0, 2, 0, 0, 0], [0, 1e-12, 0, 3, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]])

    def rrule(A):
        values, V = np.linalg.eig(A)

        def pullback(bars):
            values_bar, vectors_bar = bars
            inner = np.diag(np.zeros(len(A)) if values_bar is None else values_bar).astype(complex)
            if vectors_bar is not None:
                gaps = values[None, :] - values[:, None]
                met = V.conj().T @ (vectors_bar - V * np.real(np.sum(V.conj() * vectors_bar, axis=0)))
                inner += np.divide(met, gaps.conj(), out=np.zeros_like(met), where=gaps != 0)
            return real_if(A, inverse_or_infinity(V).conj().T @ inner @ V.conj().T)

        return (values, V), pullback

    judgement = judge(rule_of(rrule, "eig"), matrix, settings=ALL)
    assert judgement.verdict in ("undefined", "inconclusive", "pass"), judgement.findings


@pytest.mark.parametrize("matrix", [ARROW.astype(np.float32), np.outer([1.0, 2, 3], [1, -1, 2])])
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_rule_that_is_no_number_where_they_are_one_still_is(matrix, number):
    """Beside semisimple eigenvalues there are neighbours at which V is well conditioned."""

    def rrule(A):
        values, pullback = by_left_vectors(A)
        return values, lambda bar: pullback(bar) * (1 if np.array_equal(A, matrix) else number)

    judgement = judge(rule_of(rrule, convention="lapack"), matrix, settings=ALL)
    assert judgement.verdict == "fail"
    assert "jump" in kinds(judgement)


def raising(A):
    values = np.linalg.eig(A)[0]

    def pullback(bar):
        raise np.linalg.LinAlgError("Singular matrix")

    return values, pullback


def raising_at_once(A):
    raise np.linalg.LinAlgError("Singular matrix")


@pytest.mark.parametrize("rrule", [raising, raising_at_once])
@pytest.mark.parametrize("name", ["no number for a cotangent of zero", "no pairs beside it"])
def test_a_rule_may_raise_just_where_there_are_no_vectors_to_compute_with(name, rrule):
    """The gradient of the trace is 1 everywhere. NumPy's V of the first is singular, that of the second is not."""
    matrix = MATRICES[name]
    cotangent = CotangentSpec(kind="explicit", values=np.ones(len(matrix)))
    judgement = judge(rule_of(rrule, convention="lapack"), matrix, cotangent=cotangent, settings=ALL)
    if survey(matrix, None).basis_lost("eigvals"):
        assert judgement.verdict == "inconclusive"
        assert "Singular matrix" in judgement.detail.why
        assert not judgement.findings
    else:
        assert judgement.verdict == "error"
        assert "exception" in kinds(judgement)
