"""The script of a rule of Julia: ChainRules' rrules or Zygote, beside central differences of the same function."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from eigcheck.errors import UsageError
from eigcheck.model import Array
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.outcome import Outcome
from eigcheck.reports.script_evidence import Evidence
from eigcheck.reports.script_numpy import step_of

_TYPES: Final = {"float64": "Float64", "complex128": "ComplexF64", "float32": "Float32", "complex64": "ComplexF32"}
_RULES: Final = ("julia/chainrules", "julia/chainrules-symmetric", "julia/chainrules-hermitian", "julia/zygote")


def is_julia(rule: str) -> bool:
    """Whether this is a rule of the Julia worker."""
    return rule.startswith("julia/")


def package_of(rule: str) -> str:
    """The package that the rule is of."""
    return "Zygote" if rule == "julia/zygote" else "ChainRules"


def julia_script(outcome: Outcome, shown: Evidence) -> str:
    """The lines below the heading. Raises UsageError for rules and faults that there is no script for."""
    if outcome.rule not in _RULES or outcome.mode != "reverse":
        raise UsageError(f"{outcome.id}: there is no script for {outcome.rule} in {outcome.mode} mode.")
    if shown.kind != "mismatch":
        raise UsageError(f"{outcome.id}: there is no script in Julia for this fault ({shown.kind}).")
    assert shown.direction is not None
    package = package_of(outcome.rule)
    bars = [
        f"{name}_bar = {julia_literal(bar)}"
        for name, bar in (("values", shown.values_bar), ("vectors", shown.vectors_bar))
        if bar is not None
    ]
    rows = [
        f"using LinearAlgebra, {package}",
        "",
        f"A = {julia_literal(shown.matrix)}",
        *bars,
        f"E = {julia_literal(shown.direction)}  # probes this entry of the gradient",
        "",
        f"spectrum(M) = {_primal(outcome)}",
        *_asking(outcome, shown, package),
        "got = real(dot(gradient, E))",
        *_checking(outcome, shown),
        'println("the rule:      ", got)',
        'println("it should be:  ", want)',
        f'@assert abs(got - want) < {shown.error / 2:.3g} "off by $(abs(got - want))"',
    ]
    return "\n".join(rows) + "\n"


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


def _wrapped(outcome: Outcome, name: str) -> str:
    """The argument of the function: as it is, or in the wrapper that reads one triangle."""
    problem = outcome.problem
    if problem.function in ("eigvals", "eig"):
        return name
    upper = problem.domain == "upper" or (problem.domain == "symmetric" and problem.uplo == "U")
    wrapper = "Symmetric" if outcome.rule.endswith("symmetric") else "Hermitian"
    return f"{wrapper}({name}, {':U' if upper else ':L'})"


def _primal(outcome: Outcome) -> str:
    made = "eigen" if outcome.problem.function in VECTOR_FUNCTIONS else "eigvals"
    return f"{made}({_wrapped(outcome, 'M')})"


def _asking(outcome: Outcome, shown: Evidence, package: str) -> list[str]:
    vectors = outcome.problem.function in VECTOR_FUNCTIONS
    made = "eigen" if vectors else "eigvals"
    there = [(name, bar is not None) for name, bar in (("values", shown.values_bar), ("vectors", shown.vectors_bar))]
    if package == "Zygote":
        bar = "(" + ", ".join(f"{name}={name}_bar" if known else f"{name}=nothing" for name, known in there) + ")"
        rows = ["primal, back = Zygote.pullback(spectrum, A)"]
        return [*rows, f"gradient = Matrix(back({bar if vectors else 'values_bar'})[1])"]
    present = ", ".join(f"{name}={name}_bar" for name, known in there if known)
    bar = f"ChainRules.ChainRulesCore.Tangent{{typeof(primal)}}(; {present})" if vectors else "values_bar"
    return [
        f"primal, back = ChainRules.rrule({made}, {_wrapped(outcome, 'A')})",
        f"gradient = Matrix(ChainRules.ChainRulesCore.unthunk(back({bar})[2]))",
    ]


def _checking(outcome: Outcome, shown: Evidence) -> list[str]:
    h = step_of(outcome, shown)
    if h is None or shown.vectors_bar is not None:
        return [f"want = {shown.want!r}  # by eigcheck's oracle `{shown.oracle}`"]
    values = ".values" if outcome.problem.function in VECTOR_FUNCTIONS else ""
    return [
        "",
        "function loss(M)  # Re <values_bar, eigenvalues of M>, in the order of the rule's own at A",
        f"    w = spectrum(M){values}",
        f"    return real(dot(values_bar, [w[argmin(abs.(w .- value))] for value in primal{values}]))",
        "end",
        f"h = {h!r}",
        "want = (loss(A + h * E) - loss(A - h * E)) / 2h",
    ]
