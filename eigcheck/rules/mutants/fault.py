"""What a fault is: what is wrong, where that is wrong at all, what shows it, and the diagnosis that it deserves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final, TypeAlias

from eigcheck.names import DTYPES
from eigcheck.rules.mutants.template import Primal, Pullback, Pushforward

Place: TypeAlias = tuple[str, str, str | None]
"""A function, a domain and a uplo."""

PLAIN: Final[tuple[Place, ...]] = (("eigvals", "general", None), ("eig", "general", None))
SYMMETRIC: Final[tuple[Place, ...]] = tuple((f, "symmetric", None) for f in ("eigvals", "eig", "eigvalsh", "eigh"))
STORED: Final[tuple[Place, ...]] = tuple(
    (function, domain, uplo)
    for function, (domain, uplo) in product(
        ("eigvalsh", "eigh"), (("general", None), ("general", "U"), ("upper", None), ("lower", None))
    )
)
EVERYWHERE: Final[tuple[Place, ...]] = PLAIN + SYMMETRIC + STORED


def with_vectors(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Those of the places whose function gives eigenvectors."""
    return tuple(place for place in places if place[0] in ("eig", "eigh"))


def hermitian(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Those of the places whose function reads a triangle."""
    return tuple(place for place in places if place[0] in ("eigvalsh", "eigh"))


def on_general(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Those of the places where every entry of A is free."""
    return tuple(place for place in places if place[1] == "general")


REAL: Final = ("float64", "float32")
COMPLEX: Final = ("complex128", "complex64")
DOUBLE: Final = ("float64", "complex128")


@dataclass(frozen=True)
class Fault:
    """A way to be wrong. `reverse` and `forward` stand in place of the right pullback and pushforward.

    `what` and `needs` are a line each: what is wrong, and what a case must have to show it. `diagnosis` is the
    one that the fault deserves, None where it has no name. `places` and `dtypes` leave out those where the faulty
    rule would be right. A rule with a `primal` is faulty in what it gives out.
    """

    name: str
    what: str
    needs: str
    places: tuple[Place, ...]
    reverse: Pullback | None = None
    forward: Pushforward | None = None
    diagnosis: str | None = None
    dtypes: tuple[str, ...] = DTYPES
    primal: Primal | None = None
    convention: str = "free"

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes in which the rule is wrong."""
        return ("reverse",) * (self.reverse is not None) + ("forward",) * (self.forward is not None)
