"""All rules of the numpy families against differences of followed eigenpairs."""

from functools import partial

import numpy as np
import pytest

from eigcheck.rules.registry import get_rule, load_builtin, registered
from tests.families import needs_large_complex_matrices
from tests.rules.witness import (
    central,
    directions,
    matching,
    pairing,
    primal,
    random_cotangent,
    random_matrix,
    triangle_of,
)

load_builtin()
RULES = [one for one in registered() if one.name.startswith("numpy/")]
IDS = ["-".join(str(part) for part in one.key) for one in RULES]
U = np.finfo(np.float64).eps / 2
STEP = U**0.2
ALLOWED = 1e3 * U**0.8
"""Fourth order at step u^(1/5): truncation and roundoff are both near u^(4/5), times derivatives of order
10 to 100 for the gaps of `random_matrix`."""

every_rule = pytest.mark.parametrize("one", RULES, ids=IDS)
real_and_complex = pytest.mark.parametrize("dtype", ["float64", "complex128"])
every_dtype = pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])


def matrix_for(one, dtype, n=4, seed=7):
    return random_matrix(n, dtype, seed, one.domain, triangle_for(one))


def triangle_for(one):
    return triangle_of(one.domain, one.uplo or ("L" if one.function in ("eigh", "eigvalsh") else None))


def parts(one, answer):
    """Values and vectors of a primal or its tangent."""
    return answer if one.function in ("eig", "eigh") else (answer, None)


def cotangent_for(one, values_bar, vectors_bar):
    return (values_bar, vectors_bar) if one.function in ("eig", "eigh") else values_bar


@every_rule
@real_and_complex
@pytest.mark.parametrize("seed", [7, 8])
def test_gradient_is_the_adjoint_of_the_difference(one, dtype, seed):
    A, triangle = matrix_for(one, dtype, seed=seed), triangle_for(one)
    values, vectors = primal(one.function, A, triangle)
    values_bar, vectors_bar = random_cotangent(values, vectors, 3)
    got, pullback = one.rrule(A)
    np.testing.assert_array_equal(parts(one, got)[0], values)
    with_vectors = one.function in ("eig", "eigh")
    gradients = {
        (True, False): pullback(cotangent_for(one, values_bar, None)),
        (True, True): pullback(cotangent_for(one, values_bar, vectors_bar)),
    }
    if with_vectors:
        np.testing.assert_array_equal(got[1], vectors)
        gradients[False, True] = pullback((None, vectors_bar))
    for (of_values, of_vectors), G in gradients.items():
        assert G.dtype == A.dtype
        for E in directions(len(A), dtype, one.domain, triangle):
            values_dot, vectors_dot = central(one.function, A, E, triangle, STEP)
            want = of_values * pairing(values_bar, values_dot)
            want += (of_vectors and with_vectors) * pairing(vectors_bar, vectors_dot)
            assert pairing(G, E) == pytest.approx(want, abs=ALLOWED)


@every_rule
@real_and_complex
def test_gradient_is_an_element_of_the_domain(one, dtype):
    A = matrix_for(one, dtype)
    values, vectors = primal(one.function, A, triangle_for(one))
    G = one.rrule(A)[1](cotangent_for(one, *random_cotangent(values, vectors, 5)))
    if one.domain == "symmetric":
        np.testing.assert_array_equal(G, G.conj().T)
    elif triangle_for(one) is not None:
        other = np.tril_indices(4, -1) if triangle_for(one) == "U" else np.triu_indices(4, 1)
        assert not G[other].any()
        assert not G.diagonal().imag.any()
    else:
        assert np.abs(G - G.conj().T).max() > 1e-3


@every_rule
@real_and_complex
@pytest.mark.parametrize("seed", [7, 8])
def test_pushforward_is_the_adjoint_of_the_pullback(one, dtype, seed):
    A, triangle = matrix_for(one, dtype, seed=seed), triangle_for(one)
    values, vectors = primal(one.function, A, triangle)
    values_bar, vectors_bar = random_cotangent(values, vectors, 11)
    G = one.rrule(A)[1](cotangent_for(one, values_bar, vectors_bar))
    for E in directions(len(A), dtype, one.domain, triangle):
        values_dot, vectors_dot = parts(one, one.pushforward(A, E))
        assert values_dot.dtype == values.dtype
        total = pairing(values_bar, values_dot)
        if vectors_dot is not None:
            assert vectors_dot.dtype == vectors.dtype
            total += pairing(vectors_bar, vectors_dot)
        # n u cond(V) norm / gap, with cond, norm and 1/gap of a few units each
        assert pairing(G, E) == pytest.approx(total, abs=1e4 * U)


@every_rule
@every_dtype
@pytest.mark.parametrize("n", [0, 1, 3])
def test_zero_and_absent_cotangents(one, dtype, n):
    A = matrix_for(one, dtype, n)
    values, vectors = parts(one, one.rrule(A)[0])
    pullback = one.rrule(A)[1]
    zero = cotangent_for(one, np.zeros_like(values), None if vectors is None else np.zeros_like(vectors))
    absent = cotangent_for(one, None, None)
    for nothing in (zero, absent, None):
        G = pullback(nothing)
        assert G.shape == (n, n)
        assert G.dtype == np.dtype(dtype)
        assert not G.any()
    if vectors is not None:
        values_bar, vectors_bar = random_cotangent(values, vectors, 2)
        for a, b in (
            ((values_bar, None), (values_bar, np.zeros_like(vectors))),
            ((None, vectors_bar), (np.zeros_like(values), vectors_bar)),
        ):
            np.testing.assert_array_equal(pullback(a), pullback(b))


@every_rule
@real_and_complex
def test_no_nan_from_clusters(one, dtype):
    A = np.diag([1.0, 1.0, 1.0, 4.0]).astype(dtype)
    (values, vectors), pullback = parts(one, one.rrule(A)[0]), one.rrule(A)[1]
    vectors_zero = None if vectors is None else np.zeros_like(vectors)
    want = np.diag(2.0 * A.diagonal())
    for of_vectors in (None, vectors_zero):
        np.testing.assert_allclose(pullback(cotangent_for(one, 2 * values, of_vectors)), want, atol=8 * U)
        assert not pullback(cotangent_for(one, 0 * values, of_vectors)).any()
    if vectors is not None:
        # a cotangent on the vector of the simple eigenvalue alone is determined
        vectors_bar = np.zeros_like(vectors)
        simple = int(np.argmax(values.real))
        vectors_bar[:, simple] = [0.3, -0.2, 0.5, 0.7]
        assert np.isfinite(pullback((None, vectors_bar))).all()


@every_rule
@real_and_complex
@pytest.mark.parametrize("exponent", [-500, 500])
def test_scales_are_powers_of_two_apart(one, dtype, exponent):
    if exponent > 0 and np.issubdtype(dtype, np.complexfloating):
        needs_large_complex_matrices()
    A, scale = matrix_for(one, dtype), 2.0**exponent
    scaled = (A.view(np.float64) * scale).view(dtype)
    values, vectors = primal(one.function, A, triangle_for(one))
    far_values, far_vectors = primal(one.function, scaled, triangle_for(one))
    order, signs = matching(vectors, far_vectors)
    back = np.argsort(order)
    values_bar, vectors_bar = random_cotangent(values, vectors, 13)
    near, far = one.rrule(A)[1], one.rrule(scaled)[1]
    # LAPACK's own scaling is by other factors than powers of two, hence n u cond(V) norm / gap
    close = partial(np.testing.assert_allclose, rtol=0, atol=1e4 * U)
    close(far_values[order] / scale, values)
    close(far(cotangent_for(one, values_bar[back], None)), near(cotangent_for(one, values_bar, None)))
    if one.function in ("eig", "eigh"):
        close(far((None, (vectors_bar * signs)[:, back])) * scale, near((None, vectors_bar)))
    E = directions(4, dtype, one.domain, triangle_for(one))[-1]
    near_dot, far_dot = parts(one, one.pushforward(A, E)), parts(one, one.pushforward(scaled, E))
    close(far_dot[0][order], near_dot[0])
    if far_dot[1] is not None:
        close(far_dot[1][:, order] * signs * scale, near_dot[1])


@every_rule
@pytest.mark.parametrize(("single", "double"), [("float32", "float64"), ("complex64", "complex128")])
def test_single_precision_agrees_with_double(one, single, double):
    A = matrix_for(one, single)
    got, pullback = one.rrule(A)
    values, _ = parts(one, got)
    assert values.dtype in (np.float32, np.complex64)
    values_bar = random_cotangent(values, values, 17)[0].astype(values.dtype)
    wide_values, wide_pullback = one.rrule(A.astype(double))
    np.testing.assert_allclose(values, parts(one, wide_values)[0], rtol=1e-5)
    G, H = (back(cotangent_for(one, values_bar, None)) for back in (pullback, wide_pullback))
    assert G.dtype == np.dtype(single)
    # n u cond(V) norm / gap of single precision
    np.testing.assert_allclose(G, H, rtol=0, atol=1e4 * np.finfo(single).eps / 2)


@every_rule
@real_and_complex
def test_any_layout_gives_the_same_bits_and_nothing_is_modified(one, dtype):
    A = matrix_for(one, dtype)
    values, vectors = primal(one.function, A, triangle_for(one))
    values_bar, vectors_bar = random_cotangent(values, vectors, 19)
    wide = np.zeros((8, 12), dtype=dtype)
    strided = wide[::2, ::3]
    strided[...] = A
    frozen = A.copy()
    frozen.flags.writeable = values_bar.flags.writeable = vectors_bar.flags.writeable = False
    reference, E = None, directions(4, dtype, one.domain, triangle_for(one))[1]
    for view in (A, np.asfortranarray(A), strided, frozen):
        got, pullback = one.rrule(view)
        dots = parts(one, one.pushforward(view, np.asfortranarray(E)))
        kept = parts(one, got)[0].copy()
        parts(one, got)[0][...] = 0
        answer = [kept, pullback(cotangent_for(one, values_bar, vectors_bar)), dots[0]]
        reference = reference or answer
        for a, b in zip(answer, reference, strict=True):
            np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(view, A)


@every_rule
def test_complex_cotangent_of_real_values_counts_by_its_real_part(one):
    A = matrix_for(one, "float64")
    values, _ = parts(one, one.rrule(A)[0])
    if values.dtype.kind == "c":
        A = A + A.T if one.domain == "general" and one.uplo is None else A
        values, _ = parts(one, one.rrule(A)[0])
    values_bar = random_cotangent(values, values, 23)[0]
    pullback = one.rrule(A)[1]
    np.testing.assert_allclose(
        pullback(cotangent_for(one, values_bar + 0.5j, None)),
        pullback(cotangent_for(one, values_bar, None)),
        atol=64 * U,
    )


@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
def test_badly_scaled_similarity(name):
    # D B D^-1 with D of powers of two: the exact gradient is D^-1 G_B D
    B = random_matrix(5, "float64", 29)
    D = 2.0 ** np.array([-40, 17, 3, -9, 44])
    values_bar = np.array([1.0, -2.0, 0.5, 3.0, 1.5])
    values, pullback = get_rule(name, "eigvals")(B)
    scaled_values, scaled_pullback = get_rule(name, "eigvals")(D[:, None] * B / D)
    order = [int(np.argmin(np.abs(values - one))) for one in scaled_values]
    G = pullback(values_bar)
    back = scaled_pullback(values_bar[order]) * D[:, None] / D
    np.testing.assert_allclose(back, G, rtol=0, atol=1e4 * U * np.abs(G).max())
