"""What flows through eigcheck: problems, rules' answers, tangents, testimonies and outcomes. All of it frozen.

Shapes: n is the order of the matrix, C the number of cotangents, T the number of tangents. The pairing is
`<X, Y> = Re tr(X^H Y)` throughout, so that a gradient of a complex argument is dL/dRe A + i dL/dIm A.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from eigcheck.names import STORED
from eigcheck.pairs import Array as Array
from eigcheck.pairs import Cotangent as Cotangent
from eigcheck.pairs import CotangentSpec as CotangentSpec
from eigcheck.pairs import Eigenpairs as Eigenpairs


@dataclass(frozen=True)
class Expectation:
    """What should come out of a rule on a case: any of `verdicts`, all of `findings`, `diagnosis` first."""

    verdicts: tuple[str, ...] = ("pass",)
    findings: tuple[str, ...] = ()
    diagnosis: str | None = None
    source: str | None = None
    """The key under `expect` that this came from; None for the default, which is `pass`."""


@dataclass(frozen=True)
class Problem:
    """One case, fully expanded: one function, one domain, one dtype, one matrix.

    `matrix` is (n, n), of the case's dtype, contiguous and read-only. `uplo` is None unless the case names one.
    `structures` None means those that the matrix has; `rules` None means that the case names none.
    `expect` keeps the order of the file, since the first key that matches counts.
    """

    case: str
    matrix: Array
    function: str = "eigvals"
    domain: str = "general"
    dtype: str = "float64"
    uplo: str | None = None
    device: str = "cpu"
    """Where the rule computes; oracles always do so on the CPU."""
    modes: tuple[str, ...] = ("reverse", "forward")
    cotangent: CotangentSpec = field(default_factory=CotangentSpec)
    structures: tuple[str, ...] | None = None
    rules: tuple[str, ...] | None = None
    expect: tuple[tuple[str, Expectation], ...] = ()
    file: str | None = None
    """As the user gave it, for messages; None for shipped cases and matrices from the command line."""
    line: int = 1
    folder: str = ""
    """The folder under which the console counts this case."""
    about: str = ""
    source: str = ""

    def outcome_id(self, rule: str, mode: str) -> str:
        """`case::rule::function::mode`, the key in every report of what a rule of this name comes to in a mode."""
        return f"{self.case}::{rule}::{self.function}::{mode}"

    @property
    def off_domain(self) -> str | None:
        """Why the matrix is not on the domain; None where it is."""
        if self.domain == "symmetric" and not np.array_equal(self.matrix, np.conj(self.matrix.T), equal_nan=True):
            return "the matrix is not symmetric (Hermitian), so it is not on domain symmetric"
        return None


Rrule: TypeAlias = Callable[[Array], tuple[Any, Callable[[Any], Any]]]
Primal: TypeAlias = Callable[[Array], Any]
Pushforward: TypeAlias = Callable[[Array, Array], Any]
RuleKey: TypeAlias = tuple[str, str, str, str | None]
"""What a rule is known by: name, function, domain and uplo."""


@dataclass(frozen=True)
class Place:
    """A line of a file in which code stands."""

    file: str
    line: int

    @classmethod
    def of(cls, text: str) -> Place | None:
        """The place that `FILE:LINE` names; None for another text."""
        file, _, line = text.rpartition(":")
        return cls(file, int(line)) if file and line.isdecimal() and len(line) < 10 else None


@dataclass(frozen=True)
class Rule:
    """A rule under test and what it declares about itself.

    `rrule(A) -> (primal, pullback)` and `pushforward(A, A_dot) -> primal_dot`, of which there is one at least, are both
    None in the parent process for rules that live in a child process; `has_reverse` and `has_forward` say what there is.
    `uplo` None means: U on domain `upper`, L on `lower`, L elsewhere for functions that read one triangle.
    """

    name: str
    function: str
    domain: str = "general"
    uplo: str | None = None
    dtypes: tuple[str, ...] = ("float64", "complex128", "float32", "complex64")
    orders: tuple[int, ...] | None = None
    """The orders n that it takes; None is all."""
    convention: str = "lapack"
    source: str = ""
    rrule: Rrule | None = None
    pushforward: Pushforward | None = None
    primal: Primal | None = None
    """The function itself, of a rule without an rrule; None is NumPy's of the same name."""
    has_reverse: bool = True
    has_forward: bool = False
    builtin: bool = False
    devices: tuple[str, ...] = ("cpu",)
    """Where it can compute on this machine."""
    elsewhere: str = ""
    """Why it cannot compute on other devices, and what would let it, if something would."""
    by_name: bool = False
    """Whether it runs only where `--rule` or `rules:` names it, though it is not built in: a framework's."""
    lacks: tuple[tuple[str, str], ...] = ()
    """Pairs of a mode that it does not have and why, where somebody said why."""
    place: Place | None = None
    """Where the code stands that makes it, of a rule that was loaded."""
    registered_in: str = ""
    """The file that was imported when it was registered, where it is not built in; code at one place makes many rules."""
    lengths_move: float = 0.0
    """What times the square of a vector's length bounds how fast that moves, where it was seen to move so fast; measured."""

    @property
    def here(self) -> bool:
        """Whether it can be called in this process."""
        return self.rrule is not None or self.pushforward is not None

    @property
    def bare(self) -> Rule:
        """The rule as other processes may know it: without its callables."""
        return replace(self, rrule=None, pushforward=None, primal=None)

    @property
    def key(self) -> RuleKey:
        """What a rule is known by: where the domain says which triangle is stored, `uplo` adds nothing."""
        uplo = None if STORED.get(self.domain) == self.uplo else self.uplo
        return (self.name, self.function, self.domain, uplo)

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes that this rule offers."""
        return ("reverse",) * self.has_reverse + ("forward",) * self.has_forward

    @property
    def triangle(self) -> str | None:
        """The triangle that is read: `U`, `L`, or None where the whole matrix is."""
        return triangle_of(self.function, self.domain, self.uplo)


def triangle_of(function: str, domain: str, uplo: str | None) -> str | None:
    """The triangle that a function reads on a domain: `U`, `L`, or None where the whole matrix is."""
    if domain in STORED:
        return STORED[domain]
    if function in ("eigvalsh", "eigh"):
        return uplo or "L"
    return None


@dataclass(frozen=True)
class Trouble:
    """Why a rule gave no usable answer: `kind` is one of the findings `exception`, `shape`, `timeout`, `died`."""

    kind: str
    message: str


@dataclass(frozen=True)
class ReverseCall:
    """Ask for the primal at `matrix` and for the gradient of each cotangent.

    With `disciplined`, the rule is asked again after other things (`eigcheck.execution.discipline`), and what differs is
    told in the reply's `misconduct`.
    """

    matrix: Array
    cotangents: tuple[Eigenpairs, ...] = ()
    disciplined: bool = False
    device: str = "cpu"

    @property
    def questions(self) -> tuple[Eigenpairs, ...]:
        """What is asked at the matrix: each gets an answer."""
        return self.cotangents


@dataclass(frozen=True)
class ForwardCall:
    """Ask for the pushforward of each of `tangents`, of shape (T, n, n), at `matrix`."""

    matrix: Array
    tangents: Array
    disciplined: bool = False
    device: str = "cpu"

    @property
    def questions(self) -> tuple[Array, ...]:
        """What is asked at the matrix: each gets an answer."""
        return tuple(self.tangents)


Call: TypeAlias = ReverseCall | ForwardCall


@dataclass(frozen=True)
class Reply:
    """What a rule answered to a call.

    `primal` is None if there is none (see `trouble`); `answers` holds, in the order of the call, gradients (n, n)
    for a ReverseCall and primal tangents (Eigenpairs) for a ForwardCall, or the Trouble that came instead.
    `misconduct` holds pairs of finding kind (`mutates-input`, `nondeterministic`, `dtype`) and message.
    """

    primal: Eigenpairs | None = None
    answers: tuple[Array | Eigenpairs | Trouble, ...] = ()
    trouble: Trouble | None = None
    misconduct: tuple[tuple[str, str], ...] = ()
    printed: str = ""

    @classmethod
    def in_trouble(cls, trouble: Trouble, call: Call) -> Reply:
        """The reply where nothing could be answered: every answer is the trouble."""
        return cls(trouble=trouble, answers=(trouble,) * len(call.questions))


@dataclass(frozen=True, eq=False)
class Tangents:
    """Directions of the matrix on a rule's domain, scaled so that `<gradient, tangent>` is a gradient's entry.

    `matrices` is (T, n, n). `entries[t]` is the (row, column) that tangent t probes, None for a dense direction;
    `parts[t]` is `re` or `im`. Each is equal to itself only: what is remembered of them goes with the object.
    """

    matrices: Array
    entries: tuple[tuple[int, int] | None, ...]
    parts: tuple[str, ...]

    @cached_property
    def support(self) -> tuple[Array, Array, Array]:
        """Where they have entries: numbers of tangents, ascending; places in (n, n) row by row; and what is there."""
        flat = self.matrices.reshape(len(self.matrices), self.matrices.shape[-1] ** 2)
        rows, places = np.nonzero(flat)
        return rows, places, flat[rows, places]


@dataclass(frozen=True)
class Question:
    """What is put to an oracle: the function on its domain at `matrix`, and which pairs the cotangents belong to.

    `primal` is the rule's own primal at `matrix`: cotangents follow its order and phases. `triangle` is the one
    that is read (None: all). `convention` is the rule's. `roundoff` is the unit roundoff of the case's dtype.
    `spec` lets the identities know the loss that the cotangents came from.
    """

    matrix: Array
    function: str
    domain: str
    triangle: str | None
    convention: str
    roundoff: float
    primal: Eigenpairs
    cotangents: tuple[Cotangent, ...]
    tangents: Tangents
    spec: CotangentSpec = field(default_factory=CotangentSpec)


@dataclass(frozen=True)
class Testimony:
    """An oracle's answer: `numbers[c, t] = <cotangent c, pushforward of tangent t>`, each within `bars[c, t]`.

    NaN in `numbers` where the oracle abstains on one cotangent, whose reason stands in `reasons[c]`.
    `abstained` holds the reason for abstaining altogether; the arrays are then empty.
    """

    __test__ = False

    oracle: str
    numbers: Array = field(default_factory=lambda: np.zeros((0, 0)))
    bars: Array = field(default_factory=lambda: np.zeros((0, 0)))
    evaluations: int = 0
    reasons: tuple[str | None, ...] = ()
    abstained: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def unit_roundoff(dtype: Any) -> float:
    """Unit roundoff u of a dtype: half the distance from 1 to the next larger number."""
    return float(np.finfo(np.dtype(dtype)).eps) / 2
