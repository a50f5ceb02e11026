"""What is asked for, a command line's words over `[tool.eigcheck]`, and where the rules that it takes come from.

Rules are built in, or those of loads, programs, installed packages and frameworks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import uuid4

from eigcheck import engine
from eigcheck.config import read_config
from eigcheck.errors import UsageError
from eigcheck.execution.child.runner import DEFAULT_TIMEOUT
from eigcheck.execution.external.runner import DEFAULT_STARTUP_TIMEOUT, Command
from eigcheck.execution.loads import Load, as_load, callable_load, frameworks, installed
from eigcheck.execution.router import Router, RuleSources
from eigcheck.model import Problem, Rule
from eigcheck.names import DEFAULT_OUTCOME_TIMEOUT
from eigcheck.rules import registry


@dataclass(frozen=True)
class Wanted:
    """What a command line and the project's configuration ask for, the options having won."""

    paths: tuple[str, ...] = ()
    shipped: bool = False
    rules: tuple[str, ...] = ()
    loads: tuple[Load, ...] = ()
    callables: tuple[str, ...] = ()
    """Those of `loads` that are rules themselves: they run whatever `rules` says, and alone where it says nothing."""
    named: tuple[Load | str, ...] = ()
    """Those of `loads` and `commands` that the command line names: something of each has to run."""
    oracles: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    baseline: str | None = None
    timeout: float | None = None
    outcome_timeout: float = DEFAULT_OUTCOME_TIMEOUT
    memory_limit: int | None = None
    """Bytes that a process of rules may hold; None is half of the machine's."""
    commands: tuple[str, ...] = ()
    startup_timeout: float | None = None
    max_blind: float | None = None
    seed: int = 0
    jobs: int = 0
    """Processes; 0 is as many as are worth it."""
    allow_large: bool = False

    def globs(self, foreign: Iterable[str]) -> tuple[str, ...]:
        """The globs that replace the cases' own: with a callable among other sources these are all that was asked for.

        `foreign` are the names of all rules that are not built in, when what is installed was not looked for.
        """
        return self.rules or (tuple(dict.fromkeys(foreign)) if self.callables else ())

    @property
    def programs(self) -> tuple[Command, ...]:
        """The programs that --exec names, each once, with the limits of a call."""
        timeout, startup = self.timeout or DEFAULT_TIMEOUT, self.startup_timeout or DEFAULT_STARTUP_TIMEOUT
        return tuple(Command(text, timeout, startup, self.memory_limit) for text in dict.fromkeys(self.commands))


def wanted(given: Mapping[str, Any], config: Mapping[str, Any] | None = None, *, with_rules: bool = True) -> Wanted:
    """Options over `[tool.eigcheck]` (default: of here), one by one. Options that a command has not are not `given`.

    Where the command line names what rules come from and no --rule, these are meant and none that the configuration
    names; nor does it hide any of them. So it is unless `with_rules`. With --shipped the configured paths are not meant.
    Raises UsageError and RuleError for what cannot be meant.
    """
    said = dict(read_config() if config is None else config)
    own = {key: value for key, value in given.items() if value not in (None, (), "")}
    if not with_rules or ("rule_globs" not in own and own.keys() & {"loads", "callables", "commands"}):
        said = {key: said[key] for key in said if key not in ("loads", "callables", "commands", "rule_globs")}
    if own.get("shipped"):
        said.pop("paths", None)
    said |= own
    loads = tuple(map(as_load, said.get("loads", ())))
    callables = _callables(given, said)
    names, rules = tuple(load.target for load in callables), said.get("rule_globs", ())
    if not said.get("max_blind", 0.0) >= 0:  # nor is NaN
        raise UsageError(f"--max-blind: {said['max_blind']} is no number that is not negative.")
    said |= {
        "rules": (*rules, *names) if rules or not (loads or said.get("commands")) else (),
        "loads": (*loads, *callables),
        "callables": names,
        "named": (
            *(loads if "loads" in own else ()),
            *(callables if "callables" in own else ()),
            *own.get("commands", ()),
        ),
        "memory_limit": (given.get("memory_limit") or 0) << 20 or None,
    }
    known = {field.name for field in fields(Wanted)}
    return Wanted(**{key: value for key, value in said.items() if key in known})


def _callables(given: Mapping[str, Any], said: Mapping[str, Any]) -> tuple[Load, ...]:
    """What --callable names: a rule of each --function on each --domain. `run` has lists of both, `probe` one each."""
    words = {key: given.get(f"{key}s") or given.get(key) or () for key in ("function", "domain")}
    listed = {key: (word,) if isinstance(word, str) else tuple(word) for key, word in words.items()}
    names = said.get("callables", ())
    if not names and "functions" in given and any(listed.values()):
        raise UsageError(
            "--function and --domain say what a --callable is a rule of, and there is none. Cases name theirs."
        )
    functions = listed["function"] or said.get("functions") or (() if "functions" in given else ("eigvals",))
    domains = listed["domain"] or said.get("domains") or ("general",)
    return tuple(callable_load(name, functions, domains, said.get("framework")) for name in names)


@dataclass(frozen=True)
class OpenRules:
    """All rules that are wanted, where they run, and how worker processes come by the foreign ones."""

    rules: tuple[Rule, ...]
    runner: Router
    sources: RuleSources

    def plan(self, wish: Wanted, cases: Sequence[Problem]) -> engine.Plan:
        """Which rules run on which cases. Raises UsageError for a glob that matches none."""
        globs = wish.globs(rule.name for rule in self.rules if not (rule.builtin or rule.by_name))
        return engine.select(cases, self.rules, rule_globs=globs, modes=wish.modes, texts=wish.texts)


def loads_of(wish: Wanted, cases: Sequence[Problem]) -> tuple[Load, ...]:
    """What is loaded for these cases: what is wished for, and what is installed as far as a rule or a case names it."""
    named = tuple(dict.fromkeys(glob for case in cases for glob in case.rules or ()))
    if wish.rules or wish.callables:
        packages = installed(wish.rules)
    else:
        packages = installed(None if any(case.rules is None for case in cases) else named)
    return (*wish.loads, *packages, *frameworks(wish.rules or named))


@contextmanager
def opened(wish: Wanted, loads: Sequence[str | Load]) -> Iterator[OpenRules]:
    """The rules of `loads` and of the programs wished for beside those built in, until the block ends.

    Raises RuleError for what cannot be loaded or started.
    """
    registry.load_builtin()
    sources = RuleSources(tuple(loads), wish.timeout, wish.memory_limit, wish.programs, run=uuid4().hex)
    with Router(sources) as runner:
        foreign = {rule.key: rule for rule in runner.rules()}
        here = (rule for rule in registry.registered() if rule.key not in foreign)
        yield OpenRules((*here, *foreign.values()), runner, replace(sources, homes=runner.homes))
