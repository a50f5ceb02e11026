"""Rules that are wrong on purpose, to put the judge on trial. Load with `--load tests/wrong_rules/rules.py`.

They are the faults of `eigcheck rules --mutants` as rules of a stranger, and one that only a child process survives.
`expected.py` beside this file says which finding and diagnosis each deserves.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from eigcheck import rule
from eigcheck.rules.mutants import faults, rule_of
from eigcheck.rules.mutants.fault import EVERYWHERE, Fault, Place

FAULTS = {fault.name: fault for fault in faults()}

SAME = (
    "upper-triangle-collapse",
    "lower-triangle-collapse",
    "loose-symmetry-test",
    "wrong-triangle",
    "triangular-shortcut",
    "right-vectors-for-inverse",
    "missing-normalisation",
    "missing-phase",
    "sign-of-gap-matrix",
    "transposed",
    "missing-conjugate",
    "conjugated-gradient",
    "unconjugated-gaps",
    "symmetrised",
    "missing-fold",
    "doubled-offdiagonal",
    "halved-offdiagonal",
    "dropped-imaginary",
    "missing-real-part",
    "missing-eigenvector-part",
    "missing-eigenvalue-part",
    "order-swap",
    "lower-precision",
    "regularised-gap",
    "shifted-gap",
    "negated",
    "zero-gradient",
    "scaled-by-c",
    "one-entry-1e-3",
    "one-entry-1e-6",
    "beyond-six",
    "noise",
    "random",
    "mutates-input",
    "writes-where-it-may",
    "one-buffer",
    "last-vector-alone",
    "nan",
    "not-linear",
    "wrong-values",
    "raises",
    "wrong-shape",
)
"""Faults that go by the name of the mutant."""

OTHERWISE = {
    "one-triangle-only": "upper-triangle-only",
    "large-scale": "large-matrix",
    "small-losses": "small-cotangent",
    "stateful": "late",
}
"""Faults that the table calls by another name than the mutant."""


def of_a_stranger(rrule: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same rrule from this file, so that nobody takes it for a built-in one."""
    return lambda A: rrule(A)


def wrong(name: str, fault: Fault | None, place: Place, pushforward: Any = None) -> None:
    """Register the reverse rule of a fault (None: of no fault) as `wrong/<name>`."""
    function, domain, _ = place
    made = rule_of(fault, place)
    assert made.rrule is not None
    rule(
        f"wrong/{name}",
        function=function,
        domain=domain,
        dtypes=made.dtypes,
        convention=made.convention,
        pushforward=pushforward,
        source=f"wrong on purpose: {name}",
    )(of_a_stranger(made.rrule))


def right(A: Any) -> Any:
    """The right rrule of eigvals, which the rules below spoil."""
    return rule_of(None, ("eigvals", "general", None)).rrule(A)


def overwrites_primal(A: Any) -> Any:
    """An rrule whose pullback clears the values that the rrule gave out."""
    values, pull = right(A)

    def pullback(bar: Any) -> Any:
        values[...] = 0
        return pull(bar)

    return values, pullback


def known_by_id(A: Any, seen: dict[int, Any] = {}) -> Any:  # noqa: B006 - the state is the fault
    """An rrule that takes an array which it has seen for the matrix that it held then."""
    return seen.setdefault(id(A), (right(np.array(A)), A))[0]


def one_state(A: Any, state: dict[str, Any] = {}) -> Any:  # noqa: B006 - the state is the fault
    """An rrule whose pullbacks all answer for the last matrix."""
    values, state["pull"] = right(A)
    return values, lambda bar: state["pull"](bar)


def clears_cotangent(A: Any) -> Any:
    """An rrule whose pullback clears its cotangent where that is not read-only."""
    values, pull = right(A)

    def pullback(bar: Any) -> Any:
        gradient = pull(bar)
        if bar.flags.writeable:
            bar *= 0
        return gradient

    return values, pullback


def hangs(A: Any) -> Any:
    """An rrule whose pullback never answers."""
    values, _ = rule_of(None, ("eigvals", "general", None)).rrule(A)

    def pullback(bar: Any) -> Any:
        while True:
            pass

    return values, pullback


for place in EVERYWHERE:
    if place[2] is None:
        wrong("none", None, place)

for label, kind in {**{name: name for name in SAME}, **OTHERWISE}.items():
    for place in FAULTS[kind].places:
        if place[2] is None:
            wrong(label, FAULTS[kind], place)

for label, kind in (
    ("collapse", "upper-triangle-collapse"),
    ("scaled", "scaled-by-c"),
    ("one-buffer", "one-buffer"),
    ("diagonal", "diagonal-tangent"),
):
    place = ("eigvals", "general", None)
    wrong(f"forward-{label}", None, place, rule_of(FAULTS[kind], place).pushforward)  # the pullback is right

for spoilt in (overwrites_primal, known_by_id, one_state, clears_cotangent):
    label = spoilt.__name__.replace("_", "-")
    rule(f"wrong/{label}", function="eigvals", convention="free", source=f"wrong on purpose: {label}")(spoilt)

rule("wrong/hangs", function="eigvals", convention="free", source="wrong on purpose: hangs")(hangs)
