import numpy as np

from eigcheck.casefile.kinds.draws import Draws


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
        draws = Draws(seed)
        words = [*draws.words(3).tolist(), *draws.words(4).tolist()]
        assert words == splitmix64(seed, 7)


def test_known_words_of_seed_0():
    assert [hex(word) for word in Draws(0).words(2).tolist()] == ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4"]


def test_normals_are_exact_sums_of_uniforms():
    got = Draws(5).normals(2).tolist()
    words = splitmix64(5, 24)
    want = [(sum(word >> 11 for word in words[12 * k : 12 * k + 12]) - 6 * 2**53) / 2**53 for k in range(2)]
    assert got == want


def test_normals_have_about_mean_0_and_variance_1():
    x = Draws(7).normals(40_000)
    # Six standard errors of the mean and of the variance (2/n for a normal, less here).
    assert abs(x.mean()) < 6 / np.sqrt(x.size)
    assert abs(x.var() - 1) < 6 * np.sqrt(2 / x.size)
    assert abs(x).max() < 6


def test_shapes_and_parts():
    assert Draws(0).normals(0, 3).shape == (0, 3)
    real = Draws(0).parts(2, 2)
    assert real.im is None
    both = Draws(0).parts(2, 2, is_complex=True)
    assert (both.re == real.re).all()
    assert (both.im != both.re).all()


def test_below_stays_below():
    draws = Draws(3)
    assert {draws.below(3) for _ in range(60)} == {0, 1, 2}


def test_reflections_begin_with_zeros():
    vectors = Draws(0).reflections(4, True)
    assert [int((vector.re == 0).sum()) for vector in vectors] == [0, 1, 2]
    assert [int((vector.im == 0).sum()) for vector in vectors] == [0, 1, 2]
