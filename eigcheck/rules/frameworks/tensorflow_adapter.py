"""`tensorflow/linalg`: `tf.linalg.eig`, `eigvals`, `eigh` and `eigvalsh`, by gradient tapes and forward accumulators.

Pairing: TensorFlow returns dL/dRe A + i dL/dIm A, so nothing is converted. Domains: general for `eig` and
`eigvals`; lower for `eigh` and `eigvalsh`, which read the lower triangle and fold the gradient onto it; there is
no uplo.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from eigcheck.model import Array
from eigcheck.rules.frameworks.offering import Function, Outputs, Pull, Way, as_tuple, offer


def differentiated(fn: Function) -> Way:
    """By a persistent `tf.GradientTape` and by `tf.autodiff.ForwardAccumulator`."""
    tf = _tensorflow()

    def reverse(A: Array) -> tuple[Outputs, Pull]:
        x = tf.constant(A)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            outputs = as_tuple(fn(x))

        def pull(chosen: tuple[int, ...], bars: tuple[Array, ...]) -> Array:
            asked = [outputs[k] for k in chosen]
            gradient = tape.gradient(asked, x, output_gradients=[tf.constant(bar) for bar in bars])
            return np.zeros_like(A) if gradient is None else np.array(gradient)

        return tuple(map(np.array, outputs)), pull

    def forward(A: Array, A_dot: Array) -> Outputs:
        x = tf.constant(A)
        with tf.autodiff.ForwardAccumulator(x, tf.constant(A_dot)) as accumulator:
            outputs = as_tuple(fn(x))
        return tuple(map(np.array, accumulator.jvp(list(outputs), unconnected_gradients="zero")))

    return Way(reverse, forward)


def _tensorflow() -> Any:
    """TensorFlow on the processor, with one thread and without its chatter."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow

    tensorflow.get_logger().setLevel("ERROR")
    return tensorflow


def register() -> None:
    """Register the rules."""
    tf = _tensorflow()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for function in ("eigvals", "eig", "eigvalsh", "eigh"):
        domain = "lower" if function.endswith("h") else "general"
        source = f"tf.linalg.{function}, tensorflow {tf.__version__}"
        offer("tensorflow/linalg", differentiated(getattr(tf.linalg, function)), function, domain, source=source)
