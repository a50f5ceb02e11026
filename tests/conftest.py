"""Settings for all tests: no test may fail because a machine is slow."""

import contextlib
import os
import signal
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("eigcheck", deadline=None)
settings.load_profile("eigcheck")

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""In no process that tests start do threads of NumPy's and SciPy's BLAS wait busily, as they do for a while from its start
on. Results are the same, since a run has one thread in any case; `make run` and `tests/test_acceptance.py` have an
environment that says nothing."""

for _name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "FORCE_COLOR"):
    os.environ.pop(_name, None)  # what CI gets unasked is tested where it is set


ALIKE = ("tests/check/", "tests/wrong_rules/", "tests/oracles/", "tests/strategies/")
"""Where the parameters of a test are matrices and rules, which take the whole judge or an oracle the same way: coverage
follows the first."""

REPEATS = "repeats"
"""Marks a test that does for very many what others do for some: coverage does not follow it."""

FOLLOWED = pytest.StashKey[bool]()
"""Whether coverage follows a test."""


class Followed:
    """Coverage, at work where it is wanted: only what eigcheck does in tests, since it doubles the time of all it sees.

    What pytest itself does for each of its tests takes longer than many of them, and where parameters are alike some of
    them show what the others would. All tests are run. A line that only others reach counts as not covered, so that
    coverage is no less than what is told.
    """

    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.deep = 0

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        self.coverage.stop()
        try:
            return (yield)
        finally:
            self.coverage.start()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        with self.following(pyfuncitem):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_fixture_setup(self, request: pytest.FixtureRequest) -> Generator[None, object, object]:
        with self.following(request.node):
            return (yield)

    @contextlib.contextmanager
    def following(self, node: pytest.Item | pytest.Collector) -> Iterator[None]:
        """Follow what is done for a test, or for several of them; a test may set up a fixture on its way."""
        if not node.stash.get(FOLLOWED, True):
            yield
            return
        if not self.deep:
            self.coverage.start()
        self.deep += 1
        try:
            yield
        finally:
            self.deep -= 1
            if not self.deep:
                self.coverage.stop()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", f"{REPEATS}: it does for very many what others do for some, and coverage does not follow"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seen: set[str] = set()
    for item in items:
        function = item.nodeid.partition("[")[0]
        one_of_many = function.startswith(ALIKE) and function in seen
        item.stash[FOLLOWED] = not one_of_many and item.get_closest_marker(REPEATS) is None
        seen.add(function)
    if config.pluginmanager.hasplugin("pytest_cov"):
        from coverage import Coverage

        if (at_work := Coverage.current()) is not None:
            config.pluginmanager.register(Followed(at_work))


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """`-n auto` is one process more than there are cores: some tests wait, as for a rule that hangs.

    Not where frameworks are imported, which each process does anew.
    """
    cores = yield
    return cores if os.environ.get("EIGCHECK_FRAMEWORKS") else cores + 1


@pytest.fixture(autouse=True, scope="session")
def judged_as_in_a_run() -> Iterator[None]:
    """What tests ask the judge themselves has one BLAS thread, as in a run, also where the environment says otherwise."""
    from eigcheck.pool import one_thread  # not before coverage has begun

    with one_thread():
        yield


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> Iterator[None]:
    """Ctrl-C works in tests even where the suite runs in the background, as shells then ignore the signal for it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
