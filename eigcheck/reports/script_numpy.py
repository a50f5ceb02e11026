"""The part of a script that is the same for every framework: literals, and the true number by central differences."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from eigcheck.model import Array
from eigcheck.outcome import Outcome
from eigcheck.reports.script_evidence import Evidence

_STEP: Final = float(np.finfo(np.float64).eps) ** (1 / 3)
"""Where truncation, h^2, and roundoff, u / h, of a central difference of a function of size 1 meet."""


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


def step_of(outcome: Outcome, shown: Evidence) -> float | None:
    """A step at which a central difference tells right from wrong here; None where none in double precision does.

    With h = u^(1/3) min(gap, norm) the relative error is about u^(2/3) cond(V)^2 norm / gap; it has to be an order
    below half of the fault. Eigenvalues that are repeated, and responses to phases, are no matter of differences.
    """
    detail, matrix = outcome.judgement.detail, outcome.problem.matrix
    simple = (detail.multiplicity or "").startswith("simple") or matrix.shape[0] == 1
    if shown.gauge or not simple:
        return None
    norm = float(np.linalg.norm(matrix))
    gap = detail.gap if detail.gap is not None else norm
    near = min(gap, norm)
    if not (near > 0 and np.isfinite(norm)):
        return None
    spoiled = _STEP**2 * (detail.condition_vectors or 1.0) ** 2 * norm / near
    size = max(abs(shown.want), float(np.max(np.abs(shown.gradient))) if shown.gradient is not None else 0.0)
    return float(2.0 ** np.round(np.log2(_STEP * near))) if 20 * spoiled * size < shown.error else None


def decomposition(outcome: Outcome, matrix: str) -> str:
    """NumPy's call that the rule is a rule of: one triangle where that is all that is read."""
    problem = outcome.problem
    if problem.domain in ("upper", "lower"):
        return f"np.linalg.eigh({matrix}, UPLO={'U' if problem.domain == 'upper' else 'L'!r})"
    if problem.function in ("eigvalsh", "eigh"):
        return f"np.linalg.eigh({matrix}, UPLO={problem.uplo or 'L'!r})"
    return f"np.linalg.eig({matrix})"


def checking(outcome: Outcome, shown: Evidence) -> list[str]:
    """Lines that set `want`, out of `outputs`, the rule's own primal at A, and the direction `E`."""
    h = step_of(outcome, shown)
    if h is None:
        return [
            f"want = {shown.want!r}  # by eigcheck's oracle `{shown.oracle}`: plain differences are too coarse here"
        ]
    pairs = [("values", "w[k]")] if shown.values_bar is not None else []
    pairs += [("vectors", "v")] if shown.vectors_bar is not None else []
    loss = " + ".join(f"np.vdot({name}_bar, {what}).real" for name, what in pairs)
    rows = ["", "", "def loss(M):  # Re <cotangent, eigenpairs of M>, in the order"]
    rows[-1] += (
        " and with the phases of the rule's own at A" if shown.vectors_bar is not None else " of the rule's own at A"
    )
    rows += [
        f"    w, v = {decomposition(outcome, 'M')}",
        "    k = [int(np.argmin(abs(w - value))) for value in outputs[0]]",
    ]
    if shown.vectors_bar is not None:
        rows += ["    turn = np.sum(v[:, k].conj() * outputs[1], axis=0)", "    v = v[:, k] * (turn / abs(turn))"]
    wide = "A" if str(outcome.problem.matrix.dtype) in ("float64", "complex128") else "A.astype(np.complex128)"
    rows += [
        f"    return {loss}",
        "",
        "",
        f"h = {h!r}  # small beside the gap between eigenvalues",
        f"want = (loss({wide} + h * E) - loss({wide} - h * E)) / (2 * h)",
    ]
    return rows
