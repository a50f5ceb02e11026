"""Problems and rules to a plan, and a plan to an iterator of outcomes. No printing, no exit codes."""

from __future__ import annotations

import platform
import sys
from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Any

import numpy as np

from eigcheck.check.settings import Settings
from eigcheck.choosing import grouped
from eigcheck.errors import UsageError
from eigcheck.execution import RuleRunner
from eigcheck.execution.loads import installed
from eigcheck.execution.router import RuleSources
from eigcheck.model import Problem, Rule
from eigcheck.names import is_glob, meant
from eigcheck.outcome import NotRun, Outcome
from eigcheck.pool import OpenPool, in_processes, one_thread
from eigcheck.rules.frameworks import absence, require
from eigcheck.tasks import Task, outcomes_of

DEFAULT_GLOBS = ("numpy/*",)  # the rules of a case that names none, where none were loaded either


@dataclass(frozen=True)
class Plan:
    """What will run, in order, and what was asked for and will not."""

    tasks: tuple[Task, ...]
    not_run: tuple[NotRun, ...] = ()

    @property
    def total(self) -> int:
        """The number of outcomes to come."""
        return sum(len(task.modes) for task in self.tasks)

    @property
    def cost(self) -> float:
        """About how long it takes in one process, in the time of one outcome of order 2."""
        return sum(task.cost for task in self.tasks)


def select(
    problems: Sequence[Problem],
    rules: Sequence[Rule],
    *,
    rule_globs: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    texts: Sequence[str] = (),
) -> Plan:
    """Which rules run on which problems.

    `rule_globs` replaces every case's own `rules:`. A case without any gets the rules that are not built in, or
    `numpy/*` if there are none. `texts` keeps outcomes whose id contains one of them.

    Raises UsageError for a glob that matches no rule, and for an exact name that fits no problem.
    """
    _check_globs(rule_globs, rules)
    named = grouped(rules, lambda rule: rule.name)
    unnamed = _unnamed(rules)
    tasks: list[Task] = []
    missed: list[NotRun] = []
    for problem in problems:
        globs = tuple(rule_globs) or problem.rules or unnamed
        for name in _meant(globs, named):
            fitting, reason = _fit(problem, named[name])
            asked = tuple(m for m in problem.modes if not modes or m in modes)
            if fitting is None or not asked:
                missed.append(NotRun(problem.case, name, reason or "the case does not ask for this mode"))
                continue
            wanted = [m for m in asked if not texts or any(text in problem.outcome_id(name, m) for text in texts)]
            lacks = {m: f": {why}" for m, why in fitting.lacks if why}
            missed += [
                NotRun(problem.case, name, f"has no {m} mode{lacks.get(m, '')}", m)
                for m in wanted
                if m not in fitting.modes
            ]
            kept = tuple(m for m in wanted if m in fitting.modes)
            if kept:
                tasks.append(Task(problem, fitting, kept))
        missed += [
            NotRun(problem.case, glob, absence(glob) or "no rule of this name")
            for glob in globs
            if glob not in named and not _meant((glob,), named)
        ]
    for glob in rule_globs:
        exact = not is_glob(glob) or any(rule.name == glob for rule in rules)
        if exact and problems and not any(task.rule.name == glob for task in tasks) and not texts:
            reasons = sorted({note.reason for note in missed if note.rule == glob})
            raise UsageError(f"--rule {glob} fits none of the selected cases: {'; '.join(reasons)}")
    return Plan(tuple(tasks), tuple(missed))


def matching(rules: Sequence[Rule], globs: Sequence[str]) -> tuple[Rule, ...]:
    """The rules that a glob matches; without globs those that a case without `rules:` gets.

    Raises UsageError for a glob that matches none.
    """
    _check_globs(globs, rules)
    names = set(_meant(globs or _unnamed(rules), {rule.name for rule in rules}))
    return tuple(rule for rule in rules if rule.name in names)


def _unnamed(rules: Sequence[Rule]) -> tuple[str, ...]:
    """The globs of a case that names no rules."""
    return tuple(dict.fromkeys(rule.name for rule in rules if not (rule.builtin or rule.by_name))) or DEFAULT_GLOBS


def _check_globs(globs: Sequence[str], rules: Sequence[Rule]) -> None:
    names = sorted({rule.name for rule in rules})
    for glob in globs:
        if not _meant((glob,), names):
            require((glob,))
            prefixes = dict.fromkeys(f"{load.prefix}/" for load in installed())
            unloaded = [f"{start}* (installed)" for start in prefixes if not any(n.startswith(start) for n in names)]
            near = get_close_matches(glob, names, n=3, cutoff=0.4)
            hint = f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join((*names, *unloaded))}"
            raise UsageError(f"--rule {glob} matches no rule{hint}")


def _meant(globs: Sequence[str], names: Collection[str]) -> list[str]:
    """Names that some glob matches, in their order. There may be thousands of both, but few of the globs have signs."""
    exact = set(globs)
    wild = [glob for glob in globs if is_glob(glob)]
    return [name for name in names if name in exact or any(meant(glob, name) for glob in wild)]


def _fit(problem: Problem, candidates: Sequence[Rule]) -> tuple[Rule | None, str]:
    order, dtype, why = len(problem.matrix), str(problem.matrix.dtype), f"has no rule for {problem.function}"
    elsewhere = next((r.elsewhere for r in candidates if r.elsewhere), "it computes with NumPy arrays, on cpu")
    fitting = list(candidates)
    for fits, reason in (
        (lambda rule: rule.function == problem.function, why),
        (lambda rule: rule.domain == problem.domain, f"{why} on domain {problem.domain}"),
        (lambda rule: _triangle_fits(problem, rule), f"does not read triangle {problem.uplo}"),
        (lambda rule: dtype in rule.dtypes, f"does not take {dtype}"),
        (lambda rule: rule.orders is None or order in rule.orders, f"does not take matrices of order {order}"),
        (lambda rule: problem.device in rule.devices, f"does not compute on {problem.device}: {elsewhere}"),
    ):
        fitting = [rule for rule in fitting if fits(rule)]
        if not fitting:
            return None, reason
    if problem.device != "cpu":  # it has other libraries than LAPACK, and with them other norms and phases
        fitting = [replace(rule, convention="free") for rule in fitting]
    if problem.off_domain is not None:
        return None, problem.off_domain
    # the triangle that the case names, else the rule that names none, else L as NumPy does
    return min(fitting, key=lambda r: (r.uplo != problem.uplo, r.uplo is not None, r.uplo != "L")), ""


def _triangle_fits(problem: Problem, rule: Rule) -> bool:
    any_does = None in (problem.uplo, rule.triangle) or (rule.uplo is None and rule.domain == "symmetric")
    return any_does or problem.uplo == rule.triangle


def run(
    plan: Plan,
    settings: Settings,
    runner: RuleRunner,
    *,
    jobs: int = 1,
    sources: RuleSources | None = None,
    open_pool: OpenPool | None = None,
) -> Generator[Outcome]:
    """Outcomes in the order of the plan, whatever the number of processes.

    With more `jobs` than one, processes of our own ask the rules, or those of `open_pool`; `sources` says how each comes
    by the foreign ones.
    """
    if open_pool is not None or (jobs > 1 and len(plan.tasks) >= 2 * jobs):
        yield from in_processes(plan.tasks, settings, jobs, sources or RuleSources(), open_pool)
        return
    with one_thread():
        for task in plan.tasks:
            yield from outcomes_of(task, settings, runner)


def environment() -> dict[str, str]:
    """Versions that a reader of a report needs to judge the figures."""
    import scipy

    built: Any = np.show_config(mode="dicts") or {}
    blas = built.get("Build Dependencies", {}).get("blas", {})
    return {
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "blas": f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip(),
        "platform": platform.platform(),
    }


def version() -> str:
    """The version of the installed package, or a word for a source tree that is not installed."""
    try:
        return installed_version("eigcheck")
    except PackageNotFoundError:
        return "unknown"
