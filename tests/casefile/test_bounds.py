from eigcheck.casefile.bounds import LARGE, STANDARD, Allowance, bounds_for


def test_leave_raises_every_bound_but_depth():
    assert bounds_for(False) is STANDARD
    assert bounds_for(True) is LARGE
    for name in ("order", "entries", "cases", "file_bytes", "nodes", "values"):
        assert getattr(LARGE, name) > getattr(STANDARD, name)


def test_at_most_10_000_cases():
    assert STANDARD.cases == 10_000


def test_allowance_is_taken_whole_or_not_at_all():
    left = Allowance(STANDARD)
    assert left.take("cases", 9_999)
    assert not left.exhausted
    assert not left.take("cases", 2)
    assert left.exhausted
    assert left.take("cases", 1)
    assert not left.take("cases", 1)


def test_entries_and_values_are_counted_by_themselves():
    left = Allowance(STANDARD)
    assert left.take("entries", STANDARD.entries)
    assert left.take("values", STANDARD.values)
    assert left.take("cases", 1)
    assert not left.take("entries", 1)
    assert not left.take("values", 1)
