"""A script of a few lines that shows a fault without eigcheck: the rule in its own framework beside central differences.

What is asked of the rule stands in the script to the last bit. It prints both numbers and ends with an assertion that
fails as long as the fault is there, so that it does for a bug report and, later, for a test. The scripts themselves are
the templates in `scripts/`: one a framework, on top of what all have in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from eigcheck.choosing import foremost
from eigcheck.digits import apart, digits_apart
from eigcheck.errors import UsageError
from eigcheck.model import Array, triangle_of
from eigcheck.names import ERRING, FRAMEWORK_NAMES, VECTOR_FUNCTIONS
from eigcheck.outcome import Finding, Outcome
from eigcheck.reports.escape import escape
from eigcheck.reports.figures import worst_entry
from eigcheck.reports.numerals import julia_literal, literal
from eigcheck.reports.templates import HERE, template
from eigcheck.reports.words import entry_name
from eigcheck.ulps import step

_STEP: Final = float(np.finfo(np.float64).eps) ** (1 / 3)
"""Where truncation, h^2, and roundoff, u / h, of a central difference of a function of size 1 meet."""

LARGEST: Final = 16
"""Order up to which a script of a few lines can hold the matrix."""


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
TEMPLATES: Final = HERE / "scripts"
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


@dataclass(frozen=True)
class Evidence:
    """One fault. `kind` says how it is shown; `bars` are the parts of the cotangent, `sentence` is what is wrong.

    For `mismatch`: `direction` (n, n) probes `entry`, where the oracles' number is `want` and the rule is off by
    `error`. For `jump`: the entries of the matrix that are `moved`, with what they become.
    """

    kind: str
    sentence: str
    bars: Mapping[str, Array]
    gauge: bool = False
    entry: tuple[int, int] | None = None
    direction: Array | None = None
    want: float = 0.0
    error: float = 0.0
    moved: Mapping[tuple[int, int], complex | float] = field(default_factory=dict)


def evidence_of(outcome: Outcome) -> Evidence:
    """The fault that is shown. Raises UsageError for none, and for one that no short script shows."""
    verdict, matrix = outcome.judgement.verdict, outcome.problem.matrix
    if verdict not in ("fail", "error"):
        raise UsageError(f"{outcome.id}: there is no fault to reproduce; the verdict is {verdict}.")
    if matrix.shape[0] > LARGEST:
        raise UsageError(
            f"{outcome.id}: a matrix of order {matrix.shape[0]} is no matter of a few lines (at most {LARGEST})."
        )
    shown = (
        _by_a_call(outcome, *ERRING, kind="call")
        or _by_a_call(outcome, "nonfinite")
        or _mismatch(outcome)
        or _jump(outcome)
        or (_by_a_call(outcome, "mutates-input", "nondeterministic") if outcome.mode == "reverse" else None)
    )
    if shown is not None:
        return shown
    kinds = ", ".join(outcome.judgement.kinds) or "nothing"
    raise UsageError(f"{outcome.id}: no script of a few lines shows what was found here ({kinds}).")


def _asked(outcome: Outcome, cotangent: int | None) -> dict[str, Any]:
    """The cotangent of this number, the first that was kept, or e_0 where the rule never got that far."""
    kept = outcome.judgement.detail.asked
    if not kept:
        return {"bars": {"values": np.eye(1, outcome.problem.matrix.shape[0])[0]}}
    chosen = next((one for one in kept if one.cotangent == cotangent), kept[0])
    parts = {"values": chosen.values, "vectors": chosen.vectors}
    return {"bars": {name: part for name, part in parts.items() if part is not None}, "gauge": chosen.gauge}


def _of_kind(outcome: Outcome, *kinds: str) -> Finding | None:
    return next((finding for finding in outcome.judgement.findings if finding.kind in kinds), None)


def _by_a_call(outcome: Outcome, *kinds: str, kind: str | None = None) -> Evidence | None:
    """A finding that the call itself shows, as what it is or as one of a `kind`."""
    found = _of_kind(outcome, *kinds)
    if found is None:
        return None
    sentence = found.message if kind is None else f"{found.kind}: {found.message}"
    return Evidence(kind or found.kind, sentence, **_asked(outcome, found.cotangent))


def _mismatch(outcome: Outcome) -> Evidence | None:
    """The entry that is furthest beyond what is allowed, for the cotangent whose gradient was kept."""
    detail = outcome.judgement.detail
    got, want, error, allowed = detail.gradient, detail.reference, detail.error, detail.allowed
    if got is None or want is None or error is None or allowed is None or detail.primal is None or not detail.asked:
        return None
    entry = worst_entry(outcome)
    if entry is None or not np.any(error > allowed):
        return None
    parts = [_tangent(outcome, entry, unit) for unit in ((1.0, 1j) if np.iscomplexobj(want) else (1.0,))]
    known = [(part, _along(want, part), _along(got, part)) for part in parts]
    direction, right, wrong = known[foremost([abs(right - wrong) for _, right, wrong in known])]
    part = "" if len(parts) == 1 else f"the {'imaginary' if np.iscomplexobj(direction) else 'real'} part of "
    return Evidence(
        "mismatch",
        f"{part}entry {entry_name(entry)} of the gradient is {' and should be '.join(apart(wrong, right, 10))}.",
        entry=entry,
        direction=direction,
        want=right,
        error=abs(right - wrong),
        **_asked(outcome, detail.worst_cotangent),
    )


def _along(gradient: Array, direction: Array) -> float:
    """<G, E> = Re tr(G^H E), of the entries that E has: NaN elsewhere does not matter."""
    places = direction != 0
    return float(np.vdot(gradient[places], direction[places]).real)


def _tangent(outcome: Outcome, entry: tuple[int, int], unit: complex) -> Array:
    """The direction on the case's domain whose product with the gradient is that entry's part."""
    i, j = entry
    tangent = np.zeros(outcome.problem.matrix.shape, complex if isinstance(unit, complex) else float)
    tangent[i, j] = unit
    if outcome.problem.domain == "symmetric" and i != j:
        tangent[i, j], tangent[j, i] = unit / 2, np.conj(unit) / 2
    return tangent


def _jump(outcome: Outcome) -> Evidence | None:
    """The nearest neighbour at which an entry of the gradient is another one, though the true one is not."""
    found = _of_kind(outcome, "jump")
    if found is None or found.entry is None or found.size is None or outcome.mode != "reverse":
        return None
    jump = next((one for one in outcome.judgement.detail.jumps if one.entry == found.entry), None)
    if jump is None or jump.moved is None or jump.part != "re" or jump.ulps % 1:
        return None
    before = outcome.problem.matrix[jump.moved]
    real = step(float(before.real), int(jump.ulps), np.finfo(before.dtype))
    neighbour = complex(real, before.imag) if np.iscomplexobj(before) else float(real)
    moved = {jump.moved: neighbour}
    if outcome.problem.domain == "symmetric":
        moved.setdefault(jump.moved[::-1], neighbour.conjugate())
    return Evidence(
        "jump",
        found.message,
        entry=found.entry,
        error=float(found.size),
        moved=moved,
        **_asked(outcome, found.cotangent),
    )


def step_of(outcome: Outcome, shown: Evidence) -> float | None:
    """A step at which a central difference tells right from wrong here; None where none in double precision does.

    With h = u^(1/3) min(gap, norm) the relative error is about u^(2/3) cond(V)^2 norm / gap; it has to be an order
    below half of the fault. Eigenvalues that are repeated, and responses to phases, are no matter of differences.
    """
    detail, matrix = outcome.judgement.detail, outcome.problem.matrix
    simple = (detail.multiplicity or "").startswith("simple") or matrix.shape[0] == 1
    if shown.kind != "mismatch" or shown.gauge or not simple or detail.gradient is None:
        return None
    norm = float(np.linalg.norm(matrix))
    gap = detail.gap if detail.gap is not None else norm
    near = min(gap, norm)
    if not (near > 0 and np.isfinite(norm)):
        return None
    spoiled = _STEP**2 * (detail.condition_vectors or 1.0) ** 2 * norm / near
    size = max(abs(shown.want), float(np.max(np.abs(detail.gradient))))
    return float(2.0 ** np.round(np.log2(_STEP * near))) if 20 * spoiled * size < shown.error else None


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
    imported = [origin.target, origin.pushforward if outcome.mode == "forward" and origin.framework is None else None]
    drawn = template(TEMPLATES / f"{name}.jinja", literal=literal, julia=julia_literal, repr=repr, escape=escape)
    return drawn.render(
        version=version,
        needs=libraries.get(name, ("NumPy", name)),
        outcome=outcome,
        problem=problem,
        detail=outcome.judgement.detail,
        rule=outcome.rule,
        origin=origin,
        imported=dict.fromkeys(dotted.partition(".")[0] for dotted in imported if dotted),
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
