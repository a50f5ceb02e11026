"""Hypothesis by itself: what it draws depends on the seed, and not on which modules happen to be imported.

It likes to draw numbers that stand in the sources of imported modules, of those that are no installed packages. That helps
to test these. A hunt is to draw the same in every process, whoever has imported what before.

It warns of strategies that draw from Python's `random`, too. Ours do not; other threads of a cluster's worker may.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

_HOME: Final = "hypothesis.internal.conjecture.providers"
_NUMBERS: Final = "_get_local_constants"
"""What Hypothesis asks for these numbers. No setting turns that off; versions that have none of it draw none of them."""
_RANDOM: Final = "Do not use the `random` module inside strategies"


@contextmanager
def alone() -> Iterator[None]:
    """Without numbers from others' sources, and without that warning, until the block ends."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=_RANDOM)
        with _without_numbers():
            yield


@contextmanager
def _without_numbers() -> Iterator[None]:
    home: Any = import_module(_HOME)
    before = getattr(home, _NUMBERS, None)
    if before is None:
        yield
        return
    nothing = type(home.GLOBAL_CONSTANTS)()
    home.CONSTANTS_CACHE.cache.clear()
    setattr(home, _NUMBERS, lambda: nothing)
    try:
        yield
    finally:
        setattr(home, _NUMBERS, before)
        home.CONSTANTS_CACHE.cache.clear()
