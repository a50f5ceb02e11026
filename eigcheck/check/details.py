"""What a report needs to be drawn again: spectrum, conditioning, gradients, ladder and continuity strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eigcheck.check.checks.relations.check import listed
from eigcheck.check.compare import NOT_COMPUTABLE, Comparison
from eigcheck.check.known import Known
from eigcheck.check.point import Point
from eigcheck.check.sensitivity import least_noticed, sensitivity
from eigcheck.choosing import foremost
from eigcheck.detail import Asked, Detail, Explanation, LadderOf, Pairs, Rung
from eigcheck.domains.entries import entry_errors, worst_of
from eigcheck.domains.tangents import assemble
from eigcheck.model import Array, Testimony
from eigcheck.spectra.conditioning import Conditioning

DRAWN = 32
"""Largest order whose gradients are kept entry by entry."""
ASKED = 3
"""Cotangents that are kept number by number, so that what they show can be shown without eigcheck."""


def details(known: Known, why: str | None, causes: tuple[Explanation, ...]) -> Detail:
    """The detail of a judgement, in the coordinates of A."""
    point, state = known.point, known.point.state
    noticed: Sequence[Comparison] = known.comparisons
    if known.standing == "pass" and point.widest is not point:
        noticed = least_noticed(noticed, point.widest.allowed, point.roundoff)
    told = Detail(
        matrix=point.matrix,
        spectrum=point.spectrum.reference.values,
        multiplicity=point.multiplicity.how,
        condition=state.kappa,
        condition_vectors=state.condition,
        gap=_gap(state.gaps, state.exponent),
        cotangents=tuple(c.label for c in point.cotangents),
        neighbours=known.beside.neighbours,
        smoothness=known.singular,
        sensitivity=sensitivity(noticed, point.cotangents, point.tangents, point.rule.domain),
        printed=known.answers.printed or None,
        relations=listed(known.answers.linear, known.adjointness, known.relations, known.findings),
        jumps=known.beside.jumps,
        strip=known.beside.strip,
        causes=causes,
    )
    if why is not None:
        told = _with_reason(told, known, why)
    worst = _worst(known.comparisons)
    if worst is not None:
        told = replace(told, share_of_allowed=max(map(_share, _held(known.comparisons))))
        told = _with_gradients(told, known, worst)
    return _with_cotangents(told, known, worst)


def _with_reason(told: Detail, known: Known, why: str) -> Detail:
    """With the reason for a verdict that blames nobody, and the gradient of the case's own loss, where it is known."""
    circumstances = f"; {_circumstances(known.point.state)}" if NOT_COMPUTABLE in why else ""
    measured = f"; measured: {known.singular.sentence}" if known.singular is not None else ""
    told = replace(told, why=why + circumstances + measured)
    exact = next((t.detail["gradient"] for t in known.testimonies if "gradient" in t.detail), None)
    if exact is None:
        return told
    note = f"nobody is blamed; the loss itself has the gradient {_rows(np.asarray(exact))}"
    return replace(told, loss_gradient=exact, notes=(note,))


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
    with np.errstate(over="ignore"):
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
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.abs(comparison.got - comparison.want) / comparison.allowed
    ratio = ratio[~np.isnan(ratio)]
    return float(np.max(ratio, initial=0.0))


def _with_cotangents(told: Detail, known: Known, worst: Comparison | None) -> Detail:
    """With the cotangents that findings are about, and the rule's primal whose order and phases they follow."""
    point = known.point
    if point.matrix.shape[0] > DRAWN or not known.findings:
        return told
    about = [worst.cotangent] if worst is not None else []
    about += [finding.cotangent for finding in known.findings if finding.cotangent is not None]
    asked = [(c, point.cotangents[c]) for c in list(dict.fromkeys(about))[:ASKED]]
    return replace(
        told,
        primal=Pairs(point.primal.values, point.primal.vectors),
        asked=tuple(Asked(c, one.gauge, one.pairs.values, one.pairs.vectors) for c, one in asked),
    )


def _with_gradients(told: Detail, known: Known, worst: Comparison) -> Detail:
    """With the rule's gradient for the worst cotangent, the oracles', what is allowed, and the ladder."""
    assert worst.want is not None
    assert worst.got is not None
    assert worst.allowed is not None
    point, testimonies = known.point, known.testimonies
    n, c = point.matrix.shape[0], worst.cotangent
    told = replace(told, worst_cotangent=c, worst_label=point.cotangents[c].label, oracle=worst.oracle)
    if n > DRAWN or any(entry is None for entry in point.tangents.entries):
        return told

    def drawn(numbers: Array) -> Array:
        gradients = assemble(numbers[None, :], point.tangents, n, point.rule.domain, is_complex=point.is_complex)
        return np.asarray(gradients[0])

    shape = worst.want.shape
    told = replace(
        told,
        gradient=known.answers.gradients[c],
        reference=drawn(worst.want),
        error=np.abs(drawn(worst.got) - drawn(worst.want)),
        allowed=np.abs(drawn(worst.allowed)),
        references={t.oracle: drawn(t.numbers[c]) for t in testimonies if t.numbers.shape[1:] == shape},
        bars={
            # NaN where the oracle was not asked: infinity times the imaginary unit has no real part
            t.oracle: np.abs(drawn(np.where(np.isfinite(t.bars[c]), t.bars[c], np.nan)))
            for t in testimonies
            if t.bars.shape[1:] == shape
        },
    )
    climbed = next((t for t in testimonies if t.detail.get("rungs") is not None), None)
    if climbed is None:
        return told
    place = _shown(point, climbed, worst)
    return replace(told, ladder=_ladder(climbed, c, place), ladder_of=_ladder_of(point, climbed, worst.want, place))


def _shown(point: Point, testimony: Testimony, worst: Comparison) -> int:
    """Which ladder is shown: that of the entry that the findings tell of, if it has one, else the first."""
    chosen, errors = testimony.detail["chosen"], entry_errors(worst.excess, point.tangents)
    entry = worst_of(errors, worst.got, worst.allowed, point.tangents)
    there = [place for place, t in enumerate(chosen) if entry is not None and point.tangents.entries[t] == entry]
    return there[foremost([worst.excess[chosen[place]] for place in there])] if there else 0


def _ladder_of(point: Point, testimony: Testimony, want: Array, place: int) -> LadderOf:
    """Which number the ladder is of."""
    tangent = testimony.detail["chosen"][place]
    return LadderOf(point.tangents.entries[tangent], part=point.tangents.parts[tangent], truth=float(want[tangent]))


def _ladder(testimony: Testimony, cotangent: int, place: int) -> tuple[Rung, ...]:
    """The ladder of central differences along one of the tangents that have one."""
    steps, rungs, bars = (testimony.detail[key] for key in ("steps", "rungs", "rung_bars"))
    return tuple(
        Rung(float(steps[r, place]), float(rungs[r, cotangent, place]), float(bars[r, cotangent, place]))
        for r in range(rungs.shape[0])
    )
