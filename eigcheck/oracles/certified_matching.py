"""Which certified pair a rule's pair is, and what its phase means: decisions in doubles, made with a margin or not made.

The rule's pairs are recognised in the enclosures by values and, where the spectrum is simple and there are vectors, by
these (`pairing`). Pairs that cannot be told apart, because they are exactly equal or because the rule's values are
too far off, form a block. A cotangent that is the same for all values of a block and zero on its vectors needs no choice
within it; every other one gets no answer.

An exact vector y_k belongs to the rule's r_k: of unit norm, times the length of r_k where that is not 1 to rounding, and
in the phase for which y_k^H r_k > 0. Not in the one that obeys a convention exactly, as r_k does: by that r_k would be
turned by its error over the entry that is made real, however small that is, and a correct gradient turns with r_k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eigcheck.model import Array, Cotangent, Eigenpairs, Question
from eigcheck.oracles.certified_spectrum import Enclosure
from eigcheck.oracles.pairing import ROUNDING, pair_up, phased
from eigcheck.spectra.assignment import linked_sets, nearest
from eigcheck.spectra.gauge import lengths, response
from eigcheck.spectra.scaling import shifted


@dataclass(frozen=True)
class Matching:
    """The rule's pairs in the `spectrum`. Arrays are (n,) in the rule's order, but for the rule's `vectors` (n, n) or None.

    `unit[i]` is the number of the distinct eigenvalue; `blocks` are the sets of the rule's pairs that are not told apart
    (a set of one: not recognised at all). `rows` are the anchors of LAPACK's convention, `clear` says whether it can be
    differentiated there, `obeyed` whether the rule's vector obeys it. `stretched` marks vectors that are not of unit norm.
    """

    spectrum: Enclosure
    vectors: Array | None
    unit: Array
    blocks: tuple[tuple[int, ...], ...]
    rows: Array
    clear: Array
    obeyed: Array
    stretched: Array


def match(question: Question, matrix: Array, spectrum: Enclosure) -> Matching:
    """Match the primal of `question` with the spectrum of the `matrix` (n, n) that is read."""
    order = len(matrix)
    exact, units = _doubles(spectrum)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        # in its own dtype, which tells how well it is known
        values = shifted(np.asarray(question.primal.values), -spectrum.exponent)
    primal = Eigenpairs(values, question.primal.vectors)
    owner = np.repeat(np.arange(len(spectrum.sizes)), spectrum.sizes)
    if spectrum.simple:
        pairing = pair_up(primal, Eigenpairs(exact, None if primal.vectors is None else units))
        unit, lost = pairing.permutation, pairing.ambiguous
    else:
        unit, lost = owner[nearest(values, exact[owner])], np.ones(order, dtype=bool)
    blocks = _blocks(question, spectrum, values, exact, unit, lost)
    stretched = np.zeros(order, dtype=bool)
    if primal.vectors is not None:
        # a length within rounding of 1 was meant to be 1
        stretched = np.abs(lengths(primal.vectors) - 1) > ROUNDING * order * question.roundoff
    asked = any(c.pairs.vectors is not None and np.any(c.pairs.vectors) for c in question.cotangents)
    if not asked or all(spectrum.real) or question.convention != "lapack":  # real vectors have no phase
        never = np.zeros(order, dtype=bool)
        return Matching(spectrum, primal.vectors, unit, blocks, np.zeros(order, dtype=int), never, never, stretched)
    # by how many u the unit vector of each pair moves when B moves by u norm(B); infinite in blocks
    sway = spectrum.resolvent_sizes[unit] * np.linalg.norm(shifted(matrix, -spectrum.exponent))
    found = phased(question, matrix, units[:, unit], sway)
    clear, anchor = ~found.ambiguous, found.nearest[found.rows, np.arange(order)]
    blur = ROUNDING * order * question.roundoff + 2 * found.distance
    obeyed = clear & (np.abs(anchor.imag) <= blur)
    return Matching(spectrum, primal.vectors, unit, blocks, found.rows, clear, obeyed, stretched)


def refusal(matching: Matching, cotangent: Cotangent, sensitive: Array, values: Array) -> str | None:
    """Why a cotangent gets no answer, or None. `sensitive` (n,): on which vectors its phase matters; `values` for names."""
    bar, vectors_bar = cotangent.pairs.values, cotangent.pairs.vectors
    for block in matching.blocks:
        members = list(block)
        named = ", ".join(f"{values[k]:.6g}" for k in members)
        touched = vectors_bar is not None and np.any(vectors_bar[:, members])
        if len(members) == 1 and (touched or (bar is not None and np.any(bar[members]))):
            return f"the rule's primal has no pair that is clearly the one of eigenvalue {named}"
        if touched or (bar is not None and np.any(bar[members] != bar[members[0]])):
            return f"the rule's eigenvalues {named} cannot be told apart, and the cotangent is not the same for all of them"
    for k in np.flatnonzero(sensitive & ~matching.obeyed):
        return (
            f"the cotangent depends on the phase of the eigenvector of {values[k]:.6g}, "
            "and the convention that fixes it is not differentiable, not clear or not obeyed here"
        )
    return None


def turning(vectors: Array, vectors_bar: Array) -> Array:
    """g_k = Im(r_k^H v_bar_k) / |r_k|: how the loss responds when the rule's vector r_k turns, (n,)."""
    size = lengths(vectors)
    turned = response(vectors, vectors_bar).imag
    return np.asarray(np.divide(turned, size, out=np.zeros_like(turned), where=size > 0))


def _doubles(spectrum: Enclosure) -> tuple[Array, Array]:
    """Values (K,) and, of each projector, its largest column as a unit vector (n, K)."""
    values = np.array([complex(float(v.real.mid()), float(v.imag.mid())) for v in spectrum.values])
    norms = np.linalg.norm(spectrum.middles, axis=1)
    largest = np.arange(len(values)), norms.argmax(axis=1)
    return values, (spectrum.middles.swapaxes(1, 2)[largest] / norms[largest][:, None]).T


def _blocks(
    question: Question, spectrum: Enclosure, values: Array, exact: Array, unit: Array, lost: Array
) -> tuple[tuple[int, ...], ...]:
    """Lost pairs, linked where an eigenvalue is nearer than four times an error that is seen, or than roundoff resolves.

    A pair whose own distance is below a quarter of that to any other eigenvalue can belong to none of those. Roundoff
    moves an eigenvalue by n u norm(B) kappa, kappa = norm(P_k), at most.
    """
    members = np.flatnonzero(lost)
    if not len(members):
        return ()
    u = max(question.roundoff, float(np.finfo(values.real.dtype).eps) / 2)
    kappa = np.linalg.norm(spectrum.middles, axis=(1, 2))
    resolution = 2 * len(values) * u * np.abs(exact).max() * kappa
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.abs(values - exact[unit])
        reach = np.maximum(4 * np.where(np.isfinite(off), off, np.inf), resolution[unit])
        near = np.abs(exact[unit][:, None] - exact[unit][None, :]) <= np.maximum(reach[:, None], reach[None, :])
    blocks = [tuple(int(k) for k in members[part]) for part in linked_sets(near[np.ix_(members, members)])]
    return tuple(b for b in blocks if len(b) > 1 or spectrum.simple or not np.isfinite(off[b[0]]))
