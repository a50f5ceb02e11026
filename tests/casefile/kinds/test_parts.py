import numpy as np
import pytest

from eigcheck.casefile.kinds.parts import (
    KindError,
    NeedsComplexError,
    Plan,
    adjoint,
    block_diagonal,
    conjugate_by,
    filled,
    reflect_left,
    total,
    zeros,
)

ROUNDOFF = 2.0**-53


def joined(a):
    return a[0] + 1j * a[1] if len(a) == 2 else a[0]


def test_total_adds_in_order():
    terms = Plan(0, 1).normals(50, 3)
    want = terms[0].copy()
    for row in terms[1:]:
        want = want + row
    assert (total(terms) == want).all()
    assert total(np.zeros((0, 3))).tolist() == [0, 0, 0]


@pytest.mark.parametrize("is_complex", [False, True])
def test_reflection_is_i_minus_2_v_vh_over_vh_v(is_complex):
    a = Plan(0, 1, is_complex).drawn(5, 4)
    v = Plan(0, 2, is_complex).drawn(5)
    full = joined(v)
    want = joined(a) - 2 * np.outer(full, full.conj() @ joined(a)) / np.vdot(full, full)
    # A reflection is orthogonal: errors are a few roundoffs, times n for the sums, of the norm of A.
    assert abs(joined(reflect_left(a, v)) - want).max() < 10 * 5 * ROUNDOFF * np.linalg.norm(joined(a))


@pytest.mark.parametrize("is_complex", [False, True])
def test_conjugation_keeps_the_eigenvalues(is_complex):
    a = block_diagonal([1, 2, 3], is_complex)
    b = conjugate_by(a, Plan(3, 3, is_complex).reflections())
    got = np.sort_complex(np.linalg.eigvals(joined(b)))
    assert abs(got - [1, 2, 3]).max() < 100 * ROUNDOFF * 3


def test_the_adjoint_is_exact():
    a = Plan(0, 1, True).drawn(4, 4)
    assert (joined(adjoint(a)) == joined(a).conj().T).all()
    assert adjoint(a[:1]).shape == (1, 4, 4)


def test_blocks_hold_conjugate_pairs():
    a = block_diagonal([2 + 3j, 2 - 3j, 5], False)
    assert a[0].tolist() == [[2, 3, 0], [-3, 2, 0], [0, 0, 5]]
    assert joined(block_diagonal([1j], True)).tolist() == [[1j]]
    for bad in ([1j], [1j, 2], [1j, 1j]):
        with pytest.raises(NeedsComplexError):
            block_diagonal(bad, False)


def test_small_helpers():
    assert filled(0, lambda i, j: 1.0).shape == (1, 0, 0)
    assert zeros(2, True).tolist() == [[[0, 0], [0, 0]]] * 2


def test_a_real_matrix_is_filled_with_real_entries_only():
    assert filled(2, lambda i, j: 1j * i, is_complex=True)[1].tolist() == [[0.0, 0.0], [1.0, 1.0]]
    with pytest.raises(NeedsComplexError):
        filled(2, lambda i, j: 1j)


def test_an_entry_beyond_every_double_is_a_mistake():
    with pytest.raises(KindError, match="beyond every double"):
        filled(1, lambda i, j: 10**400)


def splitmix64(state, count):
    """The reference algorithm, in Python's integers."""
    mask = 2**64 - 1
    out = []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        out.append(z ^ (z >> 31))
    return out


def test_words_are_splitmix64_also_over_several_calls():
    for seed in (0, 1, 2**64 - 1):
        draws = Plan(0, seed)
        words = [*draws.words(3).tolist(), *draws.words(4).tolist()]
        assert words == splitmix64(seed, 7)


def test_known_words_of_seed_0():
    assert [hex(word) for word in Plan(0, 0).words(2).tolist()] == ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4"]


def test_normals_are_exact_sums_of_uniforms():
    got = Plan(0, 5).normals(2).tolist()
    words = splitmix64(5, 24)
    want = [(sum(word >> 11 for word in words[12 * k : 12 * k + 12]) - 6 * 2**53) / 2**53 for k in range(2)]
    assert got == want


def test_normals_have_about_mean_0_and_variance_1():
    x = Plan(0, 7).normals(40_000)
    # Six standard errors of the mean and of the variance (2/n for a normal, less here).
    assert abs(x.mean()) < 6 / np.sqrt(x.size)
    assert abs(x.var() - 1) < 6 * np.sqrt(2 / x.size)
    assert abs(x).max() < 6


def test_shapes_and_parts():
    assert Plan(0, 0).normals(0, 3).shape == (0, 3)
    (real,) = Plan(0, 0).drawn(2, 2)
    both = Plan(0, 0, True).drawn(2, 2)
    assert (both[0] == real).all()
    assert (both[1] != real).all()


def test_below_stays_below():
    draws = Plan(0, 3)
    assert {draws.below(3) for _ in range(60)} == {0, 1, 2}


def test_reflections_begin_with_zeros():
    vectors = Plan(4, 0, True).reflections()
    assert [(vector == 0).sum(axis=1).tolist() for vector in vectors] == [[0, 0], [1, 1], [2, 2]]
