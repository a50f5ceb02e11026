"""How a rule is asked outside of eigcheck: which template does it, and the call of its function in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from eigcheck.errors import UsageError
from eigcheck.names import FRAMEWORK_NAMES, VECTOR_FUNCTIONS
from eigcheck.outcome import Outcome
from eigcheck.reports.script_evidence import Evidence

CALLS: Final = {
    "torch/linalg": "torch.linalg.{function}(x{uplo})",
    "torch/func": "torch.linalg.{function}(x{uplo})",
    "jax/numpy": "jnp.linalg.{function}(x{uplo})",
    "jax/lax-eigh": "eigh(x, lower={lower})[::-1]{first}",
    "jax/lax-eigh-unsymmetrized": "eigh(x, lower={lower}, symmetrize_input=False)[::-1]{first}",
    "jax/lax-eigh-triangle": "eigh(x, lower={lower}, symmetrize_input=False)[::-1]{first}",
    "jax/lax-eig": "eig(x, compute_left_eigenvectors=False, {derivable}){first}",
    "autograd/numpy": "anp.linalg.{function}(x{uplo})",
    "pytensor/nlinalg": "linalg.{function}(x, lower={lower})",
    "tensorflow/linalg": "tf.linalg.{function}(x)",
}
"""The function at `x` in the terms of each framework's rule."""
JULIA: Final = ("julia/chainrules", "julia/chainrules-symmetric", "julia/chainrules-hermitian", "julia/zygote")


@dataclass(frozen=True)
class Origin:
    """The module and the name in it that a script imports; None for rules that are known by their names.

    `folder` is what has to be on the path (None: installed). `pushforward` is the name of the forward rule.
    `framework` is what differentiates `target`, if that is a plain function and no rrule.
    `builtin` says that the rule comes with eigcheck, so that a script without eigcheck cannot call it.
    """

    module: str | None = None
    target: str | None = None
    folder: str | None = None
    pushforward: str | None = None
    framework: str | None = None
    builtin: bool = False

    def imports(self, *, forward: bool) -> tuple[str, ...]:
        """The lines that import what is one's own."""
        if self.target is None:
            return ()
        path = () if self.folder is None else ("import sys", "", f"sys.path.insert(0, {self.folder!r})")
        names = [self.target, self.pushforward] if forward and self.framework is None else [self.target]
        roots = dict.fromkeys(name.partition(".")[0] for name in names if name is not None)
        return (*path, *(f"from {self.module} import {root}" for root in roots))


def template_of(outcome: Outcome, origin: Origin, shown: Evidence) -> str:
    """The name of the template. Raises UsageError where it is not known how the rule is asked, or cannot be."""
    if outcome.rule.startswith("julia/") and origin.target is None:
        return _julia(outcome, shown)
    if outcome.mode == "forward" and shown.kind != "mismatch":
        raise UsageError(f"{outcome.id}: no script of a few lines shows this of a forward rule ({shown.kind}).")
    if origin.target is not None and origin.framework is None:
        if outcome.mode == "forward" and origin.pushforward is None:
            raise UsageError("it is not known by what name this rule's pushforward is imported.")
        return "own"
    if origin.builtin:
        if shown.kind != "mismatch" or shown.gradient is None:
            raise UsageError(
                f"{outcome.id}: {outcome.rule} comes with eigcheck, so a script without it can show numbers only,"
                f" and this fault is another ({shown.kind})."
            )
        return "recorded"
    name = origin.framework or outcome.rule.partition("/")[0]
    if name not in FRAMEWORK_NAMES:
        raise UsageError(
            f"{outcome.id}: it is not known how {outcome.rule} is called outside of eigcheck;"
            " name its function with --callable PKG.MOD:ATTR."
        )
    if origin.target is None and outcome.rule not in CALLS:
        raise UsageError(f"{outcome.id}: it is not known how {outcome.rule} is called outside of eigcheck.")
    return name


def _julia(outcome: Outcome, shown: Evidence) -> str:
    if outcome.rule not in JULIA or outcome.mode != "reverse":
        raise UsageError(f"{outcome.id}: there is no script for {outcome.rule} in {outcome.mode} mode.")
    if shown.kind != "mismatch":
        raise UsageError(f"{outcome.id}: there is no script in Julia for this fault ({shown.kind}).")
    return "julia"


def call_of(outcome: Outcome, origin: Origin) -> str:
    """The expression of the function at `x`: one's own, or that of the rule's framework."""
    if origin.target is not None:
        return f"{origin.target}(x)"
    problem, vectors = outcome.problem, outcome.problem.function in VECTOR_FUNCTIONS
    lower = problem.domain != "upper" if problem.domain in ("upper", "lower") else problem.uplo != "U"
    return CALLS.get(outcome.rule, "").format(
        function=problem.function,
        lower=lower,
        uplo=f", UPLO={'L' if lower else 'U'!r}" if problem.function.endswith("h") else "",
        first="" if vectors else "[0]",
        derivable="enable_eigvec_derivs=True" if vectors else "compute_right_eigenvectors=False",
    )


def decomposition(outcome: Outcome) -> str:
    """NumPy's decomposition of `M` that the rule is a rule of: one triangle where that is all that is read."""
    problem = outcome.problem
    if problem.domain in ("upper", "lower"):
        return f"eigh(M, UPLO={'U' if problem.domain == 'upper' else 'L'!r})"
    return f"eigh(M, UPLO={problem.uplo or 'L'!r})" if problem.function in ("eigvalsh", "eigh") else "eig(M)"


def julia_argument(outcome: Outcome) -> str:
    """The argument of Julia's function, `%s`: as it is, or in the wrapper that reads one triangle."""
    problem = outcome.problem
    if problem.function in ("eigvals", "eig"):
        return "%s"
    upper = problem.domain == "upper" or (problem.domain == "symmetric" and problem.uplo == "U")
    wrapper = "Symmetric" if outcome.rule.endswith("symmetric") else "Hermitian"
    return f"{wrapper}(%s, {':U' if upper else ':L'})"
