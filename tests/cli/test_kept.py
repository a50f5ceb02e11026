"""Outcomes beyond those that memory is for come from a file, and nobody can tell which they are."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.cli import kept
from eigcheck.cli.kept import Kept
from eigcheck.outcome import Outcome
from tests.reports.samples import collapse, passing


def some(count: int) -> list[Outcome]:
    return [replace(outcome, seconds=float(k)) for k in range(count) for outcome in [(passing, collapse)[k % 2]()]]


@pytest.fixture(autouse=True)
def _two_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "IN_MEMORY", 2)


def test_it_is_a_sequence_of_what_was_appended() -> None:
    outcomes = some(6)
    with Kept() as found:
        for count, outcome in enumerate(outcomes):
            assert len(found) == count
            found.append(outcome)
            assert found[-1].seconds == outcome.seconds
        assert [one.seconds for one in found] == [0, 1, 2, 3, 4, 5]
        assert [one.seconds for one in found[1:5:2]] == [1, 3]
        assert [one.seconds for one in reversed(found)] == [5, 4, 3, 2, 1, 0]
        for one, outcome in zip(found, outcomes, strict=True):
            assert one.id == outcome.id
            assert one.judgement.findings == outcome.judgement.findings
            assert np.array_equal(one.problem.matrix, outcome.problem.matrix)
        with pytest.raises(IndexError):
            found[6]


def test_it_counts_them() -> None:
    with Kept() as found:
        for outcome in some(5):
            found.append(outcome)
        assert found.tally.counts.by_verdict == {"pass": 3, "fail": 2, "undefined": 0, "inconclusive": 0, "error": 0}
        assert list(found.tally.unexpected) == [1, 3]


def test_none_at_all() -> None:
    with Kept() as found:
        assert list(found) == []
        assert found.tally.counts.outcomes == 0
