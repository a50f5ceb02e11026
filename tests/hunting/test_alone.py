"""What is drawn does not depend on what is imported."""

import importlib
import sys

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from eigcheck.hunting.alone import alone

SECRET = 77_003_911


def drawn():
    """Numbers that Hypothesis draws from a range without anything special in it."""
    found = []

    @settings(max_examples=200, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @seed(1)
    @given(st.integers(77_000_000, 78_000_000))
    def look(number):
        found.append(number)

    look()
    return found


def test_numbers_of_an_imported_module_are_drawn_by_others_and_not_here(tmp_path, monkeypatch):
    with alone():
        before = drawn()
    (tmp_path / "numbers_of_mine.py").write_text(f"NUMBER = {SECRET}\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("numbers_of_mine")
    try:
        assert SECRET in drawn()
        with alone():
            assert drawn() == before
        assert SECRET not in before
        assert SECRET in drawn()
    finally:
        del sys.modules["numbers_of_mine"]
