import numpy as np
import pytest

from eigcheck.rules.chainrules_wrapped import (
    constructor_pullback,
    eigen_hermitian,
    forward_hermitian,
    reverse_hermitian,
    wrapped_pullback,
    wrapped_pushforward,
)
from eigcheck.rules.registry import get_rule, registered
from eigcheck.rules.triangles import complete
from tests.rules.recorded import array, assert_close, cotangents, forwards, reversals
from tests.rules.witness import directions, pairing, random_cotangent, random_matrix

DOMAINS = {"U": "upper", "L": "lower"}

reverse_records = pytest.mark.parametrize(
    ("record", "cotangent"), [pytest.param(*x[:2], id=x[2]) for x in reversals("wrapped")]
)
forward_records = pytest.mark.parametrize(
    ("record", "frule"), [pytest.param(*x[:2], id=x[2]) for x in forwards("wrapped")]
)


@pytest.mark.parametrize("uplo", ["L", "U"])
def test_only_the_stored_triangle_is_read(uplo):
    A = random_matrix(4, "complex128", 6, "upper", uplo)
    values, vectors = eigen_hermitian(A, uplo)
    clean = np.where(np.isnan(A), 0, A)
    np.fill_diagonal(clean, A.diagonal().real)
    # n u norm(A), with a norm of about 12
    np.testing.assert_allclose(values, np.linalg.eigvalsh(clean, UPLO=uplo), rtol=0, atol=1e-13)
    assert not vectors[-1 if uplo == "U" else 0].imag.any()


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_what_frees_of_phase_is_the_adjoint_of_what_fixes_it(dtype):
    H = np.linalg.eigh(random_matrix(4, dtype, 8, "symmetric"), UPLO="U")[1]
    X, Y = (random_matrix(4, dtype, seed) for seed in (1, 2))
    for uplo in "LU":
        left = pairing(reverse_hermitian(Y, H, uplo), X)
        assert left == pytest.approx(pairing(Y, forward_hermitian(X, H, uplo)), rel=1e-13)


def test_a_small_entry_drops_the_phase():
    V = np.array([[1j, 1e-9], [1e-9, 1]], dtype=complex)
    V_bar = np.array([[1.0, 2j], [3, 4j]])
    freed = reverse_hermitian(V_bar, V, "U")
    np.testing.assert_array_equal(freed[:, 0], V_bar[:, 0])
    assert freed[1, 1] == pytest.approx(V_bar[1, 1] - 1j * (V[:, 1].conj() @ V_bar[:, 1]).imag)
    X = np.array([[1, 0], [1j, 1j]])
    assert forward_hermitian(X, V, "U")[1, 1] == 0
    np.testing.assert_array_equal(forward_hermitian(X, V, "U")[:, 0], X[:, 0])


@reverse_records
def test_reverse_formula_gives_the_recorded_cotangents(record, cotangent):
    bars, uplo = cotangents(cotangent), record["uplo"]
    H_bar = wrapped_pullback(array(record["values"], 1), array(record["vectors"], 2), uplo, *bars)
    assert_close(H_bar, array(cotangent["dA"], 2), *bars)
    assert_close(H_bar, array(cotangent["dA_data"], 2), *bars)
    assert_close(constructor_pullback(H_bar, uplo), array(cotangent["dparent"], 2), *bars)


@forward_records
def test_forward_formula_gives_the_recorded_tangents(record, frule):
    recorded, parent_dot = frule["eigen"], array(frule["dparent"], 2)
    H_dot = complete(parent_dot, record["uplo"])
    assert_close(H_dot, array(frule["dA"], 2), parent_dot)
    pairs = array(recorded["values"], 1), array(recorded["vectors"], 2)
    values_dot, vectors_dot = wrapped_pushforward(*pairs, record["uplo"], H_dot)
    assert_close(values_dot, array(recorded["dvalues"], 1), H_dot)
    assert_close(vectors_dot, array(recorded["dvectors"], 2), H_dot)
    assert_close(values_dot, array(frule["eigvals"]["dvalues"], 1), H_dot)


@reverse_records
def test_registered_rules_give_the_recorded_cotangents(record, cotangent):
    values_bar, vectors_bar = cotangents(cotangent)
    uplo, parent = record["uplo"], array(record["parent"], 2)
    (values, vectors), on_wrapper = get_rule("chainrules/hermitian", "eigh", "symmetric", uplo)(parent)
    assert_close(values, array(record["values"], 1))
    phases = np.einsum("ij,ij->j", array(record["vectors"], 2).conj(), vectors)
    assert_close(np.sign(phases.real), phases)
    on_parent = get_rule("chainrules/hermitian-constructor", "eigh", DOMAINS[uplo])(parent)[1]
    bars = values_bar, None if vectors_bar is None else vectors_bar * phases.real
    assert_close(on_wrapper(bars), array(cotangent["dA"], 2), *bars)
    assert_close(on_parent(bars), array(cotangent["dparent"], 2), *bars)
    if vectors_bar is None:
        alone = get_rule("chainrules/hermitian-constructor", "eigvalsh", DOMAINS[uplo])(parent)[1]
        assert_close(alone(values_bar), array(cotangent["dparent"], 2), values_bar)


RULES = [one for one in registered() if one.name.startswith("chainrules/hermitian")]


@pytest.mark.parametrize("one", RULES, ids=["-".join(map(str, one.key)) for one in RULES])
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_reads_one_triangle_and_is_its_own_adjoint(one, dtype):
    uplo = one.triangle
    A = random_matrix(4, dtype, 3, "upper", uplo)
    if dtype == "complex128":
        A.imag[np.diag_indices(4)] = np.nan
    (values, vectors), _ = get_rule("numpy/lapack", "eigh", "general", uplo)(A)
    values_bar, vectors_bar = random_cotangent(values, vectors, 4)
    both = one.function == "eigh"
    primal, pullback = one.rrule(A)
    # n u norm, with norm below 20
    np.testing.assert_allclose(primal[0] if both else primal, values, atol=1e-14 * 20)
    G = pullback((values_bar, vectors_bar) if both else values_bar)
    domain = "symmetric" if one.domain == "symmetric" else "upper"
    for E in directions(4, dtype, domain, uplo):
        tangent = one.pushforward(A, E)
        total = pairing(values_bar, tangent[0] if both else tangent)
        total += pairing(vectors_bar, tangent[1]) if both else 0
        assert pairing(G, E) == pytest.approx(total, abs=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "complex64", "float64", "complex128"])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_dtype_shape_and_absence(dtype, n):
    A = np.array([[1.0, 2.0], [2.0, 3.0]])[:n, :n].astype(dtype)
    for domain, name in (("symmetric", "hermitian"), ("upper", "hermitian-constructor")):
        (values, vectors), pullback = get_rule(f"chainrules/{name}", "eigh", domain)(A)
        assert vectors.dtype == np.dtype(dtype)
        assert values.dtype == A.real.dtype
        for cotangent in ((values, None), (None, vectors), (values, vectors), None):
            G = pullback(cotangent)
            assert G.shape == (n, n)
            assert G.dtype == np.dtype(dtype)
        assert not pullback((None, None)).any()
