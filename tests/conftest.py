"""Settings for all tests: no test may fail because a machine is slow."""

import os
import signal
from collections import Counter
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

settings.register_profile("eigcheck", deadline=None)
settings.load_profile("eigcheck")

for _name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "FORCE_COLOR"):
    os.environ.pop(_name, None)  # what CI gets unasked is tested where it is set


ALIKE = ("tests/check/", "tests/wrong_rules/", "tests/oracles/", "tests/strategies/")
"""Where the parameters of a test are matrices and rules, which take the whole judge or an oracle the same way."""

SPACING = 10
"""Coverage follows such a test with its first parameter, and with one of how many of those that follow."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let coverage follow where parameters are alike for some of them only, since that doubles the time.

    All are run. A line that only others reach counts as not covered, so that coverage is no less than what is told.
    """
    if not config.pluginmanager.hasplugin("pytest_cov"):
        return
    earlier: Counter[str] = Counter()
    for item in items:
        function = item.nodeid.partition("[")[0]
        if function.startswith(ALIKE) and earlier[function] % SPACING:
            item.add_marker("no_cover")
        earlier[function] += 1


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """`-n auto` is one process more than there are cores: some tests wait, as for a rule that hangs.

    Not where frameworks are imported, which each process does anew.
    """
    cores = yield
    return cores if os.environ.get("EIGCHECK_FRAMEWORKS") else cores + 1


@pytest.fixture(autouse=True, scope="session")
def judged_as_in_a_run() -> Iterator[None]:
    """What tests ask the judge themselves has one BLAS thread, as in a run: others only wait busily for small matrices.

    Processes that tests start are told so by those who start them, or not at all.
    """
    from eigcheck.pool import one_thread  # not before coverage has begun

    with one_thread():
        yield


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> Iterator[None]:
    """Ctrl-C works in tests even where the suite runs in the background, as shells then ignore the signal for it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
