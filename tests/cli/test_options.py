"""The types of options: what they take, and what they say to what they do not take."""

import os

import click
import pytest

from eigcheck.cli.options import AUTO, Jobs, ReportPath, Seconds
from eigcheck.cli.probe import Entry, Ulps


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Jobs(), "3", 3),
        (Seconds(), "0.5", 0.5),
        (ReportPath(), "json=a=b.json", ("json", "a=b.json")),
        (Entry(), "1,0", (1, 0)),
        (Entry(), " 1 , 0 ", (1, 0)),
        (Ulps(), "1,2,4", (1, 2, 4)),
    ],
)
def test_values(kind: click.ParamType, text: str, value: object) -> None:
    assert kind.convert(text, None, None) == value
    assert kind.convert(value, None, None) == value


def test_auto_is_decided_when_the_plan_is_known() -> None:
    assert Jobs().convert("auto", None, None) == AUTO


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (Jobs(), "0", "neither a positive number nor 'auto'"),
        (Jobs(), "many", "neither a positive number nor 'auto'"),
        (Seconds(), "0", "no positive number of seconds"),
        (Seconds(), "nan", "no positive number of seconds"),
        (Seconds(), "inf", "no positive number of seconds"),
        (ReportPath(), "report.json", "not of the form NAME=PATH"),
        (ReportPath(), "json=", "not of the form NAME=PATH"),
        (ReportPath(), "json=-", "--format json"),
        (ReportPath(), "jsno=a", "Did you mean 'json'"),
        (Entry(), "1", "not of the form I,J"),
        (Entry(), "-1,0", "not of the form I,J"),
        (Ulps(), "0,1", "no list of positive whole numbers"),
        (Ulps(), "", "no list of positive whole numbers"),
    ],
)
def test_refusals(kind: click.ParamType, text: str, message: str) -> None:
    with pytest.raises(click.BadParameter, match=message):
        kind.convert(text, None, None)


def test_more_processes_than_can_be_of_use_are_not_started() -> None:
    from eigcheck.cli.gather import Wanted, processes

    assert processes(10**6, Wanted(jobs=3)) == 3
    assert 16 <= processes(10**6, Wanted(jobs=10**9)) <= max(16, 4 * (os.cpu_count() or 1))
