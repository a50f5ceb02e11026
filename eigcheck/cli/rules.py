"""`eigcheck rules` and `eigcheck conventions`: the rules under test, and which gradients they really return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from eigcheck.cli.listing import print_list
from eigcheck.cli.options import as_json, foreign_options, several, tracebacks
from eigcheck.cli.streams import write_error
from eigcheck.errors import RuleError, UsageError

if TYPE_CHECKING:
    from eigcheck.check.conventions import Convention
    from eigcheck.model import Rule
    from eigcheck.sources import Wanted

_KEYS: Final = ("name", "function", "domain", "uplo", "dtypes", "modes", "convention", "source")
"""What is told of a rule in JSON."""


def _grouped(known: Sequence[Rule]) -> list[dict[str, object]]:
    from eigcheck.choosing import grouped

    rows: list[dict[str, object]] = []
    for (name, modes, source), alike in grouped(known, lambda rule: (rule.name, rule.modes, rule.source)).items():
        domains = {
            function: tuple(rule.domain for rule in rules)
            for function, rules in grouped(alike, lambda r: r.function + (f" ({r.uplo})" if r.uplo else "")).items()
        }
        rows += [
            {"rule": name, "functions": functions, "domains": places, "modes": modes, "source": source}
            for places, functions in grouped(domains, domains.__getitem__).items()
        ]
    return rows


def known_mutants() -> list[dict[str, object]]:
    """The faults of the built-in wrong rules: what is wrong, what shows it, and where it is wrong."""
    from eigcheck.rules.mutants import PREFIX, faults

    return [
        {
            "rule": PREFIX + fault.name,
            "fault": fault.what,
            "needs": fault.needs,
            "diagnosis": fault.diagnosis,
            "functions": list(dict.fromkeys(function for function, _, _ in fault.places)),
            "domains": list(dict.fromkeys(domain for _, domain, _ in fault.places)),
            "modes": list(fault.modes),
        }
        for fault in faults()
    ]


def _wanted(given: Mapping[str, Any]) -> Wanted:
    from eigcheck.sources import Wanted

    return Wanted(**{key: value for key, value in given.items() if value is not None})


def known_rules(wish: Wanted, loads: Sequence[str], globs: Sequence[str]) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The built-in rules, those of loads, programs and installed packages, and why some packages give none.

    With `globs` also those of the frameworks that these name. Raises RuleError for loads and programs only:
    whoever lists rules did not ask for what happens to be installed. Raises UsageError for a framework that is not.
    """
    from eigcheck.execution.child.runner import ChildRunner
    from eigcheck.execution.loads import frameworks, installed
    from eigcheck.rules.frameworks import require
    from eigcheck.sources import opened

    require(globs)
    with opened(wish, (*loads, *frameworks(globs))) as sources:
        found = {rule.key: rule for rule in sources.rules}
    broken: list[str] = []
    for package in installed():
        with ChildRunner(package) as child:
            try:
                for rule in child.rules():
                    found.setdefault(rule.key, rule)
            except RuleError as error:
                broken.append(str(error))
    return tuple(found.values()), tuple(broken)


def known_frameworks() -> list[dict[str, object]]:
    """The frameworks that rules can come from, with their versions or what installs them; none is imported."""
    from eigcheck.rules.frameworks import FRAMEWORKS

    return [
        {
            "rule": f"{one.name}/*",
            "functions": one.functions,
            "domains": one.domains,
            "modes": one.modes,
            "source": f"not installed: {one.command}"
            if one.version is None
            else f"{one.name} {one.version}; --rule '{one.name}/*' asks for them",
        }
        for one in FRAMEWORKS
    ]


@click.command(short_help="List the rules.")
@several("--rule", "rule_globs", metavar="GLOB", help="List these rules only.")
@foreign_options
@click.option("--mutants", is_flag=True, help="List the wrong rules of `run --mutants` instead.")
@as_json
@tracebacks
def rules(rule_globs: tuple[str, ...], loads: tuple[str, ...], mutants: bool, shape: str, **programs: Any) -> None:
    """List the rules, with their functions, domains, modes and sources."""
    from eigcheck import engine

    if mutants:
        if loads or programs["commands"]:
            raise UsageError("--load and --exec say nothing about mutants: they are built in. Leave one out.")
        from eigcheck.rules import mutants as built_in

        meant = {one.name for one in engine.matching([one.rule for one in built_in.mutants()], rule_globs or ("*",))}
        wrong = [one for one in known_mutants() if one["rule"] in meant]
        print_list(wrong if shape == "json" else [{key: one[key] for key in ("rule", "fault")} for one in wrong], shape)
        return

    known, broken = known_rules(_wanted(programs), loads, rule_globs)
    write_error("".join(f"warning: {why}\n" for why in broken))
    more = [] if rule_globs else known_frameworks()
    known = engine.matching(known, rule_globs) if rule_globs else known
    if shape == "console":
        print_list([*_grouped(known), *more], shape)
        return
    # a framework whose rules were not loaded, under the keys of a rule
    unloaded = [{"name": row["rule"], "modes": row["modes"], "source": row["source"]} for row in more]
    each = [{key: getattr(rule, key) for key in _KEYS} for rule in known]
    print_list([*each, *(dict.fromkeys(_KEYS) | row for row in unloaded)], shape)


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
@foreign_options
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
    from eigcheck.sources import opened

    # rules of installed packages are among them, as in a run
    named = (*installed(rule_globs or None), *frameworks(rule_globs))
    with opened(_wanted(programs), (*loads, *named)) as sources, one_thread():
        chosen = engine.matching(sources.rules, rule_globs)
        found = [one for rule in chosen for one in measure(rule, sources.runner)]
    print_list([(_entry if shape == "json" else _row)(one) for one in found], shape)
