"""Whatever happens becomes one exit code and a message on standard error."""

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from eigcheck.cli.exits import Exit, Program
from eigcheck.cli.options import verbose
from eigcheck.errors import RuleError, UsageError


@click.group(cls=Program)
def program() -> None:
    """A program to be tried."""


def ending_with(error: BaseException | None, code: Exit = Exit.AS_EXPECTED, *options: str) -> Result:
    @click.command()
    @verbose
    def act(verbose: int) -> Exit:
        if error is not None:
            raise error
        return code

    program.add_command(act, "act")
    return CliRunner().invoke(program, ["act", *options])


@pytest.mark.parametrize("code", list(Exit))
def test_what_a_command_returns_is_the_exit_code(code: Exit) -> None:
    assert ending_with(None, code).exit_code == code


@pytest.mark.parametrize("error", [UsageError("no such thing"), RuleError("no such thing")])
def test_an_error_of_the_user_is_told_in_a_line(error: Exception) -> None:
    result = ending_with(error)
    assert result.exit_code == Exit.USAGE
    assert (result.stdout, result.stderr) == ("", "error: no such thing\n")


def test_messages_cannot_steer_the_terminal() -> None:
    assert ending_with(UsageError("\x1b[2J\u202e")).stderr == "error: \\x1b[2J\\u202e\n"
    unknown = CliRunner().invoke(program, ["\x1b[2J"])
    assert unknown.exit_code == Exit.USAGE
    assert "\x1b" not in unknown.stderr


def test_an_internal_error_says_how_to_report_it() -> None:
    result = ending_with(ZeroDivisionError("oops"))
    assert result.exit_code == Exit.BROKEN
    assert result.stdout == ""
    assert "eigcheck itself broke: ZeroDivisionError: oops (in invoke, exits.py:" in result.stderr
    assert "report it" in result.stderr
    assert "Traceback" not in result.stderr


def test_its_traceback_comes_with_v() -> None:
    assert "Traceback" in ending_with(ZeroDivisionError("oops"), Exit.AS_EXPECTED, "-v").stderr


def test_an_interruption_outside_a_run() -> None:
    result = ending_with(KeyboardInterrupt())
    assert result.exit_code == Exit.INTERRUPTED
    assert "Traceback" not in result.stderr


def test_a_misspelt_option_gets_the_nearest() -> None:
    result = ending_with(None, Exit.AS_EXPECTED, "--verbos")
    assert result.exit_code == Exit.USAGE
    assert "--verbose" in result.stderr
    assert "\nerror: No such option" in result.stderr


def test_a_pipe_that_nobody_reads_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eigcheck.cli.exits.silence", lambda stream: None)
    assert ending_with(BrokenPipeError()).exit_code == Exit.AS_EXPECTED


def test_a_current_folder_that_was_removed_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def here() -> None:
        os.getcwd()

    program.add_command(here, "here")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    result = CliRunner().invoke(program, ["here"])
    assert result.exit_code == Exit.USAGE
    assert result.stderr == "error: the current folder is not there any more; go to one that is.\n"


def test_the_words_for_a_missing_argument_stand_below_each_other() -> None:
    @click.command()
    @click.argument("word", type=click.Choice(["one", "two"]))
    def choose(word: str) -> None:
        pass

    program.add_command(choose, "choose")
    assert CliRunner().invoke(program, ["choose"]).stderr.endswith("Choose from:\n    one,\n    two\n")
