"""`eigcheck run --mutants`: which wrong rules the chosen cases would not catch."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Final

import click

from eigcheck import mutation
from eigcheck.cli import gather
from eigcheck.cli.exits import Exit
from eigcheck.cli.outputs import check_formats, outputs, raise_failure, tell_own_failures
from eigcheck.cli.progress import Work, progress
from eigcheck.cli.streams import can_show_progress
from eigcheck.engine import version
from eigcheck.errors import UsageError
from eigcheck.reports.mutants import FORMATS, Hunted, MutantRecord

_ELSEWHERE: Final = (
    *("rule_globs", "loads", "commands", "callables", "functions", "domains"),
    *("framework", "memory_limit", "startup_timeout", "allow", "timeout", "max_blind", "baseline", "cluster"),
)
"""Options that are about rules which are expected to pass."""


def hunt_mutants(given: Mapping[str, Any]) -> Exit:
    """Put the mutants to the cases that the command line asks for, and tell what survived.

    To the end, to the first survivor if that is asked for, or to Ctrl-C. UsageError for options and formats that say
    nothing about mutants.
    """
    options = {param.name: param.opts[0] for param in click.get_current_context().command.params}
    for key in _ELSEWHERE:
        if given.get(key) not in (None, ()):
            raise UsageError(
                f"{options[key]} says nothing about mutants: --mutants brings its own, wrong rules. Leave one out."
            )
    check_formats((given["format_name"], *(name for name, _ in given["reports"])), "mutants")
    wish = gather.wanted(given, with_rules=False)
    settings = gather.settings(wish)
    cases = gather.problems(wish)
    hunt = mutation.plan(cases, modes=wish.modes, texts=wish.texts)
    total = len(hunt.targets)
    if not total:
        raise gather.nothing_to_run(len(cases), wish, "no mutant fits any case")
    began, verbosity = time.monotonic(), -1 if given["quiet"] else min(given["verbose"], 1)
    done, interrupted = list[Hunted](), False
    found = mutation.run(hunt, settings, gather.processes(total, wish))
    read = dict.fromkeys(case.file for case in cases)
    told = outputs(given["format_name"], given["reports"], verbosity, read, load=FORMATS.__getitem__)
    with told as there, closing(found):
        try:
            with progress(Work(total), can_show_progress() and verbosity >= 0) as advance:
                for one in found:
                    done.append(one)
                    advance(0.0, 0.0)
                    if given["fail_fast"] and not one.caught:
                        break
        except KeyboardInterrupt:
            interrupted = True
        record = MutantRecord(
            tuple(done),
            tuple(map(mutation.unasked, hunt.unfit)),
            cases=len(cases),
            complete=not interrupted and len(done) >= total,
            seconds=time.monotonic() - began,
            version=version(),
            wanted=1.0 if given["min_score"] is None else given["min_score"],
        )
        for output in there:
            output.close(record)
    raise_failure(why for output in there for why in output.failures)
    failed = tell_own_failures(one.broken for one in done if one.broken is not None)
    return Exit.of(interrupted=interrupted, failed=failed, unexpected=not record.suffices)
