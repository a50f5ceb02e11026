"""Settings for all tests: no test may fail because a machine is slow."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("eigcheck", deadline=None)
settings.load_profile("eigcheck")

for _name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "FORCE_COLOR"):
    os.environ.pop(_name, None)  # what CI gets unasked is tested where it is set


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> Iterator[None]:
    """Ctrl-C works in tests even where the suite runs in the background, as shells then ignore the signal for it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
