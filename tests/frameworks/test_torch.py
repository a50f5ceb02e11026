"""What torch does beside being right."""

import numpy as np
import pytest

from eigcheck.check.conventions import measure
from eigcheck.model import CotangentSpec, Eigenpairs, Rule
from eigcheck.rules.frameworks.offering import as_rrule
from tests.execution.support import E0, E1, asked, kinds, performed, rule_of
from tests.frameworks.support import H3, S, child_of, find, gradient, judged


@pytest.fixture(scope="module")
def child():
    return child_of("torch")


def gauge(size):
    return CotangentSpec(kind="explicit", vectors=size * np.ones((3, 3), complex))


@pytest.mark.parametrize(
    ("name", "size", "verdict", "kind"),
    [
        ("torch/linalg", 1.0, "error", "exception"),
        ("torch/linalg", 0.1, "error", "exception"),
        ("torch/linalg", 0.01, "fail", "gauge"),
        ("torch/func", 1.0, "fail", "gauge"),
    ],
)
def test_the_gauge_check_raises_for_large_losses_only(child, name, size, verdict, kind):
    rule = find(child, name, "eigh", "symmetric", "L")
    found = judged(child, rule, H3, cotangent=gauge(size), modes=("reverse",))["reverse"]
    assert found[0] == verdict
    assert kind in found[1]


@pytest.mark.parametrize("name", ["torch/linalg", "torch/func"])
def test_an_absent_cotangent_of_vectors_is_not_a_zero_one(child, name):
    rule = find(child, name, "eigh", "symmetric", "L")
    identity, values = np.eye(2), np.array([2.0, 2.0])
    assert np.array_equal(gradient(child, rule, identity, Eigenpairs(values)), 2 * identity)
    assert np.all(np.isnan(gradient(child, rule, identity, Eigenpairs(values, np.zeros((2, 2))))))


def test_eigh_reads_one_triangle_and_its_gradient_two(child):
    # both entries are off by half of the one that is read: the first is told
    for uplo, moves in (("L", "0"), ("U", "-0.8604")):
        found = measure(find(child, "torch/linalg", "eigvalsh", "symmetric", uplo), child)[0]
        assert found.own == "the declared domain"
        assert found.where.startswith("entry (0, 1)")
        assert found.where.endswith(f"the primal moves by {moves}")


def test_the_modes_of_eigh_are_adjoint_on_symmetric_tangents_only(child):
    found = measure(find(child, "torch/linalg", "eigh", "symmetric", "L"), child)
    assert {one.forward for one in found} == {"the declared domain"}


def test_the_gradient_of_eigenvectors_loses_digits_with_the_scale_of_a(child):
    rule = find(child, "torch/linalg", "eig", "general")
    assert judged(child, rule, S, modes=("reverse",))["reverse"][0] == "pass"
    verdict, kinds = judged(child, rule, 1e8 * S, modes=("reverse",))["reverse"]
    assert (verdict, "mismatch" in kinds) == ("fail", True)


def test_without_cuda_it_says_what_it_needs(child, monkeypatch):
    torch = pytest.importorskip("torch")
    from eigcheck.rules.frameworks.torch_adapter import reach

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert reach().devices == ("cpu",)
    assert "torch.cuda.is_available() is False" in reach().elsewhere
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert reach().devices == ("cpu", "cuda")
    assert find(child, "torch/linalg", "eig", "general").elsewhere != "its adapter computes on cpu only"


@pytest.mark.parametrize("way", ["autograd_way", "func_way"])
def test_every_tensor_is_made_on_the_device_of_the_call(child, monkeypatch, way):
    """There is no other device in most tests: what is asked for is written down, and the CPU is given."""
    torch = pytest.importorskip("torch")
    from eigcheck.rules import placing
    from eigcheck.rules.frameworks import torch_adapter

    asked, make = [], torch.as_tensor

    def noted(*given, device, **told):
        asked.append(device)
        return make(*given, **told)

    monkeypatch.setattr(torch, "as_tensor", noted)
    made = getattr(torch_adapter, way)(torch.linalg.eig)
    with placing.on("cuda"):
        (values, vectors), pull = made.reverse(S)
        gradient = pull((0, 1), (np.array([1.0, 0.0], complex), np.zeros((2, 2), complex)))
        moved = made.forward(S, np.eye(2))
    assert asked == ["cuda"] * 5
    # d lambda_0 = v_0 v_0^T for a symmetric S, and the values of S + t I move by t
    assert np.max(np.abs(gradient - np.outer(vectors[:, 0], vectors[:, 0]).real)) < 1e-14
    assert np.max(np.abs(moved[0] - 1)) < 1e-14
    assert values.shape == (2,)


def test_functions_of_one_mode_and_modules_are_known_for_what_they_are():
    torch = pytest.importorskip("torch")
    from eigcheck.rules.frameworks.plain import settled

    class Backward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, bar):
            return 2 * bar

    class Forward(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return 2 * x

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def jvp(ctx, dot):
            return 2 * dot

    class Module(torch.nn.Module):
        def forward(self, x):
            return 2 * x

    def backward(x):
        return Backward.apply(torch.diagonal(x))

    def forward(x):
        return Forward.apply(torch.diagonal(x))

    reverse = settled("torch", backward, Rule("mine/f", "eigvals"))
    assert [mode for mode, _ in reverse.lacks] == ["forward"]
    assert "You must implement the jvp function" in reverse.lacks[0][1]
    assert np.array_equal(reverse.rrule(S)[1](np.ones(2)), 2 * np.eye(2))
    pushed = settled("torch", forward, Rule("mine/f", "eigvals"))
    assert [mode for mode, _ in pushed.lacks] == ["reverse"]
    assert np.array_equal(pushed.pushforward(S, np.eye(2)), [2.0, 2.0])
    assert np.array_equal(pushed.primal(S), 2 * np.diag(S))
    both = settled(None, Module(), Rule("mine/f", "eigvals"))
    assert both.lacks == ()
    assert both.pushforward is not None


@pytest.mark.parametrize(
    ("fault", "kind"), [("buffer", "nondeterministic"), ("cotangent", "mutates-input"), ("", None)]
)
def test_what_a_function_overwrites_shows_through_the_adapter(fault, kind):
    torch = pytest.importorskip("torch")
    from eigcheck.rules.frameworks.torch_adapter import autograd_way

    room = torch.empty(2, 2, dtype=torch.float64)

    class Eigenvalues(torch.autograd.Function):
        @staticmethod
        def forward(ctx, A):
            values, vectors = torch.linalg.eigh(A)
            ctx.save_for_backward(vectors)
            return values

        @staticmethod
        def backward(ctx, bar):
            (vectors,) = ctx.saved_tensors
            gradient = (vectors * bar) @ vectors.T
            if fault == "cotangent":
                bar.mul_(0)
            return room.copy_(gradient) if fault == "buffer" else gradient

    rule = rule_of(as_rrule(autograd_way(Eigenvalues.apply), "eigvalsh"), "eigvalsh")
    told = kinds(performed(rule, asked(E0, E1, disciplined=True)))
    assert (set(told) >= {kind}) if kind else told == []
