"""`eigcheck conventions`: which gradients rules really return, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from eigcheck.cli.listing import print_list
from eigcheck.cli.options import as_json, command, load, several, startup, tracebacks

if TYPE_CHECKING:
    from eigcheck.check.conventions import Convention


def _row(found: Convention) -> dict[str, object]:
    rule = found.rule
    declared = f"{rule.domain} ({rule.uplo})" if rule.uplo else rule.domain
    best = min(found.errors.values(), default=None)
    others = [error for kind, error in found.errors.items() if kind.split(",")[0] not in found.gradient]
    own = found.own + (f"; {found.where}" if found.where else "")
    return {
        "rule": f"{rule.name}, {rule.function}",
        "declared": declared,
        "at": found.matrix,
        "gradient": found.trouble or " = ".join(found.gradient) or "none of those known",
        "conjugated": "" if found.conjugated is None else "yes" if found.conjugated else "no",
        "error": "" if best is None else f"{best:.1e}",
        "next_best": f"{min(others):.1e}" if others else "",
        "derivative_of_its_primal_on": "" if found.trouble else own,
        "adjoint_of_its_pushforward_on": found.forward,
    }


def _entry(found: Convention) -> dict[str, object]:
    rule = found.rule
    return {
        "name": rule.name,
        "function": rule.function,
        "domain": rule.domain,
        "uplo": rule.uplo,
        "matrix": found.matrix,
        "gradient": found.gradient,
        "conjugated": found.conjugated,
        "errors": {kind: float(f"{error:.3g}") for kind, error in found.errors.items()},
        "derivative_of_its_primal_on": None if found.trouble else found.own,
        "where": found.where,
        "adjoint_of_its_pushforward_on": found.forward or None,
        "trouble": found.trouble,
    }


@click.command(short_help="Measure which gradients rules return.")
@several("--rule", "rule_globs", metavar="GLOB", help="Measure these rules.")
@load
@command
@startup
@as_json
@tracebacks
def conventions(rule_globs: tuple[str, ...], loads: tuple[str, ...], shape: str, **programs: Any) -> None:
    """Measure which gradients rules return.

    Free entries or one triangle, paired how, and whether it is the derivative of the rule's own primal.

    Fixed matrices, central differences; default: numpy/*. Where conventions agree, all of them are named.
    """
    from eigcheck import engine
    from eigcheck.check.conventions import measure
    from eigcheck.execution.loads import frameworks, installed
    from eigcheck.pool import one_thread
    from eigcheck.sources import Wanted, opened

    # rules of installed packages are among them, as in a run
    named = (*installed(rule_globs or None), *frameworks(rule_globs))
    with opened(Wanted(**programs), (*loads, *named)) as sources, one_thread():
        chosen = engine.matching(sources.rules, rule_globs)
        found = [one for rule in chosen for one in measure(rule, sources.runner)]
    print_list([(_entry if shape == "json" else _row)(one) for one in found], shape)
