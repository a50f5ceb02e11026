"""docs/atlas.md from reports and measured conventions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from benchmarks.atlas.behaviours import BEHAVIOURS, OPEN, RIGHT, SITUATIONS, SYMBOLS, UNDETERMINED, Seen, seen
from benchmarks.frameworks import told

FUNCTIONS = ("eigvals", "eig", "eigvalsh", "eigh")

PREAMBLE = """\
# Atlas

What the differentiation rules of other people's libraries do on every case that eigcheck ships. This page is made by
`make atlas`; what is wrong is told one by one, with numbers and a snippet that needs the framework alone, in
[findings](findings.md).

Run with {versions}. {missing}
"""

BEHAVIOUR_HEAD = """\
## What they do

A cell shows the most serious that a rule does with cases of that kind, in the order of this table, and links to the file
of the smallest case that shows it; the case's name is the link's title. Below each table all behaviours are counted, in
outcomes: a case, a domain and a mode.
"""

SITUATION_TEXT = """\
*Structure*: symmetric, triangular, diagonal and other special matrices, and those one unit in the last place beside
them. *Degeneracy*: repeated and close eigenvalues, and defective matrices. *Scale*: very large, very small and badly
scaled entries. *Phase*: losses that see the phase of eigenvectors. *Single precision*: all of these in float32 and
complex64. *Plain*: the rest.
"""

CONVENTIONS_HEAD = """\
## Conventions

As `eigcheck conventions` measures them. *General*: entries are free. *Symmetric split*: the gradient of an entry and
of its mirror image share what both do. *Doubled*: one triangle carries all of it. The gradient is the derivative of
the rule's own primal on every entry, or only along the matrices of the domain that the rule declares. Pairing is
what is left of it after the adapter: JAX and autograd return conjugates of what PyTorch and TensorFlow return, and
their adapters conjugate them.
"""

FAULTS_HEAD = """\
## Every behaviour that is not right

Without the cases that double precision does not decide, and without those that determine no gradient where the rule
gives none. The case is the smallest of the rule and function that shows these findings.
"""


def page(reports: Mapping[str, Mapping[str, Any]], conventions: Mapping[str, Sequence[Any]]) -> str:
    """The page.

    `reports` holds, by framework, a run's JSON report with its `version`; None there says that it is not installed.
    `conventions` holds what `eigcheck conventions --format json` printed.
    """
    versions, missing = told({name: report["version"] for name, report in reports.items()})
    all_seen = [one for report in reports.values() for one in seen(report.get("outcomes", ()))]
    parts = [PREAMBLE.format(versions=versions, missing=missing), BEHAVIOUR_HEAD, _meanings(), SITUATION_TEXT]
    for function in FUNCTIONS:
        ours = [one for one in all_seen if one.function == function]
        if ours:
            parts += [
                f"### `{function}`\n",
                _situations(ours, _symbol),
                folded("all behaviours, counted", _situations(ours, _cell)),
            ]
    parts += [CONVENTIONS_HEAD, _conventions([one for name in reports for one in conventions.get(name, ())])]
    parts += [FAULTS_HEAD, _faults(all_seen)]
    return "\n".join(parts)


def _meanings() -> str:
    return table(["", "behaviour", "meaning"], [[SYMBOLS[name], name, BEHAVIOURS[name]] for name in SYMBOLS])


def _situations(ours: Sequence[Seen], cell: Callable[[Sequence[Seen]], str]) -> str:
    """Rules by situations."""
    rules = _grouped(ours, lambda one: one.rule)
    rows = []
    for rule, mine in rules.items():
        there = _grouped(mine, lambda one: one.situation)
        rows.append([f"`{rule}`", *(cell(there.get(name, ())) for name in SITUATIONS)])
    return table(["rule", *SITUATIONS], rows)


def _symbol(mine: Sequence[Seen]) -> str:
    """What stands for the most serious behaviour, linked to its smallest case."""
    behaviours = _grouped(mine, lambda one: one.behaviour)
    return next((link(symbol, behaviours[name]) for name, symbol in SYMBOLS.items() if name in behaviours), "")


def folded(title: str, text: str) -> str:
    """Markdown that a reader opens."""
    return f"<details>\n<summary>{title}</summary>\n\n{text}\n</details>\n"


def _cell(mine: Sequence[Seen]) -> str:
    """Each behaviour, linked to its smallest case, with how many outcomes show it."""
    behaviours = _grouped(mine, lambda one: one.behaviour)
    told = [f"{link(name, behaviours[name])} {len(behaviours[name])}" for name in BEHAVIOURS if name in behaviours]
    return "<br>".join(told) or "-"


def link(text: str, shown: Sequence[Seen]) -> str:
    """A link to the file of the smallest case, with the case's name as its title."""
    smallest = min(shown, key=lambda one: one.n)
    return f'[{text}](../{smallest.file} "{smallest.case}")'


def _conventions(measured: Iterable[Mapping[str, Any]]) -> str:
    """A row for a rule, what was measured at several matrices put together."""
    rules = _grouped(measured, lambda one: (one["name"], one["function"], one["domain"], one["uplo"]))
    rows = []
    for (name, function, domain, uplo), at in rules.items():
        fits = [set(one["gradient"]) for one in at if one["gradient"]]
        common = set.intersection(*fits) if fits else set()
        pairing = {one["conjugated"] for one in at} - {None}
        rows.append(
            [
                f"`{name}`",
                f"`{function}`",
                domain + (f" ({uplo})" if uplo else ""),
                ", ".join(sorted(common)) or "none fits all matrices",
                " or ".join("conjugated" if one else "not conjugated" for one in sorted(pairing)) or "-",
                _words(one["derivative_of_its_primal_on"] for one in at),
                _words(one["adjoint_of_its_pushforward_on"] for one in at),
                _words(one["where"] for one in at if one["where"]),
            ]
        )
    head = ["rule", "function", "domain", "gradient", "pairing", "derivative of its primal on"]
    return table([*head, "modes adjoint on", "where it is not"], rows)


def _words(words: Iterable[str | None]) -> str:
    """Each thing told once, the first where they are sentences with numbers."""
    told = list(dict.fromkeys(word for word in words if word))
    return (told[0] if any(":" in word for word in told) else "; ".join(told)) if told else "-"


def _faults(all_seen: Iterable[Seen]) -> str:
    """A row for a rule, function and kind of fault."""
    wrong = [one for one in all_seen if one.behaviour not in (RIGHT, OPEN, UNDETERMINED)]
    rows = []
    for (rule, function, behaviour, kinds), mine in _grouped(wrong, _fault).items():
        modes = sorted({one.mode for one in mine}, reverse=True)
        where = sorted({one.situation for one in mine}, key=SITUATIONS.index)
        smallest = min(mine, key=lambda one: one.n)
        told = [behaviour, ", ".join(kinds) or "-", ", ".join(modes), ", ".join(where), str(len(mine))]
        rows.append([f"`{rule}`", f"`{function}`", *told, link(smallest.case, mine)])
    return table(["rule", "function", "behaviour", "findings", "modes", "where", "outcomes", "case"], rows)


def _fault(one: Seen) -> tuple[str, str, str, tuple[str, ...]]:
    return one.rule, one.function, one.behaviour, one.kinds


def _grouped(items: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    """Items by key, in the order in which they come."""
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines) + "\n"
