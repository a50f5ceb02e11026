"""What the pytest plugin needs of numerics: rules, plans and outcomes, for all case files of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eigcheck import engine
from eigcheck.baseline import from_file, marked
from eigcheck.casefile.load import load_cases
from eigcheck.check.settings import Settings
from eigcheck.config import check_words, read_config
from eigcheck.execution import RuleRunner
from eigcheck.execution.loads import Load
from eigcheck.model import Problem, RuleKey
from eigcheck.outcome import KnownFault, Outcome
from eigcheck.reports.escape import escape, inert
from eigcheck.reports.record import allowing
from eigcheck.reports.words import in_short
from eigcheck.rules import registry
from eigcheck.showing import causes
from eigcheck.sources import OpenRules, Wanted, loads_of, opened, wanted
from eigcheck.tasks import Task


@dataclass
class CaseRunner:
    """The rules that a run of pytest asks for; their processes are started when needed and live until `close`."""

    wish: Wanted
    known: tuple[KnownFault, ...] = ()
    _opened: dict[tuple[Load, ...], OpenRules] = field(default_factory=dict)
    _runners: dict[RuleKey, RuleRunner] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def of(cls, root: Path, given: Mapping[str, Any]) -> CaseRunner:
        """Options over `[tool.eigcheck]` of the project in `root`. Raises UsageError and RuleError."""
        registry.load_builtin()
        for key in ("mode", "function", "domain", "framework"):
            check_words(filter(None, given.get(f"{key}s", (given.get(key),))), key, f"--eigcheck-{key}")
        # every id contains the empty text: a rule that fits no case of one file may fit those of another
        wish = replace(wanted(given, read_config(root)), texts=("",))
        made = cls(wish, () if wish.baseline is None else from_file(wish.baseline))
        if wish.rules:
            engine.matching(made._sources(()).rules, wish.rules)
        return made

    def close(self) -> None:
        """End the processes."""
        self._open.close()

    def _sources(self, cases: Sequence[Problem]) -> OpenRules:
        """The rules that cases need; what was opened for others before serves again."""
        loads = loads_of(self.wish, cases)
        if loads not in self._opened:
            self._opened[loads] = self._open.enter_context(opened(self.wish, loads))
        return self._opened[loads]

    def plan(self, path: Path) -> engine.Plan:
        """What runs on the cases of a file. Raises CaseFileError, UsageError and RuleError."""
        here = Path.cwd()
        shown = path.relative_to(here) if path.is_relative_to(here) else path
        problems = load_cases([str(shown)], builtin_rules=frozenset(rule.name for rule in registry.registered()))
        sources = self._sources(problems)
        plan = sources.plan(self.wish, problems)
        self._runners |= {task.rule.key: sources.runner for task in plan.tasks}
        return plan

    def outcome(self, task: Task, mode: str) -> Outcome:
        """The outcome of one mode of a task; what `allow` in `[tool.eigcheck]` names is expected."""
        plan = engine.Plan((Task(task.problem, task.rule, (mode,)),))
        settings = Settings(outcome_timeout=self.wish.outcome_timeout)
        (found,) = engine.run(plan, settings, self._runners[task.rule.key])
        return marked(allowing(found, self.wish.allow, self.wish.max_blind), self.known)

    def in_full(self, outcome: Outcome) -> str:
        """What was found in a sentence, which pytest's summary quotes, and what the console shows of the outcome."""
        first = inert(escape(next(iter(in_short(outcome, causes())))))
        return f"{first}\n\n{outcome}"
