"""The list of relations. Each module of this package that states one registers it with the decorator `relation`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from eigcheck.check.checks.relations.place import Image, Place

Images: TypeAlias = Callable[[Place], Sequence[Image] | str]


@dataclass(frozen=True)
class Relation:
    """A relation by its `name`; `summary` is one line on it.

    `images` gives the transformed problems, or says why there is none. With `of_values` it speaks of the values' part of
    a cotangent only. An `exact` one maps floating-point matrices without rounding. `kind` is the finding that tells that
    it is broken: `invariance`, or a note where T(A) is so far away that A itself is not to be judged by it.
    """

    name: str
    summary: str
    images: Images
    of_values: bool
    exact: bool
    kind: str = "invariance"


_RELATIONS: dict[str, Relation] = {}


def relation(
    name: str, *, summary: str, of_values: bool = False, exact: bool = True, kind: str = "invariance"
) -> Callable[[Images], Images]:
    """Register a function as the relation `name`; see `Relation` for the rest.

    Raises ValueError if the name is taken.
    """

    def register(images: Images) -> Images:
        if name in _RELATIONS:
            raise ValueError(f"the relation {name!r} is registered already")
        _RELATIONS[name] = Relation(name, summary, images, of_values, exact, kind)
        return images

    return register


def registered() -> tuple[Relation, ...]:
    """All registered relations: exact ones first, then by name."""
    return tuple(sorted(_RELATIONS.values(), key=lambda known: (not known.exact, known.name)))
