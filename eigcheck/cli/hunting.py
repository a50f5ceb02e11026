"""From the options of `eigcheck hunt` to a hunt, and from what it came to, to reports and an exit code."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from eigcheck import engine
from eigcheck.cli import gather
from eigcheck.cli.exits import Exit
from eigcheck.cli.outputs import check_folder, check_formats, outputs, raise_failure, tell_own_failures
from eigcheck.cli.progress import Work, progress
from eigcheck.cli.streams import can_show_progress
from eigcheck.errors import UsageError
from eigcheck.hunting.judging import Target
from eigcheck.hunting.rounds import Hunt, Progress, hunted
from eigcheck.hunting.telling import told
from eigcheck.hunting.telling import write as write_cases
from eigcheck.model import Problem, Rule
from eigcheck.names import DTYPES, MODES
from eigcheck.pool import PoolLost
from eigcheck.reports.hunt import FORMATS, HuntRecord
from eigcheck.rules.mutants import PREFIX, mutants
from eigcheck.showing import causes
from eigcheck.sources import OpenRules, Wanted, loads_of, opened

if TYPE_CHECKING:
    from eigcheck.cluster import Cluster

_DEFAULT_TIME: Final = 60.0  # seconds that are searched where neither --time nor --examples says how long
_MEMORY: Final = Path(".eigcheck") / "hunt"  # where Hypothesis keeps what it found
_FEW: Final = 5  # failures of our own that are told one by one
_ANY: Final = Problem("hunt", np.zeros((0, 0)))
"""A case that names no rules: for one like it everything that is installed is loaded, as for `run`."""


def hunted_and_told(given: Mapping[str, Any]) -> Exit:
    """Hunt, to the end or to Ctrl-C; then write cases and reports, and say how it went."""
    check_formats((name for name, _ in given["reports"]), "a hunt")
    if given["folder"]:
        check_folder(given["folder"])
    began, clock = time.time(), time.monotonic()
    # --function and --domain are about a --callable only where there is one
    claims = given if given["callables"] else {k: v for k, v in given.items() if k not in ("functions", "domains")}
    wish = gather.wanted(claims)
    settings = gather.settings(wish)
    verbosity = -1 if given["quiet"] else min(given["verbose"], 1)
    with (
        outputs(given["format_name"], given["reports"], verbosity, load=FORMATS.__getitem__) as there,
        opened(wish, loads_of(wish, (_ANY,))) as found,
        gather.cluster_of(wish, given["cluster"]) as cluster,
    ):
        hunt = _hunt(given, wish, found, began)
        done = Progress()
        interrupted, lost, unwritten = False, None, None
        try:
            interrupted = _followed(hunt, done, given, wish, found, cluster)
        except PoolLost as error:
            lost = error  # what was found by then is told first
        faults = tuple(told(hunt, done, settings, found.runner))
        if given["folder"]:
            faults, unwritten = write_cases(faults, given["folder"])
        record = HuntRecord(
            faults,
            rules=len(hunt.targets),
            seed=hunt.seed,
            coverage=done.coverage,
            doubtful=tuple(done.doubtful),
            complete=not interrupted and lost is None,
            seconds=time.monotonic() - clock,
            version=engine.version(),
            causes=causes(),
        )
        for output in there:
            output.close(record)
    raise_failure((lost, unwritten, *(why for output in there for why in output.failures)))
    failed = tell_own_failures(done.broken, _FEW)
    if not (interrupted or record.found or failed or done.coverage.problems):
        raise UsageError("no problem was judged in this time. Give it a longer --time.")
    # what was found stands, whatever failed elsewhere
    return Exit.of(interrupted=interrupted, failed=failed and not record.found, unexpected=bool(record.found))


def _hunt(given: Mapping[str, Any], wish: Wanted, found: OpenRules, began: float) -> Hunt:
    globs = wish.globs(rule.name for rule in found.rules if not (rule.builtin or rule.by_name))
    wrong = [one.rule for one in mutants()] if any(glob.startswith(PREFIX) for glob in globs) else []
    rules = engine.matching((*found.rules, *wrong), globs)
    targets = tuple(target for rule in rules if (target := _target(rule, given, wish)) is not None)
    if not targets:
        raise UsageError(
            f"nothing to hunt: of the {len(rules)} rules that are meant none has this function, domain, dtype and mode."
        )
    seconds = given["duration"] or (None if given["examples"] else _DEFAULT_TIME)
    return Hunt(
        targets,
        seed=wish.seed,
        examples=given["examples"],
        began=began,
        deadline=float("inf") if seconds is None else began + seconds,
        folder=_MEMORY if given["replay"] and not given["cluster"] else None,  # the workers' folders are others
        first_only=given["fail_fast"],
    )


def _target(rule: Rule, given: Mapping[str, Any], wish: Wanted) -> Target | None:
    modes = tuple(mode for mode in MODES if mode in rule.modes and (not wish.modes or mode in wish.modes))
    dtypes = tuple(d for d in DTYPES if d in rule.dtypes and (not given["dtypes"] or d in given["dtypes"]))
    words = (("functions", rule.function), ("domains", rule.domain))
    meant = all(not given[key] or word in given[key] for key, word in words)
    return Target(rule, modes, dtypes) if modes and dtypes and meant else None


def _followed(
    hunt: Hunt, done: Progress, given: Mapping[str, Any], wish: Wanted, found: OpenRules, cluster: Cluster | None
) -> bool:
    """Hunt to the end, or to a Ctrl-C: then True. The bar counts problems, or seconds where there is a limit of time."""
    timed = hunt.examples is None
    total = round(hunt.deadline - hunt.began) if timed else (hunt.examples or 0) * len(hunt.targets)
    jobs = cluster.workers if cluster else gather.processes(total if not timed else 1000, wish)
    settings = replace(gather.settings(wish), seed=0)
    steps = hunted(hunt, done, settings, found.runner, found.sources, jobs, cluster.pool if cluster else None)
    bar, counted = can_show_progress() and not given["quiet"], 0
    try:
        with closing(steps), progress(Work(total, total, jobs), bar) as advance:
            for judged in steps:
                spent = time.time() - hunt.began
                now = min(total, int(spent)) if timed else counted + judged
                for _ in range(counted, now):
                    advance(1.0, jobs * spent / max(now, 1))  # on all processes together
                counted = now
    except KeyboardInterrupt:
        return True
    return False
