"""Outcomes become reports and an exit code, however the run ends."""

import json
from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eigcheck.cli import reporting
from eigcheck.cli.exits import Exit
from eigcheck.cli.gather import Session
from eigcheck.cli.progress import Work
from eigcheck.cli.reporting import Kept, run_and_report
from eigcheck.detail import Detail
from eigcheck.errors import UsageError
from eigcheck.outcome import Judgement, Outcome
from eigcheck.reports.record import RunRecord
from eigcheck.sources import Wanted
from tests.reports.samples import collapse, expected_failure, passing, undefined


def these(*outcomes: Outcome, then: type[BaseException] | None = None) -> Generator[Outcome]:
    yield from outcomes
    if then is not None:
        raise then


def options(**given: object) -> dict[str, object]:
    return {"format_name": "console", "reports": (), "verbose": 0} | given


def run(
    outcomes: Iterable[Outcome], total: int, path: Path, *, fail_fast: bool = False, allow: tuple[str, ...] = ()
) -> tuple[Exit, dict[str, object]]:
    given = options(reports=(("json", str(path / "r.json")),), fail_fast=fail_fast)
    begun = these(*outcomes) if isinstance(outcomes, list) else outcomes
    code = run_and_report(Session(Work(total), RunRecord(), begun), Wanted(allow=allow), given, 0)  # type: ignore[arg-type]
    return code, json.loads((path / "r.json").read_text())


def test_all_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = run([passing(), expected_failure()], 2, tmp_path)
    assert code == Exit.AS_EXPECTED
    assert report["complete"] is True
    assert capsys.readouterr().out.splitlines()[-1] == "2 outcomes: 1 pass, 1 fail, all as expected"


def test_something_unexpected(tmp_path: Path) -> None:
    assert run([passing(), collapse()], 2, tmp_path)[0] == Exit.UNEXPECTED


def test_the_first_unexpected_outcome_can_end_the_run(tmp_path: Path) -> None:
    code, report = run([collapse(), passing()], 2, tmp_path, fail_fast=True)
    assert code == Exit.UNEXPECTED
    assert report["complete"] is False
    assert len(report["outcomes"]) == 1  # type: ignore[arg-type]


def test_an_unexpected_last_outcome_cuts_nothing_short(tmp_path: Path) -> None:
    assert run([passing(), collapse()], 2, tmp_path, fail_fast=True)[1]["complete"] is True


def test_an_interruption_tells_what_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = run(these(passing(), then=KeyboardInterrupt), 2, tmp_path)
    assert code == Exit.INTERRUPTED
    assert report["complete"] is False
    assert capsys.readouterr().out.endswith("cut short after 1 outcome: 1 pass, all as expected\n")


@pytest.mark.parametrize("error", [ZeroDivisionError, UsageError])
def test_what_breaks_the_run_is_raised_after_what_was_done_is_told(
    error: type[Exception], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(error):
        run(these(passing(), then=error), 2, tmp_path)
    assert capsys.readouterr().out.endswith("cut short after 1 outcome: 1 pass, all as expected\n")
    assert json.loads((tmp_path / "r.json").read_text())["complete"] is False


def test_a_failure_of_our_own_on_one_outcome_is_told_and_changes_the_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    detail = Detail(why="eigcheck itself failed: boom\x1b[2J", internal="Traceback of boom")
    failed = replace(passing(), judgement=Judgement("inconclusive", detail=detail))
    code, report = run([failed, passing()], 2, tmp_path)
    assert code == Exit.BROKEN
    assert report["complete"] is True
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == "2 outcomes: 1 pass, 1 inconclusive, 1 unexpected"
    assert f"error: {failed.id}: eigcheck itself failed: boom\\x1b[2J" in told.err
    assert "bug in eigcheck" in told.err
    assert "Traceback" not in told.err


def test_tracebacks_of_our_own_failures_are_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    failed = replace(
        passing(), judgement=Judgement("inconclusive", detail=Detail(why="x", internal="Traceback of boom"))
    )
    code = run_and_report(Session(Work(2), RunRecord(), these(failed, failed)), Wanted(), options(verbose=1), 0)
    assert code == Exit.BROKEN
    assert capsys.readouterr().err.count("Traceback of boom") == 1


def test_an_allowed_verdict_is_expected_and_says_why(tmp_path: Path) -> None:
    code, report = run([undefined()], 1, tmp_path, allow=("undefined",))
    assert code == Exit.AS_EXPECTED
    expected = report["outcomes"][0]["expected"]  # type: ignore[index]
    assert expected["verdict"] == ["pass", "undefined"]
    assert expected["from"] == "--allow"


def test_a_report_in_json_is_written_as_outcomes_come(capsys: pytest.CaptureFixture[str]) -> None:
    text = []

    def watched() -> Generator[Outcome]:
        for outcome in (passing(), collapse()):
            yield outcome
            text.append(capsys.readouterr().out)
            assert outcome.id in text[-1]

    session = Session(Work(2), RunRecord(), watched())
    assert run_and_report(session, Wanted(), options(format_name="json"), 0) == Exit.UNEXPECTED
    told = json.loads("".join(text) + capsys.readouterr().out)
    assert [one["id"] for one in told["outcomes"]] == [passing().id, collapse().id]
    assert told["summary"]["outcomes"] == 2


def test_outcomes_beyond_those_in_memory_are_told_like_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for most in (1, 20 << 20):
        monkeypatch.setattr(reporting, "IN_MEMORY", most)
        _, report = run([passing(), collapse(), expected_failure(), undefined()], 4, tmp_path)
        report.pop("seconds")
        told.append((report, capsys.readouterr()))
    assert told[0] == told[1]


def some(count: int) -> list[Outcome]:
    return [replace(outcome, seconds=float(k)) for k in range(count) for outcome in [(passing, collapse)[k % 2]()]]


@pytest.fixture(autouse=True)
def _few_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "IN_MEMORY", 10_000)


def test_it_is_a_sequence_of_what_was_appended() -> None:
    outcomes = some(6)
    with Kept() as found:
        for count, outcome in enumerate(outcomes):
            assert len(found) == count
            found.append(outcome)
            assert found[-1].seconds == outcome.seconds
        assert [one.seconds for one in found] == [0, 1, 2, 3, 4, 5]
        assert [one.seconds for one in found[1:5:2]] == [1, 3]
        assert [one.seconds for one in reversed(found)] == [5, 4, 3, 2, 1, 0]
        for one, outcome in zip(found, outcomes, strict=True):
            assert one.id == outcome.id
            assert one.judgement.findings == outcome.judgement.findings
            assert np.array_equal(one.problem.matrix, outcome.problem.matrix)
        with pytest.raises(IndexError):
            found[6]


def test_a_record_counts_them() -> None:
    with Kept() as found:
        for outcome in some(5):
            found.append(outcome)
        tally = RunRecord(found).tally
        assert tally.counts == {"outcomes": 5, "pass": 3, "fail": 2, "unexpected": 2}
        assert tally.unexpected == [1, 3]


def test_none_at_all() -> None:
    with Kept() as found:
        assert list(found) == []
        assert not RunRecord(found).tally.counts
