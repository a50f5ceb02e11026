"""A rule that gives no answer beside the matrix: `pass` speaks of there too.

A neighbour at which a rule raises has no number that could jump. Where its eigenvalues are simple there is a gradient,
and refusing to give it is an `exception` as it would be at the matrix itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from eigcheck.accused.heeding import LOSSES
from eigcheck.judge.continuity import Answer
from eigcheck.judge.neighbours import Neighbour
from eigcheck.model import Array, Eigenpairs, Finding, Tangents, Trouble
from eigcheck.trial.scene import Scene, survey
from eigcheck.trial.voice import Voice


class Listener:
    """Asks the rule at neighbours, along the given tangents, and keeps what it said where it gave nothing."""

    def __init__(self, voice: Voice, tangents: Tangents) -> None:
        self._voice = voice
        self._tangents = tangents
        self._refused: dict[int, Trouble] = {}

    def __call__(self, matrices: Sequence[Array], cotangents: Sequence[tuple[Eigenpairs, ...]]) -> list[Answer]:
        """Primal and numbers at each matrix."""
        heard = self._voice.hear(matrices, cotangents, self._tangents)
        for matrix, answer in zip(matrices, heard, strict=True):
            if answer.trouble is not None:
                self._refused[id(matrix)] = answer.trouble
        return [(answer.primal, answer.numbers) for answer in heard]

    def trouble_at(self, neighbour: Neighbour) -> Trouble | None:
        """What the rule said in place of an answer there."""
        return self._refused.get(id(neighbour.matrix))


def refusal(scene: Scene, listener: Listener, neighbours: Sequence[Neighbour]) -> Finding | None:
    """The nearest neighbour with a gradient at which the rule gave none at all, in words that say how many refused.

    A process that was lost is told of elsewhere.
    """
    refused = [(n, t) for n in neighbours if (t := listener.trouble_at(n)) is not None and t.kind not in LOSSES]
    refused.sort(key=lambda found: (found[0].moved is None, abs(found[0].ulps)))
    nearest = next(((n, t) for n, t in refused if _has_gradient(scene, n)), None)
    if nearest is None:
        return None
    neighbour, trouble = nearest
    many = f"{len(refused)} of {len(neighbours)} neighbours"
    message = f"{trouble.message} ({_place(scene, neighbour)}; {many} got no answer)"
    return Finding(trouble.kind, message, extra={"beside": neighbour.distance})


def _place(scene: Scene, neighbour: Neighbour) -> str:
    if neighbour.moved is not None:
        count = abs(neighbour.ulps)
        return f"not at A, but where entry {neighbour.moved} has moved by {count:g} ULP" + ("" if count == 1 else "s")
    assert scene.ground.state is not None
    return f"not at A, but at a neighbour {neighbour.distance / scene.ground.state.size:.2g} norm(A) away"


def _has_gradient(scene: Scene, neighbour: Neighbour) -> bool:
    ground = survey(neighbour.matrix, scene.ground.triangle)
    return ground.finite and ground.state is not None and ground.multiplicity.simple
