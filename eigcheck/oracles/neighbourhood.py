r"""Gradients over a whole neighbourhood at once: one enclosure for every matrix of the box [A +- r], in ball arithmetic.

For any V the matrices A' and K' = V^-1 A' V have the same eigenvalues, and with x', z' the right and left vectors of K'

    P' = V (x' z' / (z' x')) V^-1

is the spectral projector of A'. With V the eigenvectors of A to high precision, K = V^-1 [A +- r] V is nearly diagonal and
its off-diagonal balls have the size of r cond(V), so that flint isolates its eigenvalues for all of the box together, where
on [A +- r] itself intervals would grow through every step of the elimination. All else follows from the projectors as in
`certified_gradient`.

What is proved: for every A' in the box, with its eigenpairs followed from those of A (in order, and in the phases that
belong to the rule's vectors at A, see `certified_matching`), the number of each cotangent along each tangent lies within
its radius of what is answered. So where a rule's own numbers at two matrices of one box differ by more than 2 radii and
what it may err at both, it *has* jumped, however the truth may move in between.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, Question
from eigcheck.oracles.balls import around, exactly, exponent_of
from eigcheck.oracles.certified_answers import Answer, answers_in, setting
from eigcheck.oracles.certified_spectrum import Enclosure, assembled, isolated

BITS = 256
"""Bits of V and of the balls: V to about 2^-256 cond(V), so that the box and nothing else makes the radii."""


def enclose_neighbourhood(question: Question, radius: float | Array) -> tuple[Answer, ...] | None:
    """Enclose the numbers of `question` for every matrix within `radius` of its own, or None if that is not possible.

    There is one answer for each cotangent, whose `bars` are the radii.

    Arguments:
        question: cotangents belong to the pairs of its primal at its matrix, and follow them.
        radius: how far each entry that is read may move, a number or (n, n); real and imaginary parts each.

    None where the box holds a matrix with a repeated eigenvalue, or may as far as balls can tell; also where the
    matrix or the primal is not finite. Cotangents get NaN with a reason as in `certified`.
    """
    at = setting(question)
    if isinstance(at, str) or not len(at.matrix):
        return None
    spectrum = enclose_box(at.matrix, np.broadcast_to(np.asarray(radius, np.float64), at.matrix.shape))
    return None if spectrum is None else answers_in(at, spectrum)


def enclose_box(matrix: Array, radius: Array) -> Enclosure | None:
    """Values and projectors that hold for all matrices within `radius` (n, n) of `matrix` (n, n), or None.

    The eigenvalues of each of them are proved simple.
    """
    from flint import ctx

    exponent = exponent_of(matrix)
    with ctx.workprec(BITS):
        try:
            _, vectors = exactly(matrix, exponent).eig(right=True, algorithm="approx")
            inverse = vectors.inv()
        except (ValueError, ZeroDivisionError):
            return None
        found = isolated(inverse * around(matrix, radius, exponent) * vectors)
        if found is None:
            return None
        values, inner = found
        projectors = [vectors * projector * inverse for projector in inner]
        return assembled(matrix, values, projectors, (1,) * len(matrix), BITS)
