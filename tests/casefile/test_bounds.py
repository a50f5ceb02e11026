from eigcheck.casefile.bounds import LARGE, STANDARD, bounds_for


def test_leave_raises_every_bound_but_depth():
    assert bounds_for(False) is STANDARD
    assert bounds_for(True) is LARGE
    for name in ("order", "entries", "cases", "file_bytes", "nodes", "values"):
        assert getattr(LARGE, name) > getattr(STANDARD, name)


def test_at_most_10_000_cases():
    assert STANDARD.cases == 10_000
