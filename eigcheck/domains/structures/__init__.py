"""Special matrices beside which a rule may jump: one structure a file, with who has it and what keeps it.

A new one is one more module here with a function under the decorator `structure`, and its name in `eigcheck.names`,
which loads no numerics.

Structures hold exactly or not at all, but for `normal` and `orthogonal`, which are equations that floats rarely satisfy.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import numpy as np

from eigcheck.domains.structures.registry import Structure, named, registered
from eigcheck.model import Array
from eigcheck.spectra.reads import read

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def structures() -> tuple[Structure, ...]:
    """Every structure, in the order of `names.STRUCTURES`."""
    return registered()


def structures_of(matrix: Array, triangle: str | None = None) -> tuple[str, ...]:
    """The structures that `matrix` (n, n), of a floating dtype, has: in the order of `names.STRUCTURES`.

    With `triangle` (`U` or `L`) those of the Hermitian completion of that triangle. Empty if anything that
    is read is not finite.
    """
    seen = read(np.asarray(matrix), triangle)
    if not np.all(np.isfinite(seen)):
        return ()
    return tuple(known.name for known in registered() if known.holds(seen))


def staying(direction: Array, structure: str | None) -> Array | None:
    """The part of a direction along which a linear structure is kept; None for structures that are not linear."""
    if structure is None:
        return direction
    part = named(structure).part
    return None if part is None else part(direction)


__all__ = ["Structure", "staying", "structures", "structures_of"]
