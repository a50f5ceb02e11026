"""The list of known causes. Each module of this package registers its own with the decorator `cause`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from eigcheck.check.evidence import Evidence
from eigcheck.model import Array


@dataclass(frozen=True, eq=False)
class Form:
    """The gradients (C, n, n) that one form of a fault gives, and what is to be `said` of this one, such as its factor.

    `parameters` is the number of real numbers that are fitted to the rule's answer, which it explains for free.
    `branches` says that this form sits behind a condition, as `Cause.branches` says it of all.
    """

    gradients: Array
    said: str = ""
    parameters: int = 0
    branches: bool = False


Candidate: TypeAlias = Callable[[Evidence], Array | Iterable[Array | Form] | None]

ORDER = (
    "wrong-triangle",
    "upper-triangle-collapse",
    "lower-triangle-collapse",
    "triangular-shortcut",
    "right-vectors-for-inverse",
    "missing-normalisation",
    "missing-phase",
    "missing-eigenvector-part",
    "zero-gradient",
    "missing-eigenvalue-part",
    "sign-of-gap-matrix",
    "transposed",
    "missing-conjugate",
    "symmetrised",
    "missing-fold",
    "doubled-offdiagonal",
    "halved-offdiagonal",
    "one-triangle-only",
    "dropped-imaginary",
    "missing-real-part",
    "elementwise-product",
    "diagonal-of-gap-matrix",
    "order-swap",
    "lower-precision",
    "regularised-gap",
    "negated",
    "scaled-by-c",
    "scaled-one-by-one",
    "off-the-unit-sphere",
    "equal-eigenvalues",
    "absolute-tolerance",
)
"""All causes, the most specific first: where two explain an error equally well, the earlier one is likelier.

A fault of one line of the formula stands before one of the whole gradient, a form without parameters before one that is
fitted, and what predicts where a rule is right before what says only that it is wrong.
"""


@dataclass(frozen=True)
class Cause:
    """A known way in which rules go wrong.

    `summary` is one line for users on what went wrong, `fix` one line on what to do about it. `branches` says that the
    fault sits behind a condition on the matrix, so that a rule is right where that does not hold. `candidate` gives the
    gradients (C, n, n) that a rule with this fault returns, one array for each form of the fault, or None where the
    fault makes no sense.
    """

    name: str
    summary: str
    fix: str
    candidate: Candidate
    branches: bool = False

    @property
    def rank(self) -> int:
        """The place in ORDER."""
        return ORDER.index(self.name)

    def forms(self, evidence: Evidence) -> Iterator[Form]:
        """The forms of the fault, one after another; none where it makes no sense."""
        answer = self.candidate(evidence)
        if answer is None:
            return
        for form in (answer,) if isinstance(answer, np.ndarray) else answer:
            yield form if isinstance(form, Form) else Form(form)


_CAUSES: dict[str, Cause] = {}


def cause(name: str, *, summary: str, fix: str, branches: bool = False) -> Callable[[Candidate], Candidate]:
    """Register a candidate function as the cause `name`; see `Cause` for the rest.

    Raises ValueError if the name is taken or stands in no place of ORDER.
    """
    if name not in ORDER:
        raise ValueError(f"the cause {name!r} has no place in ORDER")

    def register(candidate: Candidate) -> Candidate:
        if name in _CAUSES:
            raise ValueError(f"the cause {name!r} is registered already")
        _CAUSES[name] = Cause(name, summary, fix, candidate, branches)
        return candidate

    return register


def registered() -> tuple[Cause, ...]:
    """All registered causes, most specific first."""
    return tuple(sorted(_CAUSES.values(), key=lambda known: known.rank))
