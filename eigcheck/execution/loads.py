"""What to load rules from: `--load MODULE_OR_FILE.py`, `--callable PKG.MOD:ATTR`, installed entry points.

Nothing here imports foreign code; that happens in the child process (`loading`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from eigcheck.errors import RuleError
from eigcheck.names import before_signs, is_glob
from eigcheck.rules.frameworks import named_by

GROUP = "eigcheck.rules"
"""The entry points' group. An entry point's name is the prefix of its rules' names, its value a module."""


@dataclass(frozen=True)
class Load:
    """One module or file to import in a child process.

    `target` is a module's dotted name, the path of a FILE.py, or PKG.MOD:ATTR with `functions` and
    `domains`, which makes the attribute itself the rule. `prefix` is put before the names of rules that lack
    it. `origin` says, for messages, who asked for it. Rules that are `by_name` run only where they are named.
    `framework` is what differentiates an attribute that is a plain function.
    """

    target: str
    origin: str = "--load"
    prefix: str | None = None
    functions: tuple[str, ...] = ()
    domains: tuple[str, ...] = ("general",)
    by_name: bool = False
    framework: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether `target` is the path of a file."""
        return not self.functions and (self.target.endswith(".py") or os.sep in self.target)

    @property
    def shown(self) -> str:
        """Who asked for what."""
        return f"{self.origin} {self.target}"


def as_load(spec: str | Load) -> Load:
    """The load that a user means by a module's name or a path. Raises RuleError for a missing file."""
    load = spec if isinstance(spec, Load) else Load(spec)
    path = Path(load.target)
    if load.is_file and not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise RuleError(
            f"{load.shown}: this file {what} (looked from {Path.cwd()}). Name a FILE.py or an importable module."
        )
    if not load.is_file and (not load.target or load.target.startswith(".")):
        raise RuleError(f"{load.shown}: not a module's name. Name a FILE.py or an importable module.")
    return load


def callable_load(
    target: str, functions: Sequence[str], domains: Sequence[str] = ("general",), framework: str | None = None
) -> Load:
    """The load for `--callable PKG.MOD:ATTR`. Raises RuleError if `target` has another form."""
    module, colon, attribute = target.partition(":")
    if not (module and colon and attribute):
        raise RuleError(f"--callable {target}: write PKG.MOD:ATTR, as in mylib.rules:eigvals_rrule.")
    if not functions:
        raise RuleError(f"--callable {target}: say which function it is a rule of, as in --function eigvals.")
    return Load(target, "--callable", functions=tuple(functions), domains=tuple(domains), framework=framework)


def installed(rule_globs: Sequence[str] | None = None) -> tuple[Load, ...]:
    """The installed rule packages, by name; with `rule_globs` only those that one of the globs may match."""
    loads: dict[tuple[str, str], Load] = {}
    for point in entry_points(group=GROUP):
        owner = f" of {point.dist.name}" if point.dist is not None else ""
        load = Load(point.module, f"entry point {point.name!r}{owner}", prefix=point.name)
        loads.setdefault((point.name, point.module), load)
    return tuple(
        load
        for _, load in sorted(loads.items())
        if rule_globs is None or any(may_match(glob, load.prefix or "") for glob in rule_globs)
    )


def frameworks(rule_globs: Sequence[str]) -> tuple[Load, ...]:
    """The adapters of the frameworks that a glob names and that are installed; what they are is told by their rules."""
    return tuple(
        Load(one.module, "the adapter", prefix=one.name, by_name=True)
        for one in named_by(rule_globs)
        if one.version is not None
    )


def may_match(rule_glob: str, prefix: str) -> bool:
    """Whether a glob can match a name that begins with `prefix/`, as far as can be told unloaded."""
    start = f"{prefix}/"
    literal = before_signs(rule_glob)
    return literal.startswith(start) or (is_glob(rule_glob) and start.startswith(literal))
