"""What `eigcheck explain` prints of the outcomes of one case."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eigcheck.cli.watch import installed_at
from eigcheck.engine import version
from eigcheck.errors import UsageError
from eigcheck.execution.loads import Load, installed
from eigcheck.oracles.registry import ORACLES
from eigcheck.outcome import Outcome
from eigcheck.reports.explain import explanation
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord
from eigcheck.reports.script import Origin, script
from eigcheck.reports.words import GRAVITY
from eigcheck.rules.registry import builtin_names
from eigcheck.sources import Wanted


def told(record: RunRecord, outcomes: Sequence[Outcome], wish: Wanted, given: Mapping[str, Any], look: Look) -> str:
    """The explanation of each outcome, or a script for that which is worth one most. UsageError where none can be had."""
    if given["reproducer"]:
        worst = min(outcomes, key=lambda outcome: GRAVITY.index(outcome.judgement.verdict))
        return script(worst, origin_of(worst, wish, given), version())
    ways = {known.name: known.summary for known in ORACLES}
    return "\n".join(explanation(outcome, record.causes, ways, record.algebra, look) for outcome in outcomes)


def origin_of(outcome: Outcome, wish: Wanted, given: Mapping[str, Any]) -> Origin:
    """Where a script imports the rule from. No foreign code is run to find out: loaded files are read only."""
    if outcome.rule in builtin_names():
        return Origin(builtin=True)
    if outcome.rule in given["callables"]:
        module, _, target = outcome.rule.partition(":")
        path = Path(*module.split("."))
        folder = str(Path.cwd()) if path.with_suffix(".py").is_file() or path.is_dir() else None
        return Origin(module, target, folder, framework=given["framework"])
    for load in (*wish.loads, *installed([outcome.rule])):
        for path, module, folder in _sources(load):
            if found := _declared(path, outcome, load.prefix):
                target, pushforward = found
                return Origin(module, target, folder, pushforward)
    return Origin()


def _sources(load: Load) -> Iterator[tuple[Path, str, str | None]]:
    """Where a module would be imported from: here, else where it is installed (editable too); then its package's others.

    The file, the name it is imported by, and the folder that has to be on the path for that.
    """
    if load.is_file:
        path = Path(load.target)
        yield path, path.stem, str(path.resolve().parent)
        return
    parts = load.target.split(".")
    root = installed_at(parts[0])
    here, inner = Path.cwd(), Path(*parts)
    for folder in (here, *((root.parent,) if root is not None else ())):
        on_path = str(here) if folder == here else None
        first = [path for path in (folder / inner.with_suffix(".py"), folder / inner / "__init__.py") if path.is_file()]
        if not first:
            continue
        yield first[0], load.target, on_path
        for path in sorted((folder / parts[0]).rglob("*.py")):
            names = [*path.relative_to(folder).with_suffix("").parts]
            yield path, ".".join(names[:-1] if names[-1] == "__init__" else names), on_path
        return


def _declared(path: Path, outcome: Outcome, prefix: str | None) -> tuple[str, str | None] | None:
    """The name of the function that `@rule(NAME, ...)` stands above, or is called with, and of its pushforward."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError) as error:
        raise UsageError(f"cannot read {path}: {error}.") from error
    for node in tree.body:
        for call, target in _applied(node):
            if _declares(call, outcome, prefix):
                forward = next((word.value for word in call.keywords if word.arg == "pushforward"), None)
                return target, forward.id if isinstance(forward, ast.Name) else None
    return None


def _applied(node: ast.stmt) -> Iterator[tuple[ast.Call, str]]:
    """The calls that a module's statement makes decorators of, `@call` or `call(f)`, each with its function's name."""
    if isinstance(node, ast.FunctionDef):
        yield from ((call, node.name) for call in node.decorator_list if isinstance(call, ast.Call))
    value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Call):
        yield from ((value.func, given.id) for given in value.args if isinstance(given, ast.Name))


def _declares(call: ast.Call, outcome: Outcome, prefix: str | None) -> bool:
    """Whether the call is `rule(NAME, function=...)` of this outcome's rule, as far as can be read.

    The rules of a package may be declared without their prefix.
    """
    named = getattr(call.func, "attr", getattr(call.func, "id", None)) == "rule"
    first = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    words = [word.value for word in call.keywords if word.arg == "function"]
    told = [part.value for word in words for part in ast.walk(word) if isinstance(part, ast.Constant)]
    return named and outcome.rule in (first, f"{prefix}/{first!s}") and (not told or outcome.problem.function in told)
