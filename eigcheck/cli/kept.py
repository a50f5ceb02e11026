"""The outcomes of a run, of which there may be more than memory holds: beyond some, they are kept in a file."""

from __future__ import annotations

import pickle
import tempfile
from array import array
from collections.abc import Sequence
from typing import BinaryIO, Final, overload

from eigcheck.outcome import Outcome
from eigcheck.reports.record import Tally

IN_MEMORY: Final = 1000
"""Outcomes that are kept in memory: some 20 MB."""


class Kept(Sequence[Outcome]):
    """Outcomes in the order in which they came, with their tally. The file has no name, and goes with the block."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._first: list[Outcome] = []
        self._rest: array[int] = array("Q")
        self._file: BinaryIO | None = None

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file; what is in memory stays."""
        if self._file is not None:
            self._file.close()

    def append(self, outcome: Outcome) -> None:
        """Keep one more."""
        self.tally.add(outcome)
        if len(self._first) < IN_MEMORY:
            self._first.append(outcome)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="eigcheck-")  # noqa: SIM115 - closed when the block ends
        self._file.seek(0, 2)
        self._rest.append(self._file.tell())
        pickle.dump(outcome, self._file, pickle.HIGHEST_PROTOCOL)

    @overload
    def __getitem__(self, place: int) -> Outcome: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Outcome, ...]: ...

    def __getitem__(self, place: int | slice) -> Outcome | tuple[Outcome, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        place = range(len(self))[place]
        if place < len(self._first):
            return self._first[place]
        assert self._file is not None
        self._file.seek(self._rest[place - len(self._first)])
        found: Outcome = pickle.load(self._file)
        return found

    def __len__(self) -> int:
        return len(self._first) + len(self._rest)
