"""A script of a few lines that shows a fault without eigcheck: the rule in its own framework beside central differences.

What is asked of the rule stands in the script to the last bit. It prints both numbers and ends with an assertion that
fails as long as the fault is there, so that it does for a bug report and, later, for a test. The scripts themselves are
the templates in `scripts/`: one a framework, on top of what all have in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eigcheck.digits import digits_apart
from eigcheck.errors import UsageError
from eigcheck.model import triangle_of
from eigcheck.names import FRAMEWORK_NAMES, VECTOR_FUNCTIONS
from eigcheck.outcome import Outcome
from eigcheck.reports.escape import escape
from eigcheck.reports.numerals import julia_literal, literal
from eigcheck.reports.script_evidence import evidence_of, step_of
from eigcheck.reports.templates import template

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
TEMPLATES: Final = Path(__file__).parent / "scripts"
"""Foreign text stands in their comments, escaped, and in literals."""
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


def template_of(outcome: Outcome, origin: Origin, kind: str) -> str:
    """The name of the template. Raises UsageError where it is not known how the rule is asked, or cannot be."""
    name = origin.framework or outcome.rule.partition("/")[0]
    known = outcome.rule in (*CALLS, *JULIA) or origin.target is not None
    unknown = f"it is not known how {outcome.rule} is called outside of eigcheck"
    if name == "julia" and origin.target is None:
        if not known or outcome.mode != "reverse":
            raise UsageError(f"{outcome.id}: there is no script for {outcome.rule} in {outcome.mode} mode.")
        if kind != "mismatch":
            raise UsageError(f"{outcome.id}: there is no script in Julia for this fault ({kind}).")
        return "julia"
    if outcome.mode == "forward" and kind != "mismatch":
        raise UsageError(f"{outcome.id}: no script of a few lines shows this of a forward rule ({kind}).")
    if origin.target is not None and origin.framework is None:
        if outcome.mode == "forward" and origin.pushforward is None:
            raise UsageError("it is not known by what name this rule's pushforward is imported.")
        return "own"
    if origin.builtin:
        if kind != "mismatch":
            raise UsageError(
                f"{outcome.id}: {outcome.rule} comes with eigcheck, so a script without it can show numbers only,"
                f" and this fault is another ({kind})."
            )
        return "recorded"
    if name not in FRAMEWORK_NAMES:
        raise UsageError(f"{outcome.id}: {unknown}; name its function with --callable PKG.MOD:ATTR.")
    if not known:
        raise UsageError(f"{outcome.id}: {unknown}.")
    return name


def call_of(outcome: Outcome, origin: Origin) -> str:
    """The expression of the function at `x`: one's own, or that of the rule's framework."""
    if origin.target is not None:
        return f"{origin.target}(x)"
    problem, function = outcome.problem, outcome.problem.function
    triangle = triangle_of(function, problem.domain, problem.uplo)
    vectors = function in VECTOR_FUNCTIONS
    return CALLS.get(outcome.rule, "").format(
        function=function,
        lower=triangle != "U",
        uplo=f", UPLO={triangle!r}" if function in ("eigvalsh", "eigh") else "",
        first="" if vectors else "[0]",
        derivable="enable_eigvec_derivs=True" if vectors else "compute_right_eigenvectors=False",
    )


def script(outcome: Outcome, origin: Origin, version: str = "") -> str:
    """The script that shows what is wrong in `outcome`.

    `origin` says where a rule of one's own comes from; frameworks' rules are known by name, and of those that come
    with eigcheck the answer is written out. `version` is eigcheck's. Raises UsageError where there is no fault, or
    none that a few lines can show.
    """
    shown = evidence_of(outcome)
    name = template_of(outcome, origin, shown.kind)
    package = "Zygote" if outcome.rule == "julia/zygote" else "ChainRules"  # that a rule of Julia is of
    libraries = {"julia": ("Julia", package), "own": ("NumPy", origin.module), "recorded": ("NumPy",)}
    problem, several = outcome.problem, outcome.problem.function in VECTOR_FUNCTIONS
    outputs = ("values", "vectors") if several else ("values",)
    asked = [name for name in outputs if name in shown.bars] or ["values"]
    drawn = template(
        TEMPLATES / f"{name}.jinja", literal=literal, julia=julia_literal, repr=repr, escape=escape, root=_root
    )
    text: str = drawn.render(
        version=version,
        needs=libraries.get(name, ("NumPy", name)),
        outcome=outcome,
        problem=problem,
        detail=outcome.judgement.detail,
        rule=outcome.rule,
        origin=origin,
        shown=shown,
        step=step_of(outcome, shown),
        digits=digits_apart(shown.want + shown.error, shown.want, 12),
        forward=outcome.mode == "forward",
        several=several,
        outputs=outputs,
        asked=asked,
        places=[outputs.index(name) for name in asked],
        bars=f"({' '.join(f'{name}_bar,' for name in asked)})",
        call=call_of(outcome, origin),
        triangle=triangle_of(problem.function, problem.domain, problem.uplo),
        package=package,
    )
    return text


def _root(name: str) -> str:
    """What has to be imported for a dotted name."""
    return name.partition(".")[0]
