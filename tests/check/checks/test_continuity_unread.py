"""What stands in the triangle that nobody reads, of the matrix and of the gradient, beside the matrix."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.settings import Settings
from tests.check.stage import H3, R3, finding, judge, kinds, rule_named, rule_of

ALL = Settings()


def unread(change, function):
    """The correct rule of the lower triangle, with something of its gradient where nothing is read."""
    correct = rule_named("numpy/lapack", function, uplo="L").rrule

    def rrule(A):
        primal, pullback = correct(A)
        return primal, lambda bar: change(A, pullback(bar))

    return rule_of(rrule, function, convention="lapack")


@pytest.mark.parametrize("function", ["eigvalsh", "eigh"])
@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize(
    "change",
    [lambda A, G: G.conj().T, lambda A, G: (G + G.conj().T) / 2, lambda A, G: G + np.triu(G.conj().T, 1) / 3],
    ids=["transposed", "symmetrised", "mirrored"],
)
def test_numbers_where_nothing_is_read_are_rounded_like_all_others(change, is_complex, function):
    """Against the truth, which is 0, nothing is allowed there; among themselves they may differ by their rounding."""
    rng = np.random.default_rng(12)
    for n in (3, 4, 5):
        A = rng.standard_normal((n, n)) + 1j * is_complex * rng.standard_normal((n, n))
        matrix = A + A.conj().T if is_complex else (A + A.T).real
        assert kinds(judge(unread(change, function), matrix, settings=ALL)) == ["mismatch"]


@pytest.mark.parametrize("function", ["eigvalsh", "eigh"])
def test_a_branch_that_shows_only_where_nothing_is_read_jumps(function):
    def change(A, G):
        return G + 1e-9 * np.triu(G.conj().T, 1) if np.array_equal(A, A.conj().T) else G

    for matrix in (R3 + np.diag([0.0, 1, 3]), H3):
        assert "jump" in kinds(judge(unread(change, function), matrix, settings=ALL))


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
@pytest.mark.parametrize("domain", ["upper", "general"])
def test_what_stands_in_the_triangle_that_is_not_stored_hides_no_neighbour(domain, bad):
    """Twice the gradient of the values wherever no stored entry is that of A, and on the diagonal matrix beside it."""
    right = rule_named("numpy/lapack", "eigvalsh", domain, "U" if domain == "general" else None)
    full = np.array([[1.0, 2, 1], [0, 3, -1], [0, 0, 6]])
    near = np.diag([1.0, 2, 4, 7]) + np.triu(np.full((4, 4), 1e-15), 1)

    def twice(where):
        def rrule(A):
            values, pullback = right.rrule(A)
            return values, lambda bar: pullback(bar) * (2 if where(A[np.triu_indices(len(A))]) else 1)

        return replace(right, rrule=rrule)

    for matrix, where in (
        (full, lambda stored: np.all(stored != np.round(stored))),
        (near, lambda stored: np.count_nonzero(stored) == 4),
    ):
        stored = np.where(np.tri(len(matrix), k=-1, dtype=bool), bad, matrix)
        jump = finding(judge(twice(where), stored, settings=ALL), "jump")
        assert jump.extra.flip_distance < 1e-15
        if matrix is near:
            assert "at a neighbour 2.9e-16 norm(A) away on exact structure (diagonal)" in jump.message
