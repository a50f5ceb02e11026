"""A script of a few lines that shows a fault without eigcheck: the rule in its own framework beside central differences.

What is asked of the rule stands in the script to the last bit. It prints both numbers and ends with an assertion that
fails as long as the fault is there, so that it does for a bug report and, later, for a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from eigcheck.digits import digits_apart
from eigcheck.outcome import Outcome
from eigcheck.reports.escape import escape
from eigcheck.reports.script_evidence import Evidence, evidence_of
from eigcheck.reports.script_julia import is_julia, julia_script, package_of
from eigcheck.reports.script_numpy import checking, literal
from eigcheck.reports.script_origin import Origin
from eigcheck.reports.script_rules import Snippet, snippet


def script(outcome: Outcome, origin: Origin, version: str = "") -> str:
    """The script that shows what is wrong in `outcome`.

    `origin` says where a rule of one's own comes from; frameworks' rules are known by name, and of those that come
    with eigcheck the answer is written out. `version` is eigcheck's. Raises UsageError where there is no fault, or
    none that a few lines can show.
    """
    shown = evidence_of(outcome)
    if is_julia(outcome.rule) and origin.target is None:
        return _heading(outcome, shown, version, ("Julia", package_of(outcome.rule))) + julia_script(outcome, shown)
    runner = snippet(outcome, origin, shown)
    needs = dict.fromkeys(("NumPy", *runner.needs))
    return _heading(outcome, shown, version, tuple(needs)) + "\n".join(_body(outcome, shown, runner)) + "\n"


def _heading(outcome: Outcome, shown: Evidence, version: str, needs: tuple[str, ...]) -> str:
    problem = outcome.problem
    where = f", uplo {problem.uplo}" if problem.uplo else ""
    rows = [
        f"{outcome.rule}: {problem.function}, domain {problem.domain}{where}, {outcome.mode} mode",
        shown.sentence,
        f"Found by eigcheck {version} in the case {problem.case}; needs {', '.join(needs)}.".replace("  ", " "),
    ]
    return "".join(f"# {escape(row)}\n" for row in rows)


def _body(outcome: Outcome, shown: Evidence, runner: Snippet) -> list[str]:
    rows = ["import numpy as np", *runner.imports, "", f"A = np.{literal(shown.matrix)}"]
    rows += [
        f"{name}_bar = np.{literal(bar)}"
        for name, bar in (("values", shown.values_bar), ("vectors", shown.vectors_bar))
        if bar is not None
    ]
    if shown.kind == "mismatch":
        return [*rows, *_mismatch(outcome, shown, runner)]
    if shown.kind == "jump":
        return [*rows, *_jump(shown, runner)]
    return [*rows, *runner.define, "", *_ENDINGS[shown.kind]]


def _mismatch(outcome: Outcome, shown: Evidence, runner: Snippet) -> list[str]:
    assert shown.direction is not None
    digits = digits_apart(shown.want + shown.error, shown.want, 12)
    return [
        "# the direction of A that probes this entry of the gradient",
        f"E = np.{literal(shown.direction)}",
        "",
        *runner.define,
        *([""] if runner.define else []),
        *runner.answer,
        *checking(outcome, shown),
        f'print(f"the rule:      {{got:.{digits}g}}")',
        f'print(f"it should be:  {{want:.{digits}g}}")',
        f"# the fault was {shown.error:.3g}; half of that tells right from wrong",
        f'assert abs(got - want) < {shown.error / 2:.3g}, f"off by {{abs(got - want):.3g}}"',
    ]


def _jump(shown: Evidence, runner: Snippet) -> list[str]:
    assert shown.moved is not None
    assert shown.entry is not None
    (i, j), (k, m) = shown.entry, shown.moved
    return [
        "beside = A.copy()  # the same matrix, one entry moved by units in the last place",
        f"beside[{k}, {m}] = {shown.neighbour!r}",
        "",
        *runner.define,
        "",
        f"here, there = answer(A)[1][{i}, {j}], answer(beside)[1][{i}, {j}]",
        'print(f"gradient entry at A:  {here:.12g}")',
        'print(f"and just beside it:   {there:.12g}")',
        f'assert abs(here - there) < {shown.error / 2:.3g}, f"jumps by {{abs(here - there):.3g}}"',
    ]


_ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "call": (
        "gradient = answer(A)[1]",
        "print(gradient)",
        'assert np.shape(gradient) == A.shape, "a gradient has the shape of A"',
    ),
    "nonfinite": (
        "gradient = answer(A)[1]",
        "print(gradient)",
        'assert np.isfinite(gradient).all(), "the gradient exists and is finite"',
    ),
    "mutates-input": (
        "given = A.copy()",
        "answer(given)",
        "print(given - A)",
        'assert np.array_equal(given, A), "the rule changes its argument"',
    ),
    "nondeterministic": (
        "once, again = answer(A)[1], answer(A)[1]",
        "print(once - again)",
        'assert np.array_equal(once, again), "the same question has two answers"',
    ),
}
"""How the other faults are shown, by the kind of evidence."""
