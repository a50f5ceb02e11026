"""`pytensor/nlinalg`: `pytensor.tensor.linalg.eigh` and `eigvalsh`, by `pytensor.gradient`.

`eig` and `eigvals` have no gradient in PyTensor. The forward mode is `pushforward`, which PyTensor makes of two
pullbacks.

Pairing: of real numbers; PyTensor takes complex matrices as well, and what it then returns is taken as it is.
Domains: lower for `lower=True` and upper for `lower=False`, since the gradient is folded onto that triangle. Graphs
are compiled once for each dtype with the usual rewrites and run by Python, since compiling each to machine code
takes longer than all of its calls; the formulas are the same.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.frameworks.offering import Function, Outputs, Pull, Way, as_tuple, choosing, offer


def differentiated(fn: Function) -> Way:
    """By `pytensor.gradient.pullback` and `pushforward` of a graph that is made once for each dtype."""
    import pytensor
    from pytensor.compile.mode import Mode
    from pytensor.gradient import Lop, Rop
    from pytensor.tensor import matrix

    compiled = partial(pytensor.function, mode=Mode(linker="py", optimizer="fast_run"), on_unused_input="ignore")

    @cache
    def primal(dtype: str) -> Any:
        x = matrix("x", dtype=dtype)
        return compiled([x], list(as_tuple(fn(x))))

    @cache
    def pulled(dtype: str, chosen: tuple[int, ...]) -> Any:
        x = matrix("x", dtype=dtype)
        asked = list(choosing(fn, chosen)(x))
        bars = [output.type(f"bar_{k}") for k, output in enumerate(asked)]
        return compiled([x, *bars], Lop(asked, [x], bars)[0])

    @cache
    def pushed(dtype: str) -> Any:
        x, x_dot = matrix("x", dtype=dtype), matrix("x_dot", dtype=dtype)
        return compiled([x, x_dot], Rop(list(as_tuple(fn(x))), [x], [x_dot]))

    def reverse(A: Array) -> tuple[Outputs, Pull]:
        dtype = str(A.dtype)

        def pull(chosen: tuple[int, ...], bars: tuple[Array, ...]) -> Array:
            return np.array(pulled(dtype, chosen)(np.array(A), *map(np.array, bars)))

        return tuple(map(np.array, primal(dtype)(np.array(A)))), pull

    def forward(A: Array, A_dot: Array) -> Outputs:
        return tuple(map(np.array, pushed(str(A.dtype))(np.array(A), np.array(A_dot))))

    return Way(reverse, forward)


def register() -> None:
    """Register the rules."""
    import pytensor
    from pytensor.tensor import linalg

    for function in ("eigvalsh", "eigh"):
        for uplo, domain in (("L", "lower"), ("U", "upper")):
            way = differentiated(partial(getattr(linalg, function), lower=uplo == "L"))
            source = f"pytensor.tensor.linalg.{function}, pytensor {pytensor.__version__}"
            offer("pytensor/nlinalg", way, function, domain, source=source)
