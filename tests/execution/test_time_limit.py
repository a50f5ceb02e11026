"""The time of an outcome ends whatever runs then, and leaves no alarm behind."""

import signal
import threading
import time

import pytest

from eigcheck.execution.time_limit import TimeUp, check_time, time_limit

ALARMS = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarms")


def alarm() -> tuple[object, tuple[float, float]]:
    return signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)


@ALARMS
def test_what_runs_is_ended_in_the_middle() -> None:
    before = alarm()
    with pytest.raises(TimeUp), time_limit(0.05):
        time.sleep(60)
    assert alarm() == before
    check_time()


@ALARMS
@pytest.mark.parametrize("seconds", [600.0, 1e20])
def test_what_is_there_in_time_is_left_alone(seconds: float) -> None:
    before = alarm()
    with time_limit(seconds):
        check_time()
        assert alarm() != before
    assert alarm() == before


@ALARMS
def test_nobody_elses_alarm_is_touched() -> None:
    def theirs(number: int, frame: object) -> None:
        raise AssertionError

    before = signal.signal(signal.SIGALRM, theirs)
    try:
        with pytest.raises(TimeUp), time_limit(0.01):
            time.sleep(0.05)
        assert signal.getsignal(signal.SIGALRM) is theirs
    finally:
        signal.signal(signal.SIGALRM, before)


def test_an_end_that_was_missed_is_told_at_the_end() -> None:
    seen: list[BaseException] = []

    def elsewhere() -> None:
        try:
            with time_limit(0.01):
                time.sleep(0.05)
        except TimeUp as error:
            seen.append(error)

    thread = threading.Thread(target=elsewhere)  # which gets no signals
    thread.start()
    thread.join()
    assert len(seen) == 1


def test_the_time_is_checked_on_the_way() -> None:
    check_time()
    with pytest.raises(TimeUp), time_limit(0.0):
        check_time()
    check_time()
