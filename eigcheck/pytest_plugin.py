"""`pytest --eigcheck cases/`: case files as tests, one for each outcome, under the outcome's own id.

pytest loads this in every run of every project that eigcheck is installed for: nothing but pytest is imported here,
and numerics (`eigcheck.pytest_runner`) come in when the first case file is collected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from eigcheck.outcome import NotRun
    from eigcheck.pytest_runner import CaseRunner
    from eigcheck.tasks import Task

_ENDINGS: Final = (".yaml", ".yml")
_HERE: Final = "cases"
_OPTION: Final = re.compile(r"--(rule|load|callable|function|domain|framework|exec|max-blind)\b")
"""The command line's words in messages, which have another beginning here."""
_LOOKS_SO: Final = re.compile(
    rb"""^(?:\xef\xbb\xbf)?  # a byte order mark
    [{\s]*(?:\{.*[{,]\s*)?  # first on its line, or anywhere on one that is a mapping by itself, as in JSON
    (['"]?)(?:matrix|cases)\1\s*:""",
    re.MULTILINE | re.VERBOSE,
)
_LISTS: Final = {
    "--eigcheck-rule": ("rule_globs", "GLOB", "Check these rules."),
    "--eigcheck-load": ("loads", "MODULE|FILE.py", "Import a module or file that declares rules."),
    "--eigcheck-callable": ("callables", "PKG.MOD:ATTR", "Check this rrule, or plain function of a framework."),
    "--eigcheck-function": ("functions", "NAME", "What a callable is a rule of."),
    "--eigcheck-domain": ("domains", "NAME", "Where a callable is one."),
    "--eigcheck-exec": ("commands", "COMMAND", "Start this program, which offers rules."),
    "--eigcheck-mode": ("modes", "MODE", "Judge this mode only."),
}
"""Options that may be given several times: as `eigcheck run` calls them, what they take and do."""
_RUNNER: Final = pytest.StashKey["CaseRunner"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, all of them off unless `--eigcheck` is given."""
    group = parser.getgroup("eigcheck", "gradients of eigenvalue problems")
    group.addoption("--eigcheck", action="store_true", help="Collect case files (*.yaml, *.yml) as tests.")
    for name, (_, metavar, told) in _LISTS.items():
        group.addoption(name, action="append", default=[], metavar=metavar, help=f"{told} Repeatable.")
    group.addoption("--eigcheck-framework", metavar="NAME", help="What differentiates a plain function.")
    group.addoption(
        "--eigcheck-max-blind", type=float, metavar="X", help="A pass that would not see an error of X fails."
    )
    group.addoption("--eigcheck-baseline", metavar="FILE", help="Take the known faults of FILE as expected.")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A case file, where `--eigcheck` asks for them."""
    config = parent.config
    if file_path.suffix not in _ENDINGS or not config.getoption("--eigcheck"):
        return None
    if not (_is_named(config, file_path) or _LOOKS_SO.search(file_path.read_bytes())):
        return None  # some other YAML file that lies beside tests
    made: pytest.Collector = CaseFile.from_parent(parent, path=file_path)
    return made


def pytest_configure(config: pytest.Config) -> None:
    """Have outcomes named by their ids in JUnit XML, too."""
    if config.getoption("--eigcheck"):
        config.pluginmanager.register(JUnitNames(config))


class JUnitNames:
    """Puts ids for names: pytest itself takes the last part of a node's, which is the mode."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Also where another process ran the test: the id comes with the report."""
        from _pytest.junitxml import xml_key

        named = dict(report.user_properties).get("eigcheck")
        xml = self._config.stash.get(xml_key, None)
        if xml is not None and named is not None:
            xml.node_reporter(report).add_attribute("name", str(named))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the processes that rules ran in."""
    runner = config.stash.get(_RUNNER, None)
    if runner is not None:
        runner.close()


def _is_named(config: pytest.Config, path: Path) -> bool:
    """Whether this must be a case file: named itself, or in the folder of cases. A misspelt one is then no silence."""
    from eigcheck.config import read_config
    from eigcheck.errors import UsageError

    asked = {(config.invocation_params.dir / arg.partition("::")[0]).resolve() for arg in config.args}
    try:
        named = read_config(config.rootpath).get("paths", ())
    except UsageError as error:
        raise pytest.Collector.CollectError(str(error)) from error
    folders = [Path(name).resolve() for name in named] or [(config.rootpath / _HERE).resolve()]
    return path.resolve() in asked or any(path.resolve().is_relative_to(folder) for folder in folders)


def _renamed(message: str) -> str:
    return _OPTION.sub(r"--eigcheck-\1", message)


def _runner(config: pytest.Config) -> CaseRunner:
    from eigcheck.errors import EigcheckError
    from eigcheck.pytest_runner import CaseRunner

    if _RUNNER not in config.stash:
        try:
            given = {word: tuple(config.getoption(name)) for name, (word, _, _) in _LISTS.items()}
            given |= {name: config.getoption(f"eigcheck_{name}") for name in ("framework", "max_blind", "baseline")}
            config.stash[_RUNNER] = CaseRunner.of(config.rootpath, given)
        except EigcheckError as error:
            raise pytest.Collector.CollectError(_renamed(str(error))) from error
    return config.stash[_RUNNER]


class CaseFile(pytest.File):
    """A case file; below it stand cases, rules, functions and, as tests, modes."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """The outcomes to be, as a tree whose node ids are the file's and the outcome's. CollectError for mistakes."""
        from eigcheck.casefile.faults import format_fault
        from eigcheck.choosing import grouped
        from eigcheck.errors import CaseFileError, EigcheckError

        try:
            plan = _runner(self.config).plan(self.path)
        except EigcheckError as error:
            faults = error.faults if isinstance(error, CaseFileError) else ()
            told = "\n".join(format_fault(fault).rstrip() for fault in faults)  # with lines and carets
            raise self.CollectError(_renamed(told or str(error))) from error
        tasks = grouped(plan.tasks, lambda task: task.problem.case)
        left = grouped(plan.not_run, lambda one: one.case)
        for case in dict.fromkeys((*tasks, *left)):
            below = (lambda task: task.rule.name, lambda task: task.problem.function)
            yield Branch.from_parent(self, name=case, tasks=tasks.get(case, []), left=left.get(case, []), below=below)


class Branch(pytest.Collector):
    """A case, a rule on it, or a function: a part of an outcome's id. `below` are the parts that follow of a task."""

    def __init__(
        self, *, tasks: list[Task], left: list[NotRun], below: tuple[Callable[[Task], str], ...], **told: Any
    ) -> None:
        super().__init__(**told)
        self._tasks, self._left, self._below = tasks, left, below

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """What is below: branches, or the tests of a task's modes; and rules that were asked for and do not fit."""
        from eigcheck.choosing import grouped

        if not self._below:
            for task in self._tasks:
                for mode in task.modes:
                    yield Verdict.from_parent(self, name=mode, task=task)
            return
        for name, tasks in grouped(self._tasks, self._below[0]).items():
            yield Branch.from_parent(self, name=name, tasks=tasks, left=[], below=self._below[1:])
        for one in self._left:
            yield Unfit.from_parent(self, name=f"{one.rule}::{one.mode}" if one.mode else one.rule, reason=one.reason)


class Unexpected(Exception):
    """An outcome that is not what its case expects, as the console of `eigcheck run` shows it."""


class Verdict(pytest.Item):
    """One outcome: passed if it is as expected, an expected failure too."""

    def __init__(self, *, task: Task, **told: Any) -> None:
        super().__init__(**told)
        self._task = task
        self._outcome = task.problem.outcome_id(task.rule.name, self.name)
        self.user_properties.append(("eigcheck", self._outcome))

    def runtest(self) -> None:
        """Judge the rule on the case."""
        runner = _runner(self.config)
        outcome = runner.outcome(self._task, self.name)
        self.user_properties.append(("verdict", outcome.judgement.verdict))
        if not outcome.as_expected:
            raise Unexpected(runner.in_full(outcome))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **more: Any) -> Any:
        """What the console of `eigcheck run` shows of the outcome."""
        if isinstance(excinfo.value, Unexpected):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args, **more)

    def reportinfo(self) -> tuple[Path, int, str]:
        """File, line counted from 0, and id of the outcome."""
        return self.path, max(self._task.problem.line - 1, 0), self._outcome


class Unfit(pytest.Item):
    """A rule that was asked for and does not fit the case: skipped, with the reason."""

    def __init__(self, *, reason: str, **told: Any) -> None:
        super().__init__(**told)
        self._reason = reason

    def runtest(self) -> None:
        """Skip."""
        pytest.skip(self._reason)

    def reportinfo(self) -> tuple[Path, int, str]:
        """File and name."""
        return self.path, 0, self.name
