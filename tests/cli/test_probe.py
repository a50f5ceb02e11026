"""How `eigcheck probe` reads its command line: a matrix may begin with a dash, anywhere on the line."""

import click
import pytest

from eigcheck.cli.probe import probe


def parsed(*args: str) -> dict[str, object]:
    return probe.make_context("probe", list(args)).params


@pytest.mark.parametrize(
    "args",
    [
        ("-1 2; 2 3",),
        ("-1 2; 2 3", "--rule", "a/*"),
        ("--rule", "a/*", "-1 2; 2 3", "-v"),
        ("--rule", "a/*", "--", "-1 2; 2 3"),
    ],
)
def test_a_matrix_that_begins_with_a_dash(args: tuple[str, ...]) -> None:
    told = parsed(*args)
    assert told["matrix"] == "-1 2; 2 3"
    assert told["rule_globs"] == (("a/*",) if "--rule" in args else ())


@pytest.mark.parametrize("matrix", ["-.5", "-inf 0; 0 1", "-0x1p3", "-1/3", "- 1", "-(1+2j)", "-NaN"])
def test_other_negative_numbers(matrix: str) -> None:
    assert parsed(matrix, "-v")["matrix"] == matrix


def test_a_negative_value_of_an_option_is_no_matrix() -> None:
    told = parsed("--cotangent", "-1 0", "1 2; 2 3")
    assert (told["cotangent"], told["matrix"]) == ("-1 0", "1 2; 2 3")


def test_standard_input_is_a_dash() -> None:
    assert parsed("-", "--entry", "1,0")["matrix"] == "-"


def test_a_misspelt_option_is_still_found() -> None:
    with pytest.raises(click.NoSuchOption) as caught:
        parsed("1 2; 2 3", "--fuction", "eig")
    assert "--function" in caught.value.format_message()


def test_one_matrix_at_a_time() -> None:
    with pytest.raises(click.UsageError):
        parsed("-1", "-2")
