"""`autograd/numpy`: `autograd.numpy.linalg.eig` and `eigh`, by `autograd.make_vjp`.

`eigvals` and `eigvalsh` have no gradient in autograd, and none of the four has a forward rule.

Pairing: autograd pairs by Re sum(x y), without a conjugate, so that cotangents are conjugated on the way in and
gradients on the way out (`conjugated`). Domains: general for `eig`; lower for `eigh` with uplo L and upper with U,
whose gradient is folded onto the triangle that is read. A cotangent that is absent is a zero to autograd: it
gives its rules for `eig` and `eigh` both parts, whatever the loss depends on.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.frameworks import framework
from eigcheck.rules.frameworks.offering import Function, Outputs, Pull, Way, as_tuple, conjugated, offer


def differentiated(fn: Function) -> Way:
    """By `autograd.make_vjp`; also how a user's own function of autograd is differentiated."""
    from autograd import make_vjp
    from autograd.builtins import SequenceBox
    from autograd.builtins import tuple as traced_tuple

    def traced(x: Array, chosen: tuple[int, ...]) -> object:
        outputs = fn(x)
        several = isinstance(outputs, tuple | list | SequenceBox)
        return traced_tuple([outputs[k] if several else outputs for k in chosen])

    def reverse(A: Array) -> tuple[Outputs, Pull]:
        outputs = tuple(np.asarray(output) for output in as_tuple(fn(A)))

        def pull(chosen: tuple[int, ...], bars: tuple[Array, ...]) -> Array:
            vjp, _ = make_vjp(partial(traced, chosen=chosen))(A)
            return conjugated(np.asarray(vjp(tuple(conjugated(bar) for bar in bars))))

        return outputs, pull

    return Way(reverse)


def register() -> None:
    """Register the rules."""
    import autograd.numpy as anp

    release = f"autograd {framework('autograd').version}"
    offer("autograd/numpy", differentiated(anp.linalg.eig), "eig", source=f"autograd.numpy.linalg.eig, {release}")
    for uplo, domain in (("L", "lower"), ("U", "upper")):
        way = differentiated(partial(anp.linalg.eigh, UPLO=uplo))
        offer("autograd/numpy", way, "eigh", domain, source=f"autograd.numpy.linalg.eigh, {release}")
