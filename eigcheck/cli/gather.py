"""From the words of a command line to problems, rules and a plan: where commands meet the engine."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from eigcheck import engine
from eigcheck.casefile.cotangents import parse_cotangent
from eigcheck.casefile.inline import parse_matrix, read_matrix_file
from eigcheck.casefile.load import load_cases, load_shipped
from eigcheck.casefile.source import LARGE, STANDARD
from eigcheck.check.settings import Settings
from eigcheck.cli.options import AUTO
from eigcheck.cli.progress import Work
from eigcheck.config import nearest_hint
from eigcheck.domains.tangents import free_entry, positions
from eigcheck.errors import UsageError
from eigcheck.execution.loads import Load
from eigcheck.model import Problem, RuleKey
from eigcheck.oracles import registry as oracles
from eigcheck.outcome import NotRun, Outcome
from eigcheck.reports.record import RunRecord
from eigcheck.rules.registry import builtin_names
from eigcheck.showing import algebra, causes
from eigcheck.sources import Wanted, loads_of, opened
from eigcheck.sources import wanted as wanted

if TYPE_CHECKING:
    from eigcheck.cli.resume import Journal
    from eigcheck.cluster import Cluster

_HERE: Final = "cases"  # the folder whose cases are taken where none are named
_WORTH_IT: Final = 60
"""Outcomes from which on several processes pay for their start, which takes as long as some 20 outcomes each."""
_MOST: Final = 16
"""Processes that may be asked for on any machine; beyond that and four for each processor they only cost memory."""
_FEW: Final = 3  # reasons that an error message gives


def load_problems(paths: Sequence[str], **how: Any) -> tuple[Problem, ...]:
    """The problems of case files and folders, as `load_cases` makes them with eigcheck's own rules known."""
    return load_cases(paths, builtin_rules=builtin_names(), **how)


def problems(wish: Wanted) -> tuple[Problem, ...]:
    """The problems of the paths, of `cases` here if there are none, and the shipped ones if wanted."""
    shipped = load_shipped(builtin_rules=builtin_names()) if wish.shipped else ()
    paths = wish.paths
    if not paths and not wish.shipped:
        if not Path(_HERE).is_dir():
            raise UsageError(
                f"no PATH was given and there is no folder {_HERE}/ here."
                " --shipped checks the cases that come with eigcheck."
            )
        paths = (_HERE,)
    return (*shipped, *(load_problems(paths, allow_large=wish.allow_large) if paths else ()))


def probed(given: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The problem of a matrix, or those of a case file with what the options say put in place.

    Nothing is expected of them but `pass`, and every rule that is asked for may try. Raises UsageError.
    """
    text: str = given["matrix"]
    told: dict[str, Any] = {"dtype": given["dtype"], "allow_large": given["allow_large"]}
    chosen: dict[str, Any] = {key: given[key] for key in ("function", "domain", "uplo") if given[key]}
    chosen |= {key: tuple(dict.fromkeys(given[key])) for key in ("modes", "structures") if given[key]}
    suffix = Path(text).suffix.lower()
    if suffix in (".yaml", ".yml"):
        one_each = ("function", "domain", "dtype")
        instead = chosen | {key: [given[key]] for key in one_each if given[key]} | {"rules": None, "expect": {}}
        instead |= {"modes": chosen.get("modes", ("reverse",))} | ({"cotangent": None} if given["cotangent"] else {})
        found = load_problems((text,), allow_large=given["allow_large"], instead=instead)
        return tuple(_asked(case, given) for case in found)
    if suffix in (".npy", ".mtx"):
        matrix = read_matrix_file(text, **told)
    else:
        try:
            # one more than is taken: input without an end is refused as a long text is
            limit = (LARGE if given["allow_large"] else STANDARD).file_bytes + 1
            matrix = parse_matrix(sys.stdin.read(limit) if text == "-" else text, **told)
        except UnicodeDecodeError as error:
            why = f"standard input is not {error.encoding} text. Name a .npy file by its path."
            raise UsageError(why) from None
    bare = Problem("probe", matrix, dtype=str(matrix.dtype), modes=("reverse",))
    return (_asked(replace(bare, **chosen), given),)


def _asked(asked: Problem, given: Mapping[str, Any]) -> Problem:
    """The problem with the cotangent of the options. Raises UsageError where they do not fit its matrix."""
    n = asked.matrix.shape[0]
    if entry := given["entry"]:
        told = f"--entry {entry[0]},{entry[1]}"
        if max(entry) >= n:
            raise UsageError(f"{told} is outside a {n} x {n} matrix.")
        if free_entry(entry, asked.domain) not in positions(n, asked.domain):
            raise UsageError(f"{told} is not free on the domain {asked.domain}; {entry[1]},{entry[0]} is.")
    if text := given["cotangent"]:
        large: bool = given["allow_large"]
        spec = parse_cotangent(text, function=asked.function, n=n, dtype=asked.dtype, allow_large=large)
        asked = replace(asked, cotangent=spec)
    return asked


@dataclass(frozen=True)
class Session:
    """A run that can begin: its outcomes as they come, and what is known of it before."""

    work: Work
    start: RunRecord
    outcomes: Generator[Outcome]
    journals: tuple[Journal, ...] = ()
    """Where outcomes are written as they come, and come from if they were there: one or none."""


@contextmanager
def session(
    cases: Sequence[Problem], wish: Wanted, settings: Settings, *, resume: str | None = None, address: str | None = None
) -> Iterator[Session]:
    """The run of `cases` as wished for; foreign rules live in processes of their own until the block ends.

    What is done in the file `resume` is taken from there; the cluster at `address` does the rest, if there is one. Raises
    UsageError for unknown oracles, for a --rule that matches nothing, where there is nothing to run, for a file of
    another run, and for a cluster that cannot do it.
    """
    with opened(wish, loads_of(wish, cases)) as found, cluster_of(wish, address) as cluster:
        plan = found.plan(wish, cases)
        if not plan.tasks:
            raise nothing_to_run(len(cases), wish, f"no rule fits any case ({_reasons(plan.not_run)})")
        _check_named(plan, wish, found.sources.homes)
        # most of what is not run has no mode, and an id that ends before it
        asked = [
            one
            for one in plan.not_run
            if one.mode or not wish.texts or any(text in f"{one.case}::{one.rule}" for text in wish.texts)
        ]
        start = RunRecord((), tuple(asked), engine.environment(), causes=causes(), version=engine.version())
        start = replace(start, algebra=algebra())
        jobs = cluster.workers if cluster else processes(plan.total, wish)
        run = partial(
            engine.run,
            settings=settings,
            runner=found.runner,
            jobs=jobs,
            sources=found.sources,
            open_pool=cluster.pool if cluster else None,
        )
        work = Work(plan.total, plan.cost, jobs)
        if resume is None:
            yield Session(work, start, run(plan))
            return
        from eigcheck.cli.resume import journal, resumed

        with journal(resume, plan.tasks, dict(found.sources.homes), start, wish) as there:
            left = replace(plan, tasks=there.left(plan.tasks))
            yield Session(work, start, resumed(plan.tasks, there, run(left)), (there,))


def cluster_of(wish: Wanted, address: str | None) -> AbstractContextManager[Cluster | None]:
    """The cluster that was named, if one was. Raises UsageError where -j was given beside it."""
    if address is None:
        return nullcontext()
    if wish.jobs != AUTO:
        raise UsageError("-j is the number of processes on this machine: leave it out, or --cluster.")
    from eigcheck.cluster import cluster_at

    return cluster_at(address)


def processes(total: int, wish: Wanted) -> int:
    """How many processes to use for so many outcomes: one where the others would take longer to start than the run does."""
    affinity = getattr(os, "sched_getaffinity", None)
    ours = len(affinity(0)) if affinity else os.cpu_count() or 1
    if wish.jobs != AUTO:
        return min(wish.jobs, max(_MOST, 4 * ours))
    return ours if total >= _WORTH_IT else 1


def settings(wish: Wanted, **more: Any) -> Settings:
    """How rules are examined. Raises UsageError for an oracle that there is not."""
    for name in wish.oracles:
        if name not in oracles.names():
            hint = nearest_hint(name, oracles.names())
            raise UsageError(f"there is no oracle {name!r}.{hint} Oracles: {', '.join(oracles.names())}.")
    return Settings(oracles=wish.oracles or None, seed=wish.seed, outcome_timeout=wish.outcome_timeout, **more)


def _reasons(not_run: Iterable[NotRun]) -> str:
    return "; ".join(list(dict.fromkeys(f"{item.rule}: {item.reason}" for item in not_run))[:_FEW])


def nothing_to_run(cases: int, wish: Wanted, why: str) -> UsageError:
    """Why nothing would run, and what to change; `why` where there are cases and -k names none."""
    if not cases:
        return UsageError("there are no cases to run: the files and folders given hold none.")
    if wish.texts:
        return UsageError(f"nothing to run: no outcome's id contains {' or '.join(map(repr, wish.texts))}.")
    return UsageError(f"nothing to run: {why}.")


def _check_named(plan: engine.Plan, wish: Wanted, homes: Iterable[tuple[RuleKey, object]]) -> None:
    """Raise UsageError where nothing would run of what the command line names: a green run would not have checked it."""
    if wish.texts or wish.rules:
        return  # something of it was chosen
    ran = {task.rule.name for task in plan.tasks}
    for source in wish.named:
        names = {key[0] for key, home in homes if home == source}
        if not names or names & ran:
            continue
        told = (
            _reasons(item for item in plan.not_run if item.rule in names)
            or "the cases name other rules; --rule puts them in place of these"
        )
        shown = source.shown if isinstance(source, Load) else f"--exec {source}"
        raise UsageError(f"{shown}: none of its rules would run ({told}). Its rules: {', '.join(sorted(names))}.")
