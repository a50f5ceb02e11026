"""Putting all transformed problems to the rule in two calls: one for the primals, one for the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eigcheck.check.ask import Ask, directions, forward_numbers, reverse_numbers
from eigcheck.check.checks.relations.place import Image, Place
from eigcheck.model import Array, Eigenpairs, ForwardCall, Reply, ReverseCall, Tangents, Trouble
from eigcheck.spectra.following import Followed, follow_to

Answer = tuple[Array, tuple[Eigenpairs, ...], Eigenpairs] | str
"""Numbers (C, T'), the cotangents that they are of and the primal at T(A); or why there are none."""


@dataclass(frozen=True)
class Query:
    """A transformed problem with the cotangents that it is put with."""

    image: Image
    cotangents: tuple[Eigenpairs, ...]


def ask_all(place: Place, ask: Ask, queries: Sequence[Query]) -> list[Answer]:
    """The rule's numbers at each image for its own cotangents, carried along with their pairs."""
    replies = ask.runner.ask(ask.rule, [ReverseCall(query.image.matrix) for query in queries])
    carried = [
        _why_none(reply) if reply.primal is None else _carried(place, ask, query, reply.primal)
        for query, reply in zip(queries, replies, strict=True)
    ]
    answers: list[Answer] = [c if isinstance(c, str) else "" for c in carried]
    ready = [(i, c) for i, c in enumerate(carried) if not isinstance(c, str)]
    asked = [(queries[i].image, cotangents) for i, cotangents in ready]
    for (i, cotangents), numbers in zip(ready, _numbers(ask, asked), strict=True):
        primal = replies[i].primal
        assert primal is not None
        answers[i] = numbers if isinstance(numbers, str) else (numbers, cotangents, primal)
    return answers


def _carried(place: Place, ask: Ask, query: Query, primal: Eigenpairs) -> tuple[Eigenpairs, ...] | str:
    """The cotangents in the order and phases of the primal at T(A); why not, if a pair that they touch is lost."""
    image = query.image
    seen = image.back(primal)
    here = Eigenpairs(place.primal.values, None if seen.vectors is None else place.primal.vectors)
    if np.asarray(seen.values).shape != np.asarray(here.values).shape:
        return "the primal has another number of eigenvalues"
    free = ask.rule.convention == "free"
    if free and primal.vectors is not None and not np.all(np.isfinite(primal.vectors)):
        # as where the entry is 0 by which a rule divides its vectors; those of unit norm exist everywhere
        return "the rule's own norm of eigenvectors does not exist there"
    followed = follow_to(here, seen, place.state)
    made = []
    for cotangent in query.cotangents:
        if _touches_lost(cotangent, followed):
            return "an eigenpair was not recognised"
        made.append(image.forth(followed.carry(cotangent, invariant=True, free=free), primal))
    return tuple(made)


def _touches_lost(cotangent: Eigenpairs, followed: Followed) -> bool:
    if cotangent.values is not None and np.any(followed.lost_values & (cotangent.values != 0)):
        return True
    vectors = cotangent.vectors
    return vectors is not None and bool(np.any(followed.lost_vectors & np.any(vectors != 0, axis=0)))


def _numbers(ask: Ask, asked: Sequence[tuple[Image, tuple[Eigenpairs, ...]]]) -> list[Array | str]:
    """Numbers (C, T') at each image in the mode of `ask`, or why there are none."""
    along = [tangents_of(image.tangents) for image, _ in asked]
    if ask.mode == "reverse":
        calls = [ReverseCall(image.matrix, cotangents) for image, cotangents in asked]
        replies = ask.runner.ask(ask.rule, calls)
        made = [reverse_numbers(reply, tangents) for reply, tangents in zip(replies, along, strict=True)]
    else:
        pushed = [
            ForwardCall(image.matrix, directions(t, image.matrix)) for (image, _), t in zip(asked, along, strict=True)
        ]
        replies = ask.runner.ask(ask.rule, pushed)
        made = [forward_numbers(reply, cotangents) for reply, (_, cotangents) in zip(replies, asked, strict=True)]
    return [
        _why_none(reply) if numbers is None or _trouble(reply) is not None else numbers
        for reply, numbers in zip(replies, made, strict=True)
    ]


def tangents_of(matrices: Array) -> Tangents:
    """Matrices (T, n, n) as tangents that probe no entry in particular."""
    return Tangents(matrices, (None,) * len(matrices), ("re",) * len(matrices))


def _trouble(reply: Reply) -> Trouble | None:
    return reply.trouble or next((a for a in reply.answers if isinstance(a, Trouble)), None)


def _why_none(reply: Reply) -> str:
    trouble = _trouble(reply)
    return "the rule gave no answer" + (f": {trouble.message}" if trouble is not None else "")
