"""From the words of a command line to problems, rules and a plan: where commands meet the engine."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, Final

from eigcheck import engine
from eigcheck.casefile import load_cases, load_shipped
from eigcheck.check.conventions import Convention, measure
from eigcheck.check.diagnoses import diagnoses
from eigcheck.check.settings import Settings
from eigcheck.cli.options import AUTO
from eigcheck.cli.progress import Work
from eigcheck.config import nearest_hint, read_config
from eigcheck.errors import RuleError, UsageError
from eigcheck.execution.child.runner import DEFAULT_TIMEOUT, ChildRunner
from eigcheck.execution.external.runner import DEFAULT_STARTUP_TIMEOUT, Command
from eigcheck.execution.loads import Load, frameworks, installed
from eigcheck.execution.local import LocalRunner
from eigcheck.model import Problem, Rule, RuleKey
from eigcheck.names import DEFAULT_OUTCOME_TIMEOUT, DOMAINS, FUNCTIONS, MODES
from eigcheck.oracles import registry as oracles
from eigcheck.outcome import NotRun, Outcome
from eigcheck.reports.record import RunRecord
from eigcheck.rules import registry
from eigcheck.rules.frameworks import FRAMEWORKS, require
from eigcheck.showing import algebra, causes
from eigcheck.wanted import Wanted, commands_of, globs_of, without_rules
from eigcheck.wanted import wanted as options_over

_HERE: Final = "cases"
"""The folder whose cases are taken where none are named."""
_WORTH_IT: Final = 60
"""Outcomes from which on several processes pay for their start, which takes as long as some 20 outcomes each."""
_MOST: Final = 16
"""Processes that may be asked for on any machine; beyond that and four for each processor they only cost memory."""
_FEW: Final = 3
"""Reasons that an error message gives."""


def wanted(given: Mapping[str, Any], *, with_rules: bool = True) -> Wanted:
    """Options over `[tool.eigcheck]`, whose own rules may not be meant.

    Raises UsageError and RuleError for what cannot be meant.
    """
    config = read_config()
    return options_over(given, config if with_rules else without_rules(config))


def load_problems(paths: Sequence[str], *, allow_large: bool) -> tuple[Problem, ...]:
    """The problems of case files and folders. Raises CaseFileError with all mistakes of all files."""
    return load_cases(paths, builtin_rules=_builtin_names(), allow_large=allow_large)


def _builtin_names() -> frozenset[str]:
    registry.load_builtin()
    return frozenset(rule.name for rule in registry.registered())


def problems(wish: Wanted) -> tuple[Problem, ...]:
    """The problems of the paths, of `cases` here if there are none, and the shipped ones if wanted."""
    shipped = load_shipped(builtin_rules=_builtin_names()) if wish.shipped else ()
    paths = wish.paths
    if not paths and not wish.shipped:
        if not Path(_HERE).is_dir():
            raise UsageError(
                f"no PATH was given and there is no folder {_HERE}/ here."
                " --shipped checks the cases that come with eigcheck."
            )
        paths = (_HERE,)
    return (*shipped, *(load_problems(paths, allow_large=wish.allow_large) if paths else ()))


@dataclass(frozen=True)
class Session:
    """A plan with what is known of its run before it: everything that is told but the outcomes."""

    plan: engine.Plan
    work: Work
    start: RunRecord
    outcomes: Generator[Outcome]


@contextmanager
def session(cases: Sequence[Problem], wish: Wanted, settings: Settings) -> Iterator[Session]:
    """The run of `cases` as wished for; foreign rules live in processes of their own until the block ends.

    Raises UsageError for unknown oracles, for a --rule that matches nothing, and where there is nothing to run.
    """
    registry.load_builtin()
    loads = (
        *wish.loads,
        *installed(_globs_in_use(cases, wish)),
        *frameworks(wish.rules or _globs_of(cases)),
    )
    sources = engine.RuleSources(loads, wish.timeout or DEFAULT_TIMEOUT, wish.memory_limit, commands_of(wish))
    with engine.Router(sources) as runner:
        rules = (*registry.registered(), *runner.rules())
        sources = replace(sources, homes=runner.homes)
        globs = globs_of(wish, (rule.name for rule in rules if not (rule.builtin or rule.by_name)))
        plan = engine.select(cases, rules, rule_globs=globs, modes=wish.modes, texts=wish.texts)
        if not plan.tasks:
            raise UsageError(_nothing(cases, plan, wish))
        _check_named(plan, wish, runner.homes)
        start = RunRecord(
            (), _asked_for(plan, wish), engine.environment(), causes=causes(), version=version(), algebra=algebra()
        )
        jobs = processes(plan.total, wish)
        found = engine.run(plan, settings, runner, local=LocalRunner(), jobs=jobs, sources=sources)
        yield Session(plan, Work(plan.total, plan.cost, jobs), start, found)


def programs(commands: Sequence[str], startup_timeout: float | None) -> tuple[Command, ...]:
    """The programs that --exec names, each once, for commands that only list or measure what they offer."""
    seconds = startup_timeout or DEFAULT_STARTUP_TIMEOUT
    return tuple(Command(text, startup_timeout=seconds) for text in dict.fromkeys(commands))


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
    limit = wish.outcome_timeout or DEFAULT_OUTCOME_TIMEOUT
    return Settings(oracles=wish.oracles or None, seed=wish.seed, outcome_timeout=limit, **more)


def _globs_in_use(cases: Sequence[Problem], wish: Wanted) -> tuple[str, ...] | None:
    """The globs that decide which installed packages are loaded; None for all of them."""
    if wish.rules or wish.callables:
        return wish.rules
    if any(case.rules is None for case in cases):
        return None
    return _globs_of(cases)


def _globs_of(cases: Sequence[Problem]) -> tuple[str, ...]:
    """The globs that cases name."""
    return tuple(dict.fromkeys(glob for case in cases for glob in case.rules or ()))


def _asked_for(plan: engine.Plan, wish: Wanted) -> tuple[NotRun, ...]:
    """What was not run of what -k asks for; most of it has no mode, and an id that ends before it."""

    def asked(item: NotRun) -> bool:
        return item.mode is not None or any(text in f"{item.case}::{item.rule}" for text in wish.texts)

    return tuple(item for item in plan.not_run if not wish.texts or asked(item))


def _nothing(cases: Sequence[Problem], plan: engine.Plan, wish: Wanted) -> str:
    """Why nothing would run, and what to change."""
    if not cases:
        return "there are no cases to run: the files and folders given hold none."
    if wish.texts:
        return f"nothing to run: no outcome's id contains {' or '.join(map(repr, wish.texts))}."
    reasons = dict.fromkeys(f"{item.rule}: {item.reason}" for item in plan.not_run)
    told = "; ".join(list(reasons)[:_FEW])
    return f"nothing to run: no rule fits any case ({told})."


def _check_named(plan: engine.Plan, wish: Wanted, homes: Iterable[tuple[RuleKey, object]]) -> None:
    """Raise UsageError where nothing would run of what the command line names: a green run would not have checked it."""
    if wish.texts or wish.rules:
        return  # something of it was chosen
    ran = {task.rule.name for task in plan.tasks}
    for source in wish.named:
        names = {key[0] for key, home in homes if home == source}
        if not names or names & ran:
            continue
        reasons = dict.fromkeys(f"{item.rule}: {item.reason}" for item in plan.not_run if item.rule in names)
        told = "; ".join(list(reasons)[:_FEW]) or "the cases name other rules; --rule puts them in place of these"
        shown = source.shown if isinstance(source, Load) else f"--exec {source}"
        raise UsageError(f"{shown}: none of its rules would run ({told}). Its rules: {', '.join(sorted(names))}.")


def version() -> str:
    """The version of the installed package, or a word for a source tree that is not installed."""
    try:
        return installed_version("eigcheck")
    except PackageNotFoundError:
        return "unknown"


def known_mutants() -> list[dict[str, object]]:
    """The faults of the built-in wrong rules: what is wrong, what shows it, and where it is wrong."""
    from eigcheck.rules.mutants import PREFIX, faults

    return [
        {
            "rule": PREFIX + fault.name,
            "fault": fault.what,
            "needs": fault.needs,
            "diagnosis": fault.diagnosis,
            "functions": list(dict.fromkeys(function for function, _, _ in fault.places)),
            "domains": list(dict.fromkeys(domain for _, domain, _ in fault.places)),
            "modes": list(fault.modes),
        }
        for fault in faults()
    ]


def known_rules(
    loads: Sequence[str], commands: Sequence[Command] = (), globs: Sequence[str] = ()
) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The built-in rules, those of `loads`, `commands` and installed packages, and why some packages give none.

    With `globs` also those of the frameworks that these name. Raises RuleError for `loads` and `commands` only:
    whoever lists rules did not ask for what happens to be installed. Raises UsageError for a framework that is not.
    """
    registry.load_builtin()
    require(globs)
    sources = engine.RuleSources((*loads, *frameworks(globs)), commands=tuple(commands))
    with engine.Router(sources) as runner:
        found = (*registry.registered(), *runner.rules())
    broken: list[str] = []
    for package in installed():
        with ChildRunner(package) as child:
            try:
                found += tuple(rule for rule in child.rules() if rule.key not in {known.key for known in found})
            except RuleError as error:
                broken.append(str(error))
    return found, tuple(broken)


def measured(globs: Sequence[str], loads: Sequence[str], commands: Sequence[Command]) -> tuple[Convention, ...]:
    """The conventions of the rules that a glob matches. Raises UsageError for a glob that matches none.

    Rules of installed packages are among them, as in a run.
    """
    registry.load_builtin()
    sources = engine.RuleSources((*loads, *installed(globs or None), *frameworks(globs)), commands=tuple(commands))
    with engine.Router(sources) as runner, engine.one_thread():
        rules = engine.matching((*registry.registered(), *runner.rules()), globs)
        local = LocalRunner()
        return tuple(found for rule in rules for found in measure(rule, local if rule.here else runner))


def known_frameworks() -> list[dict[str, object]]:
    """The frameworks that rules can come from, with their versions or what installs them; none is imported."""
    return [
        {
            "rule": f"{one.name}/*",
            "functions": one.functions,
            "domains": one.domains,
            "modes": one.modes,
            "source": f"not installed: {one.command}"
            if one.version is None
            else f"{one.name} {one.version}; --rule '{one.name}/*' asks for them",
        }
        for one in FRAMEWORKS
    ]


def known_oracles() -> list[dict[str, object]]:
    """The oracles, strongest first. All of them answer for every function, domain and mode, or abstain."""
    every: dict[str, object] = {"functions": FUNCTIONS, "domains": DOMAINS, "modes": MODES}
    return [{"oracle": known.name, **every, "source": known.summary} for known in oracles.ORACLES]


def known_diagnoses() -> list[dict[str, object]]:
    """The causes that are recognised, with what went wrong and what to do about it."""
    return [{"diagnosis": known.name, "what_went_wrong": known.summary, "remedy": known.fix} for known in diagnoses()]
