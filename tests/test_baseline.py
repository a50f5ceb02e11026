"""Known faults: told apart from new ones by what does not flap."""

from dataclasses import replace

import pytest

from eigcheck.baseline import fault_of, faults_of, from_text, gone, marked, to_text
from eigcheck.errors import UsageError
from eigcheck.outcome import Finding, KnownFault, Outcome
from tests.reports.samples import CAUSE, NASTY, collapse, expected_failure, passing, undefined

FAULT = KnownFault("zygote-1369::chainrules/released::eigvals::reverse", "fail", ("jump", "mismatch"), CAUSE)


def judged(outcome: Outcome, **changes: object) -> Outcome:
    return replace(outcome, judgement=replace(outcome.judgement, **changes))  # type: ignore[arg-type]


def test_a_fault_is_what_is_unexpected() -> None:
    assert fault_of(collapse()) == FAULT
    assert fault_of(passing()) is None
    assert fault_of(expected_failure()) is None


def test_a_note_is_no_part_of_a_fault() -> None:
    assert fault_of(undefined()) == KnownFault("jordan::torch/eigvals::eigvals::reverse", "undefined")


def test_text_line_entry_and_order_may_change() -> None:
    mismatch, jump = collapse().judgement.findings
    noisy = (jump, replace(mismatch, message="other", entry=(0, 1), error=0.4), mismatch, Finding("dtype", "a note"))
    moved = judged(collapse(line=99, file="elsewhere.yaml"), findings=noisy, diagnosis=(CAUSE, "symmetrised"))
    assert marked(moved, {FAULT}).known


@pytest.mark.parametrize(
    "other",
    [
        collapse(case="another"),
        replace(collapse(), mode="forward"),
        judged(collapse(), verdict="error"),
        judged(collapse(), findings=collapse().judgement.findings[:1]),
        judged(collapse(), diagnosis=("transposed",)),
        judged(collapse(), diagnosis=()),
    ],
)
def test_another_fault_is_new(other: Outcome) -> None:
    assert marked(other, {FAULT}) is other
    assert not other.as_expected


def test_a_known_fault_counts_as_expected_and_stays_a_fault() -> None:
    known = marked(collapse(), {FAULT})
    assert known.as_expected
    assert fault_of(known) == FAULT
    right = passing()
    assert marked(right, {FAULT}) is right


def test_what_is_mended_or_different_is_gone_and_what_was_not_tried_is_not() -> None:
    others = (replace(FAULT, diagnosis=None), replace(FAULT, id="not::tried::eig::reverse"))
    assert gone((FAULT, *others), [marked(collapse(), {FAULT})]) == others[:1]
    assert gone((FAULT,), [expected_failure()]) == (FAULT,)


def test_a_file_holds_them_sorted_one_a_line() -> None:
    faults = faults_of([undefined(), collapse(), collapse(case=f"a {NASTY}"), passing()])
    assert [fault.id.split("::")[0] for fault in faults][1:] == ["jordan", "zygote-1369"]
    text = to_text(faults, "0.1.0")
    assert from_text(text, "b.json") == faults
    assert text.isascii()
    assert len(text.splitlines()) == len(faults) + 4
    assert from_text(to_text((), ""), "b.json") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "b.json is no baseline: it is not JSON"),
        ("[" * 100_000, "b.json is no baseline: it is not JSON"),
        ("[]", '"schema" is not'),
        ('{"schema": "eigcheck-report/1"}', '"schema" is not'),
        ('{"schema": "eigcheck-baseline/1"}', '"known" is no list'),
        ('{"schema": "eigcheck-baseline/1", "known": [1]}', r"b.json: known\[0\] is no object"),
        ('{"schema": "eigcheck-baseline/1", "known": [{"id": 1}]}', r"known\[0\]\.id is no string"),
        ('{"schema": "eigcheck-baseline/1", "known": [{"id": "", "verdict": []}]}', r"\[0\]\.verdict is none of pass"),
        ('{"schema": "eigcheck-baseline/1", "known": [{"id": "", "verdict": "fail"}]}', r"\[0\]\.findings is no list"),
        (
            '{"schema": "eigcheck-baseline/1", "known": [{"id": "", "verdict": "fail", "findings": [], "diagnosis": 1}]}',
            r"\[0\]\.diagnosis is neither",
        ),
    ],
    ids=lambda text: text[:60],
)
def test_what_is_no_baseline_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        from_text(text, "b.json")
