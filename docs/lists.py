"""Tables of what is registered in the code, as Markdown: one function for each, by name in `TABLES`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def code(names: Sequence[str]) -> str:
    """Names as code, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def plain(text: str) -> str:
    """Text in which nothing is Markdown but code between backticks."""
    pieces = re.split(r"(`[^`]+`)", text)
    return "".join(piece if k % 2 else re.sub(r"[\\`*_\[\]<>#^]", r"\\\g<0>", piece) for k, piece in enumerate(pieces))


def rules() -> str:
    """The built-in rules, one line for each name."""
    from eigcheck.rules import registry

    registry.load_builtin()
    found: dict[str, list[Any]] = {}
    for rule in registry.registered():
        if rule.builtin:
            found.setdefault(rule.name, []).append(rule)
    rows = []
    for name, same in found.items():
        parts = [dict.fromkeys(getattr(rule, key) for rule in same) for key in ("function", "domain")]
        modes = dict.fromkeys(mode for rule in same for mode in rule.modes)
        rows.append([code([name]), *(code(list(part)) for part in (*parts, modes)), plain(same[0].source)])
    return table(["rule", "functions", "domains", "modes", "source"], rows)


def oracles() -> str:
    """The oracles, strongest first."""
    from eigcheck.cli.listing import known_oracles

    rows = [[code([str(one["oracle"])]), plain(str(one["source"]))] for one in known_oracles()]
    return table(["oracle", "how it answers"], rows)


def diagnoses() -> str:
    """The causes, most specific first."""
    from eigcheck.cli.listing import known_diagnoses

    keys = ("what_went_wrong", "remedy")
    rows = [[code([str(one["diagnosis"])]), *(plain(str(one[key])) for key in keys)] for one in known_diagnoses()]
    return table(["cause", "what went wrong", "remedy"], rows)


def structures() -> str:
    """The structures beside which rules are probed."""
    from eigcheck.domains import structures as known

    rows = [[code([one.name]), plain(one.meaning), plain(one.decided)] for one in known.structures()]
    return table(["structure", "meaning", "decided"], rows)


def relations() -> str:
    """The relations that have to hold between a rule's answers."""
    from eigcheck.check.checks.relations.relation import registered

    rows = [[code([one.name]), plain(one.summary), code([one.kind])] for one in registered()]
    return table(["relation", "what it says", "finding"], rows)


def mutants() -> str:
    """The faults of the built-in wrong rules."""
    from eigcheck.cli.rules import known_mutants

    rows = [[code([str(one["rule"])]), plain(str(one["fault"])), plain(str(one["needs"]))] for one in known_mutants()]
    return table(["rule", "fault", "what shows it"], rows)


def findings() -> str:
    """The kinds of findings, with what each makes of the verdict."""
    from eigcheck.names import ERRING, FAILING, FINDING_KINDS

    makes = {**dict.fromkeys(FAILING, "`fail`"), **dict.fromkeys(ERRING, "`error`")}
    return table(
        ["finding", "makes the verdict"], [[code([kind]), makes.get(kind, "a note")] for kind in FINDING_KINDS]
    )


def kinds() -> str:
    """The kinds of matrices, with their own parameters."""
    from eigcheck.casefile.kinds import matrix_kinds

    rows = [[code([kind.name]), plain(kind.summary), code(list(kind.parameters))] for kind in matrix_kinds().values()]
    return table(["kind", "matrix", "parameters"], rows)


def common() -> str:
    """The parameters that every kind of matrix has."""
    from eigcheck.casefile.kinds import COMMON

    return table(["parameter", "type", "meaning"], [[code([key]), *map(plain, told)] for key, told in COMMON.items()])


TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "rules": rules,
    "oracles": oracles,
    "diagnoses": diagnoses,
    "structures": structures,
    "relations": relations,
    "mutants": mutants,
    "findings": findings,
    "kinds": kinds,
    "common": common,
}
