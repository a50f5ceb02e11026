"""What is at hand while one case file is read, its mistakes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from eigcheck.casefile.nodes import Node
from eigcheck.casefile.source import LEAVE, STANDARD, Bounds, Source
from eigcheck.errors import Fault

MAX_FAULTS: Final = 1000
"""Of one file. More than anybody reads; keeps a file of millions of mistakes from filling the memory."""

_SHARED: Final = {
    "cases": "cases in all files",
    "entries": "matrix entries in all cases",
    "values": "values in all cases",
}
"""Bounds of what all files of one load have together."""

Item = TypeVar("Item")
Made = TypeVar("Made")


class Unusable(Exception):
    """Nothing can be made of a part of a case file; why is noted."""


class Mistake(Unusable):
    """The same for one reason that is not noted yet: a mistake at the character with index `at`."""

    def __init__(self, at: int, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.at, self.message, self.remedy = at, message, remedy


@dataclass(eq=False)
class Reading:
    """One case file with its mistakes, each once, the bounds, and what all files of this load have `taken` of them."""

    source: Source
    bounds: Bounds = STANDARD
    taken: Counter[str] = field(default_factory=Counter)
    builtin_rules: frozenset[str] = frozenset()
    instead: Mapping[str, Any] = field(default_factory=dict)
    """What stands in place of the cases' own values, by the keys of a case."""
    exhausted: bool = False
    """Whether something was asked for that is not left. What has only begun is then better given up."""
    _faults: dict[Fault, None] = field(default_factory=dict, init=False)
    _memory: dict[tuple[int, str], tuple[Node, Any]] = field(default_factory=dict, init=False)
    """What was made of a node and how, since expanded cases share nodes; the node is kept for its id to be its own."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What was found, in the order of the file."""
        return tuple(sorted(self._faults, key=lambda fault: (fault.line, fault.column)))

    @property
    def full(self) -> bool:
        """Whether further mistakes would not be noted, so that looking for remedies is wasted."""
        return len(self._faults) > MAX_FAULTS

    def line_of(self, at: int) -> int:
        """The line, from 1, of the character with index `at`."""
        return self.source.place(at)[0]

    def add(self, at: int, message: str, remedy: str = "") -> None:
        """Note a mistake at the character with index `at` of the file."""
        if len(self._faults) == MAX_FAULTS:
            message, remedy, at = f"more than {MAX_FAULTS} mistakes", "mend those that are listed first", 0
        self.add_fault(self.source.fault(self.source.visible(at), message, remedy))

    def add_fault(self, fault: Fault) -> None:
        """Note a mistake, perhaps in another file that this one names."""
        if not self.full:
            self._faults[fault] = None

    def attempt(self, build: Callable[[], Made]) -> Made | None:
        """What `build` makes; None, its mistake noted, if that cannot be used."""
        try:
            return build()
        except Unusable as error:
            if isinstance(error, Mistake):
                self.add(error.at, error.message, error.remedy)
            return None

    def each(self, read: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
        """What `read` makes of every item. Raises Unusable, all mistakes noted, if one cannot be used."""
        made = [self.attempt(lambda item=item: (read(item),)) for item in items]  # type: ignore[misc]
        if None in made:
            raise Unusable
        return [one[0] for one in made if one is not None]

    def once(self, node: Node, how: str, build: Callable[[], Made]) -> Made:
        """What `build` makes of `node`; made, and its mistakes noted, once for each `how`. Raises Unusable."""
        key = (id(node), how)
        if key not in self._memory:
            self._memory[key] = (node, self.attempt(build))
        made: Made | None = self._memory[key][1]
        if made is None:
            raise Unusable
        return made

    def afford(self, what: Literal["cases", "entries", "values"], count: int, at: int) -> bool:
        """Take so many of what all files share: True; if so many are not left, it takes none and raises.

        That is a Mistake at `at` for the first who asks for too many, Unusable for everybody after.
        """
        most, beyond = getattr(self.bounds, what), f"beyond {what}"
        if self.taken[what] + count > most:
            self.exhausted = True
            self.taken[beyond] += 1
            if self.taken[beyond] > 1:
                raise Unusable
            raise Mistake(at, f"more than {most} {_SHARED[what]} together", LEAVE)
        self.taken[what] += count
        return True
