"""From outcomes to reports: handed on as they come, and what is done is told however it ends."""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import time
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from eigcheck.baseline import gone, marked
from eigcheck.cli.exits import PLEA, Exit
from eigcheck.cli.github import annotate
from eigcheck.cli.outputs import Output, outputs, raise_failure
from eigcheck.cli.progress import Advance, progress
from eigcheck.cli.streams import can_show_progress, write_error
from eigcheck.errors import EigcheckError
from eigcheck.outcome import KnownFault, Outcome
from eigcheck.pool import after_interrupt
from eigcheck.reports.record import Chosen, RunRecord, allowing
from eigcheck.reports.words import counted
from eigcheck.sources import Wanted
from eigcheck.tasks import cost

if TYPE_CHECKING:
    from eigcheck.cli.gather import Session
    from eigcheck.cli.resume import Journal

IN_MEMORY: Final = 20 << 20  # bytes of outcomes that are kept in memory: some 1000 of them
_FEW: Final = 5  # failures of our own that are told one by one, unless all is asked for


class Kept(Sequence[Outcome]):
    """Outcomes in the order in which they came: in memory, then in a file that has no name. They go with the block."""

    def __init__(self) -> None:
        self._places: array[int] = array("Q")
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY, prefix="eigcheck-")  # noqa: SIM115 - closed by the block

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, outcome: Outcome) -> None:
        """Keep one more."""
        self._places.append(self._file.seek(0, os.SEEK_END))
        pickle.dump(outcome, self._file, pickle.HIGHEST_PROTOCOL)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return Chosen(self, range(len(self))[place])
        self._file.seek(self._places[place])
        return pickle.load(self._file)

    def __len__(self) -> int:
        return len(self._places)


def _follow(
    outcomes: Iterator[Outcome], outputs: Sequence[Output | Journal], done: Kept, advance: Advance, *, fail_fast: bool
) -> None:
    for outcome in outcomes:
        done.append(outcome)
        for output in outputs:
            output.add(outcome)
        advance(cost(outcome.problem), outcome.seconds)
        nobody_reads = all(output.failures for output in outputs)
        if nobody_reads or (fail_fast and not outcome.as_expected):
            return


def _show_own_failures(record: RunRecord, *, traces: bool) -> bool:
    """Whether eigcheck failed on some outcome, which then stands among the others; told on standard error."""
    failed = Chosen(record.outcomes, record.tally.failed)
    if not failed:
        return False
    told: set[str] = set()
    for outcome in failed if traces else failed[:_FEW]:
        trace = str(outcome.judgement.detail.internal).rstrip() + "\n"
        write_error(trace if traces and trace not in told else "")
        write_error(f"error: {outcome.id}: {outcome.judgement.detail.why}\n")
        told.add(trace)
    if not traces and len(failed) > _FEW:
        write_error(f"error: and {counted(len(failed) - _FEW, 'more outcome')} on which eigcheck itself failed\n")
    write_error(PLEA.format(what="the traceback above" if traces else "what it prints with -v (a traceback)"))
    return True


def run_and_report(
    session: Session,
    wish: Wanted,
    given: Mapping[str, Any],
    verbosity: int,
    *,
    known: Sequence[KnownFault] = (),
    inputs: Iterable[str | None] = (),
    actions: bool = False,
) -> Exit:
    """Run to the end, to the first unexpected outcome or to Ctrl-C, write all reports, and say how it went.

    `given` are the options, `known` the faults of the baseline, and no report may replace one of `inputs`. With `actions`
    GitHub Actions gets annotations and a job summary. What breaks the run itself is raised after everything that was done
    before is told.
    """
    interrupted, broken = False, None
    format_name, follow = given["format_name"], partial(_follow, fail_fast=given.get("fail_fast", False))
    streaming = verbosity == 1 or format_name == "jsonl" or (format_name == "json" and sys.stdout.isatty())
    bar = can_show_progress() and verbosity >= 0 and not streaming
    began, faults = time.monotonic(), frozenset(known)

    def taken(found: Outcome) -> Outcome:
        """An outcome as the options and the baseline take it."""
        return marked(allowing(found, wish.allow, wish.max_blind), faults)

    with Kept() as done:
        where = outputs(format_name, given["reports"], verbosity, inputs)
        with where as there, closing(session.outcomes):
            told: tuple[Output | Journal, ...] = (*session.journals, *there)
            for output in told:
                output.open(session.start)
            try:
                with progress(session.work, bar) as advance:
                    follow(map(taken, session.outcomes), told, done, advance)
            except KeyboardInterrupt:
                interrupted = True
                with suppress(KeyboardInterrupt):
                    follow(map(taken, after_interrupt(session.outcomes)), told, done, lambda *_: None)
            except Exception as error:
                if isinstance(error, EigcheckError) and not len(done):
                    raise  # a mistake of the user's before anything began
                broken = error
            complete = not interrupted and len(done) >= session.work.count
            record = replace(
                session.start,
                outcomes=done,
                complete=complete,
                seconds=time.monotonic() - began,
                gone=gone(known, done) if known else (),
            )
            for output in told:
                output.close(record)
        if actions:
            annotate(record, format_name, [path for _, path in given["reports"]])
        if broken is not None:
            raise broken
        raise_failure(why for output in told for why in output.failures)
        failed = _show_own_failures(record, traces=given["verbose"] > 0)
        return Exit.of(interrupted=interrupted, failed=failed, unexpected=bool(record.unexpected))
