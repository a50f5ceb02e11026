"""What a record tells of all outcomes together is counted once, or by whoever saw them come."""

from dataclasses import replace

from eigcheck.names import VERDICTS
from eigcheck.reports.record import Chosen, RunRecord, Tally, blindness, summary
from tests.reports.samples import collapse, expected_failure, passing, record, undefined


def test_the_tally_is_what_the_outcomes_say() -> None:
    made = record()
    tally, outcomes = made.tally, made.outcomes
    assert tally.counts.outcomes == len(outcomes)
    assert list(tally.counts.by_verdict) == list(VERDICTS)
    for verdict, count in tally.counts.by_verdict.items():
        assert count == sum(one.judgement.verdict == verdict for one in outcomes)
    assert list(made.unexpected) == [one for one in outcomes if not one.as_expected]
    assert list(made.known) == [one for one in outcomes if one.known]
    assert list(tally.blindness) == [blindness(one) for one in outcomes if blindness(one) is not None]
    assert [outcomes[k] for k in tally.seeing] == [one for one in outcomes if blindness(one) is not None]
    assert tally.causes == {name for one in outcomes for name in one.judgement.diagnosis}
    for folder, counts in tally.folders.items():
        ours = [one for one in outcomes if (one.problem.folder or ".") == folder]
        assert (counts.outcomes, counts.unexpected) == (len(ours), sum(not one.as_expected for one in ours))


def test_one_that_was_counted_before_is_taken() -> None:
    tally = Tally()
    for outcome in (passing(), collapse()):
        tally.add(outcome)
    made = RunRecord((passing(), collapse()), counted=tally)
    assert made.tally is tally
    assert summary(made) == summary(replace(made, counted=None))


def test_chosen_outcomes_are_a_sequence() -> None:
    outcomes = (passing(), collapse(), undefined(), expected_failure())
    found = Chosen(outcomes, (1, 3))
    assert (len(found), found[0], found[-1]) == (2, outcomes[1], outcomes[3])
    assert list(found) == [outcomes[1], outcomes[3]]
    assert list(found[1:]) == [outcomes[3]]
    assert not found[2:]
