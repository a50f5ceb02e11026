"""Settings for all tests: no test may fail because a machine is slow."""

import os
import signal
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("eigcheck", deadline=None)
settings.load_profile("eigcheck")

for _name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "FORCE_COLOR"):
    os.environ.pop(_name, None)  # what CI gets unasked is tested where it is set


WHOLE_JUDGE = ("tests/check/", "tests/wrong_rules/")
"""Where most tests run the whole judge, with many rules and matrices."""

TRACED, SPACING = 3, 10
"""How many parameters of such a test are run with coverage, and one of how many of those that follow."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let coverage follow the whole judge for some parameters of a test only, since that doubles the time.

    All are run. A line that only others reach counts as not covered, so that coverage is no less than what is told.
    """
    if not config.pluginmanager.hasplugin("pytest_cov"):
        return
    earlier: Counter[str] = Counter()
    for item in items:
        function = item.nodeid.partition("[")[0]
        if function.startswith(WHOLE_JUDGE) and earlier[function] >= TRACED and earlier[function] % SPACING:
            item.add_marker("no_cover")
        earlier[function] += 1


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> Iterator[None]:
    """Ctrl-C works in tests even where the suite runs in the background, as shells then ignore the signal for it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
