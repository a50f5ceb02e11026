"""What a relation is: where it starts, the transformed problems that it makes of that, and the list of all.

With T a map of matrices and dT its derivative, the rule's numbers at A and at T(A) obey

    <y_bar', y_dot'(dT(E))> = f <y_bar, y_dot(E)>,

f being 1, or for eigenvectors under A -> s A, whose gradients scale as 1/s, 1/s. Numbers along mapped tangents are what
is compared, in both modes and on every domain: they need no map of gradients, which fold onto stored triangles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from eigcheck.check.point import Point
from eigcheck.model import Array, Eigenpairs
from eigcheck.pairs import in_precision, is_single

Map: TypeAlias = Callable[[Array], Array]


@dataclass(frozen=True)
class Image:
    """The transformed problem. `at` names T(A) in words; m is its order.

    `matrix` (m, m) is T(A) and `tangents` (T', m, m) are the images of the place's T, then such as the gradient must
    not respond to. `back` brings the rule's primal at T(A) to one of A, in its own order and phases; `forth` takes a
    cotangent in that order, and the primal at T(A), to one of that primal. Numbers of vectors' cotangents are
    `vectors_factor` times those at A. `defect` (m, m) bounds |fl(T(A)) - T(A)| entry by entry; None: T(A) is exact.
    """

    at: str
    matrix: Array
    tangents: Array
    back: Callable[[Eigenpairs], Eigenpairs]
    forth: Callable[[Eigenpairs, Eigenpairs], Eigenpairs]
    vectors_factor: float = 1.0
    defect: Array | None = None


@dataclass(frozen=True)
class Place:
    """Where relations start from: a point, and tangents (T, n, n) as they are read. What is random is always alike."""

    point: Point
    tangents: Array
    seed: int

    @property
    def matrix(self) -> Array:
        """What the function reads of A (n, n), in A's dtype."""
        return self.point.spectrum.decomposed

    @property
    def n(self) -> int:
        """The order of A."""
        return len(self.matrix)

    @property
    def is_complex(self) -> bool:
        """Whether A has a complex dtype."""
        return self.point.is_complex

    @property
    def hermitian(self) -> bool:
        """Whether A and its tangents are Hermitian by the domain or the function, and not by chance."""
        return self.point.rule.domain != "general" or self.point.triangle is not None

    def rng(self, salt: int) -> np.random.Generator:
        """The source of a relation's random numbers: the same for every rule."""
        return np.random.default_rng([self.seed, self.n, salt])

    def stored(self, matrices: Array) -> Array:
        """Tangents as elements of the domain, from the (Hermitian) ones (T, m, m) that are read of them."""
        if self.point.triangle is None or self.point.rule.domain == "symmetric":
            return matrices
        return np.triu(matrices) if self.point.triangle == "U" else np.tril(matrices)

    def beyond(self, exponent: int = 0) -> float:
        """2^exponent times the power of two that is next above the norm of the balanced A; infinite where it overflows."""
        state = self.point.state
        above = int(np.frexp(state.norm or 1.0)[1]) + state.exponent
        with np.errstate(over="ignore"):
            return float(np.ldexp(1.0, above + exponent))

    def turned(
        self, at: str, moved: Map, back: Map, forth: Map, matrix: Array | None = None, defect: Array | None = None
    ) -> Image:
        """The image under v' = U v, of U unitary.

        Arguments:
            moved: E -> U E U^H, of matrices (..., n, n).
            back, forth: V' -> U^H V' and V -> U V.
            matrix: U A U^H, where that is not what `moved` makes of A.
        """
        return Image(
            at,
            moved(self.matrix) if matrix is None else matrix,
            self.stored(moved(self.tangents)),
            lambda primal: on_parts(primal, None, back),
            lambda cotangent, _: on_parts(cotangent, None, forth),
            defect=defect,
        )


def on_parts(pairs: Eigenpairs, values: Map | None, vectors: Map | None) -> Eigenpairs:
    """Pairs with a map applied to each part (None: as it is), in the precision they had; absent stays absent."""

    def mapped(part: Array | None, by: Map | None) -> Array | None:
        return part if part is None or by is None else in_precision(by(part), single=is_single(part))

    return Eigenpairs(mapped(pairs.values, values), mapped(pairs.vectors, vectors))


def unchanged(pairs: Eigenpairs, _: Eigenpairs) -> Eigenpairs:
    """A cotangent that is the same at T(A)."""
    return pairs


def in_range(matrix: Array) -> bool:
    """Whether a transformed matrix is finite."""
    return bool(np.all(np.isfinite(matrix)))


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
