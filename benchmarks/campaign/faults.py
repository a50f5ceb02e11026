"""Wrong rules, each with a matrix that shows its fault: eigcheck's mutants, and errors of measured size.

A fault shows at a matrix if the Jacobian that the faulty rule gives for y (`subject`) differs from that of the right rule
that it was made of by more than the latter does from itself when A moves by roundoff. That needs no checker. Of the menu
the first matrix is taken where it differs by CLEAR, else the one where it differs most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.campaign.menu import Dish, menu
from benchmarks.campaign.rules import table
from benchmarks.campaign.subject import Flat, Subject, of_rule
from eigcheck.model import Array, CotangentSpec, Rule
from eigcheck.rules import mutants
from eigcheck.rules.mutants.fault import Fault, Place

SIZES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
"""Relative sizes of measured errors."""

CLEAR = 1e-3
"""An error of the Jacobian, relative to its largest entry, beyond which no better matrix is looked for."""

ROUNDOFFS = 10.0
"""Times what moving every entry of A by its unit roundoff does to the right Jacobian: below this no fault shows."""

ENTRY, COLUMN, BESIDE = "one entry", "one column", "not in the Jacobian"
GROUPS = (*mutants.FAMILIES, ENTRY, COLUMN, BESIDE)


@dataclass(frozen=True)
class Wrong:
    """A wrong rule at a matrix. `make` gives it anew, since some faults remember what they were asked."""

    fault: str
    group: str
    where: str
    make: Callable[[], Subject]
    cause: str | None = None
    """What should be diagnosed first; None where the fault has no name."""
    size: float | None = None
    """How far the Jacobian is off, relative to its largest entry; None if that is not what is wrong."""


def _anew(fault: Fault | None, place: Place, dish: Dish, cotangent: CotangentSpec | None = None) -> Subject:
    rule = replace(mutants.rule_of(fault, place), pushforward=None, has_forward=False)
    return of_rule(rule, dish.matrix, loss=dish.loss, cotangent=cotangent or dish.cotangent())


@cache
def _right(place: Place, dish: Dish) -> tuple[Array, float]:
    """The right Jacobian, and how far it moves, over its largest entry, when entries of A move by their roundoff."""
    flat = Flat(_anew(None, place, dish))
    want = flat.jacobian(flat.x)
    signs = np.random.default_rng(2).choice([-1.0, 1.0], flat.x.size)
    moved = dish.matrix + flat.matrix(signs * np.spacing(np.abs(flat.x)) / 2)
    if place[1] == "symmetric":
        moved = (moved + moved.conj().T) / 2
    there = Flat(_anew(None, place, replace(dish, matrix=moved)))
    largest = float(np.abs(want).max())
    return want, float(np.abs(there.jacobian(there.x) - want).max()) / largest


def off_by(fault: Fault, place: Place, dish: Dish) -> float:
    """How far the faulty rule's Jacobian is from the right one's, over its largest entry; infinite if it raises.

    0 if no further than roundoff takes it.
    """
    with np.errstate(all="ignore"):
        want, least = _right(place, dish)
        try:
            flat = Flat(_anew(fault, place, dish))
            error = float(np.abs(flat.jacobian(flat.x) - want).max() / np.abs(want).max())
        except Exception:
            return float("inf")
    if np.isnan(error):
        return float("inf")
    return error if error > ROUNDOFFS * max(least, float(np.finfo(dish.matrix.dtype).eps)) else 0.0


def _fits(fault: Fault, place: Place, dish: Dish) -> bool:
    return str(dish.matrix.dtype) in fault.dtypes and (dish.hermitian or place[1] != "symmetric")


def _shown(fault: Fault, place: Place) -> tuple[Dish, float] | None:
    """The dish that shows the fault, and by how much."""
    seen: list[tuple[Dish, float]] = []
    for dish in menu():
        error = off_by(fault, place, dish) if _fits(fault, place, dish) else 0.0
        if error >= CLEAR:
            return dish, error
        if error:
            seen.append((dish, error))
    largest = max((error for _, error in seen), default=0.0)
    return next(((dish, error) for dish, error in seen if error >= largest / 2), None)


def _places(fault: Fault) -> Iterator[Place]:
    """The first place of each function."""
    seen = set()
    for place in fault.places:
        if place[0] not in seen:
            seen.add(place[0])
            yield place


PHASE = CotangentSpec(kind="random", of=("vectors",), gauge="any")

UNSEEN = ("conduct", "absent", "vectors", "conjugation")
"""Families with faults that no Jacobian shows: of phases, of absent cotangents, of conduct, of imaginary parts."""

SHOWN_AT = {
    "missing-phase": "complex",
    "phase-of-the-first-row": "complex",
    "missing-real-part": "complex pairs",
    "absolute-cotangent": "real",
}
"""Where such a fault is wrong, if not at the first matrix that it fits."""


def _mutants() -> Iterator[Wrong]:
    """Every mutant of reverse mode that something shows. Those of n = 0 have nothing to show."""
    for family in mutants.FAMILIES:
        for fault in import_module(f"{mutants.__name__}.{family}").FAULTS:
            if fault.reverse is None and fault.primal is None:
                continue
            for place in _places(fault):
                yield from _posed(fault, place, family)


def _posed(fault: Fault, place: Place, family: str) -> Iterator[Wrong]:
    found = _shown(fault, place) if fault.reverse is not None and fault.primal is None else None
    if found is not None:
        dish, error = found

        def make() -> Subject:
            return _anew(fault, place, dish)

        yield Wrong(fault.name, family, dish.name, make, fault.diagnosis, error)
    elif family in UNSEEN and "n = 0" not in fault.needs:
        dish = next(
            d for d in menu() if _fits(fault, place, d) and np.iscomplexobj(d.matrix) == ("phase" in fault.needs)
        )
        spec = PHASE if "phase" in fault.needs else None
        yield Wrong(fault.name, BESIDE, dish.name, lambda: _anew(fault, place, dish, spec), fault.diagnosis)


Change = Callable[[Array], Array]


def changed(rule: Rule, change: Change) -> Rule:
    """A right rule whose gradients are changed before they are given."""
    assert rule.rrule is not None
    rrule = rule.rrule

    def wrong(A: Array) -> Any:
        primal, pullback = rrule(A)
        return primal, lambda bar: change(np.array(pullback(bar)))

    return replace(rule, rrule=wrong, pushforward=None, has_forward=False)


def _entry(size: float) -> Change:
    def change(G: Array) -> Array:
        G[1, 0] += size * np.abs(G).max()
        return G

    return change


def _column(size: float) -> Change:
    def change(G: Array) -> Array:
        G[:, 0] *= 1 + size
        return G

    return change


MEASURED = (
    ("numpy/lapack", "eigvals", "general", None),
    ("numpy/lapack", "eig", "general", None),
    ("numpy/lapack", "eigvalsh", "lower", None),
    ("numpy/lapack", "eigh", "symmetric", None),
)


def _measured() -> Iterator[Wrong]:
    """Errors of every size in one entry and in one column, for each function."""
    dishes = {dish.name: dish for dish in menu()}
    for key in MEASURED:
        hermitian = key[1] in ("eigvalsh", "eigh")
        for name in ("symmetric", "Hermitian") if hermitian else ("real", "complex"):
            for size in SIZES:
                for group, change in ((ENTRY, _entry), (COLUMN, _column)):
                    subject = of_rule(changed(table()[key], change(size)), dishes[name].matrix)
                    yield Wrong(f"{group} {size:.0e}", group, name, lambda s=subject: s, size=size)


@cache
def faults() -> tuple[Wrong, ...]:
    """All of them, in the order of their groups."""
    return tuple(sorted((*_mutants(), *_measured()), key=lambda wrong: GROUPS.index(wrong.group)))
