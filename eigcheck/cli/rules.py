"""`eigcheck rules`: the rules under test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import as_json, load, verbose

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


@click.command(short_help="List the rules.")
@load
@as_json
@verbose
def rules(loads: tuple[str, ...], shape: str, verbose: int) -> Exit:  # noqa: ARG001 - verbose acts by its callback
    """List the rules, with their functions, domains, modes and sources."""
    from eigcheck.cli.gather import known_rules
    from eigcheck.cli.listing import print_list
    from eigcheck.cli.streams import write_error

    known, broken = known_rules(loads)
    write_error("".join(f"warning: {why}\n" for why in broken))
    print_list(_each(known) if shape == "json" else _grouped(known), shape)
    return Exit.AS_EXPECTED
