"""Handing the evidence of a failed rule to the diagnoses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eigcheck.domains.tangents import assemble
from eigcheck.judge.compare import Comparison
from eigcheck.judge.diagnoses import diagnose
from eigcheck.judge.evidence import Evidence
from eigcheck.model import Array, Eigenpairs, Finding
from eigcheck.spectra.conditioning import scaled
from eigcheck.spectra.following import FLUTTER, follow_to
from eigcheck.trial.answers import Answers
from eigcheck.trial.scene import Scene

WITH_A_FORM = frozenset({"mismatch", "gauge", "not-real"})
"""Findings that say what the wrong gradient looks like; the others have no pattern to recognise."""

ROUNDING = "lower-precision"
"""The cause that is no linear map."""


def diagnosis_of(
    scene: Scene, answers: Answers, comparisons: Sequence[Comparison], findings: Sequence[Finding]
) -> tuple[str, ...]:
    """Likely causes of wrong gradients at the matrix, most specific first; none where there is no wrong gradient."""
    kinds = {finding.kind for finding in findings}
    if not WITH_A_FORM & kinds or "nondeterministic" in kinds:
        return ()
    if any(entry is None for entry in scene.tangents.entries):
        return ()
    evidence = _evidence(scene, answers, comparisons)
    causes = diagnose(evidence) if evidence is not None else ()
    # known causes are linear maps of cotangents of one form, all but rounding
    bent = any(finding.kind == "not-linear" and not finding.extra.get("forms") for finding in findings)
    return tuple(cause for cause in causes if cause == ROUNDING) if bent else causes


def _evidence(scene: Scene, answers: Answers, comparisons: Sequence[Comparison]) -> Evidence | None:
    state = scene.ground.state
    assert state is not None
    kept = [
        c for c in comparisons if c.status in ("agrees", "differs") and _one_part(scene.cotangents[c.cotangent].pairs)
    ]
    if not kept:
        return None
    numbers = np.stack([np.asarray(c.want) for c in kept])
    allowed = np.stack([np.asarray(c.allowed) for c in kept])
    if not np.all(np.isfinite(numbers)):
        return None
    n, domain = scene.ground.matrix.shape[0], scene.rule.domain
    want = assemble(numbers, scene.tangents, n, domain, is_complex=scene.is_complex)
    got = answers.gradients[[c.cotangent for c in kept]]
    # gradients of vectors scale as 1/s, those of values not at all: the evidence is that of the scaled matrix
    vectorial = [scene.cotangents[c.cotangent].pairs.vectors is not None for c in kept]
    factors = np.where(vectorial, np.ldexp(1.0, state.exponent), 1.0)[:, None, None]
    values, vectors, lengths = _reference(scene)
    return Evidence(
        matrix=scaled(scene.ground.decomposed, state.exponent),
        values=values,
        vectors=vectors,
        cotangents=tuple(_of_unit_vectors(scene.cotangents[c.cotangent].pairs, lengths) for c in kept),
        got=got * factors,
        want=want * factors,
        allowed=_by_entry(scene, allowed) * factors,
        function=scene.rule.function,
        domain=domain,
        convention=scene.rule.convention,
        real=not scene.is_complex,
        single=scene.ground.matrix.dtype in (np.float32, np.complex64),
        uplo=scene.ground.triangle,
    )


def _one_part(pairs: Eigenpairs) -> bool:
    return pairs.values is None or pairs.vectors is None


def _by_entry(scene: Scene, allowed: Array) -> Array:
    """Allowances (C, T) as (C, n, n), the larger of an entry's two parts; infinite where no tangent looks."""
    n = scene.ground.matrix.shape[0]
    result = np.zeros((allowed.shape[0], n, n))
    for t, entry in enumerate(scene.tangents.entries):
        if entry is not None:
            i, j = entry
            result[:, i, j] = np.maximum(result[:, i, j], allowed[:, t])
            if scene.rule.domain == "symmetric":
                result[:, j, i] = result[:, i, j]
    return result


def _of_unit_vectors(pairs: Eigenpairs, lengths: Array) -> Eigenpairs:
    """A cotangent of vectors of the given lengths as one of unit vectors: of L(l v) it is l times that of L."""
    return Eigenpairs(pairs.values, None if pairs.vectors is None else pairs.vectors * lengths)


def _reference(scene: Scene) -> tuple[Array, Array, Array]:
    """LAPACK's eigenpairs of the scaled matrix in the order and phases of the rule's, and the lengths of the rule's."""
    state = scene.ground.state
    assert state is not None
    followed = follow_to(scene.primal, scene.ground.reference, state)
    sizes = np.abs(followed.factors)
    sizes = np.where(np.abs(sizes - 1) <= FLUTTER, 1.0, sizes)  # the moduli of phases
    vectors = state.original_vectors[:, followed.places] / (followed.factors / sizes)
    return state.values[followed.places], vectors, 1.0 / sizes
