"""The report for people, compared with snapshots at 80 columns (`--snapshot-update` stores new ones)."""

import re
from dataclasses import replace

import numpy as np
import pytest
from syrupy.assertion import SnapshotAssertion

from eigcheck.detail import Detail, Relation
from eigcheck.model import Expectation
from eigcheck.names import VERDICTS
from eigcheck.outcome import Extra, Finding, Judgement, OracleSummary, Outcome
from eigcheck.reports import load_format
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord
from tests.reports.samples import (
    CAUSE,
    collapse,
    crashed,
    expected_failure,
    passing,
    problem,
    record,
    undefined,
)

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def console(run: RunRecord, **look: object) -> str:
    return load_format("console").render(run, replace(Look(), **look))  # type: ignore[arg-type]


def large() -> Outcome:
    """A wrong gradient of a 30 x 30 complex matrix, with several findings of a kind."""
    error = np.zeros((30, 30))
    error[5:9, 20:] = np.logspace(-14, 2, 10)
    detail = Detail(error=error, allowed=np.full((30, 30), 1e-13), notes=("Followed over 3 matrices.",))
    findings = tuple(
        Finding(
            "mismatch",
            f"entry (5, {k}) of the gradient for e_3 is 1+2j where certified finds 1-2j",
            cotangent=3,
            entry=(5, k),
            got=1 + 2j,
            want=1 - 2j,
            error=4.0,
            allowed=1e-13,
            oracle="certified",
        )
        for k in range(6)
    )
    where = problem("large", matrix=np.zeros((30, 30), complex), dtype="complex128", file=None)
    expected = Expectation(("undefined", "inconclusive"), (), None, "*@reverse")
    return Outcome(where, "mylib/eig", "reverse", Judgement("fail", findings, (), {}, detail), expected)


@pytest.mark.parametrize("verbosity", [-1, 0, 1, 2])
def test_a_run_with_one_of_each(verbosity: int, snapshot: SnapshotAssertion) -> None:
    assert console(record(), verbosity=verbosity) == snapshot


def test_a_run_that_is_as_expected_is_short(snapshot: SnapshotAssertion) -> None:
    assert console(record(expected_failure(), passing(), not_run=())) == snapshot


def test_a_large_matrix(snapshot: SnapshotAssertion) -> None:
    assert console(record(large())) == snapshot


def test_the_last_line_sums_up() -> None:
    assert console(record(expected_failure(), passing()), verbosity=-1) == (
        "2 outcomes: 1 pass, 1 fail, all as expected\n"
    )
    assert console(record(collapse()), verbosity=-1) == "1 outcome: 1 fail, 1 unexpected\n"
    assert console(record(passing(), complete=False), verbosity=-1) == (
        "cut short after 1 outcome: 1 pass, all as expected\n"
    )
    assert console(RunRecord(complete=False), verbosity=-1) == "cut short after 0 outcomes\n"


def test_on_a_terminal_the_last_line_breaks_between_words() -> None:
    whole = console(record(passing(), collapse()), verbosity=-1)
    broken = console(record(passing(), collapse()), verbosity=-1, width=20, terminal=True)
    assert whole.count("\n") == 1 < broken.count("\n")
    assert broken.split() == whole.split()
    assert max(map(len, broken.splitlines())) <= 20
    assert console(record(passing(), collapse()), verbosity=-1, width=20) == whole


@pytest.mark.parametrize("verbosity", [0, 1, 2])
def test_nothing_is_wider_than_the_terminal_but_ids(verbosity: int) -> None:
    run = record(collapse(), undefined(), crashed("a long story " * 30), large())
    rows = console(run, verbosity=verbosity).splitlines()
    assert max(len(row) for row in rows if "::" not in row) <= 80


def test_a_narrow_terminal_stacks_the_pictures() -> None:
    rows = console(record(collapse()), width=60).splitlines()
    assert max(len(row) for row in rows if "::" not in row) <= 60


def test_colours_change_nothing_but_colours() -> None:
    coloured = console(record(), colour=True)
    assert coloured != ANSI.sub("", coloured)
    plain = "\n".join(row.rstrip() for row in ANSI.sub("", coloured).splitlines())
    assert plain + "\n" == console(record())


def test_foreign_text_is_shown_as_it_is_and_steers_nothing() -> None:
    nasty = "[red]x[/red] [/nope] \x1b[2J\u202e \\[bold]"
    outcome = crashed(nasty)
    detail = Detail(printed="\x1b]0;title\x07\nsecond", notes=(nasty,), why=nasty, cotangents=(nasty,))
    judgement = replace(outcome.judgement, detail=detail, diagnosis=(nasty,), oracles={nasty: OracleSummary(nasty)})
    bad = replace(outcome, problem=problem(nasty, file=nasty, folder=nasty), rule=nasty, judgement=judgement)
    text = ANSI.sub("", console(record(bad), colour=True, verbosity=1))
    assert all(char.isprintable() for char in text.replace("\n", ""))
    assert "[red]x[/red] [/nope] \\x1b[2J\\u202e" in text


def test_without_unicode_all_is_ascii() -> None:
    assert console(record(collapse(case="λ", about="é")), unicode=False).isascii()
    assert "λ::" in console(record(collapse(case="λ")), unicode=True)


def test_many_unexpected_outcomes_are_cut_unless_all_is_asked_for() -> None:
    run = record(*(collapse(case=f"case-{k}") for k in range(14)))
    short, long = console(run), console(run, verbosity=1)
    assert short.count("error / allowed, decades") == 10
    assert "(4 more unexpected outcomes; -v shows all of them in full)" in short
    assert long.count("error / allowed, decades") == 14


def test_the_cause_is_explained_and_an_unknown_one_only_named() -> None:
    assert f"{CAUSE}: the part below the diagonal" in console(record(collapse()))
    assert f"cause      {CAUSE}\n" in console(record(collapse(), causes={}))


def test_folders_stand_in_the_order_of_the_run() -> None:
    rows = console(record(passing(), passing("b"), expected_failure(), not_run=())).splitlines()
    assert rows[:2] == ["cases/plain  2  2 pass", "cases/seed   1  1 fail"]


def test_what_was_not_run_is_counted_or_listed() -> None:
    assert "1 not run" in console(record())
    assert "not run       plain::numpy/eigh: the case is about eigvals" in console(record(), verbosity=1)


def test_every_verdict_leaves_a_gap_before_the_id() -> None:
    judged = [replace(passing(), judgement=Judgement(verdict)) for verdict in VERDICTS]
    rows = console(RunRecord(tuple(judged)), verbosity=1).splitlines()[: len(VERDICTS)]
    assert {row.split()[1] for row in rows} == {passing().id}
    assert len({row.index(passing().id) for row in rows}) == 1


@pytest.mark.parametrize(("size", "allowed"), [(0.5, 0.0), (float("inf"), 1e-15), (float("nan"), 1e-15)])
def test_no_ratio_is_told_where_there_is_none(size: float, allowed: float) -> None:
    finding = Finding("not-linear", "a cotangent of zero gives an answer", error=size, allowed=allowed)
    failed = replace(passing(), judgement=Judgement("fail", (finding,)))
    text = console(RunRecord((failed,)))
    assert "a cotangent of zero gives an answer" in text
    assert "allowed" not in text


def test_broken_relations_are_named_unless_a_finding_does() -> None:
    rows = (
        Relation("scaling", "broken", finding="invariance"),
        Relation("shift", "broken"),
        Relation("transposition", "broken"),
        Relation("embedding", "holds"),
    )
    finding = Finding("invariance", "scaling: at 2^20 A the gradient differs", extra=Extra(relation="scaling"))
    judgement = Judgement("fail", (finding,), detail=Detail(relations=rows))
    text = console(RunRecord((replace(passing(), judgement=judgement),)))
    assert "invariance  scaling: at 2^20 A" in text
    assert "relations   broken too: shift, transposition\n" in text
    assert "relations" not in console(RunRecord((replace(passing(), judgement=Judgement("fail", (finding,))),)))
