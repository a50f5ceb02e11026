"""The oracles by name, strongest first, and how each is called.

A new one is a file beside this one, a line here, and its place in `check.compare.PRECEDENCE`, since what compares imports
no oracle.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import numpy as np

from eigcheck.errors import UsageError
from eigcheck.model import Question, Testimony
from eigcheck.spectra.conditioning import Conditioning
from eigcheck.spectra.following import Primals


@dataclass(frozen=True)
class Oracle:
    """A route to the derivative: its name, a line for users, and whether it needs the rule's own primal."""

    name: str
    summary: str
    module: str
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
        "eigcheck.oracles.certified",
    ),
    Oracle(
        "identities",
        "exact algebra of spectral losses: d tr(A^p) = p (A^H)^(p-1), d<W, A^p>; holds at repeated eigenvalues",
        "eigcheck.oracles.identities",
    ),
    Oracle(
        "dual",
        "dual numbers through an eigen-solver whose residuals are in twice the working precision",
        "eigcheck.oracles.dual",
    ),
    Oracle(
        "central",
        "central differences (findiff's coefficients) of the rule's own primal on a ladder of steps, pairs followed",
        "eigcheck.oracles.central",
        uses_primal=True,
    ),
)


def names() -> tuple[str, ...]:
    """Names of all oracles, strongest first."""
    return tuple(oracle.name for oracle in ORACLES)


def uses_primal(name: str) -> bool:
    """Whether an oracle differences the rule's own primal, and so knows nothing where that is wrong."""
    return any(oracle.name == name and oracle.uses_primal for oracle in ORACLES)


def call(name: str, question: Question, aids: Aids) -> Testimony:
    """The testimony of one oracle. A defect of its own becomes an abstention that says so, never a verdict.

    Raises UsageError for an unknown name.
    """
    known = {oracle.name: oracle for oracle in ORACLES}
    if name not in known:
        raise UsageError(f"unknown oracle {name!r}; there are {', '.join(known)}")
    module = import_module(known[name].module)
    try:
        if known[name].uses_primal:
            testimony: Testimony = module.testify(question, aids.state, aids.primal, aids.chosen)
        else:
            testimony = module.testify(question)
    except (np.linalg.LinAlgError, ArithmeticError) as error:
        empty = np.zeros((len(question.cotangents), 0))
        return Testimony(name, empty, empty, abstained=f"{type(error).__name__}: {error}")
    return testimony
