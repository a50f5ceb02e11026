"""A report that was written is read again as it was, and nothing else is taken for one."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eigcheck.detail import Detail, Jump, Rung, Sensitivity, Strip
from eigcheck.errors import UsageError
from eigcheck.model import CotangentSpec
from eigcheck.outcome import Judgement, KnownFault
from eigcheck.reports import FORMATS, load_format
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord
from eigcheck.reports.shape import read
from tests.reports.samples import collapse, crashed, hostile, known_failure, passing, record

LOOKS = [Look(verbosity=-1), Look(), Look(unicode=True, verbosity=1), Look(width=120, colour=True, verbosity=2)]


def written(run: RunRecord, name: str = "json") -> str:
    return load_format(name).render(run)


def complex_run() -> RunRecord:
    """Complex numbers, single precision, NaN, infinities, signed zeros and matrices of order 0 and 40."""
    gradient = np.array([[1 + 2j, complex(np.nan, np.inf)], [-0.0j, complex(-0.0, 3)]], np.complex64)
    jump = Jump(
        entry=None,
        moved=None,
        structure=None,
        ulps=1,
        size=np.inf,
        allowed=np.float64(1e-9),
        side="+",
        wrong="here",
        flip_distance=0.0,
        neighbours=1,
        proof=None,
    )
    detail = replace(
        collapse().judgement.detail,
        gradient=gradient,
        reference=gradient.conj(),
        references={"dual": gradient},
        error=np.array([[np.inf, 1e-3], [np.nan, 0.0]], np.float32),
        spectrum=np.array([1j, -1j]),
        condition=np.array([np.inf, 1.0]),
        gap=np.inf,
        ladder=(Rung(0.1, np.float64(0.5), np.inf),),
        strip=Strip(entry=(0, 1), moved=(1, 0), ulps=(-1.0, 0, 1), values=(1j, 2j, np.nan), truth=1j),
        jumps=(jump,),
        sensitivity=Sensitivity(np.inf, None, ("one",)),
    )
    # what a later version may tell
    vars(jump)["odd"] = {"deep": [1j]}
    vars(detail)["unknown"] = {"to": [np.nan, 1 + 1j, "inf"]}
    first = collapse(
        matrix=gradient.astype(complex),
        dtype="complex128",
        uplo="U",
        about="é",
        source="λ",
        structures=("normal",),
        cotangent=CotangentSpec("explicit", of=("values",), values=np.array([1j, 0]), vectors=gradient, factor=1j),
    )
    mismatch, jump = first.judgement.findings
    found = (replace(mismatch, got=1 + 2j, want=complex(np.nan, 0), error=np.inf), replace(jump, ulps=np.float64(2)))
    judged = replace(first, judgement=replace(first.judgement, findings=found, detail=detail), seconds=1 / 3)
    none = replace(
        passing("empty", matrix=np.zeros((0, 0))), judgement=Judgement("pass", detail=Detail(error=np.zeros((0, 0))))
    )
    large = replace(
        passing("large", matrix=np.ones((40, 40), np.float32), dtype="float32"), judgement=Judgement("error")
    )
    return record(judged, none, large, seconds=2 / 3, gone=(KnownFault("a::b::eig::reverse", "fail", ("jump",), None),))


RUNS = {
    "one of each": record(),
    "hostile": hostile(),
    "complex": complex_run(),
    "known": record(known_failure(), crashed(), complete=False),
    "empty": RunRecord(),
}


@pytest.mark.parametrize("source", ["json", "jsonl"])
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.repeats
def test_every_report_can_be_drawn_again(name: str, run: RunRecord, source: str) -> None:
    again = replace(read(written(run, source), "results.json"), algebra=run.algebra)
    for look in LOOKS:
        assert load_format(name).render(again, look) == load_format(name).render(run, look)


def test_numbers_come_back_as_what_they_were() -> None:
    (outcome, *_) = read(written(complex_run()), "results.json").outcomes
    (was, *_) = complex_run().outcomes
    detail = outcome.judgement.detail
    np.testing.assert_array_equal(detail.gradient, was.judgement.detail.gradient)
    np.testing.assert_array_equal(outcome.problem.matrix, was.problem.matrix)
    assert outcome.problem.matrix.dtype == np.complex128
    assert not outcome.problem.matrix.flags.writeable
    assert outcome.judgement.findings[0].got == 1 + 2j
    assert outcome.problem.cotangent.factor == 1j
    assert detail.jumps[0].size == np.inf
    assert vars(detail)["unknown"] == {"to": ["nan", [1.0, 1.0], "inf"]}


def test_keys_that_are_not_known_here_are_passed_over() -> None:
    told = json.loads(written(record()))
    told["later"] = told["outcomes"][0]["later"] = told["outcomes"][0]["findings"][0]["later"] = 1
    assert len(read(json.dumps(told), "results.json").outcomes) == 5


def test_a_report_of_the_first_keys_is_enough() -> None:
    told = json.loads(written(record(passing())))
    for key in ("seconds", "causes", "gone"):
        del told[key]
    for key in ("uplo", "folder", "about", "source", "structures", "cotangent", "matrix", "known"):
        del told["outcomes"][0][key]
    (outcome,) = read(json.dumps(told), "results.json").outcomes
    assert outcome.problem.matrix.shape == (2, 2)
    assert np.isnan(outcome.problem.matrix).all()


WHOLE = written(record())
LINES = written(record(), "jsonl")


@settings(max_examples=60)
@given(st.integers(0, len(WHOLE.rstrip()) - 1))
def test_a_report_that_was_cut_anywhere_is_refused(at: int) -> None:
    with pytest.raises(UsageError, match=r"results\.json:\d+:\d+: "):
        read(WHOLE[:at], "results.json")


@settings(max_examples=60)
@given(st.integers(0, len(LINES.rstrip()) - 1))
def test_lines_that_were_cut_anywhere_are_refused(at: int) -> None:
    with pytest.raises(UsageError, match=r"results\.json:\d+:\d+: "):
        read(LINES[:at], "results.json")


@pytest.mark.parametrize("drop", range(7))
def test_no_line_may_be_missing(drop: int) -> None:
    rows = LINES.splitlines(keepends=True)
    with pytest.raises(UsageError):
        read("".join(rows[:drop] + rows[drop + 1 :]), "results.json")


def edited(path: str, value: object) -> str:
    """The report with a value in place of another, by a path such as `outcomes.0.verdict`."""
    told = json.loads(WHOLE)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = told
    for step in steps:
        place = place[step]
    place[last] = value
    return json.dumps(told)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("schema", "eigcheck-report/9", "schema"),
        ("complete", "yes", "results.json: complete: "),
        ("outcomes.0.verdict", "fial", r"outcomes\[0\]\.verdict: Input should be 'pass'"),
        ("outcomes.1.line", "1", r"outcomes\[1\]\.line: "),
        ("outcomes.0.id", "a::b::c::d", r"outcomes\[0\]\.id is 'a::b::c::d'"),
        ("outcomes.0.as_expected", False, r"outcomes\[0\]\.as_expected is False, but"),
        ("outcomes.0.n", 3, r"outcomes\[0\]\.n is 3, but there is no matrix of that order"),
        ("outcomes.0.detail.error", [[1.0, 2.0]], r"outcomes\[0\]\.detail\.error: this is no square matrix"),
        ("outcomes.0.detail.error", [[1.0]], r"outcomes\[0\]\.detail: error, allowed, gradient and"),
        ("outcomes.0.detail.gap", "wide", r"outcomes\[0\]\.detail\.gap: this is no number"),
        ("outcomes.0.detail.strip.entry", [1, -1], r"strip\.entry: this is no entry"),
        ("outcomes.0.detail.strip.values", [[1.0, 2.0, 3.0]], r"strip\.values\[0\]: a complex number is"),
        ("outcomes.0.findings.0.message", 1, r"outcomes\[0\]\.findings\[0\]\.message: "),
        ("outcomes.0.findings.0.extra", {"entries": [{}]}, r"extra\.entries\[0\]\.entry: Field required"),
        ("outcomes.0.oracles", {"dual": "fine"}, r"outcomes\[0\]\.oracles\.dual: "),
        ("outcomes", [], "summary.outcomes is 5, but the report holds 0"),
        ("not_run", [], "summary.not_run is 1, but the report holds 0"),
        ("gone", [{"id": 1}], r"gone\[0\]\.id: "),
        ("causes", {"a": ["b"]}, r"causes\.a: "),
    ],
)
def test_what_is_edited_is_refused_with_its_place(path: str, value: object, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read(edited(path, value), "results.json")


def test_a_matrix_that_is_not_told_may_not_be_huge() -> None:
    told = json.loads(written(record(crashed())))
    del told["outcomes"][0]["matrix"]
    told["outcomes"][0]["n"] = 10**9
    with pytest.raises(UsageError, match="no matrix of that order"):
        read(json.dumps(told), "results.json")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"schema": "eigcheck-baseline/1"}',
        "hello",
        "[" * 100_000,
        "NaN",
        "9" * 5000,
        '{"type": "run"}',
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"^results\.json"):
        read(text, "results.json")


def test_a_constant_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(UsageError, match="NaN is not strict JSON"):
        read(WHOLE.replace('"seconds": 1.25', '"seconds": NaN'), "results.json")


@pytest.mark.parametrize("key", ["pass", "fail", "unexpected", "known", "gone"])
def test_counts_that_the_outcomes_do_not_have_are_refused(key: str) -> None:
    with pytest.raises(UsageError, match=f"summary.{key} is 99, but the outcomes say"):
        read(edited(f"summary.{key}", 99), "results.json")


def test_an_outcome_that_is_told_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="the outcome 'plain::numpy/inverse::eigvals::reverse' is told 2 times"):
        read(written(record(passing(), passing())), "results.json")
