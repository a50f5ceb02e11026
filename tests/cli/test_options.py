"""The types of options: what they take, and what they say to what they do not take."""

import os

import click
import pytest

from eigcheck.cli.options import AUTO, JOBS, REPORT_PATH, SECONDS
from eigcheck.cli.probe import ENTRY, ULPS
from eigcheck.cli.run import SHARE


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (JOBS, "3", 3),
        (SECONDS, "0.5", 0.5),
        (REPORT_PATH, "json=a=b.json", ("json", "a=b.json")),
        (ENTRY, "1,0", (1, 0)),
        (ENTRY, " 1 , 0 ", (1, 0)),
        (ULPS, "1,2,4", (1, 2, 4)),
        (SHARE, "0.5", 0.5),
    ],
)
def test_values(kind: click.ParamType, text: str, value: object) -> None:
    assert kind.convert(text, None, None) == value
    assert kind.convert(value, None, None) == value


def test_auto_is_decided_when_the_plan_is_known() -> None:
    assert JOBS.convert("auto", None, None) == AUTO


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (JOBS, "0", "neither a positive number nor 'auto'"),
        (JOBS, "many", "neither a positive number nor 'auto'"),
        (SECONDS, "0", "no positive number of seconds"),
        (SECONDS, "nan", "no positive number of seconds"),
        (SECONDS, "inf", "no positive number of seconds"),
        (REPORT_PATH, "report.json", "not of the form NAME=PATH"),
        (REPORT_PATH, "json=", "not of the form NAME=PATH"),
        (REPORT_PATH, "json=-", "--format json"),
        (REPORT_PATH, "jsno=a", "Did you mean 'json'"),
        (ENTRY, "1", "not of the form I,J"),
        (ENTRY, "-1,0", "not of the form I,J"),
        (ULPS, "0,1", "no list of whole numbers from 1"),
        (ULPS, "1,9007199254740993", "to 9007199254740992, such as 1,2,4"),
        (ULPS, "", "no list of whole numbers from 1"),
        (SHARE, "nan", "no number from 0 to 1"),
        (SHARE, "1.5", "no number from 0 to 1"),
    ],
)
def test_refusals(kind: click.ParamType, text: str, message: str) -> None:
    with pytest.raises(click.BadParameter, match=message):
        kind.convert(text, None, None)


def test_more_processes_than_can_be_of_use_are_not_started() -> None:
    from eigcheck.cli.gather import Wanted, processes

    assert processes(10**6, Wanted(jobs=3)) == 3
    assert 16 <= processes(10**6, Wanted(jobs=10**9)) <= max(16, 4 * (os.cpu_count() or 1))
