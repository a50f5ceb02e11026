"""Cotangents of a case: those of spectral losses against numerical derivatives, and the parts that are judged apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eigcheck.check.cotangents import Place, build
from eigcheck.check.linearity import settled
from eigcheck.errors import UsageError
from eigcheck.model import CotangentSpec, Eigenpairs, unit_roundoff
from eigcheck.rules.registry import get_rule
from tests.families import gaussian
from tests.precise import adjoint, double, precisely, wide

U = unit_roundoff(np.float64)
H3 = np.array([[2, 1 - 1j, 0.5j], [1 + 1j, 3, 0.25 + 1j], [-0.5j, 0.25 - 1j, 5]])

ROTATING = np.array([[1.0, -2, 0], [2, 1, 0.5], [0, 0.25, 3]])
MATRICES = {"real": gaussian(0, 3) + np.diag([0.0, 4, 8]), "rotating": ROTATING, "complex": gaussian(1, 3, True)}
matrices = pytest.mark.parametrize("A", MATRICES.values(), ids=MATRICES.keys())


def primal_of(A, function="eig"):
    values, vectors = np.linalg.eigh(A) if function in ("eigh", "eigvalsh") else np.linalg.eig(A)
    return Eigenpairs(values, vectors if function in ("eig", "eigh") else None)


def made(A, function="eig", clusters=(), convention="lapack", **spec):
    return build(CotangentSpec(**spec), Place(primal_of(A, function), A, function, clusters, convention))


def loss(weight, values, vectors, power, factor=1.0):
    """Re<W, V Lambda^p V^-1>, or Re(c tr Lambda^p) without a weight, as an acb."""
    n = len(values)
    if weight is None:
        return sum((x**power for x in values), wide([[0]])[0, 0]) * wide([[factor]])[0, 0]
    scaled = vectors.__class__([[vectors[i, j] * values[j] ** power for j in range(n)] for i in range(n)])
    product = adjoint(wide(weight)) * scaled * vectors.inv()
    return sum((product[i, i] for i in range(n)), wide([[0]])[0, 0])


def quotient(pairs, d_values, d_vectors, weight, power, factor=1.0):
    """(L(y + h y_dot) - L(y)) / h at h = 2^-100: the derivative to 2^-100 of its size."""
    h = wide([[2.0**-100]])[0, 0]
    values = [wide([[x]])[0, 0] for x in pairs.values]
    moved = [x + h * wide([[d]])[0, 0] for x, d in zip(values, d_values, strict=True)]
    V = wide(pairs.vectors)
    difference = loss(weight, moved, V + wide(d_vectors) * h, power, factor) - loss(weight, values, V, power, factor)
    return double([[difference * (1 / h)]])[0, 0].real


@matrices
@pytest.mark.parametrize("power", [0, 1, 2, 5])
def test_trace_power_is_the_numerical_derivative(A, power):
    """values_bar = conj(c p lambda^(p-1)) for L = Re(c tr A^p), c = 2 - i."""
    pairs = primal_of(A)
    cotangent = build(CotangentSpec(kind="trace-power", power=power, factor=2 - 1j), Place(pairs, A, "eig", ()))[0]
    assert cotangent.loss
    assert cotangent.pairs.vectors is None
    rng = np.random.default_rng(power)
    d_values = rng.standard_normal(3) + 1j * np.iscomplexobj(pairs.values) * rng.standard_normal(3)
    with precisely():
        want = quotient(pairs, d_values, np.zeros((3, 3)), None, power, 2 - 1j)
    size = np.sum(np.abs(cotangent.pairs.values) * np.abs(d_values))
    assert abs(np.vdot(cotangent.pairs.values, d_values).real - want) <= 8 * (power + 1) * U * size


@matrices
@pytest.mark.parametrize("power", [1, 2, 5])
def test_matrix_power_is_the_numerical_derivative(A, power):
    """L = Re<W, V Lambda^p V^-1> along any change of values and vectors, each free of the other."""
    pairs, W = primal_of(A), gaussian(7, 3, np.iscomplexobj(A))
    cotangent = build(CotangentSpec(kind="matrix-power", power=power, weight=W), Place(pairs, A, "eig", ()))[0]
    assert cotangent.loss
    is_complex = np.iscomplexobj(pairs.values)
    d_values, d_vectors = gaussian(8, 3, is_complex)[0], gaussian(9, 3, is_complex)
    bar = cotangent.pairs
    with precisely():
        for along in ((d_values, 0 * d_vectors), (0 * d_values, d_vectors), (d_values, d_vectors)):
            got = np.vdot(bar.values, along[0]).real + np.vdot(bar.vectors, along[1]).real
            size = np.linalg.norm(W) * np.linalg.cond(pairs.vectors) ** 2 * max(np.abs(pairs.values)) ** power
            assert abs(got - quotient(pairs, *along, W, power)) <= 64 * (power + 1) * U * (1 + size)


@matrices
@pytest.mark.parametrize(("power", "weight"), [(0, gaussian(7, 3)), (3, np.eye(3))])
def test_a_loss_of_values_alone_has_no_vectors_part(A, power, weight):
    """<W, A^0> is constant and <1, A^p> is tr A^p: W V^-H conj(Lambda^p) = V^-H conj(Lambda^p) V^H W V^-H."""
    (cotangent,) = made(A, kind="matrix-power", power=power, weight=weight)
    assert cotangent.loss
    assert not np.any(cotangent.pairs.vectors)


@pytest.mark.parametrize("power", [1, 2, 3])
def test_a_multiple_of_the_trace_is_exactly_equal_over_a_cluster(power):
    """diag(V^H W V^-H) is W_00 in every place, and only to rounding so as computed."""
    A = 2 * np.eye(4) - np.roll(np.eye(4), 1, axis=0) - np.roll(np.eye(4), -1, axis=0)
    values = primal_of(A, "eig").values
    cluster = tuple(int(k) for k in np.flatnonzero(np.abs(values - 2) < 1))
    assert len(cluster) == 2
    (cotangent,) = made(A, clusters=(cluster,), kind="matrix-power", power=power, weight=3 * np.eye(4))
    (plain,) = made(A, clusters=(cluster,), kind="trace-power", power=power, factor=3)
    assert cotangent.pairs.vectors is None
    assert np.array_equal(cotangent.pairs.values, plain.pairs.values)


@matrices
@pytest.mark.parametrize("power", [1, 2, 3])
def test_a_right_rule_turns_it_into_the_gradient_of_the_loss(A, power):
    """d<W, A^p> = <sum_r X^r W X^(p-1-r), dA>, X = A^H."""
    W, X = gaussian(7, 3, np.iscomplexobj(A)), A.conj().T
    bar = made(A, kind="matrix-power", power=power, weight=W)[0].pairs
    gradient = get_rule("numpy/lapack", "eig")(A)[1]((bar.values, bar.vectors))
    terms = (np.linalg.matrix_power(X, r) @ W @ np.linalg.matrix_power(X, power - 1 - r) for r in range(power))
    want = sum(terms)
    values, vectors = np.linalg.eig(A)
    gaps = np.abs(values[:, None] - values)[~np.eye(3, dtype=bool)]
    error = U * np.linalg.cond(vectors) ** 3 * (1 + np.linalg.norm(A) / gaps.min())
    assert np.linalg.norm(gradient - want) <= 64 * error * np.linalg.norm(W) * np.linalg.norm(A) ** (power - 1)


@pytest.mark.parametrize("power", [2, 3])
def test_the_loss_undoes_phases_that_a_rule_gives_the_vectors_of_real_eigenvalues(power):
    """V -> V diag(e^(i theta_k)) leaves <W, A^p> alone, so its cotangent turns with the vectors."""
    A, W = MATRICES["real"], gaussian(7, 3)
    values, vectors = np.linalg.eig(A)
    assert not np.iscomplexobj(values)
    phases = np.exp(1j * np.array([0.3, 1.3, 2.3]))
    spec = CotangentSpec(kind="matrix-power", power=power, weight=W)
    plain = build(spec, Place(Eigenpairs(values, vectors), A, "eig", ()))[0].pairs
    turned = build(spec, Place(Eigenpairs(values, vectors * phases), A, "eig", (), "free"))[0].pairs
    room = 64 * U * np.linalg.cond(vectors) ** 2 * np.linalg.norm(W) * np.linalg.norm(A) ** power
    assert np.linalg.norm(turned.values - plain.values) <= room
    assert np.linalg.norm(turned.vectors - plain.vectors * phases) <= room


def test_losses_are_exactly_equal_over_a_cluster():
    A = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])
    plain = made(A, "eigvals", kind="trace-power", power=3)[0].pairs.values
    order = np.argsort(plain)
    equal = made(A, "eigvals", (tuple(order[:2]),), kind="trace-power", power=3)[0].pairs.values
    assert equal[order[0]] == equal[order[1]]
    assert np.allclose(equal, plain, rtol=64 * U, atol=0)


@pytest.mark.parametrize(
    ("A", "function", "labels"),
    [
        (np.diag([1.0, 2]), "eigvals", ["e_0", "e_1"]),
        (np.diag([1.0, 2]), "eigvalsh", ["e_0", "e_1"]),
        (np.array([[0.0, -1], [1, 0]]), "eigvals", ["e_0", "i e_0", "e_1", "i e_1"]),
        (H3, "eigvals", ["e_0", "i e_0", "e_1", "i e_1", "e_2", "i e_2"]),
        (H3, "eigvalsh", ["e_0", "e_1", "e_2"]),
        (np.zeros((0, 0)), "eigvals", []),
    ],
)
def test_the_basis_follows_the_matrix_and_the_function(A, function, labels):
    """A complex matrix that is Hermitian here has complex directions; the Hermitian functions have real values."""
    cotangents = made(A, function, kind="basis")
    assert [c.label for c in cotangents] == labels
    for c in cotangents:
        k, unit = int(c.label[-1]), 1j if c.label.startswith("i") else 1
        assert c.pairs.values[k] == unit
        assert np.count_nonzero(c.pairs.values) == 1


def test_the_real_eigenvalue_of_a_real_matrix_gets_no_imaginary_direction():
    real = [k for k, value in enumerate(np.linalg.eigvals(ROTATING)) if value.imag == 0]
    assert len(real) == 1
    labels = [c.label for c in made(ROTATING, "eigvals", kind="basis")]
    assert f"i e_{real[0]}" not in labels
    assert len(labels) == 5


def test_the_default_is_basis_on_values_and_invariant_vectors():
    A = gaussian(2, 3, True)
    values = made(A, "eigvals")
    assert len(values) == 6
    cotangents = made(A, "eig")
    assert [c.label for c in cotangents[:6]] == [c.label for c in values]
    assert all(c.pairs.values is None and c.pairs.vectors is not None for c in cotangents[6:])
    assert len(cotangents) == 8


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.sampled_from(["invariant", "any"]))
@settings(max_examples=25)
def test_invariant_means_no_response_to_a_turn_of_any_vector(seed, n, gauge):
    A = gaussian(seed, n, True)
    V = np.linalg.eig(A)[1]
    cotangents = made(A, kind="random", of=("vectors",), seed=seed, gauge=gauge)
    assert bool([c for c in cotangents if c.gauge]) == (gauge == "any")
    for c in cotangents:
        bar = c.pairs.vectors
        turns = np.abs(np.sum(V.conj() * bar, axis=0).imag)
        sizes = np.linalg.norm(bar, axis=0)
        if c.gauge:
            # i c v_k: nothing at right angles to v_k, and no radial part
            assert np.allclose(turns, sizes, rtol=16 * n * U, atol=0)
        else:
            assert np.all(turns <= 16 * n * U * sizes)


def test_invariant_and_gauge_part_are_the_whole():
    A = gaussian(3, 3, True)
    bar = gaussian(4, 3, True)
    invariant, gauge = made(A, kind="explicit", vectors=bar)
    assert gauge.gauge
    assert not invariant.gauge
    assert np.allclose(invariant.pairs.vectors + gauge.pairs.vectors, bar, rtol=0, atol=16 * U)


@pytest.mark.parametrize("gauge", ["invariant", "any"])
@pytest.mark.parametrize("scales", [np.ones(3), np.array([2, -0.5, 1e3])], ids=["unit", "another norm"])
@matrices
def test_under_a_free_convention_nobody_is_asked_about_phases_nor_about_lengths(A, scales, gauge):
    plain = primal_of(A)
    primal = Eigenpairs(plain.values, plain.vectors * scales)
    spec = CotangentSpec(kind="random", gauge=gauge, seed=5)
    cotangents = build(spec, Place(primal, A, "eig", (), "free"))
    assert not any(c.gauge for c in cotangents)
    assert any(c.pairs.vectors is not None for c in cotangents)
    lapack = build(spec, Place(primal, A, "eig", (), "lapack"))
    for c in cotangents:
        if c.pairs.vectors is None:
            continue
        sizes = np.linalg.norm(c.pairs.vectors, axis=0) * np.linalg.norm(primal.vectors, axis=0)
        inner = np.sum(primal.vectors.conj() * c.pairs.vectors, axis=0)
        assert np.all(np.abs(inner) <= 64 * U * sizes)
        assert np.all(sizes > 0)
    # values are asked about as under any convention
    values = [c.pairs.values for c in cotangents if c.pairs.vectors is None]
    want = [c.pairs.values for c in lapack if c.pairs.vectors is None]
    assert all(np.array_equal(a, b) for a, b in zip(values, want, strict=True))


def test_all_but_phase_and_length_stays_under_a_free_convention():
    """Also where all lengths are 1: at A they may be so by chance."""
    A = gaussian(3, 3, True)
    bar = gaussian(4, 3, True)
    (free,) = made(A, convention="free", kind="explicit", vectors=bar)
    V = primal_of(A).vectors
    along = np.sum(V.conj() * bar, axis=0) / np.sum(np.abs(V) ** 2, axis=0)
    assert np.allclose(free.pairs.vectors, bar - V * along, rtol=0, atol=32 * U)
    (zero,) = made(A, convention="free", kind="explicit", values=np.ones(3))
    assert zero.pairs.vectors is None


def test_real_eigenvectors_of_a_real_matrix_have_no_gauge():
    cotangents = made(MATRICES["real"], kind="explicit", vectors=gaussian(4, 3))
    assert [c.gauge for c in cotangents] == [False]


def test_a_cotangent_with_two_parts_is_followed_by_each_alone():
    whole, values, vectors = made(MATRICES["real"], kind="random", count=1)
    assert values.pairs.vectors is None
    assert vectors.pairs.values is None
    assert np.array_equal(whole.pairs.values, values.pairs.values)
    assert np.array_equal(whole.pairs.vectors, vectors.pairs.vectors)


def test_absent_is_not_zero():
    absent = made(MATRICES["real"], kind="explicit", values=np.ones(3))
    zero = made(MATRICES["real"], kind="explicit", values=np.ones(3), vectors=np.zeros((3, 3)))
    assert [c.pairs.vectors is None for c in absent] == [True]
    assert [c.pairs.vectors is None for c in zero] == [False]


def test_random_cotangents_are_repeatable_and_follow_the_seed():
    one, again, other = (made(MATRICES["complex"], "eigvals", kind="random", seed=s) for s in (1, 1, 2))
    assert np.array_equal(one[0].pairs.values, again[0].pairs.values)
    assert not np.array_equal(one[0].pairs.values, other[0].pairs.values)


@pytest.mark.parametrize(("dtype", "kinds"), [(np.float32, {"float32"}), (np.complex64, {"complex64", "float32"})])
def test_they_are_rounded_to_the_precision_of_the_matrix(dtype, kinds):
    A = gaussian(5, 3).astype(dtype)
    for spec in ({"kind": "random"}, {"kind": "trace-power", "power": 2}, {}):
        for c in made(A, "eig", **spec):
            for part in (c.pairs.values, c.pairs.vectors):
                # a real matrix with complex eigenvalues has complex cotangents
                assert part is None or str(part.dtype) in kinds | {"complex64"}


@pytest.mark.parametrize(("factor", "label"), [(2 + 0j, "(2)"), (1.5, "(1.5)"), (1 + 2j, "(1+2j)")])
def test_a_loss_is_named_with_its_factor(factor, label):
    (square,) = made(MATRICES["real"], "eigvals", kind="trace-power", power=2, factor=factor)
    assert square.label == f"loss {label} tr A^2"


def test_what_cannot_be_is_said():
    A = MATRICES["real"]
    with pytest.raises(UsageError, match="use eig or eigh"):
        made(A, "eigvals", kind="matrix-power", power=2, weight=np.eye(3))
    with pytest.raises(UsageError, match="use eig or eigh"):
        made(A, "eigvals", kind="explicit", vectors=np.eye(3))
    with pytest.raises(UsageError, match="use eig or eigh"):
        made(A, "eigvals", kind="random", of=("vectors",))


@pytest.mark.parametrize("n", [2, 5])
def test_what_is_settled_keeps_its_shape_and_responds_to_no_phase(n):
    rng = np.random.default_rng(n)
    matrix = rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n))
    primal = Eigenpairs(*np.linalg.eig(matrix))
    for shaped in (np.outer(rng.standard_normal(n), rng.standard_normal(n)) + 0j, np.diag(rng.standard_normal(n)) + 0j):
        bar = settled(shaped, primal, matrix, "lapack")
        assert np.array_equal(bar == 0, shaped == 0)
        assert np.linalg.matrix_rank(bar) == np.linalg.matrix_rank(shaped)
        assert np.allclose(np.sum(primal.vectors.conj() * bar, axis=0).imag, 0, atol=1e-14)
        again = settled(bar, primal, matrix, "lapack")
        assert np.array_equal(again, bar)
        free = settled(shaped, primal, matrix, "free")
        assert np.allclose(np.sum(primal.vectors.conj() * free, axis=0).imag, 0, atol=1e-14)
    real = settled(rng.standard_normal((n, n)), primal, matrix, "lapack")
    assert np.isrealobj(real)
    assert np.any(real)
    assert np.allclose(np.sum(primal.vectors.conj() * real, axis=0).imag, 0, atol=1e-14)


def test_real_vectors_have_no_phase_to_settle_and_vectors_of_other_lengths_no_length():
    matrix = np.array([[1.0, 2.0], [0.5, 3.0]])
    values, vectors = np.linalg.eig(matrix)
    bar = np.array([[1.0, 0.0], [2.0, -3.0]])
    assert np.array_equal(settled(bar, Eigenpairs(values, vectors), matrix, "lapack"), bar)
    longer = Eigenpairs(values, 2 * vectors)
    assert np.allclose(np.sum(vectors * settled(bar, longer, matrix, "lapack"), axis=0), 0, atol=1e-15)


def test_vectors_that_stay_real_get_no_imaginary_part():
    matrix = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 3]])
    primal = Eigenpairs(*np.linalg.eig(matrix))
    bar = np.full((3, 3), 1 + 1j)
    made = settled(bar, primal, matrix, "lapack")
    real = np.isreal(primal.values)
    assert not np.any(made[:, real].imag)
    assert np.any(made[:, ~real].imag)
