"""What a record tells of all outcomes together is counted once."""

from eigcheck.names import VERDICTS
from eigcheck.reports.record import Chosen, allowing, blindness
from tests.reports.samples import collapse, expected_failure, passing, record, undefined


def test_the_tally_is_what_the_outcomes_say() -> None:
    made = record()
    tally, outcomes = made.tally, made.outcomes
    assert tally.counts["outcomes"] == len(outcomes)
    for verdict in VERDICTS:
        assert tally.counts[verdict] == sum(one.judgement.verdict == verdict for one in outcomes)
    assert list(made.unexpected) == [one for one in outcomes if not one.as_expected]
    assert list(made.known) == [one for one in outcomes if one.known]
    seen = {place: blindness(one) for place, one in enumerate(outcomes)}
    assert tally.blindness == {place: blind for place, blind in seen.items() if blind is not None}
    assert tally.causes == {name for one in outcomes for name in one.judgement.diagnosis}
    for folder, counts in tally.folders.items():
        ours = [one for one in outcomes if (one.problem.folder or ".") == folder]
        assert (counts["outcomes"], counts["unexpected"]) == (len(ours), sum(not one.as_expected for one in ours))


def test_chosen_outcomes_are_a_sequence() -> None:
    outcomes = (passing(), collapse(), undefined(), expected_failure())
    found = Chosen(outcomes, (1, 3))
    assert (len(found), found[0], found[-1]) == (2, outcomes[1], outcomes[3])
    assert list(found) == [outcomes[1], outcomes[3]]
    assert list(found[1:]) == [outcomes[3]]
    assert not found[2:]


def test_allowing_changes_nothing_that_is_expected_or_not_named() -> None:
    expected, unexpected = expected_failure(), collapse()
    assert allowing(expected, ("fail",), None) is expected
    assert allowing(unexpected, ("undefined",), None) is unexpected
