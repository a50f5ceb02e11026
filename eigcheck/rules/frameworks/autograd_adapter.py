"""`autograd/numpy`: `autograd.numpy.linalg.eig` and `eigh`, by `autograd.make_vjp`.

`eigvals` and `eigvalsh` have no gradient in autograd, and none of the four has a forward rule.

Pairing: autograd pairs by Re sum(x y), without a conjugate, so that cotangents are conjugated on the way in and
gradients on the way out (`conjugated`). Domains: general for `eig`; lower for `eigh` with uplo L and upper with U,
whose gradient is folded onto the triangle that is read. A cotangent that is absent is a zero to autograd: it
gives its rules for `eig` and `eigh` both parts, whatever the loss depends on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.frameworks import framework
from eigcheck.rules.frameworks.offering import (
    Bars,
    Function,
    Outputs,
    Way,
    as_tuple,
    given,
    offer,
    present,
)


def conjugated(array: Array) -> Array:
    """From autograd's pairing Re sum(x y) to eigcheck's Re tr(X^H Y), and back: the complex conjugate.

    Real arrays stay the same objects, so that what a function writes to or gives twice shows.
    """
    return np.conj(array) if np.iscomplexobj(array) else array


def differentiated(fn: Function) -> Way:
    """By `autograd.make_vjp`; also how a user's own function of autograd is differentiated."""
    from autograd import make_vjp
    from autograd.builtins import SequenceBox
    from autograd.builtins import tuple as traced_tuple

    def traced(x: Array, chosen: tuple[int, ...]) -> object:
        outputs = fn(x)
        several = isinstance(outputs, tuple | list | SequenceBox)
        return traced_tuple([outputs[k] if several else outputs for k in chosen])

    def reverse(A: Array) -> tuple[Outputs, Callable[[Bars], Array]]:
        outputs = tuple(np.asarray(output) for output in as_tuple(fn(A)))

        def pull(bars: Bars) -> Array:
            vjp, _ = make_vjp(partial(traced, chosen=present(bars)))(A)
            return conjugated(np.asarray(vjp(tuple(conjugated(bar) for bar in given(bars)))))

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
