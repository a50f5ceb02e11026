"""What the pytest plugin needs of numerics: rules, plans and outcomes, for all case files of a run."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from eigcheck import engine
from eigcheck.baseline import from_file, marked
from eigcheck.casefile import format_fault, load_cases
from eigcheck.config import check_words, read_config
from eigcheck.errors import CaseFileError, EigcheckError
from eigcheck.execution import RuleRunner
from eigcheck.execution.child.runner import DEFAULT_TIMEOUT
from eigcheck.execution.loads import Load, frameworks, installed
from eigcheck.execution.local import LocalRunner
from eigcheck.model import Rule
from eigcheck.names import DEFAULT_OUTCOME_TIMEOUT
from eigcheck.outcome import KnownFault, Outcome
from eigcheck.reports.escape import escape, inert
from eigcheck.reports.record import seeing
from eigcheck.reports.sentences import in_short
from eigcheck.rules import registry
from eigcheck.showing import causes
from eigcheck.tasks import Task
from eigcheck.wanted import Wanted, commands_of, globs_of, wanted

Hall: TypeAlias = tuple[RuleRunner, tuple[Rule, ...]]
"""Where foreign rules run, and all rules that there are."""


@dataclass
class Court:
    """The rules that a run of pytest asks for; their processes are started when needed and live until `close`."""

    wish: Wanted
    known: tuple[KnownFault, ...] = ()
    _halls: dict[tuple[Load, ...], Hall] = field(default_factory=dict)
    _seats: dict[tuple[str, str, str, str | None], RuleRunner] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def of(cls, root: Path, given: Mapping[str, Any]) -> Court:
        """Options over `[tool.eigcheck]` of the project in `root`. Raises UsageError and RuleError."""
        registry.load_builtin()
        for key in ("mode", "function", "domain", "framework"):
            check_words(filter(None, given.get(f"{key}s", (given.get(key),))), key, f"--eigcheck-{key}")
        wish = wanted(given, read_config(root))
        made = cls(wish, () if wish.baseline is None else from_file(wish.baseline))
        if wish.rules:
            engine.matching(made._hall(wish.rules)[1], wish.rules)
        return made

    def close(self) -> None:
        """End the processes."""
        self._open.close()

    def _hall(self, globs: tuple[str, ...] | None, named: tuple[str, ...] = ()) -> Hall:
        """The rules that `globs` need (None: all that are installed), and frameworks that are `named` besides."""
        loads = (*self.wish.loads, *installed(globs), *frameworks(globs or named))
        if loads not in self._halls:
            sources = engine.RuleSources(loads, self.wish.timeout or DEFAULT_TIMEOUT, commands=commands_of(self.wish))
            runner = self._open.enter_context(engine.Router(sources))
            self._halls[loads] = (runner, (*registry.registered(), *runner.rules()))
        return self._halls[loads]

    def plan(self, path: Path) -> engine.Plan:
        """What runs on the cases of a file. Raises CaseFileError, UsageError and RuleError."""
        builtin = frozenset(rule.name for rule in registry.registered())
        problems = load_cases([_shown(path)], builtin_rules=builtin)
        own = tuple(dict.fromkeys(glob for problem in problems for glob in problem.rules or ()))
        alone = self.wish.rules or self.wish.callables
        globs = self.wish.rules if alone else None if any(problem.rules is None for problem in problems) else own
        runner, rules = self._hall(globs, () if alone else own)
        chosen = globs_of(self.wish, (rule.name for rule in rules if not (rule.builtin or rule.by_name)))
        # every id contains the empty text: a rule that fits no case of this file may fit those of another
        plan = engine.select(problems, rules, rule_globs=chosen, modes=self.wish.modes, texts=("",))
        self._seats |= {task.rule.key: runner for task in plan.tasks if not task.rule.here}
        return plan

    def outcome(self, task: Task, mode: str) -> Outcome:
        """The outcome of one mode of a task."""
        local = LocalRunner()
        plan = engine.Plan((Task(task.problem, task.rule, (mode,)),))
        runner = self._seats.get(task.rule.key, local)
        limit = self.wish.outcome_timeout or DEFAULT_OUTCOME_TIMEOUT
        (found,) = engine.run(plan, engine.Settings(outcome_timeout=limit), runner, local=local)
        return marked(seeing(found, self.wish.max_blind), self.known)

    def is_expected(self, outcome: Outcome) -> bool:
        """Whether it is what the case expects, a known fault, or what `allow` in `[tool.eigcheck]` names."""
        return outcome.as_expected or outcome.judgement.verdict in self.wish.allow

    def in_full(self, outcome: Outcome) -> str:
        """What was found in a sentence, which pytest's summary quotes, and what the console shows of the outcome."""
        first = inert(escape(next(iter(in_short(outcome, causes())))))
        return f"{first}\n\n{outcome}"

    def told(self, error: EigcheckError) -> str:
        """An error of a case file with its lines and carets, any other in its own words."""
        if isinstance(error, CaseFileError):
            return "\n".join(format_fault(fault).rstrip() for fault in error.faults)
        return str(error)


def _shown(path: Path) -> str:
    """The path as seen from here, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
