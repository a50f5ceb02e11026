"""A script of a few lines that shows a fault without eigcheck: the rule in its own framework beside central differences.

What is asked of the rule stands in the script to the last bit. It prints both numbers and ends with an assertion that
fails as long as the fault is there, so that it does for a bug report and, later, for a test. The scripts themselves are
the templates in `scripts/`: one a framework, on top of what all have in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from eigcheck.digits import digits_apart
from eigcheck.errors import UsageError
from eigcheck.model import Array
from eigcheck.names import FRAMEWORK_NAMES, VECTOR_FUNCTIONS
from eigcheck.outcome import Outcome
from eigcheck.reports.escape import escape
from eigcheck.reports.script_evidence import Evidence, evidence_of, step_of
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


TEMPLATES: Final = Path(__file__).parent / "scripts"
"""Foreign text stands in their comments, escaped, and in literals."""
_TYPES: Final = {"float64": "Float64", "complex128": "ComplexF64", "float32": "Float32", "complex64": "ComplexF32"}
"""Julia's names of the dtypes."""


def script(outcome: Outcome, origin: Origin, version: str = "") -> str:
    """The script that shows what is wrong in `outcome`.

    `origin` says where a rule of one's own comes from; frameworks' rules are known by name, and of those that come
    with eigcheck the answer is written out. `version` is eigcheck's. Raises UsageError where there is no fault, or
    none that a few lines can show.
    """
    shown = evidence_of(outcome)
    name = template_of(outcome, origin, shown)
    vectors = outcome.problem.function in VECTOR_FUNCTIONS
    outputs = ("values", "vectors") if vectors else ("values",)
    asked = [name for name in outputs if name in shown.bars] or ["values"]
    text: str = template(TEMPLATES / f"{name}.jinja", literal=literal, julia=julia_literal, repr=repr).render(
        heading=_heading(outcome, shown, version, _needs(name, outcome, origin)),
        rule=outcome.rule,
        origin=origin,
        shown=shown,
        step=step_of(outcome, shown),
        digits=digits_apart(shown.want + shown.error, shown.want, 12),
        forward=outcome.mode == "forward",
        several=vectors,
        outputs=outputs,
        asked=asked,
        places=[outputs.index(name) for name in asked],
        bars=f"({' '.join(f'{name}_bar,' for name in asked)})",
        call=call_of(outcome, origin),
        decomposition=decomposition(outcome),
        package=_package(outcome),
        made="eigen" if vectors else "eigvals",
        wrapped=julia_argument(outcome),
    )
    return text


def _package(outcome: Outcome) -> str:
    """The package that a rule of Julia is of."""
    return "Zygote" if outcome.rule == "julia/zygote" else "ChainRules"


def _needs(name: str, outcome: Outcome, origin: Origin) -> tuple[str, ...]:
    if name == "julia":
        return "Julia", _package(outcome)
    named = {"own": (str(origin.module),), "recorded": ()}.get(name, (name,))
    return tuple(dict.fromkeys(("NumPy", *named)))


def _heading(outcome: Outcome, shown: Evidence, version: str, needs: tuple[str, ...]) -> list[str]:
    problem = outcome.problem
    where = f", uplo {problem.uplo}" if problem.uplo else ""
    rows = [
        f"{outcome.rule}: {problem.function}, domain {problem.domain}{where}, {outcome.mode} mode",
        shown.sentence,
        f"Found by eigcheck {version} in the case {problem.case}; needs {', '.join(needs)}.".replace("  ", " "),
    ]
    return [escape(row) for row in rows]


def literal(value: Array) -> str:
    """`array(...)` with every number to the last bit and the dtype, where it is not the default of its numbers."""
    told = str(value.dtype)
    default = told in ("float64", "complex128")
    return f"array({_rows(value.tolist())}{'' if default and value.size else f', dtype=np.{told}'})"


def _rows(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_rows, value))}]"
    return _finite(value)


def _finite(value: Any) -> str:
    if isinstance(value, complex):
        if np.isfinite(value.real) and np.isfinite(value.imag):
            return f"complex({value.real!r}, {value.imag!r})" if _signed_zero(value) else repr(value)
        return f"complex({_finite(value.real)}, {_finite(value.imag)})"
    return repr(value) if np.isfinite(value) else f"float('{value!r}')"


def _signed_zero(value: complex) -> bool:
    """Whether Python's own `repr` loses a sign: `complex('-0-1j')` is not what `-0-1j` computes."""
    return any(part == 0 and np.signbit(part) for part in (value.real, value.imag))


def julia_literal(value: Array) -> str:
    """A vector or matrix with its element type, every number to the last bit."""
    kind = _TYPES[str(value.dtype)]
    if value.ndim == 1:
        return f"{kind}[{', '.join(_number(part) for part in value.tolist())}]"
    return f"{kind}[{'; '.join(' '.join(_number(part) for part in row) for row in value.tolist())}]"


def _number(value: Any) -> str:
    if isinstance(value, complex):
        return f"complex({_number(value.real)},{_number(value.imag)})"
    if np.isnan(value):
        return "NaN"
    return repr(value) if np.isfinite(value) else f"{'-' if value < 0 else ''}Inf"
