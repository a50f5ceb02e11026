"""What JAX does beside being right."""

import numpy as np
import pytest

from eigcheck.model import CotangentSpec, Eigenpairs, ReverseCall, Rule
from tests.frameworks.support import C3, S, child_of, find, gradient, judged


@pytest.fixture(scope="module")
def child():
    return child_of("jax")


def test_the_pairing_is_converted_by_one_function():
    pytest.importorskip("jax")
    from eigcheck.rules.frameworks.jax_adapter import conjugated

    assert np.array_equal(conjugated(np.array([1 + 2j])), [1 - 2j])


def test_a_gradient_without_the_conversion_would_be_the_conjugate(child):
    rule = find(child, "jax/numpy", "eigvals", "general")
    values, vectors = np.linalg.eig(C3)
    primal = child.ask(rule, [ReverseCall(C3)])[0].primal
    bar = np.eye(3)[0].astype(complex)
    left = np.linalg.inv(vectors).conj().T
    k = int(np.argmin(np.abs(values - primal.values[0])))
    want = np.outer(left[:, k], vectors[:, k].conj())
    assert np.allclose(gradient(child, rule, C3, Eigenpairs(bar)), want, rtol=0, atol=1e-13)


def test_the_value_changes_under_differentiation_without_symmetrisation(child):
    rule = find(child, "jax/lax-eigh-triangle", "eigvalsh", "lower")
    matrix = np.array([[1.0, 2.0], [9.0, 3.0]])
    reply = child.ask(rule, [ReverseCall(matrix)])[0]
    assert np.allclose(reply.primal.values[0], np.linalg.eigvalsh((matrix + matrix.T) / 2)[0])
    verdict, kinds = judged(child, rule, matrix, modes=("reverse",))["reverse"]
    assert (verdict, "primal" in kinds) == ("fail", True)


@pytest.mark.parametrize(("dtype", "scale"), [(np.float64, 1e17), (np.float32, 1e8)])
def test_vectors_of_large_matrices_have_no_finite_gradient(child, dtype, scale):
    rule = find(child, "jax/numpy", "eigh", "symmetric", "L")
    matrix = (S * scale).astype(dtype)
    verdict, kinds = judged(child, rule, matrix, modes=("reverse",))["reverse"]
    assert (verdict, "nonfinite" in kinds) == ("fail", True)


def test_the_primal_is_blamed_at_extreme_scales(child):
    rule = find(child, "jax/numpy", "eigvals", "general")
    matrix = 1e-150 * np.array([[1.0, 2.0], [0.5, 3.0]])
    verdict, kinds = judged(child, rule, matrix, modes=("reverse",))["reverse"]
    assert (verdict, kinds) == ("fail", {"primal"})


def test_an_absent_cotangent_of_vectors_is_not_a_zero_one(child):
    rule = find(child, "jax/numpy", "eigh", "symmetric", "L")
    identity, values = np.eye(2), np.array([2.0, 2.0])
    assert np.array_equal(gradient(child, rule, identity, Eigenpairs(values)), 2 * identity)
    assert np.all(np.isnan(gradient(child, rule, identity, Eigenpairs(values, np.zeros((2, 2))))))


def test_the_phase_of_lapack_is_what_lax_eig_declares(child):
    rule = find(child, "jax/lax-eig", "eig", "general")
    told = CotangentSpec(kind="random", of=("vectors",), gauge="any")
    assert {v for v, _ in judged(child, rule, C3, cotangent=told).values()} == {"pass"}


def test_without_cuda_it_says_what_it_needs(monkeypatch):
    jax = pytest.importorskip("jax")
    from eigcheck.rules.frameworks.jax_adapter import reach

    def none(platform):
        raise RuntimeError(f"Unknown backend {platform}")

    monkeypatch.setattr(jax, "devices", none)
    assert reach().devices == ("cpu",)
    assert "jax.devices('cuda') is empty" in reach().elsewhere
    monkeypatch.setattr(jax, "devices", lambda platform: [platform])
    assert reach().devices == ("cpu", "cuda")


def test_every_array_is_put_on_the_device_of_the_call(monkeypatch):
    """There is no other device in most tests: what is asked for is written down, and the CPU is given."""
    jax = pytest.importorskip("jax")
    from eigcheck.rules import placing
    from eigcheck.rules.frameworks.jax_adapter import differentiated

    asked, there = [], jax.devices("cpu")

    def noted(platform):
        asked.append(platform)
        return there

    monkeypatch.setattr(jax, "devices", noted)
    made = differentiated(jax.numpy.linalg.eigvals)
    with placing.on("cuda"):
        (values,), pull = made.reverse(S)
        gradient = pull((0,), (np.array([1.0, 1.0], complex),))
        (moved,) = made.forward(S, np.eye(2))
    assert asked == ["cuda"] * 4
    # the trace has the gradient I, and the values of S + t I move by t
    assert np.max(np.abs(gradient - np.eye(2))) < 1e-14
    assert np.max(np.abs(moved - 1)) < 1e-14
    assert values.shape == (2,)


def test_functions_of_jaxs_own_types_are_known_and_custom_vjp_has_no_forward_mode():
    jax = pytest.importorskip("jax")
    from eigcheck.rules.frameworks.plain import settled

    def doubled(x):
        return 2 * jax.numpy.diagonal(x)

    jitted = settled(None, jax.jit(doubled), Rule("mine/f", "eigvals"))
    assert jitted.lacks == ()
    assert np.array_equal(jitted.rrule(S)[1](np.ones(2)), 2 * np.eye(2))
    by_jvp = jax.custom_jvp(doubled)
    by_jvp.defjvp(lambda primals, dots: (doubled(*primals), doubled(*dots)))
    assert settled(None, by_jvp, Rule("mine/f", "eigvals")).lacks == ()
    by_vjp = jax.custom_vjp(doubled)
    by_vjp.defvjp(lambda x: (doubled(x), None), lambda _, bar: (2 * jax.numpy.diag(bar),))
    for given in (by_vjp, jax.jit(by_vjp)):
        made = settled(None, given, Rule("mine/f", "eigvals"))
        assert made.pushforward is None
        assert [mode for mode, _ in made.lacks] == ["forward"]
        assert "forward-mode" in made.lacks[0][1]
        assert np.array_equal(made.rrule(S)[1](np.ones(2)), 2 * np.eye(2))
