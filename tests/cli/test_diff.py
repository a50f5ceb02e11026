"""`eigcheck diff`: what came out differently."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eigcheck.cli.diff import differences
from eigcheck.outcome import Outcome
from tests.cli.conftest import Done, Eigcheck
from tests.reports.samples import collapse, expected_failure, hostile, known_failure, passing, record
from tests.reports.test_shape import written


def compared(eigcheck: Eigcheck, before: str, after: str, *args: str) -> Done:
    return eigcheck("diff", "a.json", "b.json", *args, files={"a.json": before, "b.json": after})


def test_runs_that_came_out_alike(eigcheck: Eigcheck) -> None:
    noisy = collapse(line=9, case="again")
    first = replace(noisy.judgement.findings[0], message="other words", entry=(0, 1))
    noisy = replace(noisy, judgement=replace(noisy.judgement, findings=(first, *noisy.judgement.findings[1:])))
    run = replace(record(), outcomes=(record().outcomes[0], noisy, *record().outcomes[2:]), seconds=99.0)
    done = compared(eigcheck, written(record()), written(run, "jsonl"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "no differences (of 5 and 5 outcomes)\n", "")


def test_what_is_changed_new_and_gone(eigcheck: Eigcheck) -> None:
    before = written(record(collapse(), passing("left")))
    after = written(record(expected_failure(), passing("right")))
    done = compared(eigcheck, before, after)
    assert done.returncode == 1
    told = "fail with jump and mismatch, cause upper-triangle-collapse"
    assert done.stdout.splitlines() == [
        f"changed  {collapse().id}  {told} (unexpected) -> {told} (as expected)",
        f"gone     {passing('left').id}  pass (as expected)",
        f"new      {passing('right').id}  pass (as expected)",
        "3 differences: 1 changed, 1 new, 1 gone (of 2 and 2 outcomes)",
    ]
    rows = json.loads(compared(eigcheck, before, after, "--format", "json").stdout)
    assert [row["change"] for row in rows] == ["changed", "gone", "new"]
    assert rows[0]["before"]["findings"] == ["jump", "mismatch"]


def judged(**changes: object) -> Outcome:
    return replace(collapse(), judgement=replace(collapse().judgement, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        judged(verdict="error"),
        judged(findings=()),
        judged(diagnosis=()),
        known_failure(),
        expected_failure(),
    ],
    ids=["verdict", "findings", "diagnosis", "known", "expected"],
)
def test_each_of_these_is_a_change(other: Outcome) -> None:
    (found,) = differences(record(collapse()), record(other))
    assert found.change == "changed"
    assert found.before != found.after


@pytest.mark.parametrize("place", [0, 1])
def test_what_cannot_be_read_is_an_error(eigcheck: Eigcheck, place: int) -> None:
    texts = [written(record())] * 2
    texts[place] = texts[place][:100]
    done = compared(eigcheck, *texts)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {'ab'[place]}.json:")


def test_nothing_hostile_is_printed_as_it_is(eigcheck: Eigcheck, tmp_path: Path) -> None:
    done = compared(eigcheck, written(hostile()), written(record(complete=False)))
    assert done.returncode == 1
    for text in (done.stdout, done.stderr):
        assert all(char.isprintable() for char in text.replace("\n", ""))
        assert not any(line.startswith("::") or "##[" in line for line in text.splitlines())
    assert done.stderr.count("was cut short") == 2
