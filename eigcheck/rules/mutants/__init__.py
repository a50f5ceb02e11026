"""Wrong rules, to try cases by: what no case catches here, no case would catch in anybody's rule.

One family of faults a file. Mutants are never registered: they are no rules that anybody asks for by accident.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Final

from eigcheck.model import Rule, RuleKey, triangle_of
from eigcheck.rules.mutants.fault import Fault, Place
from eigcheck.rules.mutants.template import gradient, pushed, pushforward_of, rrule_of

FAMILIES: Final = (
    "branches",
    "structures",
    "stored_shapes",
    "clusters",
    "vectors",
    "conjugation",
    "triangles",
    "signs",
    "entries",
    "sizes",
    "order",
    "precision",
    "absent",
    "conduct",
)
"""The modules of this package that hold faults, in the order in which they are listed."""

PREFIX: Final = "mutant/"
_NONE: Final = Fault("none", "right", "", ())


@dataclass(frozen=True)
class Mutant:
    """One fault in one function on one domain."""

    fault: Fault
    rule: Rule

    def __reduce__(self) -> tuple[object, ...]:
        """It travels by its key, and has no memory where it arrives."""
        return mutant, (self.rule.key,)


@cache
def faults() -> tuple[Fault, ...]:
    """All faults, family by family."""
    return tuple(fault for family in FAMILIES for fault in import_module(f"{__name__}.{family}").FAULTS)


def mutants(chosen: Iterable[Fault] | None = None) -> Iterator[Mutant]:
    """The mutants of the faults (default: of all), each with a memory of its own."""
    for fault in faults() if chosen is None else chosen:
        for place in fault.places:
            yield Mutant(fault, rule_of(fault, place))


def mutant(key: RuleKey) -> Mutant:
    """A new mutant, without memory, of the key (name, function, domain, uplo). KeyError if there is none."""
    for fault in faults():
        if PREFIX + fault.name == key[0] and key[1:] in fault.places:
            return Mutant(fault, rule_of(fault, key[1:]))
    raise KeyError(key)


def rule_of(fault: Fault | None, place: Place) -> Rule:
    """The rule with this fault, wrong in all its modes; without a fault the right one that all are made of.

    A mode that the fault leaves right is there as well, as in anybody's rule; nothing is to be found in it.
    """
    function, domain, uplo = place
    read = triangle_of(*place)
    fault = fault or _NONE
    return Rule(
        PREFIX + fault.name,
        function,
        domain,
        uplo,
        fault.dtypes,
        convention=fault.convention,
        source=fault.what,
        rrule=rrule_of(function, domain, read, fault.reverse or gradient, fault.primal),
        pushforward=pushforward_of(function, domain, read, fault.forward or pushed),
        has_forward=True,
        builtin=True,
    )
