"""The bar: only where it is wanted, only after a while, and gone afterwards."""

import os
import pty
import subprocess
import sys

import pytest

from eigcheck.cli.progress import Forecast, Work, progress

PROGRAM = """
import time
from eigcheck.cli import progress as module
module.PATIENCE = {patience}
with module.progress(module.Work(4, 4.0), True) as advance:
    for _ in range(2):
        advance(1.0, 30.0)
    time.sleep(0.5)
"""


def on_a_terminal(patience: float) -> str:
    """What a terminal of 80 columns is sent on standard error."""
    ours, theirs = pty.openpty()
    try:
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "80"}
        program = PROGRAM.format(patience=patience)
        subprocess.run([sys.executable, "-c", program], stderr=theirs, env=environment, check=True)
        os.set_blocking(ours, False)
        try:
            return os.read(ours, 100_000).decode()
        except BlockingIOError:
            return ""
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_long_run_gets_a_bar_that_goes_away() -> None:
    sent = on_a_terminal(0.0)
    assert "2/4" in sent
    assert "left" in sent
    assert sent.endswith("\x1b[2K")


def test_a_short_run_gets_none() -> None:
    assert on_a_terminal(60.0) == ""


def test_it_can_be_unwanted(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(Work(4), False) as advance:
        advance(1.0, 1.0)
    assert capsys.readouterr() == ("", "")


def forecasts(costs: list[float], seconds: list[float], jobs: int, order: list[int]) -> list[tuple[float, float]]:
    """What is forecast as each outcome comes and what was right, when processes do them in `order`, then tell in turn."""
    free = [3.0] * jobs
    ends = dict.fromkeys(order, 0.0)
    for k in order:
        hand = free.index(min(free))
        free[hand] += seconds[k]
        ends[k] = free[hand]
    forecast, told, now = Forecast(Work(len(costs), sum(costs), jobs)), [], 0.0
    for k, cost in enumerate(costs):
        now = max(now, ends[k])
        forecast.learn(cost, seconds[k], now)
        left = forecast.left(now)
        if left is not None:
            told.append((left, max(free) - now))
    return told


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_time_left_is_about_right_where_outcomes_differ_in_cost(jobs: int) -> None:
    costs = [1.0] * 100 + [20.0] * 20 + [1.0] * 100 + [100.0] + [1.0] * 50
    unlike = [0.7, 1.3, 1.0]
    seconds = [0.05 * cost * unlike[k % 3] for k, cost in enumerate(costs)]
    in_turn = list(range(len(costs)))
    dear_early = sorted(in_turn, key=lambda k: (costs[k] != 100, k)) if jobs > 1 else in_turn
    told = forecasts(costs, seconds, jobs, dear_early)
    assert len(told) > 150
    for left, right in told:
        assert right / 2 <= left <= 2 * right or right < 2


def test_nothing_is_forecast_of_what_is_not_known() -> None:
    assert Forecast(Work(10, 10.0)).left(100.0) is None
    unknown = Forecast(Work(10))
    unknown.learn(0.0, 0.0, 5.0)
    assert unknown.left(6.0) is None
