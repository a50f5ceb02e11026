"""docs/campaign.md from the counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.campaign.checkers import NAMES, checker
from benchmarks.campaign.checkers.answers import ABSTAIN, AGREE, DISAGREE, RAISED
from benchmarks.campaign.faults import BESIDE, COLUMN, ENTRY, GROUPS
from benchmarks.campaign.tally import BANDS, MINE

PREAMBLE = """\
# Campaign

eigcheck beside eight other ways of checking a gradient, in one run, on the same
rules, matrices and seeds. This page is made by `{command}`; counts are in
[campaign.json](campaign.json), the code in `benchmarks/campaign/`.

Every checker gets the rule under test itself, wrapped as that checker wants it
(a `torch.autograd.Function`, a `jax.custom_vjp` with `pure_callback`, an
autograd primitive, a PyTensor `Op`, or a map between real vectors), in reverse
mode. The map is from the matrix to its eigenvalues; for `eig` and `eigh` also
to abs(c_k^H v_k)^2 with random c_k, since raw eigenvectors change sign and
phase between one matrix and the next. On the domain `symmetric` the map begins
with (X + X^H)/2. Tolerances and steps are the documented defaults: they are
part of a checker. A checker *abstains* if it says itself that it cannot tell or
is not made for this (complex matrices for PyTensor, single precision for most);
*raised* is any exception that is not its way to disagree. Orders above {limits}
are not asked where the cost grows with n^5.
"""

ALARMS = """\
## False alarms on right rules

Right rules: `numpy/lapack`, `numpy/left-vectors`, `chainrules/wrapper-types`.
eigcheck judges all of them, on every domain that fits, in both modes (the last
one's pushforward for real matrices only, since it is wrong for complex Hermitian
ones); the others get `numpy/lapack` at fewer seeds. A cell is *false alarms / checks*;
in brackets how many more were left without a verdict (abstained or raised).
"""

EASY = """\
Before anybody judges, eigcheck's budget says how far roundoff alone may move a
right gradient, relative to its largest entry. Where that is below {easy:g}
({asked} of {total} checks), {open} were left open ({share}); elsewhere
{hard} of {rest}. On the checks that the other columns show, in reverse mode,
eigcheck gave {alarms} false alarms and left {left} of {same} open.
"""

MISSES = """\
## Misses on wrong rules

{faults} faults of eigcheck's mutants (`eigcheck.rules.mutants`: *branches* to
*conduct*), each in every function that can have it, and errors of eight sizes,
1e-3 to 1e-10, in one entry and in one column. Each stands at a fixed matrix that
shows it: where the Jacobian that the rule gives differs from that of the right
rule by 1e-3 of its largest entry, or if it nowhere does, where it does most. A
cell is *passed as right / checks*; in brackets how many more were left without a
verdict. A wrong rule whose exception stops the checker is caught.

The row *{beside}* is not in the sums: what is wrong there (an absent
cotangent, the phase of vectors, state, a changed argument, a wrong primal) is no
error of the Jacobian at the matrix, so that a checker of Jacobians may pass it.
"""

SIZES = """\
The same checks by the size of the Jacobian's error, relative to its largest entry:
"""

DIAGNOSES = """\
Of {named} checks whose fault has a name, eigcheck's first diagnosis is that name
in {first}, and it is among them in {among}. Of the {others} others
{others with a name} got a name.
"""

COSTS = """\
## Cost of a verdict

Time of one reverse verdict over that of eigcheck in the same run: geometric mean
of `eigvals` and `eig` at a Gaussian matrix and `eigh` at a symmetric one; the
least of {rounds} rounds, one check at a time, one BLAS thread. The checkers do
not do the same work: jax and autograd look along one direction, PyTensor along
two projections, the others at all entries; only eigcheck also looks beside the
matrix.
"""


def page(told: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = [_preamble(told), _checkers()]
    if told.get("alarms"):
        parts += _alarms(told["alarms"])
    if told.get("misses"):
        parts += _misses(told["misses"])
    if told.get("cost"):
        parts += [COSTS.format(rounds=told["rounds"]), _cost_table(told["cost"])]
    return "\n".join(parts)


def _preamble(told: Mapping[str, Any]) -> str:
    limits = ", ".join(f"{n} ({', '.join(names)})" for n, names in told["largest"].items())
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    return (
        PREAMBLE.format(command=told["command"], limits=limits)
        + f"\nScale `{told['scale']}`, {told['date']}, {told['cores']} cores, {told['minutes']:.0f} minutes. {versions}.\n"
    )


def _checkers() -> str:
    rows = []
    for name in NAMES:
        one = checker(name)
        rows.append([name, f"`{one.call}`", one.tolerance])
    return table(["checker", "call", "steps and tolerances"], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, all but the first column to the right where they hold counts."""
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def total(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


def added(many: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The sum of some counts."""
    return {word: sum(counts[word] for counts in many) for word in (AGREE, DISAGREE, ABSTAIN, RAISED)}


def cell(counts: Mapping[str, int] | None, word: str) -> str:
    """`word` / all (no verdict); a dash where nothing was asked."""
    if counts is None or not total(counts):
        return "-"
    # a wrong rule that raises is caught; a right rule that raises is left without a verdict
    without = counts[ABSTAIN] + (counts[RAISED] if word == DISAGREE else 0)
    return f"{counts[word]} / {total(counts)}" + (f" ({without})" if without else "")


Table = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Counts by checker and row."""


def _matrix(counts: Table, rows: Sequence[str], word: str, head: str, apart: str | None = None) -> str:
    """Rows are families or groups, columns are checkers; the sum leaves out the row `apart`, which comes last."""
    names = [name for name in NAMES if name in counts]
    summed = [row for row in rows if row != apart]
    sums = ["**all**", *(cell(added([counts[n][row] for row in summed if row in counts[n]]), word) for n in names)]
    body = [[row, *(cell(counts[name].get(row), word) for name in names)] for row in rows]
    place = len(summed)
    return table([head, *names], [*body[:place], sums, *body[place:]])


def _alarms(told: Mapping[str, Any]) -> list[str]:
    families = list(told["counts"][MINE])
    mine, easy, same = added(list(told["counts"][MINE].values())), told["easy"], told["same checks"]
    left = easy[ABSTAIN] + easy[RAISED]
    said = EASY.format(
        easy=told["predicted below"],
        asked=total(easy),
        total=total(mine),
        open=left,
        share=f"{100 * left / max(total(easy), 1):.2g} %",
        hard=mine[ABSTAIN] + mine[RAISED] - left,
        rest=total(mine) - total(easy),
        alarms=same[DISAGREE],
        left=same[ABSTAIN] + same[RAISED],
        same=total(same),
    )
    return [ALARMS, _matrix(told["counts"], families, DISAGREE, "family"), said]


def _misses(told: Mapping[str, Any]) -> list[str]:
    mutants = sum(count for group, count in told["faults"].items() if group not in (ENTRY, COLUMN))
    groups = [group for group in GROUPS if total(told["counts"][MINE][group])]
    bands = [band for band in BANDS if band in told["by size"][MINE]]
    return [
        MISSES.format(faults=mutants, beside=BESIDE),
        _matrix(told["counts"], groups, AGREE, "faults", apart=BESIDE),
        SIZES,
        _matrix(told["by size"], bands, AGREE, "size"),
        DIAGNOSES.format(**told["diagnosis"]),
    ]


def _cost_table(told: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    orders = list(told[MINE])
    rows = [
        [name, *(f"{told[name][n]['ratio']:.2g}" if n in told[name] else "-" for n in orders)]
        for name in NAMES
        if name in told
    ]
    own = ["eigcheck, seconds", *(f"{told[MINE][n]['seconds']:.2g}" for n in orders)]
    return table(["checker", *(f"n = {n}" for n in orders)], [*rows, own])
