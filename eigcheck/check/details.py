"""What a report needs to be drawn again: spectrum, conditioning, gradients, ladder and continuity strip."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from eigcheck.check.checks.relations.listing import listed
from eigcheck.check.compare import NOT_COMPUTABLE, Comparison, worst_entry
from eigcheck.check.known import Known
from eigcheck.check.point import Point
from eigcheck.check.sensitivity import sensitivity
from eigcheck.choosing import foremost
from eigcheck.domains.tangents import assemble
from eigcheck.model import Array, Eigenpairs, Testimony
from eigcheck.spectra.conditioning import Conditioning

DRAWN = 32
"""Largest order whose gradients are kept entry by entry."""
ASKED = 3
"""Cotangents that are kept number by number, so that what they show can be shown without eigcheck."""


def details(known: Known, why: str | None) -> dict[str, Any]:
    """Plain numbers and lists, in the coordinates of A."""
    point, hearing = known.point, known
    state = point.state
    reference = point.spectrum.reference
    told: dict[str, Any] = {
        "matrix": point.matrix,
        "spectrum": reference.values,
        "multiplicity": point.multiplicity.how,
        "condition": state.kappa,
        "condition_vectors": state.condition,
        "gap": _gap(state.gaps, state.exponent),
        "cotangents": [c.label for c in point.cotangents],
        "neighbours": hearing.beside.neighbours,
    }
    if why is not None:
        told["why"] = f"{why}; {_circumstances(state)}" if NOT_COMPUTABLE in why else why
    if hearing.singular is not None:
        told["smoothness"] = asdict(hearing.singular)
        if why is not None:
            told["why"] = f"{told['why']}; measured: {hearing.singular.sentence}"
    seen = sensitivity(hearing.comparisons, point.cotangents, point.tangents, point.rule.domain)
    if seen is not None:
        told["sensitivity"] = asdict(seen)
    exact = next((t.detail["gradient"] for t in hearing.testimonies if "gradient" in t.detail), None)
    if why is not None and exact is not None:
        told["loss_gradient"] = exact
        told["notes"] = [f"nobody is blamed; the loss itself has the gradient {_rows(np.asarray(exact))}"]
    if hearing.answers.printed:
        told["printed"] = hearing.answers.printed
    worst = _worst(hearing.comparisons)
    if worst is not None:
        told["share_of_allowed"] = max(map(_share, _held(hearing.comparisons)))
        told |= _gradients(point, hearing, worst)
    told |= _asked(point, hearing, worst)
    relations = listed(hearing.answers.linear, hearing.adjointness, hearing.relations, hearing.findings)
    if relations:
        told["relations"] = relations
    if hearing.beside.jumps:
        told["jumps"] = list(hearing.beside.jumps)
    if hearing.beside.strip is not None:
        told["strip"] = hearing.beside.strip
    return told


def _rows(matrix: Array) -> str:
    """A small matrix on one line, row after row; a larger one by its norm."""
    if matrix.shape[0] > 4:
        return f"of Frobenius norm {np.linalg.norm(matrix):.6g}"
    return "; ".join(" ".join(f"{number:.6g}" for number in row) for row in matrix)


def _circumstances(state: Conditioning) -> str:
    """What makes a gradient uncomputable: how skew the eigenvectors are, and how near the nearest two eigenvalues."""
    near = float(np.min(state.gaps, initial=np.inf))
    apart = f"smallest gap {near / (state.norm or 1.0):.2g} of its norm" if np.isfinite(near) else "no gap"
    return f"the balanced matrix has eigenvectors of condition {state.condition:.2g}, {apart}"


def _gap(gaps: Array, exponent: int) -> float | None:
    finite = gaps[np.isfinite(gaps)]
    return float(np.ldexp(np.min(finite), exponent)) if finite.size else None


def _worst(comparisons: tuple[Comparison, ...]) -> Comparison | None:
    """The comparison furthest beyond what is allowed; the first one where none is, since the rest is rounding."""
    known = _held(comparisons)
    return known[foremost([max(1.0, _share(c)) for c in known])] if known else None


def _held(comparisons: tuple[Comparison, ...]) -> list[Comparison]:
    return [c for c in comparisons if c.want is not None and c.got is not None and c.got.size]


def _share(comparison: Comparison) -> float:
    assert comparison.want is not None
    assert comparison.got is not None
    assert comparison.allowed is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(comparison.got - comparison.want) / comparison.allowed
    ratio = ratio[~np.isnan(ratio)]
    return float(np.max(ratio, initial=0.0))


def _asked(point: Point, hearing: Known, worst: Comparison | None) -> dict[str, Any]:
    """The cotangents that findings are about, and the rule's primal whose order and phases they follow."""
    if point.matrix.shape[0] > DRAWN or not hearing.findings:
        return {}
    told_of = [worst.cotangent] if worst is not None else []
    told_of += [finding.cotangent for finding in hearing.findings if finding.cotangent is not None]
    return {
        "primal": _parts(point.primal),
        "asked": [
            {"cotangent": c, "gauge": point.cotangents[c].gauge, **_parts(point.cotangents[c].pairs)}
            for c in list(dict.fromkeys(told_of))[:ASKED]
        ],
    }


def _parts(pairs: Eigenpairs) -> dict[str, Any]:
    return {"values": pairs.values, "vectors": pairs.vectors}


def _gradients(point: Point, hearing: Known, worst: Comparison) -> dict[str, Any]:
    assert worst.want is not None
    assert worst.got is not None
    assert worst.allowed is not None
    n, c = point.matrix.shape[0], worst.cotangent
    told: dict[str, Any] = {
        "worst_cotangent": c,
        "worst_label": point.cotangents[c].label,
        "oracle": worst.oracle,
    }
    if n > DRAWN or any(entry is None for entry in point.tangents.entries):
        return told

    def drawn(numbers: Array) -> Array:
        gradients = assemble(numbers[None, :], point.tangents, n, point.rule.domain, is_complex=point.is_complex)
        return np.asarray(gradients[0])

    told["gradient"] = hearing.answers.gradients[c]
    told["reference"] = drawn(worst.want)
    told["error"] = np.abs(drawn(worst.got) - drawn(worst.want))
    told["allowed"] = np.abs(drawn(worst.allowed))
    told["references"] = {
        t.oracle: drawn(t.numbers[c]) for t in hearing.testimonies if t.numbers.shape[1:] == worst.want.shape
    }
    told["bars"] = {
        # NaN where the oracle was not asked: infinity times the imaginary unit has no real part
        t.oracle: np.abs(drawn(np.where(np.isfinite(t.bars[c]), t.bars[c], np.nan)))
        for t in hearing.testimonies
        if t.bars.shape[1:] == worst.want.shape
    }
    climbed = next((t for t in hearing.testimonies if t.detail.get("rungs") is not None), None)
    if climbed is not None:
        place = _shown(point, climbed, worst)
        told["ladder"] = _ladder(climbed, c, place)
        told["ladder_of"] = _ladder_of(point, climbed, worst.want, place)
    return told


def _shown(point: Point, testimony: Testimony, worst: Comparison) -> int:
    """Which ladder is shown: that of the entry that the findings tell of, if it has one, else the first."""
    chosen, entry = testimony.detail["chosen"], worst_entry(worst, point.tangents)
    there = [place for place, t in enumerate(chosen) if entry is not None and point.tangents.entries[t] == entry]
    return there[foremost([worst.excess[chosen[place]] for place in there])] if there else 0


def _ladder_of(point: Point, testimony: Testimony, want: Array, place: int) -> dict[str, Any]:
    """Which number the ladder is of: entry and part of its tangent, and the oracles' best value of it."""
    tangent = testimony.detail["chosen"][place]
    return {
        "entry": point.tangents.entries[tangent],
        "part": point.tangents.parts[tangent],
        "truth": float(want[tangent]),
    }


def _ladder(testimony: Testimony, cotangent: int, place: int) -> list[dict[str, float]]:
    """The ladder of central differences along one of the tangents that have one."""
    steps, rungs, bars = (testimony.detail[key] for key in ("steps", "rungs", "rung_bars"))
    return [
        {
            "h": float(steps[r, place]),
            "value": float(rungs[r, cotangent, place]),
            "bar": float(bars[r, cotangent, place]),
        }
        for r in range(rungs.shape[0])
    ]
