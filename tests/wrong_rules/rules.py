"""Rules that are wrong on purpose, to put the judge on trial. Load with `--load tests/wrong_rules/rules.py`.

They are the faults of `eigcheck rules --mutants` as rules of a stranger, and one that only a child process survives.
`expected.py` beside this file says which finding and diagnosis each deserves.
"""

from collections.abc import Callable
from typing import Any

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

for label, kind in (("collapse", "upper-triangle-collapse"), ("scaled", "scaled-by-c")):
    place = ("eigvals", "general", None)
    wrong(f"forward-{label}", None, place, rule_of(FAULTS[kind], place).pushforward)  # the pullback is right

rule("wrong/hangs", function="eigvals", convention="free", source="wrong on purpose: hangs")(hangs)
