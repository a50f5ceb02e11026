"""`jax/numpy` and `jax/lax-...`: JAX's own rules for its decompositions, by `jax.vjp` and `jax.jvp`.

- `jax/numpy`: `jax.numpy.linalg.eigvals`, `eigvalsh`, `eigh`. `eig` has no derivative there.
- `jax/lax-eigh`: `jax.lax.linalg.eigh`, which takes (A + A^H)/2 by default.
- `jax/lax-eigh-unsymmetrized`: the same with `symmetrize_input=False`, on symmetric matrices.
- `jax/lax-eigh-triangle`: the same again, taken at the word of its documentation that it reads one triangle and
  nothing else: on the domain of that triangle.
- `jax/lax-eig`: `jax.lax.linalg.eig` with `enable_eigvec_derivs=True`, which older releases lack, and without
  vectors for `eigvals`.

Pairing: JAX pairs by Re sum(x y), without a conjugate, so that cotangents are conjugated on the way in and
gradients on the way out (`conjugated`). Double precision is switched on. Everything is compiled by `jax.jit`, as
it is in use. The primal of the reverse mode is the one that `jax.vjp` gives, which is what a loss sees.

Device: arrays are put where the case says (`device: cuda`), if JAX finds it, and what is compiled follows them.
Never run on a CUDA device so far.
"""

from __future__ import annotations

import inspect
import os
from functools import cache, partial
from typing import Any

import numpy as np

from eigcheck.model import Array
from eigcheck.names import DEVICES
from eigcheck.rules import placing
from eigcheck.rules.frameworks import offering
from eigcheck.rules.frameworks.offering import Function, Outputs, Pull, Reach, Way, as_tuple, choosing, conjugated


def differentiated(fn: Function) -> Way:
    """By `jax.vjp` and `jax.jvp`, compiled; also how a user's own function of JAX is differentiated."""
    jax = _jax()

    @jax.jit  # type: ignore[untyped-decorator]
    def primal(x: Any) -> Any:
        return jax.vjp(lambda y: as_tuple(fn(y)), x)[0]

    @cache
    def vjp(chosen: tuple[int, ...]) -> Any:
        return jax.jit(lambda x, bars: jax.vjp(choosing(fn, chosen), x)[1](bars)[0])

    @jax.jit  # type: ignore[untyped-decorator]
    def jvp(x: Any, x_dot: Any) -> Any:
        return jax.jvp(lambda y: as_tuple(fn(y)), (x,), (x_dot,))[1]

    def there(array: Array) -> Any:
        return jax.device_put(np.array(array), jax.devices(placing.device())[0])

    def reverse(A: Array) -> tuple[Outputs, Pull]:
        x = there(A)

        def pull(chosen: tuple[int, ...], bars: tuple[Array, ...]) -> Array:
            seeds = tuple(there(conjugated(bar)) for bar in bars)
            return conjugated(np.array(vjp(chosen)(x, seeds)))

        return tuple(map(np.array, primal(x))), pull

    def forward(A: Array, A_dot: Array) -> Outputs:
        return tuple(map(np.array, jvp(there(A), there(A_dot))))

    return Way(reverse, forward, plain=lambda A: tuple(map(np.array, as_tuple(jax.jit(fn)(there(A))))))


def reach() -> Reach:
    """The CPU, and CUDA where JAX finds it."""
    jax = _jax()
    try:
        found = jax.devices("cuda")
    except RuntimeError:  # this is how JAX says that a platform is not there
        found = []
    if found:
        return Reach(DEVICES)
    return Reach(
        elsewhere=f"jax {jax.__version__} finds no CUDA device here (jax.devices('cuda') is empty); it needs an NVIDIA"
        " device with its driver, and pip install 'jax[cuda]'"
    )


def _jax() -> Any:
    """JAX with double precision; its own threads are limited like those of BLAS."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def _lax_eigh(x: Any, *, with_vectors: bool, lower: bool, symmetrize: bool) -> Any:
    vectors, values = _jax().lax.linalg.eigh(x, lower=lower, symmetrize_input=symmetrize)
    return (values, vectors) if with_vectors else values


def _lax_eig(x: Any, *, with_vectors: bool) -> Any:
    found = _jax().lax.linalg.eig(
        x,
        compute_left_eigenvectors=False,
        compute_right_eigenvectors=with_vectors,
        **({"enable_eigvec_derivs": True} if with_vectors else {}),
    )
    return tuple(found) if with_vectors else found[0]


def register() -> None:
    """Register the rules."""
    jax = _jax()
    offer = partial(offering.offer, reach=reach())
    linalg, release = jax.numpy.linalg, f"jax {jax.__version__}"
    offer("jax/numpy", differentiated(linalg.eigvals), "eigvals", source=f"jax.numpy.linalg.eigvals, {release}")
    known = inspect.signature(jax.lax.linalg.eig).parameters
    for function in ("eigvals", "eig") if "enable_eigvec_derivs" in known else ("eigvals",):
        way = differentiated(partial(_lax_eig, with_vectors=function == "eig"))
        offer("jax/lax-eig", way, function, source=f"jax.lax.linalg.eig, {release}")
    for function in ("eigvalsh", "eigh"):
        for uplo, domain in (("L", "lower"), ("U", "upper")):
            way = differentiated(partial(getattr(linalg, function), UPLO=uplo))
            source = f"jax.numpy.linalg.{function}, {release}"
            offer("jax/numpy", way, function, "symmetric", uplo=uplo, source=source)
            told: dict[str, Any] = {"with_vectors": function == "eigh", "lower": uplo == "L"}
            way = differentiated(partial(_lax_eigh, symmetrize=True, **told))
            source = f"jax.lax.linalg.eigh, {release}"
            offer("jax/lax-eigh", way, function, "symmetric", uplo=uplo, source=source)
            source = f"jax.lax.linalg.eigh, symmetrize_input=False, {release}"
            way = differentiated(partial(_lax_eigh, symmetrize=False, **told))
            offer("jax/lax-eigh-unsymmetrized", way, function, "symmetric", uplo=uplo, source=source)
            offer("jax/lax-eigh-triangle", way, function, domain, source=source)
