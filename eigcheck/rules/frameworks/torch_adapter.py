"""`torch/linalg` and `torch/func`: `torch.linalg.eig`, `eigvals`, `eigh` and `eigvalsh`, differentiated by torch.

- `torch/linalg`: reverse by `torch.autograd.grad`, forward by `torch.autograd.forward_ad`.
- `torch/func`: reverse by `torch.func.grad` of <cotangent, outputs>, forward by `torch.func.jvp`.

Pairing: torch returns dL/dRe A + i dL/dIm A, so nothing is converted. Domains: general for `eig` and `eigvals`;
symmetric for `eigh` and `eigvalsh`, for either uplo, because torch returns the gradient of a Hermitian matrix,
half of an off-diagonal entry's share at each of its two places, though it reads one triangle only.

Device: tensors are made where the case says (`device: cuda`), if torch finds it. Never run on a CUDA device so far.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from eigcheck.model import Array
from eigcheck.names import DEVICES
from eigcheck.rules import placing
from eigcheck.rules.frameworks.offering import Function, Outputs, Pull, Reach, Way, as_tuple, choosing, offer


def autograd_way(fn: Function) -> Way:
    """By `torch.autograd.grad` on the graph of one evaluation, and by dual tensors."""
    import torch
    from torch.autograd import forward_ad

    def reverse(A: Array) -> tuple[Outputs, Pull]:
        x = _there(A).requires_grad_()
        outputs = as_tuple(fn(x))

        def pull(chosen: tuple[int, ...], bars: tuple[Array, ...]) -> Array:
            asked = [outputs[k] for k in chosen]
            seeds = [_there(bar) for bar in bars]
            (gradient,) = torch.autograd.grad(asked, x, seeds, retain_graph=True, allow_unused=True)
            return np.zeros_like(A) if gradient is None else _plain(gradient)

        return tuple(map(_plain, outputs)), pull

    def forward(A: Array, A_dot: Array) -> Outputs:
        with forward_ad.dual_level():
            outputs = as_tuple(fn(forward_ad.make_dual(_there(A), _there(A_dot))))
            duals = [forward_ad.unpack_dual(output) for output in outputs]
            return tuple(_plain(torch.zeros_like(d.primal) if d.tangent is None else d.tangent) for d in duals)

    return Way(reverse, forward)


def func_way(fn: Function) -> Way:
    """By the transforms of `torch.func`."""
    import torch

    def reverse(A: Array) -> tuple[Outputs, Pull]:
        x = _there(A)
        outputs, _ = torch.func.vjp(lambda x: as_tuple(fn(x)), x)

        def pull(chosen: tuple[int, ...], bars: tuple[Array, ...]) -> Array:
            seeds = [_there(bar) for bar in bars]

            def loss(x: Any) -> Any:
                pairs = zip(seeds, choosing(fn, chosen)(x), strict=True)
                return sum((bar.conj() * output).sum().real for bar, output in pairs)

            return _plain(torch.func.grad(loss)(x))

        return tuple(map(_plain, outputs)), pull

    def forward(A: Array, A_dot: Array) -> Outputs:
        _, tangents = torch.func.jvp(lambda x: as_tuple(fn(x)), (_there(A),), (_there(A_dot),))
        return tuple(map(_plain, tangents))

    return Way(reverse, forward)


differentiated = autograd_way
"""How a user's own function of torch is differentiated."""


def reach() -> Reach:
    """The CPU, and CUDA where torch finds it."""
    import torch

    if torch.cuda.is_available():
        return Reach(DEVICES)
    return Reach(
        elsewhere=f"torch {torch.__version__} finds no CUDA device here (torch.cuda.is_available() is False); it needs"
        " an NVIDIA device with its driver, and a build of torch for CUDA (https://pytorch.org)"
    )


def _there(array: Array) -> Any:
    """A tensor on the device that the call is for; on the CPU of the array's own memory, so that writes to it show."""
    import torch

    return torch.as_tensor(array, device=placing.device())


def _plain(tensor: Any) -> Array:
    """An array, on the CPU of the tensor's own memory: whether an answer lasts is not ours to hide."""
    array: Array = tensor.detach().resolve_conj().resolve_neg().cpu().numpy()
    return array


def register() -> None:
    """Register the rules."""
    import torch

    torch.set_num_threads(1)
    reached = reach()
    for name, way in (("torch/linalg", autograd_way), ("torch/func", func_way)):
        for function in ("eigvals", "eig"):
            source = f"torch.linalg.{function}, torch {torch.__version__}"
            offer(name, way(getattr(torch.linalg, function)), function, source=source, reach=reached)
        for function in ("eigvalsh", "eigh"):
            for uplo in ("L", "U"):
                fn = partial(getattr(torch.linalg, function), UPLO=uplo)
                source = f"torch.linalg.{function}, torch {torch.__version__}"
                offer(name, way(fn), function, "symmetric", uplo=uplo, source=source, reach=reached)
