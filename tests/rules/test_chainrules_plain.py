import numpy as np
import pytest

from eigcheck.rules.chainrules_plain import (
    eigen,
    forward_plain,
    is_hermitian,
    pr841_pullback,
    real_rows,
    released_pullback,
    released_pushforward,
    reverse_plain,
    wrapper_types_pullback,
    wrapper_types_pushforward,
)
from eigcheck.rules.chainrules_wrapped import eigen_hermitian
from eigcheck.rules.registry import get_rule, registered
from tests.families import needs_large_complex_matrices
from tests.rules.recorded import array, assert_close, cotangents, forwards, records, reversals
from tests.rules.witness import pairing, random_matrix

PULLBACKS = {"released": released_pullback, "pr841": pr841_pullback, "general": wrapper_types_pullback}
PUSHFORWARDS = {"released": released_pushforward, "general": wrapper_types_pushforward}
NAMES = {
    "released": "chainrules/released",
    "pr841": "chainrules/pr841",
    "general": "chainrules/wrapper-types",
}
DTYPES = ["float32", "complex64", "float64", "complex128"]
S = np.array([[1.0, 2.0], [2.0, 3.0]])
H3 = np.array([[2, 1 - 1j, 0.5j], [1 + 1j, 3, 0.25 + 1j], [-0.5j, 0.25 - 1j, 5]])

reverse_records = pytest.mark.parametrize(
    ("record", "cotangent"), [pytest.param(*x[:2], id=x[2]) for x in reversals("plain")]
)
forward_records = pytest.mark.parametrize(
    ("record", "frule"), [pytest.param(*x[:2], id=x[2]) for x in forwards("plain")]
)


@pytest.mark.parametrize("record", records("plain"), ids=lambda one: one["id"])
def test_values_order_and_kinds_are_as_recorded(record):
    values, vectors = eigen(array(record["A"], 2))
    want = array(record["values"], 1), array(record["vectors"], 2)
    assert (values.dtype, vectors.dtype) == (want[0].dtype, want[1].dtype)
    assert_close(values, want[0])
    # the same vectors but for a sign: length and phase are LAPACK's
    assert_close(np.abs(np.einsum("ij,ij->j", want[1].conj(), vectors).real), np.ones(len(values)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("domain", ["general", "symmetric"])
@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_residual_length_phase_and_order(n, domain, dtype):
    A = random_matrix(n, dtype, 3, domain)
    values, vectors = eigen(A)
    assert (values.dtype.kind == "f" and domain == "symmetric") or values.dtype == vectors.dtype
    assert vectors.dtype in (A.dtype, np.result_type(A.dtype, np.complex64))
    u = np.finfo(dtype).eps / 2
    norm = np.abs(A).sum() + 1
    np.testing.assert_allclose(A @ vectors, vectors * values, atol=64 * u * norm)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=0), 1, atol=64 * u)
    assert sorted(values, key=lambda z: (z.real, z.imag)) == list(values)
    if vectors.dtype.kind == "c" and n:
        rows = np.full(n, n - 1) if domain == "symmetric" else np.argmax(np.abs(vectors), axis=0)
        assert not vectors[rows, np.arange(n)].imag.any()


@pytest.mark.parametrize("exponent", [-500, 500])
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("domain", ["general", "symmetric"])
def test_extreme_scales(domain, dtype, exponent):
    if dtype == "complex128" and exponent > 0:
        needs_large_complex_matrices()
    A = random_matrix(5, dtype, 4, domain)
    values, far = eigen(A)[0], eigen(A * 2.0**exponent)[0]
    np.testing.assert_allclose(far / 2.0**exponent, values, rtol=1e-13)


def test_a_diagonal_matrix_keeps_its_dtype_and_unit_vectors():
    values, vectors = eigen(np.diag([3.0, -1.0, 2.0]).astype(complex))
    np.testing.assert_array_equal(values, [-1, 2, 3])
    assert values.dtype == np.complex128
    np.testing.assert_array_equal(vectors, np.eye(3)[:, [1, 2, 0]])


def test_what_is_not_finite_raises():
    for bad in (np.nan, np.inf):
        A = np.array([[bad, 1.0], [1.0, 2.0]])
        assert is_hermitian(A) == (bad == np.inf)
        for decompose in (eigen, lambda A: eigen_hermitian(A, "U"), lambda A: eigen(np.diag(A.diagonal()))):
            with pytest.raises(np.linalg.LinAlgError, match="NaN or infinity"):
                decompose(A)


def test_the_search_starts_from_the_first_entry_and_passes_over_complex_ones():
    columns = np.array([[1j, 0.1, 0.5, 2j], [0.5, 3j, 0.5, 1.0], [0.25, 0.2, 0.1, -1.0]])
    assert list(real_rows(columns)) == [0, 2, 1, 0]
    assert real_rows(np.zeros((0, 0))).shape == (0,)


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_what_frees_of_length_and_phase_is_the_adjoint_of_what_fixes_them(dtype):
    V = np.linalg.eig(random_matrix(4, dtype, 8))[1]
    X, Y = (random_matrix(4, dtype, seed) for seed in (1, 2))
    assert pairing(reverse_plain(Y, V), X) == pytest.approx(pairing(Y, forward_plain(X, V)), rel=1e-13)


@pytest.mark.parametrize("variant", PULLBACKS)
@reverse_records
def test_reverse_formula_gives_the_recorded_gradient(variant, record, cotangent):
    bars = cotangents(cotangent)
    A, values, vectors = array(record["A"], 2), array(record["values"], 1), array(record["vectors"], 2)
    got = PULLBACKS[variant](A, values, vectors, *bars)
    assert_close(got, array(cotangent["dA"][variant], 2), *bars)


@pytest.mark.parametrize("variant", PUSHFORWARDS)
@forward_records
def test_forward_formula_gives_the_recorded_tangents(variant, record, frule):
    A, A_dot, recorded = array(record["A"], 2), array(frule["dA"], 2), frule["eigen"][variant]
    pairs = array(recorded["values"], 1), array(recorded["vectors"], 2)
    values_dot, vectors_dot = PUSHFORWARDS[variant](A, *pairs, A_dot)
    assert_close(values_dot, array(recorded["dvalues"], 1), A_dot)
    assert_close(vectors_dot, array(recorded["dvectors"], 2), A_dot)
    assert_close(values_dot, array(frule["eigvals"][variant]["dvalues"], 1), A_dot)


@pytest.mark.parametrize("variant", NAMES)
@reverse_records
def test_registered_rule_gives_the_recorded_gradient(variant, record, cotangent):
    A, vectors = array(record["A"], 2), array(record["vectors"], 2)
    values_bar, vectors_bar = cotangents(cotangent)
    want = array(cotangent["dA"][variant], 2)
    (values, own), pullback = get_rule(NAMES[variant], "eig")(A)
    assert_close(values, array(record["values"], 1))
    phases = np.einsum("ij,ij->j", vectors.conj(), own)
    assert_close(own, vectors * phases)
    if vectors_bar is None:
        assert_close(get_rule(NAMES[variant], "eigvals")(A)[1](values_bar), want, values_bar)
    else:
        # every vector comes out as recorded but for a sign, so gauge-dependent cotangents count as well
        assert_close(phases, np.sign(phases.real))
        vectors_bar = vectors_bar * phases.real
    assert_close(pullback((values_bar, vectors_bar)), want, values_bar, vectors_bar)


@pytest.mark.parametrize("variant", PUSHFORWARDS)
@forward_records
def test_registered_pushforward_gives_the_recorded_tangents(variant, record, frule):
    A, A_dot, recorded = array(record["A"], 2), array(frule["dA"], 2), frule["eigen"][variant]
    vectors = array(recorded["vectors"], 2)
    own = get_rule(NAMES[variant], "eig")(A)[0][1]
    phases = np.einsum("ij,ij->j", vectors.conj(), own)
    found = {one.key: one for one in registered()}
    values_dot = found[NAMES[variant], "eigvals", "general", None].pushforward(A, A_dot)
    assert_close(values_dot, array(recorded["dvalues"], 1), A_dot)
    values_dot, vectors_dot = found[NAMES[variant], "eig", "general", None].pushforward(A, A_dot)
    assert_close(values_dot, array(recorded["dvalues"], 1), A_dot)
    assert_close(phases, np.sign(phases.real))
    assert_close(vectors_dot, array(recorded["dvectors"], 2) * phases.real, A_dot)


def test_the_bug_in_numbers():
    jacobian = [get_rule("chainrules/released", "eigvals")(S)[1](e) for e in np.eye(2)]
    np.testing.assert_allclose(jacobian[0], [[0.723607, -0.894427], [0, 0.276393]], atol=1e-6)
    np.testing.assert_allclose(jacobian[1], [[0.276393, 0.894427], [0, 0.723607]], atol=1e-6)
    right = get_rule("chainrules/pr841", "eigvals")(S)[1](np.eye(2)[0])
    np.testing.assert_allclose(right, [[0.723607, -0.447214], [-0.447214, 0.276393]], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "right"),
    [("chainrules/released", False), ("chainrules/pr841", False), ("chainrules/wrapper-types", True)],
)
def test_what_is_still_wrong_after_the_proposal(name, right):
    # the loss abs(V[0, 0])^2 at S
    (_, vectors), pullback = get_rule(name, "eig")(S)
    vectors_bar = np.zeros((2, 2))
    vectors_bar[0, 0] = 2 * vectors[0, 0]
    G = pullback((None, vectors_bar))
    want = [[-0.089443, 0.055279], [-0.144721, 0.089443]]
    assert np.allclose(G, want, atol=1e-6) == right
    # the loss Im(lambda_0) at a Hermitian matrix
    values_bar = np.array([1j, 0, 0])
    (_, vectors), pullback = get_rule(name, "eig")(H3)
    G = pullback((values_bar, None))
    v = vectors[:, :1]
    np.testing.assert_allclose(G, 1j * v @ v.conj().T if right else np.zeros((3, 3)), atol=1e-15)


def test_gauge_dependent_cotangents_at_a_hermitian_matrix_differ_between_the_variants():
    cotangent = (None, np.array([[0.3, -1, 0.2], [0.7, 0.2j, 1], [0.1j, 0.5, 0.4 - 1j]]))
    E = np.array([[0.5, 1 + 2j, -1], [1 - 2j, 0.25, 0.5j], [-1, -0.5j, 2]])
    along = [np.vdot(get_rule(name, "eig", "symmetric")(H3)[1](cotangent), E).real for name in NAMES.values()]
    assert along[0] == pytest.approx(along[1], rel=1e-14)
    assert abs(along[2] - along[0]) > 1e-2


@pytest.mark.parametrize("name", NAMES.values())
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [0, 1, 2])
def test_dtype_shape_and_absence(name, dtype, n):
    A = S[:n, :n].astype(dtype)
    A[1:, :1] += 1  # not Hermitian
    (values, vectors), pullback = get_rule(name, "eig")(A)
    assert values.dtype == vectors.dtype == np.dtype(dtype)
    assert values.shape == (n,)
    for cotangent in ((values, None), (None, vectors), (values, vectors), (None, None), None):
        G = pullback(cotangent)
        assert G.shape == (n, n)
        assert G.dtype == np.dtype(dtype)
    assert not pullback(None).any()
