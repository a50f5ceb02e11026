"""A script of a few lines that shows a fault without eigcheck: the rule in its own framework beside central differences.

What is asked of the rule stands in the script to the last bit. It prints both numbers and ends with an assertion that
fails as long as the fault is there, so that it does for a bug report and, later, for a test. The scripts themselves are
the templates in `scripts/`: one a framework, on top of what all have in common.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from eigcheck.digits import digits_apart
from eigcheck.model import Array
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.outcome import Outcome
from eigcheck.reports.escape import escape
from eigcheck.reports.script_calls import Origin, call_of, decomposition, julia_argument, template_of
from eigcheck.reports.script_evidence import Evidence, evidence_of, step_of
from eigcheck.reports.templates import template

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
