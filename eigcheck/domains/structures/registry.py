"""The list of structures. Each module of this package registers its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from eigcheck.model import Array
from eigcheck.names import STRUCTURES
from eigcheck.names import Structure as Name

Test: TypeAlias = Callable[[Array], bool]
Part: TypeAlias = Callable[[Array], Array]

EXACTLY: Final = "exactly"
ROUNDED: Final = "to n u norm(A)"


@dataclass(frozen=True)
class Structure:
    """A set of special matrices beside which a rule may jump.

    `meaning` is one line for users; `decided` says how exactly it is decided whether a matrix belongs. `holds` tells
    that of a finite matrix (n, n) of a floating dtype. `part` is the projection of a direction (n, n) onto those
    along which the structure is kept; None for a structure that is not linear.
    """

    name: Name
    meaning: str
    decided: str
    holds: Test
    part: Part | None


_STRUCTURES: Final[dict[str, Structure]] = {}


def structure(name: Name, meaning: str, *, decided: str = EXACTLY, part: Part | None = None) -> Callable[[Test], Test]:
    """Register a function that tells whether a matrix belongs; see `Structure` for the rest.

    Raises ValueError if the name is taken, or not one of `names.STRUCTURES`.
    """

    def register(holds: Test) -> Test:
        if name in _STRUCTURES or name not in STRUCTURES:
            raise ValueError(f"the structure {name!r} is registered already, or not in eigcheck.names")
        _STRUCTURES[name] = Structure(name, meaning, decided, holds, part)
        return holds

    return register


def registered() -> tuple[Structure, ...]:
    """All structures, in the order of `names.STRUCTURES`."""
    return tuple(_STRUCTURES[name] for name in STRUCTURES)


def named(name: str) -> Structure:
    """One of them. Raises KeyError."""
    return _STRUCTURES[name]
