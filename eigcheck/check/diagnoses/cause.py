"""What a cause is: a known fault, its formula, and the gradients that a rule with this fault returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from eigcheck.check.diagnoses.algebra import Pieces
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array
from eigcheck.names import VECTOR_FUNCTIONS


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


@dataclass(frozen=True)
class Cause:
    """A known way in which rules go wrong, with the gradients that a rule with this fault returns where it `applies`.

    `summary` is one line for users on what went wrong, `fix` one line on what to do about it, `formula` what the rule
    returns in terms of the true gradient G or of its formula (see `algebra`). `branches` says that the fault sits behind
    a condition on the matrix, so that a rule is right where that does not hold. Its forms come from

    - `maps`, of true gradients (..., n, n) alone; `nearest` besides, for reports, is the map with a free number, which it
      fits to the gradient that the rule returned;
    - `slips`, of the pieces of the formula, with respect to a free complex matrix: they are brought onto the domain here;
    - `answers`, of all that is known, taken as they are, such as forms with numbers that are fitted to the rule's answer.
    """

    name: str
    summary: str
    fix: str
    formula: str
    applies: Callable[[Evidence], bool] = lambda _: True
    maps: Callable[[Array], Iterable[Array]] = lambda _: ()
    slips: Callable[[Evidence, Pieces], Iterable[Array | Form]] = lambda _, __: ()
    answers: Callable[[Evidence, Pieces], Iterable[Form]] = lambda _, __: ()
    nearest: Callable[[Array, Array], Array] | None = None
    branches: bool = False

    def forms(self, evidence: Evidence, pieces: Pieces | None) -> Iterator[Form]:
        """The forms of the fault, one after another; without pieces the maps of the true gradient only."""
        if not self.applies(evidence):
            return
        yield from map(Form, self.maps(evidence.want))
        if pieces is None:
            return
        for slip in self.slips(evidence, pieces):
            form = slip if isinstance(slip, Form) else Form(slip)
            yield replace(form, gradients=evidence.on_domain(form.gradients))
        yield from self.answers(evidence, pieces)

    def predicted(self, want: Array, got: Array) -> tuple[Array, ...]:
        """What each form that is a map of the true gradient makes of `want`, where the rule returned `got`."""
        return (*self.maps(want), *((self.nearest(want, got),) if self.nearest is not None else ()))


def every_entry_is_free(evidence: Evidence) -> bool:
    """Whether gradients fill the matrix and may be anything there."""
    return evidence.triangle is None and evidence.domain != "symmetric"


def one_triangle_is_read(evidence: Evidence) -> bool:
    """Whether gradients live on one triangle."""
    return evidence.triangle is not None


def not_symmetric(evidence: Evidence) -> bool:
    """Whether the domain is another than symmetric, where only the Hermitian part of a gradient means anything."""
    return evidence.domain != "symmetric"


def gives_vectors(evidence: Evidence) -> bool:
    """Whether there are eigenvectors whose cotangents can be given."""
    return evidence.function in VECTOR_FUNCTIONS
