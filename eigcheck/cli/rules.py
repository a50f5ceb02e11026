"""`eigcheck rules`: the rules under test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import as_json, command, load, startup, verbose
from eigcheck.errors import UsageError
from eigcheck.names import meant

if TYPE_CHECKING:
    from eigcheck.model import Rule


def _grouped(known: Sequence[Rule]) -> list[dict[str, object]]:
    """One row for the functions that a rule treats alike."""
    groups: dict[tuple[object, ...], dict[str, list[str]]] = {}
    for rule in known:
        triangle = rule.uplo and f" ({rule.uplo})"
        alike = (rule.name, rule.modes, rule.source)
        domains = groups.setdefault(alike, {})
        domains.setdefault(rule.function + (triangle or ""), []).append(rule.domain)
    rows: list[dict[str, object]] = []
    for (name, modes, source), domains in groups.items():
        by_domains: dict[tuple[str, ...], list[str]] = {}
        for function, places in domains.items():
            by_domains.setdefault(tuple(places), []).append(function)
        rows += [
            {"rule": name, "functions": functions, "domains": places, "modes": modes, "source": source}
            for places, functions in by_domains.items()
        ]
    return rows


def _each(known: Sequence[Rule]) -> list[dict[str, object]]:
    return [
        {
            "name": rule.name,
            "function": rule.function,
            "domain": rule.domain,
            "uplo": rule.uplo,
            "dtypes": rule.dtypes,
            "modes": rule.modes,
            "convention": rule.convention,
            "source": rule.source,
        }
        for rule in known
    ]


def _list_mutants(loads: Sequence[str], shape: str) -> Exit:
    from eigcheck.cli.gather import known_mutants
    from eigcheck.cli.listing import print_list

    if loads:
        raise UsageError("--load and --exec say nothing about mutants: they are built in. Leave one out.")
    known = known_mutants()
    told = known if shape == "json" else [{key: one[key] for key in ("rule", "fault")} for one in known]
    print_list(told, shape)
    return Exit.AS_EXPECTED


def _unloaded(row: dict[str, object]) -> dict[str, object]:
    """A framework whose rules were not loaded, under the keys of a rule."""
    known = {"name": row["rule"], "modes": row["modes"], "source": row["source"]}
    return {
        key: known.get(key) for key in ("name", "function", "domain", "uplo", "dtypes", "modes", "convention", "source")
    }


@click.command(short_help="List the rules.")
@click.option("--rule", "rule_globs", multiple=True, metavar="GLOB", help="List these rules only. Repeatable.")
@load
@command
@startup
@click.option("--mutants", is_flag=True, help="List the wrong rules of `run --mutants` instead.")
@as_json
@verbose
def rules(
    rule_globs: tuple[str, ...],
    loads: tuple[str, ...],
    commands: tuple[str, ...],
    startup_timeout: float | None,
    mutants: bool,
    shape: str,
    verbose: int,  # noqa: ARG001 - verbose acts by its callback
) -> Exit:
    """List the rules, with their functions, domains, modes and sources."""
    if mutants:
        return _list_mutants((*loads, *commands), shape)
    from eigcheck.cli.gather import known_frameworks, known_rules, programs
    from eigcheck.cli.listing import print_list
    from eigcheck.cli.streams import write_error

    known, broken = known_rules(loads, programs(commands, startup_timeout), rule_globs)
    more = known_frameworks()
    if rule_globs:
        known = tuple(rule for rule in known if any(meant(glob, rule.name) for glob in rule_globs))
        more = []
    write_error("".join(f"warning: {why}\n" for why in broken))
    print_list(
        [*_each(known), *map(_unloaded, more)] if shape == "json" else [*_grouped(known), *more],
        shape,
    )
    return Exit.AS_EXPECTED
