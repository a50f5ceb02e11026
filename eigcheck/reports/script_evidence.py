"""What a script shows of an outcome: the fault that a few lines can show best, and the numbers that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from eigcheck.choosing import foremost, place_of_foremost
from eigcheck.digits import apart
from eigcheck.errors import UsageError
from eigcheck.model import Array
from eigcheck.names import ERRING
from eigcheck.outcome import Finding, Outcome
from eigcheck.reports.words import entry_name

_STEP: Final = float(np.finfo(np.float64).eps) ** (1 / 3)
"""Where truncation, h^2, and roundoff, u / h, of a central difference of a function of size 1 meet."""

LARGEST: Final = 16
"""Order up to which a script of a few lines can hold the matrix."""


@dataclass(frozen=True)
class Evidence:
    """One fault. `kind` says how it is shown; `bars` are the parts of the cotangent, `sentence` is what is wrong.

    For `mismatch`: `direction` (n, n) probes `entry`, where the oracles' number is `want` and the rule is off by
    `error`. For `jump`: entry `moved` of the matrix becomes `neighbour`.
    """

    kind: str
    sentence: str
    bars: Mapping[str, Array]
    gauge: bool = False
    entry: tuple[int, int] | None = None
    direction: Array | None = None
    want: float = 0.0
    error: float = 0.0
    moved: tuple[int, int] | None = None
    neighbour: complex | float = 0.0


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
    kinds = ", ".join(dict.fromkeys(finding.kind for finding in outcome.judgement.findings)) or "nothing"
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
    with np.errstate(divide="ignore", invalid="ignore"):
        over = np.where(error > allowed, error / np.where(allowed > 0, allowed, np.finfo(float).tiny), 0.0)
    if not np.nanmax(over, initial=0.0) > 1:
        return None
    i, j = _told(outcome) or place_of_foremost(np.nan_to_num(over, posinf=np.inf))
    parts = [_tangent(outcome, (i, j), unit) for unit in ((1.0, 1j) if np.iscomplexobj(want) else (1.0,))]
    known = [(part, _along(want, part), _along(got, part)) for part in parts]
    direction, right, wrong = known[foremost([abs(right - wrong) for _, right, wrong in known])]
    part = "" if len(parts) == 1 else f"the {'imaginary' if np.iscomplexobj(direction) else 'real'} part of "
    return Evidence(
        "mismatch",
        f"{part}entry {entry_name((i, j))} of the gradient is {' and should be '.join(apart(wrong, right, 10))}.",
        entry=(i, j),
        direction=direction,
        want=right,
        error=abs(right - wrong),
        **_asked(outcome, detail.worst_cotangent),
    )


def _told(outcome: Outcome) -> tuple[int, int] | None:
    """The entry that the finding names, if it is of the gradient that was kept."""
    found = _of_kind(outcome, "mismatch")
    kept = found is not None and found.cotangent == outcome.judgement.detail.worst_cotangent
    return found.entry if found is not None and kept else None


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
    jumps = outcome.judgement.detail.jumps
    found = _of_kind(outcome, "jump")
    if found is None or found.entry is None or not jumps or outcome.mode != "reverse":
        return None
    jump = next((one for one in jumps if one.entry == found.entry), None)
    if jump is None or jump.moved is None or jump.part != "re" or found.size is None:
        return None
    k, m = jump.moved
    matrix, ulps = outcome.problem.matrix, float(jump.ulps)
    moved = matrix[k, m].real
    if ulps != int(ulps):
        return None
    for _ in range(abs(int(ulps))):
        moved = np.nextafter(moved, moved.dtype.type(np.copysign(np.inf, ulps)))
    neighbour = complex(moved, matrix[k, m].imag) if np.iscomplexobj(matrix) else float(moved)
    return Evidence(
        "jump",
        found.message,
        entry=found.entry,
        error=float(found.size),
        moved=(k, m),
        neighbour=neighbour,
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
