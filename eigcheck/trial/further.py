"""Agreement with an oracle some way beside the matrix, where no structure holds: `pass` speaks of there too.

The continuity probe compares a rule with itself. A rule that is right at A and drifts, or that answers for a matrix it
saw before, is continuous: so at one neighbour, as far as `REACH` norm(A) or an eighth of the way to the nearest
predicted coalescence, random cotangents are compared with dual numbers along a few dense directions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eigcheck.domains.tangents import dense
from eigcheck.judge.compare import compare
from eigcheck.judge.neighbours import REACH, along
from eigcheck.model import CotangentSpec, Finding, Problem
from eigcheck.oracles import registry
from eigcheck.oracles.central import coalescence_radius
from eigcheck.trial.refusals import told
from eigcheck.trial.scene import Scene, along_tangents, set_scene, survey
from eigcheck.trial.voice import Voice

DIRECTIONS = 4
"""Dense tangents that are compared: a linear map that is wrong is wrong along nearly every one of them."""

ORACLE = "dual"


def look_further(problem: Problem, scene: Scene, voice: Voice) -> Finding | None:
    """`mismatch`, `nonfinite` or `exception` at a neighbour on the domain; None if the rule agrees or nobody can tell."""
    state, matrix = scene.ground.state, scene.ground.matrix
    if state is None or not matrix.size or not scene.ground.multiplicity.simple:
        return None
    way = dense(matrix.shape[0], scene.rule.domain, is_complex=scene.is_complex, count=1, seed=23).matrices[0]
    norm = state.size
    distance = min(REACH * norm, coalescence_radius(state, way) / 8)
    moved = along(matrix, way, distance)
    ground = survey(moved, scene.ground.triangle)
    if not np.all(np.isfinite(moved)) or ground.state is None or not ground.multiplicity.simple:
        return None
    where = f"at a neighbour {distance / norm:.2g} norm(A) away, in no special position"
    tangents = dense(matrix.shape[0], scene.rule.domain, is_complex=scene.is_complex, count=DIRECTIONS, seed=29)
    first = voice.hear([moved], [()], tangents)[0]
    if first.primal is None:
        return told(first.trouble, where, distance / norm)
    there = set_scene(
        replace(problem, cotangent=CotangentSpec(kind="random", count=1)), scene.rule, ground, first.primal
    )
    there = replace(
        there,
        tangents=tangents,
        allowed=along_tangents(there.entrywise.allowed, tangents, ground.triangle),
        terms=along_tangents(there.entrywise.terms, tangents, ground.triangle),
    )
    heard = voice.hear([moved], [there.pairs], tangents)[0]
    numbers = heard.numbers
    if numbers is None:
        return told(heard.trouble, where, distance / norm)
    testimony = registry.call(ORACLE, there.question(), registry.Aids(ground.state, voice.primals, ()))
    for c, reason in enumerate(there.reasons):
        if reason is not None:
            continue
        found = compare(c, numbers[c], [testimony], there.allowed[c], there.terms[c], there.roundoff, moved.dtype)
        if found.status not in ("differs", "nonfinite"):
            continue
        error = float(np.max(found.excess))
        room = float(np.max(np.where(found.excess > 0, found.allowed, 0.0))) if found.allowed is not None else 0.0
        label = there.cotangents[c].label
        text = f"{where}, a number of the gradient for {label} is off by {error:.3g} from dual ones, allowed {room:.2g}"
        kind = "mismatch" if found.status == "differs" else "nonfinite"
        return Finding(kind, text, error=error, oracle=ORACLE, extra={"beside": distance / norm}, beside=moved)
    return None
