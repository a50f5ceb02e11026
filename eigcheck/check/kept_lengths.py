"""What a rule under a free convention does about the lengths of its vectors: at A and wherever else one looks.

Lengths that are 1 at A may be so by chance (vectors of sum 1 at a diagonal matrix), and are not to be judged. Vectors that
have norm 1 at matrices in no special position as well are a function of A of norm 1, and so their derivative is one of
such a function, whatever else its rule leaves open.

Of other lengths it is measured how fast they move. Where v^T v = 1 that is as the square of a length, of a linear form that
is 1 as the length (`reach_of_lengths`), and rounding leaves a response to the length in every cotangent.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eigcheck.check.neighbours import along, is_another, length
from eigcheck.domains.tangents import dense
from eigcheck.execution import RuleRunner
from eigcheck.model import Eigenpairs, ReverseCall, Rule
from eigcheck.spectra.following import follow_each
from eigcheck.spectra.gauge import are_unit, lengths, reach_of_lengths, response
from eigcheck.spectra.survey import Spectrum

DISTANCES = (2.0**-7, 1.0)
"""How far away it is looked, in units of norm(A), balanced or not: off every structure of A, and at quite another matrix."""

STEP, WAYS = 2.0**8, 4
"""How far the step is along which lengths move, in units of u norm(A), far above what roundoff turns a vector by; and along
how many random directions it is taken: of one alone a length may move by little."""


def with_kept_lengths(rule: Rule, runner: RuleRunner, spectrum: Spectrum, primal: Eigenpairs) -> Rule:
    """The rule with what is known of its lengths, if its convention is `free`.

    That is the convention `unit` (lengths are 1, phases free), if it keeps that; else how fast they move.
    """
    state, matrix = spectrum.state, spectrum.matrix
    if rule.convention != "free" or primal.vectors is None or state is None or not state.size > 0:
        return rule
    if len(matrix) == 1:  # whatever a rule makes 1, its vectors have norm 1
        return rule
    if not _are_unit(primal):
        return replace(rule, lengths_move=_measured(rule, runner, spectrum, primal))
    ways = dense(len(matrix), rule.domain, is_complex=np.iscomplexobj(matrix), count=len(DISTANCES), seed=31).matrices
    # the vectors of a badly scaled matrix have norm 1 by one entry alone, also beside it in its own scale
    sizes = state.size, length(spectrum.decomposed)
    others = [along(matrix, way, part * size) for way, part, size in zip(ways, DISTANCES, sizes, strict=True)]
    if not all(is_another(other, matrix) for other in others):
        return rule
    replies = runner.ask(rule, [ReverseCall(other) for other in others])
    kept = all(reply.primal is not None and _are_unit(reply.primal) for reply in replies)
    return replace(rule, convention="unit") if kept else rule


def _measured(rule: Rule, runner: RuleRunner, spectrum: Spectrum, primal: Eigenpairs) -> float:
    """What times the square of a length bounds how fast it was seen to move; 0 where it moves as a linear form makes it."""
    state, matrix, vectors = spectrum.conditioning, spectrum.matrix, np.asarray(primal.vectors)
    step, n, sizes = STEP * spectrum.roundoff * state.size, len(matrix), lengths(np.asarray(primal.vectors))
    ways = dense(n, rule.domain, is_complex=np.iscomplexobj(matrix), count=WAYS, seed=37).matrices
    near = [along(matrix, way, step) for way in ways]
    replies = runner.ask(rule, [ReverseCall(one) for one in near if is_another(one, matrix)])
    beside = [reply.primal for reply in replies if reply.primal is not None]
    speeds = np.zeros(n)
    with np.errstate(all="ignore"):
        unit = vectors / sizes
        for followed in follow_each(primal, beside, state):
            moved = np.asarray(followed.second_vectors)[:, followed.places]
            others = lengths(moved)
            moved = moved / others
            turned = lengths(moved - unit * response(unit, moved))
            speed = np.abs(np.log(others / sizes)) / turned
            speeds = np.fmax(speeds, np.where(followed.lost_vectors | ~np.isfinite(speed), 0.0, speed))
        fast = speeds > reach_of_lengths(vectors)
        return float(np.sqrt(n) * np.max(speeds / sizes**2, initial=0.0, where=fast & np.isfinite(sizes)))


def _are_unit(primal: Eigenpairs) -> bool:
    vectors = primal.vectors
    return vectors is not None and bool(np.all(are_unit(lengths(np.asarray(vectors)), np.asarray(vectors))))
