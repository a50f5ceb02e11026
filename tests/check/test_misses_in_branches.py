"""Wrong rules that err in a branch of their own: linearly, for entries of other sizes, or in real numbers."""

import numpy as np
import pytest

from eigcheck.model import CotangentSpec
from tests.check.stage import H3, N3, judge, kinds, rule_named, rule_of
from tests.check.test_misses import ALL, MATRICES, OF_VALUES, hiding


def absmax(part):
    return 0.0 if part is None else np.max(np.abs(part), initial=0.0)


def mapped(taken, change):
    """A pullback that changes the values' cotangent, in a linear way, in a branch of its own."""

    def pull(pullback, bar):
        values_bar, vectors_bar = bar if isinstance(bar, tuple) else (bar, None)
        if values_bar is None or not taken(values_bar, vectors_bar):
            return pullback(bar)
        changed = change(values_bar)
        return pullback((changed, vectors_bar) if isinstance(bar, tuple) else changed)

    return pull


FIRST = lambda bar: np.where(np.arange(bar.size) == 0, bar, 0)  # noqa: E731
BRANCHES = {
    "small": lambda bar, _: 0 < absmax(bar) < 2.0**-60,
    "large": lambda bar, _: absmax(bar) > 2.0**60,
    "negative": lambda bar, _: np.any(bar) and np.all(bar.real < 0) and not np.any(bar.imag),
    "zero vectors": lambda bar, vectors_bar: vectors_bar is not None and np.any(bar) and not np.any(vectors_bar),
    "with vectors": lambda bar, vectors_bar: vectors_bar is not None and np.any(bar) and np.any(vectors_bar),
}


@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize(
    ("matrix", "change"), [(N3, FIRST), (H3, FIRST), (H3, np.conj)], ids=["first", "first of complex", "conjugate"]
)
def test_linear_faults_of_a_branch_that_the_first_value_does_not_show(matrix, change, branch):
    """The cotangent e_0 is real, and has nothing but its first entry."""
    if branch == "negative" and change is np.conj:
        return  # of real numbers: no fault
    judgement = judge(hiding(mapped(BRANCHES[branch], change)), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])


@pytest.mark.parametrize("shape", ["two", "equal"])
def test_a_conjugate_in_a_branch_for_few_values(shape):
    branching = mapped(lambda bar, _: OF_VALUES[shape](bar) and np.count_nonzero(bar) > 1, np.conj)
    assert kinds(judge(hiding(branching, "eigvals"), H3, settings=ALL)) == ["not-linear"]


def cut(part, least):
    """Without what is small beside the largest entry."""
    return None if part is None else np.where(np.abs(part) < least * absmax(part), 0, part)


@pytest.mark.parametrize("least", [1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("function", ["eigvals", "eig"])
@MATRICES
def test_entries_that_are_dropped_beside_larger_ones(matrix, function, least):
    def dropping(pullback, bar):
        return pullback(cut(bar, least) if function == "eigvals" else tuple(cut(part, least) for part in bar))

    assert kinds(judge(hiding(dropping, function), matrix, settings=ALL)) == ["not-linear"]
    correct = rule_named("numpy/lapack", function)
    rule = rule_of(
        correct.rrule, function, pushforward=lambda A, E: correct.pushforward(A, cut(E, least)), convention="lapack"
    )
    assert "not-linear" in kinds(judge(rule, matrix, "forward", ALL))


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_entries_that_are_dropped_in_single_precision(dtype):
    matrix = H3.astype(dtype) if dtype is np.complex64 else N3.astype(dtype)
    judgement = judge(hiding(lambda pullback, bar: pullback(cut(bar, 1e-2)), "eigvals"), matrix, settings=ALL)
    assert kinds(judgement) == ["not-linear"]


@pytest.mark.parametrize("function", ["eigvals", "eig"])
def test_real_numbers_where_values_are_complex(function):
    """As from the loss sum Re lambda: a sum that is made in the dtype of the cotangent loses its imaginary parts."""

    def narrow(pullback, bar):
        values_bar = bar if function == "eigvals" else bar[0]
        return pullback(bar).astype(np.complex128 if values_bar is None else values_bar.dtype)

    judgement = judge(hiding(narrow, function), H3, settings=ALL)
    assert (judgement.verdict, kinds(judgement)[:1]) == ("fail", ["not-linear"])

    def strict(pullback, bar):
        if any(np.isrealobj(part) for part in (bar if function == "eig" else [bar]) if part is not None):
            raise TypeError("a cotangent has the dtype of its primal")
        return pullback(bar)

    assert judge(hiding(strict, function), H3.astype(complex) + 1j * np.eye(3), settings=ALL).verdict == "pass"


@pytest.mark.parametrize(
    ("kind", "of_a_kind"),
    [("that is real", np.isrealobj), ("that is imaginary", lambda bar: np.iscomplexobj(bar) and not bar.real.any())],
)
def test_cotangents_of_complex_vectors_in_one_part(kind, of_a_kind):
    """As from losses of real, or of imaginary parts."""

    def branching(pullback, bar):
        return (1.5 if bar[0] is None and bar[1].any() and of_a_kind(bar[1]) else 1) * pullback(bar)

    judgement = judge(hiding(branching), H3, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])
    assert kind in judgement.findings[0].message


@pytest.mark.parametrize("sign", [1, -1])
def test_vectors_cotangents_of_one_sign(sign):
    def branching(pullback, bar):
        return (1.5 if bar[0] is None and np.all(sign * bar[1].real > 0) else 1) * pullback(bar)

    assert kinds(judge(hiding(branching), N3, settings=ALL)) == ["not-linear"]


def partners(values):
    return np.argmin(np.abs(values[:, None] - values.conj()[None, :]), axis=1)


AS_OF_LOSSES = {
    "conjugate over pairs": lambda values, bar: np.allclose(bar, bar[partners(values)].conj(), rtol=0, atol=1e-9),
    "along the values": lambda values, bar: np.linalg.matrix_rank(np.array([bar, values.conj()]), tol=1e-9) < 2,
}


@pytest.mark.parametrize("of_a_loss", AS_OF_LOSSES.values(), ids=AS_OF_LOSSES)
@pytest.mark.parametrize("function", ["eigvals", "eig"])
def test_cotangents_that_losses_of_a_real_matrix_give(function, of_a_loss):
    """Conjugate for conjugate values, as no cotangent of one value, nor any that knows nothing of pairs."""
    matrix = np.array([[1.0, -2, 0.5], [2, 0.5, 1], [0.25, 0.5, 4]])
    correct = rule_named("numpy/lapack", function).rrule

    def rrule(A):
        primal, pullback = correct(A)
        values = primal if function == "eigvals" else primal[0]

        def branching(bar):
            values_bar = bar if function == "eigvals" else bar[0]
            ordinary = values_bar is not None and np.count_nonzero(np.abs(np.imag(values_bar)) > 1e-6) > 1
            return (2 if ordinary and of_a_loss(values, values_bar) else 1) * pullback(bar)

        return primal, branching

    judgement = judge(rule_of(rrule, function, convention="lapack"), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])


def test_vectors_cotangents_that_losses_of_a_real_matrix_give():
    matrix = np.array([[1.0, -2, 0.5], [2, 0.5, 1], [0.25, 0.5, 4]])

    def branching(pullback, bar):
        alike = bar[1] is not None and np.iscomplexobj(bar[1]) and np.any(np.abs(bar[1].imag) > 1e-9)
        mirrored = bar[1][:, partners(np.linalg.eigvals(matrix))].conj() if alike else bar[1]
        alike = alike and np.allclose(bar[1], mirrored, rtol=0, atol=1e-12 * np.max(np.abs(bar[1])))
        return (2 if alike else 1) * pullback(bar)

    assert kinds(judge(hiding(branching), matrix, settings=ALL)) == ["not-linear"]


def near_jordan(n, dtype):
    """Eigenvalues that roundoff alone moves by as much as they differ, or nearly."""
    disturbed = 8 * np.finfo(dtype).eps * np.random.default_rng(n).standard_normal((n, n)) ** 2
    return (1.5 * np.eye(n) + np.eye(n, k=1) + disturbed).astype(dtype)


@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_single_values_alone_prove_nothing_of_sums_that_roundoff_hides(n, dtype):
    """NumPy's own vectors are those of double precision, so that its numbers are right to all digits, which says nothing of
    sums while what roundoff may do to them is more than they are."""
    A = near_jordan(n, dtype)
    doubled = mapped(lambda bar, _: np.count_nonzero(bar) > 1, lambda bar: 2 * bar)
    assert judge(rule_named("numpy/lapack"), A, settings=ALL).verdict == "pass"
    assert judge(hiding(doubled, "eigvals"), A, settings=ALL).verdict in ("inconclusive", "fail")


@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_nor_do_single_entries_of_dense_tangents(n, dtype):
    A = near_jordan(n, dtype)
    right = rule_named("numpy/lapack")

    def doubled(A, A_dot):
        return right.pushforward(A, A_dot) * (2 if np.count_nonzero(A_dot) > 1 else 1)

    rule = rule_of(right.rrule, pushforward=doubled, convention="lapack")
    assert judge(right, A, "forward", settings=ALL).verdict == "pass"
    assert judge(rule, A, "forward", settings=ALL).verdict in ("inconclusive", "fail")


def along(one, other):
    """Whether two arrays are multiples of each other, but for rounding."""
    inner = abs(np.vdot(one, other))
    return bool(np.any(one)) and abs(inner - np.linalg.norm(one) * np.linalg.norm(other)) < 1e-12 * inner


@pytest.mark.parametrize(
    "taken",
    [along, lambda A, E: np.tril(E, -1).any() and not np.triu(E).any()],
    ids=["along the matrix", "strictly lower"],
)
@pytest.mark.parametrize("matrix", [N3, H3 + 1j * np.diag([1, 2, 4.0])], ids=["real", "complex"])
def test_a_branch_for_tangents_of_few_matrices(matrix, taken):
    correct = rule_named("numpy/lapack", "eigvals")
    factor = lambda A, E: 1.5 if np.count_nonzero(E) > 1 and taken(A, E) else 1.0  # noqa: E731
    rule = rule_of(correct.rrule, "eigvals", pushforward=lambda A, E: factor(A, E) * correct.pushforward(A, E))
    judgement = judge(rule, matrix, "forward", ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])


@pytest.mark.parametrize("matrix", [N3, H3 + 1j * np.diag([1, 2, 4.0])], ids=["real", "complex"])
def test_a_branch_for_cotangents_that_are_multiples_of_the_values(matrix):
    def branching(pullback, bar):
        return (1.5 if along(bar, np.linalg.eigvals(matrix)) else 1) * pullback(bar)

    judgement = judge(hiding(branching, "eigvals"), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])


BOTH = {
    "one value": lambda values_bar, vectors_bar: np.count_nonzero(values_bar) == 1,
    "faint vectors": lambda values_bar, vectors_bar: absmax(vectors_bar) < 1e-6 * absmax(values_bar),
}


@pytest.mark.parametrize("taken", BOTH)
@MATRICES
def test_vectors_that_are_dropped_beside_values(matrix, taken):
    def dropping(pullback, bar):
        both = bar[0] is not None and bar[1] is not None and np.any(bar[1])
        return pullback((bar[0], None) if both and BOTH[taken](*bar) else bar)

    judgement = judge(hiding(dropping, "eig"), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])


@MATRICES
def test_values_that_are_dropped_beside_vectors(matrix):
    def dropping(pullback, bar):
        both = bar[0] is not None and bar[1] is not None and np.any(bar[0])
        return pullback((None, bar[1]) if both and absmax(bar[0]) < 1e-6 * absmax(bar[1]) else bar)

    assert kinds(judge(hiding(dropping, "eig"), matrix, settings=ALL)) == ["not-linear"]


def test_phases_that_are_forgotten_beside_values():
    """The response to phases is there for a cotangent of vectors alone, and gone where values have one as well."""
    spec = CotangentSpec(kind="random", count=2, gauge="any")
    matrix = H3 + 1j * np.diag([1, 2, 4.0])

    def forgetting(pullback, bar):
        values_bar, vectors_bar = bar
        if values_bar is None or vectors_bar is None or not np.any(values_bar):
            return pullback(bar)
        V = np.linalg.eig(matrix)[1]
        return pullback((values_bar, vectors_bar - V * 1j * np.sum(V.conj() * vectors_bar, axis=0).imag))

    right = judge(rule_named("numpy/lapack", "eig"), matrix, settings=ALL, cotangent=spec)
    assert (right.verdict, kinds(right)) == ("pass", [])
    judgement = judge(hiding(forgetting, "eig"), matrix, settings=ALL, cotangent=spec)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])


def test_imaginary_cotangents_of_values_that_stay_real():
    """A real matrix with a pair and a real value, whose gradient is taken of |bar| where there is an imaginary part."""
    matrix = np.array([[1.0, -2, 0.5], [2, 1, 0], [0.5, 0, -1]])
    real = np.isreal(np.linalg.eigvals(matrix))

    def turned(pullback, bar):
        return pullback(np.where(real, bar.real + bar.imag, bar))

    assert judge(rule_named("numpy/lapack", "eigvals"), matrix, settings=ALL).verdict == "pass"
    judgement = judge(hiding(turned, "eigvals"), matrix, settings=ALL)
    assert (judgement.verdict, kinds(judgement)) == ("fail", ["not-linear"])
