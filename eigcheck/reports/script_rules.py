"""The part of a script that asks the rule, in the rule's own framework: one writer a framework.

A `define` makes `answer(A)`, which gives the outputs (values, or values and vectors) and the gradient as NumPy arrays;
in forward mode it makes `push(A, E)`, which gives the outputs and their tangents. Pairings are those of the adapters:
JAX and autograd take and give conjugates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from eigcheck.errors import UsageError
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.outcome import Outcome
from eigcheck.reports.script_evidence import Evidence
from eigcheck.reports.script_numpy import literal
from eigcheck.reports.script_origin import Origin


@dataclass(frozen=True)
class Snippet:
    """What a script imports, defines and then does to have `outputs` and `got`; `needs` are packages, for people."""

    imports: tuple[str, ...]
    define: tuple[str, ...]
    answer: tuple[str, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What is asked: the outputs by name, those of them that have a cotangent, and the mode."""

    outputs: tuple[str, ...]
    asked: tuple[str, ...]
    forward: bool

    @property
    def places(self) -> tuple[int, ...]:
        """Which outputs have a cotangent."""
        return tuple(self.outputs.index(name) for name in self.asked)

    @property
    def bars(self) -> str:
        """The cotangents as an expression for a tuple of NumPy arrays."""
        return "(" + "".join(f"{name}_bar, " for name in self.asked).rstrip(" ") + ")"


_REVERSE: Final = ("outputs, gradient = answer(A)", "got = np.vdot(gradient, E).real")


def snippet(outcome: Outcome, origin: Origin, shown: Evidence) -> Snippet:
    """How the rule is asked. Raises UsageError where that is not known, or cannot be without eigcheck."""
    outputs = ("values", "vectors") if outcome.problem.function in VECTOR_FUNCTIONS else ("values",)
    present = {"values": shown.values_bar is not None, "vectors": shown.vectors_bar is not None}
    asked = tuple(name for name in outputs if present[name]) or ("values",)
    wish = Wish(outputs, asked, outcome.mode == "forward")
    if wish.forward and shown.kind != "mismatch":
        raise UsageError(f"{outcome.id}: no script of a few lines shows this of a forward rule ({shown.kind}).")
    if origin.target is not None and origin.framework is None:
        return _imported(origin, wish)
    name = origin.framework or outcome.rule.partition("/")[0]
    if origin.builtin:
        return _recorded(outcome, shown)
    if name not in _WRITERS:
        raise UsageError(
            f"{outcome.id}: it is not known how {outcome.rule} is called outside of eigcheck;"
            " name its function with --callable PKG.MOD:ATTR."
        )
    made = _WRITERS[name](_call(outcome, origin), wish)
    if origin.target is None:
        return made
    return Snippet((*made.imports, *_importing(origin, origin.target)), made.define, made.answer, made.needs)


def _call(outcome: Outcome, origin: Origin) -> str:
    """The expression of the function at `x` in the rule's framework. Raises UsageError for an unknown rule."""
    if origin.target is not None:
        return f"{origin.target}(x)"
    problem, rule = outcome.problem, outcome.rule
    lower = problem.domain != "upper" if problem.domain in ("upper", "lower") else problem.uplo != "U"
    uplo = f", UPLO={'L' if lower else 'U'!r}" if problem.function.endswith("h") else ""
    known = {
        "torch/linalg": f"torch.linalg.{problem.function}(x{uplo})",
        "torch/func": f"torch.linalg.{problem.function}(x{uplo})",
        "jax/numpy": f"jnp.linalg.{problem.function}(x{uplo})",
        "jax/lax-eigh": f"eigh(x, lower={lower})",
        "jax/lax-eigh-unsymmetrized": f"eigh(x, lower={lower}, symmetrize_input=False)",
        "jax/lax-eigh-triangle": f"eigh(x, lower={lower}, symmetrize_input=False)",
        "jax/lax-eig": "eig(x)",
        "autograd/numpy": f"anp.linalg.{problem.function}(x{uplo})",
        "pytensor/nlinalg": f"linalg.{problem.function}(x, lower={lower})",
        "tensorflow/linalg": f"tf.linalg.{problem.function}(x)",
    }
    if rule not in known:
        raise UsageError(f"{outcome.id}: it is not known how {rule} is called outside of eigcheck.")
    return known[rule]


def _tuple(call: str, wish: Wish) -> str:
    return f"tuple({call})" if len(wish.outputs) > 1 else f"({call},)"


def _function(call: str, wish: Wish) -> list[str]:
    return ["", "def f(x):", f"    return {_tuple(call, wish)}", ""]


def _forward(wish: Wish) -> tuple[str, ...]:
    """`got` out of the tangents of the outputs: <cotangent, tangents>."""
    terms = (f"np.vdot({name}_bar, tangents[{wish.outputs.index(name)}]).real" for name in wish.asked)
    return ("outputs, tangents = push(A, E.astype(A.dtype))", f"got = {' + '.join(terms)}")


def _torch(call: str, wish: Wish) -> Snippet:
    plain = "[y.detach().resolve_conj().numpy() for y in {}]"
    if wish.forward:
        define = [
            *_function(call, wish),
            "",
            "def push(A, E):",
            "    outputs, tangents = torch.func.jvp(f, (torch.tensor(A),), (torch.tensor(E),))",
            f"    return {plain.format('outputs')}, {plain.format('tangents')}",
            "",
        ]
        return Snippet(("import torch",), tuple(define), _forward(wish), ("torch",))
    define = [
        *_function(call, wish),
        "",
        "def answer(A):",
        "    x = torch.tensor(A, requires_grad=True)",
        "    outputs = f(x)",
        f"    asked = [outputs[k] for k in {list(wish.places)}]",
        f"    bars = [torch.tensor(bar).to(y.dtype) for bar, y in zip({wish.bars}, asked)]",
        "    (gradient,) = torch.autograd.grad(asked, x, bars)",
        f"    return {plain.format('outputs')}, gradient.resolve_conj().numpy()",
        "",
    ]
    return Snippet(("import torch",), tuple(define), _REVERSE, ("torch",))


def _jax(call: str, wish: Wish) -> Snippet:
    imports: tuple[str, ...] = ("import jax", "import jax.numpy as jnp")
    define = ['jax.config.update("jax_enable_x64", True)', ""]
    if call.startswith("eigh("):
        imports = (*imports, "from jax.lax.linalg import eigh")
        call = f"{call}[::-1]"
        call = call if len(wish.outputs) > 1 else f"{call}[0]"
    elif call == "eig(x)":
        imports = (*imports, "from jax.lax.linalg import eig")
        vectors = len(wish.outputs) > 1
        more = "enable_eigvec_derivs=True" if vectors else "compute_right_eigenvectors=False"
        call = f"eig(x, compute_left_eigenvectors=False, {more})" + ("" if vectors else "[0]")
    define += _function(call, wish)
    if wish.forward:
        define += [
            "",
            "def push(A, E):",
            "    outputs, tangents = jax.jvp(f, (jnp.asarray(A),), (jnp.asarray(E),))",
            "    return [np.array(y) for y in outputs], [np.array(y) for y in tangents]",
            "",
        ]
        return Snippet(imports, tuple(define), _forward(wish), ("jax",))
    define += [
        "",
        "def answer(A):  # JAX pairs without a conjugate: cotangents go in, and gradients come out, conjugated",
        "    outputs = jax.vjp(f, jnp.asarray(A))[0]",
        f"    asked, pull = jax.vjp(lambda x: [f(x)[k] for k in {list(wish.places)}], jnp.asarray(A))",
        f"    bars = [jnp.asarray(np.conj(bar), y.dtype) for bar, y in zip({wish.bars}, asked)]",
        "    return [np.array(y) for y in outputs], np.conj(np.array(pull(bars)[0]))",
        "",
    ]
    return Snippet(imports, tuple(define), _REVERSE, ("jax",))


def _autograd(call: str, wish: Wish) -> Snippet:
    chosen = "".join(f"f(x)[{k}], " for k in wish.places).rstrip(" ")
    define = [
        *_function(call, wish),
        "",
        "def answer(A):  # autograd pairs without a conjugate: cotangents go in, and gradients come out, conjugated",
        f"    pull, asked = make_vjp(lambda x: traced(({chosen})))(A.copy())",
        f"    bars = tuple(np.asarray(np.conj(bar), y.dtype) for bar, y in zip({wish.bars}, asked))",
        "    return [np.array(y) for y in f(A.copy())], np.conj(pull(bars))",
        "",
    ]
    imports = (
        "import autograd.numpy as anp",
        "from autograd import make_vjp",
        "from autograd.builtins import tuple as traced",
    )
    return Snippet(imports, tuple(define), _REVERSE, ("autograd",))


def _pytensor(call: str, wish: Wish) -> Snippet:
    imports = (
        "import pytensor",
        "from pytensor.gradient import Lop, Rop",
        "from pytensor.tensor import linalg, matrix",
    )
    define = [*_function(call, wish), ""]
    compiled = 'pytensor.function({}, mode="FAST_COMPILE", on_unused_input="ignore")'
    if wish.forward:
        define += [
            "def push(A, E):",
            "    x, e = matrix('x', dtype=str(A.dtype)), matrix('e', dtype=str(A.dtype))",
            f"    run = {compiled.format('[x, e], [*f(x), *Rop(list(f(x)), [x], [e])]')}",
            "    found = run(A, E)",
            "    return found[: len(found) // 2], found[len(found) // 2 :]",
            "",
        ]
        return Snippet(imports, tuple(define), _forward(wish), ("pytensor",))
    define += [
        "def answer(A):",
        "    x = matrix('x', dtype=str(A.dtype))",
        "    outputs = f(x)",
        f"    asked = [outputs[k] for k in {list(wish.places)}]",
        "    bars = [y.type() for y in asked]",
        f"    run = {compiled.format('[x, *bars], [*outputs, Lop(asked, [x], bars)[0]]')}",
        f"    *outputs, gradient = run(A, *(np.asarray(bar, y.dtype) for bar, y in zip({wish.bars}, asked)))",
        "    return outputs, gradient",
        "",
    ]
    return Snippet(imports, tuple(define), _REVERSE, ("pytensor",))


def _tensorflow(call: str, wish: Wish) -> Snippet:
    define = [*_function(call, wish), ""]
    if wish.forward:
        define += [
            "def push(A, E):",
            "    x = tf.constant(A)",
            "    with tf.autodiff.ForwardAccumulator(x, tf.constant(E)) as accumulator:",
            "        outputs = f(x)",
            "    tangents = accumulator.jvp(list(outputs), unconnected_gradients='zero')",
            "    return [np.array(y) for y in outputs], [np.array(y) for y in tangents]",
            "",
        ]
        return Snippet(("import tensorflow as tf",), tuple(define), _forward(wish), ("tensorflow",))
    define += [
        "def answer(A):",
        "    x = tf.constant(A)",
        "    with tf.GradientTape() as tape:",
        "        tape.watch(x)",
        "        outputs = f(x)",
        f"        asked = [outputs[k] for k in {list(wish.places)}]",
        f"    bars = [tf.cast(tf.constant(bar), y.dtype) for bar, y in zip({wish.bars}, asked)]",
        "    return [np.array(y) for y in outputs], np.array(tape.gradient(asked, x, output_gradients=bars))",
        "",
    ]
    return Snippet(("import tensorflow as tf",), tuple(define), _REVERSE, ("tensorflow",))


def _importing(origin: Origin, name: str) -> tuple[str, ...]:
    path = () if origin.folder is None else ("import sys", "", f"sys.path.insert(0, {origin.folder!r})")
    root, dot, _ = name.partition(".")
    return (*path, f"from {origin.module} import {root if dot else name}")


def _imported(origin: Origin, wish: Wish) -> Snippet:
    """A rule of one's own: `rrule(A) -> (primal, pullback)`, or `pushforward(A, A_dot) -> primal_dot`."""
    assert origin.target is not None
    several = len(wish.outputs) > 1
    if wish.forward:
        if origin.pushforward is None:
            raise UsageError("it is not known by what name this rule's pushforward is imported.")
        imports = tuple(dict.fromkeys((*_importing(origin, origin.target), *_importing(origin, origin.pushforward))))
        define = (
            "",
            "def push(A, E):",
            f"    primal, primal_dot = {origin.target}(A)[0], {origin.pushforward}(A, E)",
            "    return (primal, primal_dot)" if several else "    return (primal,), (primal_dot,)",
            "",
        )
        return Snippet(imports, define, _forward(wish), (str(origin.module),))
    bars = ", ".join(f"{name}_bar" if name in wish.asked else "None" for name in wish.outputs)
    define = (
        "",
        "def answer(A):",
        f"    primal, pullback = {origin.target}(A)",
        f"    return primal, pullback(({bars}))" if several else f"    return (primal,), pullback({bars})",
        "",
    )
    return Snippet(_importing(origin, origin.target), define, _REVERSE, (str(origin.module),))


def _recorded(outcome: Outcome, shown: Evidence) -> Snippet:
    """A rule that comes with eigcheck: what it answered, to the last bit, since a script without eigcheck cannot ask it."""
    if shown.kind != "mismatch" or shown.gradient is None:
        raise UsageError(
            f"{outcome.id}: {outcome.rule} comes with eigcheck, so a script without it can show numbers only,"
            f" and this fault is another ({shown.kind})."
        )
    primal = "".join(f"np.{literal(part)}, " for part in shown.primal).rstrip(" ")
    answer = (
        f"# what {outcome.rule}, which comes with eigcheck, answers: eigenpairs and gradient, to the last bit",
        f"outputs = ({primal})",
        f"gradient = np.{literal(shown.gradient)}",
        "got = np.vdot(gradient, E).real",
    )
    return Snippet((), (), answer)


_WRITERS: Final[Mapping[str, Callable[[str, Wish], Snippet]]] = {
    "torch": _torch,
    "jax": _jax,
    "autograd": _autograd,
    "pytensor": _pytensor,
    "tensorflow": _tensorflow,
}
"""How each framework is asked, by the prefix of its rules."""
