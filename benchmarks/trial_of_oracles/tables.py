"""The two pages that the trial writes: Markdown with one row for each family of matrices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.trial_of_oracles.measure import COMPUTABLE, DIFFERENCED, FAR_BELOW, RULES, Tally, ratios_of, several
from eigcheck.model import Array

Results = Mapping[str, Mapping[str, Tally]]
"""By family, then by the name of an oracle or rule."""

SAID = """\
Written by `make oracles-on-trial`, with {count} matrices of orders 2 to 16 in a family:
{versions}
"""

ORACLES = """\
# Oracles on trial

An oracle gives each number with a bar. Here these numbers are held against
those of `certified`, which encloses them in ball arithmetic and shares no
formula with the others: `error / bar` is the distance from the certified
number, less the certified bar (mere rounding to double precision), over the
oracle's own bar. Above 1 a bar is wrong. `bar / budget` says how wide a bar is
beside what a correct rule may err there: below 1 the oracle tells more than a
rule in the precision of the case could know.

Cotangents are those of `basis` for eigenvalues, random ones for eigenvectors
(both without and with a response to phases), and those of power losses.
Functions are `eigvals` and `eig` on general matrices; on symmetric and
Hermitian ones all four functions and all domains. `central` is asked along
{differenced} tangents of each, the others along all of them; `identities` answers for
losses only. Each column of three has the median, 99 % and the largest. `apart`
counts numbers whose bar is less than {far:g} times the certified one.
"""

DUAL = """\
`decisive` is the share of the numbers with a bar below the budget, among those
where the budget is below {computable:g} of the largest number along the same cotangent;
numbers that the oracle does not give count as not decisive.
"""

BUDGET = """\
# Budgets on trial

The budget is what a correct rule may err by roundoff. Here rules of two kinds
that are known to be correct, with left eigenvectors from the inverse of the
right ones and from an eigenproblem of their own, and for symmetric and
Hermitian matrices with the inverse being the adjoint, are held against
`certified`: `error / budget` is a rule's distance from the certified number,
less the certified bar, over the budget. Above 1 a correct rule would be
blamed; far below 1 everywhere, small mistakes would not be seen. `room` is
the budget over the largest error: how many times narrower it could have been
in that family.

Only cotangents that a verdict would speak of are counted, those whose budget
is at most a sixteenth of the largest number, in both modes. Of
`chainrules/wrapper-types` that is the reverse one on real matrices, and rules
of `chainrules` are not held to the phases of complex eigenvectors: they take
another entry for the real one, or leave out what explodes where that is small.
Questions are those of [oracles.md](oracles.md).
"""


def oracles_page(results: Results, count: int, versions: str) -> str:
    """docs/oracles.md."""
    lines = [ORACLES.format(differenced=DIFFERENCED, far=FAR_BELOW), SAID.format(count=count, versions=versions)]
    for name, title in (("dual", "Dual"), ("central", "Central"), ("identities", "Identities")):
        total = several([tallies[name] for tallies in results.values() if name in tallies])
        lines += [f"## {title}\n", *_summary(total)]
        if name == "dual":
            lines += [DUAL.format(computable=COMPUTABLE)]
        lines += ["\n".join(_oracle_rows(name, results)) + "\n"]
    return "\n".join(lines)


def _summary(total: Tally) -> Iterator[str]:
    errors = list(ratios_of(total.errors))
    numbers = sum(part.size for part in total.errors)
    share = sum(float((part > 1).sum()) for part in total.errors) / numbers
    yield f"{numbers} numbers; `error / bar` is at most {_short(errors[2])}, above 1 for {_percent(share)} of them.\n"


def _oracle_rows(name: str, results: Results) -> Iterator[str]:
    decisive = name == "dual"
    yield "| family | numbers | error / bar | bar / budget | apart |" + (" decisive |" if decisive else "")
    yield "| --- | ---: | ---: | ---: | ---: |" + (" ---: |" if decisive else "")
    for family, tallies in results.items():
        tally = tallies.get(name, Tally())
        cells = [
            family,
            str(sum(part.size for part in tally.errors)),
            _three(tally.errors),
            _three(tally.widths),
            str(tally.apart),
        ]
        if decisive:
            cells.append(_percent(tally.decisive / tally.predicted) if tally.predicted else "none predicted")
        yield f"| {' | '.join(cells)} |"


def budget_page(results: Results, count: int, versions: str) -> str:
    """docs/budget.md."""
    lines = [BUDGET, SAID.format(count=count, versions=versions)]
    for name in RULES:
        lines += [f"## {name}\n", "\n".join(_rule_rows(name, results)) + "\n"]
    return "\n".join(lines)


def _rule_rows(name: str, results: Results) -> Iterator[str]:
    yield "| family | numbers | error / budget: median, largest | room |"
    yield "| --- | ---: | ---: | ---: |"
    for family, tallies in results.items():
        if name not in tallies:
            continue
        tally = tallies[name]
        found = list(ratios_of(tally.errors))
        numbers = sum(part.size for part in tally.errors)
        if not found:
            yield f"| {family} | 0 | not computable | |"
            continue
        room = _short(1 / found[2]) if found[2] else "exact"
        yield f"| {family} | {numbers} | {_short(found[0])}, {_short(found[2])} | {room} |"


def _three(parts: Sequence[Array]) -> str:
    return ", ".join(_short(x) for x in ratios_of(parts)) or "no answer"


def _short(number: float) -> str:
    return f"{number:.2g}"


def _percent(share: float) -> str:
    # what is nearly all or nearly nothing shall not read as all or nothing
    return f"{100 * share:.3g} %" if share < 0.995 else f"{100 * share:.6g} %"
