"""The list of known causes. Each module of this package registers its own with the decorator `cause`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from eigcheck.judge.evidence import Evidence
from eigcheck.model import Array

Candidate: TypeAlias = Callable[[Evidence], Array | Iterable[Array] | None]


@dataclass(frozen=True)
class Cause:
    """A known way in which rules go wrong.

    `summary` is one line for users on what went wrong, `fix` one line on what to do about it. `rank` orders
    causes from specific to general. `parameters` is the number of real numbers that `candidate` fits to the
    rule's answer, which it therefore explains for free. `candidate` gives the gradients (C, n, n) that a
    rule with this fault returns, one array for each form of the fault, or None where the fault makes no
    sense.
    """

    name: str
    summary: str
    fix: str
    rank: int
    parameters: int
    candidate: Candidate

    def forms(self, evidence: Evidence) -> Iterable[Array]:
        """The forms of the fault, one after another; none where it makes no sense."""
        answer = self.candidate(evidence)
        if answer is None:
            return ()
        return (answer,) if isinstance(answer, np.ndarray) else answer


_CAUSES: dict[str, Cause] = {}


def cause(name: str, *, summary: str, fix: str, rank: int, parameters: int = 0) -> Callable[[Candidate], Candidate]:
    """Register a candidate function as the cause `name`; see `Cause` for the rest.

    Raises ValueError if the name is taken.
    """

    def register(candidate: Candidate) -> Candidate:
        if name in _CAUSES:
            raise ValueError(f"the cause {name!r} is registered already")
        _CAUSES[name] = Cause(name, summary, fix, rank, parameters, candidate)
        return candidate

    return register


def registered() -> tuple[Cause, ...]:
    """All registered causes, most specific first; equal ranks by name."""
    return tuple(sorted(_CAUSES.values(), key=lambda known: (known.rank, known.name)))
