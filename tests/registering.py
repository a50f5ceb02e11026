"""Rules that a test registers in its own process, and that are forgotten after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from eigcheck.model import Rule
from eigcheck.rules.registry import load_builtin, registered, withdraw


class Newer(Sequence[Rule]):
    """The rules that were registered since, as many as there are by now."""

    def __init__(self) -> None:
        load_builtin()  # not during a test
        self._before = {one.key for one in registered()}

    def _now(self) -> list[Rule]:
        return [one for one in registered() if one.key not in self._before]

    def __len__(self) -> int:
        return len(self._now())

    def __getitem__(self, place: Any) -> Any:
        return self._now()[place]

    def __eq__(self, other: object) -> bool:
        return self._now() == other

    __hash__ = None  # type: ignore[assignment]


@contextmanager
def registering() -> Iterator[Newer]:
    """Inside the block rules may be registered."""
    newer = Newer()
    try:
        yield newer
    finally:
        withdraw(list(newer))
