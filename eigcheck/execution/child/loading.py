"""Imports foreign modules and collects the rules that they register. Runs in the child process only."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any

from eigcheck.errors import EigcheckError, RuleError
from eigcheck.execution.blame import exception_text, shown_path
from eigcheck.execution.loads import Load
from eigcheck.model import Rule, RuleKey
from eigcheck.rules.frameworks.plain import made_rule
from eigcheck.rules.registry import builtin_names, registered, withdraw

_LAST_LINES = 8
"""Lines of a traceback that are shown: the last calls, each with its line of code, and the exception."""

_OURS = f"{Path(__file__).parent.parent.parent}{os.sep}"


def load_rules(load: Load) -> tuple[Rule, ...]:
    """Import what `load` names and return the rules that it registered, their names prefixed where asked for.

    Raises RuleError with what, where and what to do for a failing import, for no rules, and for a name or key that is
    taken.
    """
    reserved = builtin_names()  # which loads them: a module may ask for one, which does not make it its own
    before = len(registered())
    try:
        module = _import(load)
        if load.by_name:
            module.register()
        rules = _from_attribute(load, module) if load.functions else list(registered()[before:])
    except BaseException as error:  # a module may also exit, or interrupt itself
        withdraw(registered()[before:])
        raise RuleError(_failure(load, error)) from None
    if not rules:
        raise RuleError(f"{load.shown}: no rules were registered. Put @eigcheck.rule(NAME, function=...) on an rrule.")
    named: dict[RuleKey, Rule] = {}
    for rule in rules:
        bare = load.prefix is not None and not rule.name.startswith(f"{load.prefix}/")
        one = replace(rule, name=f"{load.prefix}/{rule.name}" if bare else rule.name, by_name=load.by_name)
        if one.name in reserved:
            raise RuleError(f"{load.shown}: the rule {one.name!r} is a built-in one's name. Give it another.")
        if one.key in named:
            raise RuleError(
                f"{load.shown}: the rule {one.name!r} for {one.function} on {one.domain} is already there."
                " Load it once, or give one of them another name."
            )
        named[one.key] = one
    return tuple(named.values())


def _import(load: Load) -> ModuleType:
    if not load.is_file:
        _look_in(Path.cwd())
        return importlib.import_module(load.target.partition(":")[0])
    path = Path(load.target).resolve()
    _look_in(path.parent)
    name = f"_eigcheck_loaded_{len(sys.modules)}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{load.target} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look modules up there
    spec.loader.exec_module(module)
    return module


def _look_in(folder: Path) -> None:
    """Let a file import its neighbours, but none of them stand in for a module of Python's or an installed one."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _from_attribute(load: Load, module: ModuleType) -> list[Rule]:
    value: Any = attrgetter(load.target.partition(":")[2])(module)
    if not callable(value):
        raise TypeError(f"{load.target} is a {type(value).__name__}; a rule is called as rrule(A)")
    made = [made_rule(value, None, load.framework, Rule(load.target, function)) for function in load.functions]
    return [replace(rule, domain=domain) for rule in made for domain in load.domains]


def _failure(load: Load, error: BaseException) -> str:
    place, lines = _users_traceback(error)
    text = str(error) if isinstance(error, EigcheckError) else exception_text(error)
    remedy = "Make it importable, or name another." if isinstance(error, ImportError) else "Mend it, or leave it out."
    if load.prefix is not None:
        remedy = "Mend or uninstall it, or choose other rules with --rule."
    where = f" ({place})" if place else ""
    return "\n".join([f"{load.shown}: {text.rstrip('.')}{where}. {remedy}", *lines])


def _users_traceback(error: BaseException) -> tuple[str | None, list[str]]:
    """The innermost line outside of us and of the import system, and the traceback's last lines up to it."""
    ours = (_OURS, "<frozen", str(importlib.__file__))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(ours)]
    if isinstance(error, SyntaxError) and error.filename:
        lines = "".join(traceback.format_exception_only(error)).splitlines()
        return f"{shown_path(error.filename)}:{error.lineno}", [f"  {line}" for line in lines[-_LAST_LINES:-1]]
    if not frames:
        return None, []
    lines = "".join(traceback.format_list(frames)).splitlines()
    last = frames[-1]
    return f"{shown_path(last.filename)}:{last.lineno}", lines[-_LAST_LINES:]
