"""A rule that gives no answer beside the matrix: `pass` speaks of there too.

A neighbour at which a rule raises has no number that could jump. Where there is a gradient, as wherever eigenvalues are
not defective, refusing to give it is an `exception` as it would be at the matrix itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from eigcheck.check.ask import Ask
from eigcheck.check.jumps import Answer
from eigcheck.check.neighbours import Neighbour, in_ulps
from eigcheck.check.point import Point
from eigcheck.execution.monitored import PROCESS_FAILURES
from eigcheck.model import Array, Eigenpairs, Tangents, Trouble
from eigcheck.outcome import Extra, Finding
from eigcheck.spectra.survey import survey


class Listener:
    """Asks the rule at neighbours, along the given tangents, and keeps what it said where it gave nothing."""

    def __init__(self, ask: Ask, tangents: Tangents) -> None:
        self._ask = ask
        self._tangents = tangents
        self._refused: dict[int, Trouble] = {}

    def __call__(self, matrices: Sequence[Array], cotangents: Sequence[tuple[Eigenpairs, ...]]) -> list[Answer]:
        """Primal and numbers at each matrix."""
        heard = self._ask.hear(matrices, cotangents, self._tangents)
        for matrix, answer in zip(matrices, heard, strict=True):
            if answer.trouble is not None:
                self._refused[id(matrix)] = answer.trouble
        return [(answer.primal, answer.numbers) for answer in heard]

    def trouble_at(self, neighbour: Neighbour) -> Trouble | None:
        """What the rule said in place of an answer there."""
        return self._refused.get(id(neighbour.matrix))


def told(trouble: Trouble | None, place: str, distance: float) -> Finding | None:
    """The finding of a rule that gave nothing `distance` norms of A away; None where it did not say why.

    Nor where its process was lost, which is told of elsewhere.
    """
    if trouble is None or trouble.kind in PROCESS_FAILURES:
        return None
    return Finding(trouble.kind, f"{trouble.message} (not at A, but {place})", extra=Extra(beside=distance))


def refusal(point: Point, listener: Listener, neighbours: Sequence[Neighbour]) -> Finding | None:
    """The nearest neighbour with a gradient at which the rule gave none at all, in words that say how many refused."""
    refused = [n for n in neighbours if (t := listener.trouble_at(n)) is not None and t.kind not in PROCESS_FAILURES]
    nearest_first = sorted(refused, key=lambda neighbour: (neighbour.moved is None, abs(neighbour.ulps)))
    nearest = next((n for n in nearest_first if _has_gradient(point, n)), None)
    if nearest is None:
        return None
    distance = nearest.distance / point.state.size
    where = (
        f"where entry {nearest.moved} has moved by {in_ulps(nearest.ulps)}"
        if nearest.moved is not None
        else f"at a neighbour {distance:.2g} norm(A) away"
    )
    many = f"{len(refused)} of {len(neighbours)} neighbours got no answer"
    return told(listener.trouble_at(nearest), f"{where}; {many}", distance)


def _has_gradient(point: Point, neighbour: Neighbour) -> bool:
    spectrum = survey(neighbour.matrix, point.triangle)
    known = spectrum.multiplicity.decided and not spectrum.multiplicity.defective
    return spectrum.state is not None and known
