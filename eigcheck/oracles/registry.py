"""The oracles by name, strongest first, and how each is called.

A new one is a file beside this one, a line here, and its place in `check.compare.PRECEDENCE`, since what compares imports
no oracle.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from eigcheck.errors import UsageError
from eigcheck.model import Question, Testimony
from eigcheck.spectra.conditioning import Conditioning
from eigcheck.spectra.following import Primals


@dataclass(frozen=True)
class Oracle:
    """A route to the derivative: the module here of that name, a line for users, whether it needs the rule's own primal."""

    name: str
    summary: str
    uses_primal: bool = False


@dataclass(frozen=True)
class Aids:
    """What an oracle may use besides the question: conditioning, the rule's primal, and which tangents are wanted."""

    state: Conditioning
    primal: Primals
    chosen: tuple[int, ...]


ORACLES: tuple[Oracle, ...] = (
    Oracle(
        "certified",
        "ball arithmetic (python-flint): spectral projectors with a proof; up to about order 28, semisimple clusters too",
    ),
    Oracle(
        "identities",
        "exact algebra of spectral losses: d tr(A^p) = p (A^H)^(p-1), d<W, A^p>; holds at repeated eigenvalues",
    ),
    Oracle("dual", "dual numbers through an eigen-solver whose residuals are in twice the working precision"),
    Oracle(
        "central",
        "central differences (findiff's coefficients) of the rule's own primal on a ladder of steps, pairs followed",
        uses_primal=True,
    ),
)


DEFECTS = (np.linalg.LinAlgError, ArithmeticError)
"""What an oracle raises where its own arithmetic gives up."""


def names() -> tuple[str, ...]:
    """Names of all oracles, strongest first."""
    return tuple(oracle.name for oracle in ORACLES)


def uses_primal(name: str) -> bool:
    """Whether an oracle differences the rule's own primal, and so knows nothing where that is wrong."""
    return any(oracle.name == name and oracle.uses_primal for oracle in ORACLES)


def _offered(name: str, what: str) -> Any:
    """What an oracle's module has of that name, None for nothing: an oracle that is not asked costs no import."""
    return getattr(import_module(f"{__package__}.{name}"), what, None)


def dear(name: str, question: Question) -> str | None:
    """Why an oracle takes long for a question, None where it does not: its module says so by a function of this name."""
    tell = _offered(name, "dear")
    return None if tell is None else tell(question)


def foresee(name: str, questions: Sequence[Question]) -> None:
    """Let an oracle prepare for questions at several matrices, along the same tangents: those that can do so at once.

    A defect of its own is told when it is called for one of them.
    """
    prepare = _offered(name, "foresee")
    if prepare is not None and len(questions) > 1:
        with suppress(*DEFECTS):
            prepare(questions)


def call(name: str, question: Question, aids: Aids) -> Testimony:
    """The testimony of one oracle. A defect of its own becomes an abstention that says so, never a verdict.

    Raises UsageError for an unknown name.
    """
    known = {oracle.name: oracle for oracle in ORACLES}
    if name not in known:
        raise UsageError(f"unknown oracle {name!r}; there are {', '.join(known)}")
    more = (aids.state, aids.primal, aids.chosen) if known[name].uses_primal else ()
    try:
        testimony: Testimony = _offered(name, "testify")(question, *more)
    except DEFECTS as error:
        return Testimony(name, abstained=f"{type(error).__name__}: {error}")
    return testimony
