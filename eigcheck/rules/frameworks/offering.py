"""What all adapters share: from a way of differentiating to a rule. NumPy arrays at the border, framework inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from eigcheck.model import Array, Primal, Pushforward, Rrule
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.rules.arrays import halves
from eigcheck.rules.registry import declare

Outputs: TypeAlias = tuple[Array, ...]
"""Values (n,) and, for functions that have them, vectors (n, n)."""
Pull: TypeAlias = Callable[[tuple[int, ...], tuple[Array, ...]], Array]
"""From some of the outputs, by their numbers, and a cotangent of each, in its dtype, to the gradient (n, n)."""
Function: TypeAlias = Callable[[Any], Any]
"""What is differentiated: from the framework's own array to one of them, or to a pair."""


@dataclass(frozen=True)
class Way:
    """How a framework differentiates a function, under the pairing of eigcheck on both sides.

    `reverse(A)` gives the outputs and a `Pull`; `forward(A, A_dot)` the outputs' tangents. Outputs whose cotangent is
    absent are left out of what the framework is asked, as they are of a loss that does not depend on them. `plain(A)`
    gives the outputs where `reverse` cannot; by default that can.
    """

    reverse: Callable[[Array], tuple[Outputs, Pull]]
    forward: Callable[[Array, Array], Outputs] | None = None
    plain: Callable[[Array], Outputs] | None = None


@dataclass(frozen=True)
class Reach:
    """The devices on which a framework computes on this machine, and why on no others."""

    devices: tuple[str, ...] = ("cpu",)
    elsewhere: str = ""


ON_CPU = Reach(elsewhere="its adapter computes on cpu only")


def offer(
    name: str,
    way: Way,
    function: str,
    domain: str = "general",
    *,
    uplo: str | None = None,
    source: str = "",
    reach: Reach = ON_CPU,
) -> None:
    """Register a way as a rule. The primal has LAPACK's order, norms and phases, since LAPACK computes it on the CPU."""
    forward = None if way.forward is None else as_pushforward(way, function)
    declare(
        name,
        function=function,
        domain=domain,
        uplo=uplo,
        pushforward=forward,
        source=source,
        devices=reach.devices,
        elsewhere=reach.elsewhere,
    )(as_rrule(way, function))


def as_rrule(way: Way, function: str) -> Rrule:
    """The rrule of a way: `rrule(A) -> (primal, pullback)`."""

    def rrule(A: Array) -> tuple[Any, Any]:
        outputs, pull = way.reverse(A)

        def pullback(cotangent: Any) -> Array:
            parts = halves(cotangent) if function in VECTOR_FUNCTIONS else (cotangent,)
            pairs = enumerate(zip(parts, outputs, strict=True))
            given = {k: _like(part, output) for k, (part, output) in pairs if part is not None}
            return pull(tuple(given), tuple(given.values())) if given else np.zeros_like(A)

        return _primal(outputs, function), pullback

    return rrule


def as_primal(way: Way, function: str) -> Primal:
    """The function itself, of a way without a reverse mode."""
    plain = way.plain or (lambda A: way.reverse(A)[0])
    return lambda A: _primal(plain(A), function)


def as_pushforward(way: Way, function: str) -> Pushforward:
    """The pushforward of a way: `pushforward(A, A_dot) -> primal_dot`."""
    assert way.forward is not None
    forward = way.forward
    return lambda A, A_dot: _primal(forward(A, np.asarray(A_dot, A.dtype)), function)


def as_tuple(outputs: Any) -> tuple[Any, ...]:
    """One array, or a pair of any kind, as a tuple."""
    return tuple(outputs) if isinstance(outputs, tuple | list) else (outputs,)


def choosing(fn: Function, chosen: tuple[int, ...]) -> Function:
    """The function with these of its outputs only, as a tuple."""

    def chosen_only(x: Any) -> tuple[Any, ...]:
        outputs = as_tuple(fn(x))
        return tuple(outputs[k] for k in chosen)

    return chosen_only


def conjugated(array: Array) -> Array:
    """From the pairing Re sum(x y) of some frameworks to eigcheck's Re tr(X^H Y), and back: the complex conjugate.

    Real arrays stay the same objects, so that what a function writes to or gives twice shows.
    """
    return np.conj(array) if np.iscomplexobj(array) else array


def _like(bar: Any, output: Array) -> Array:
    """A cotangent in the dtype of its output; to a real output only the real part of one can matter."""
    part = np.asarray(bar)
    if output.dtype.kind != "c" and part.dtype.kind == "c":
        part = part.real
    return np.ascontiguousarray(part, output.dtype)


def _primal(outputs: Outputs, function: str) -> Any:
    return outputs if function in VECTOR_FUNCTIONS else outputs[0]
