"""`eigcheck probe`: one matrix against rules, shown in full."""

from __future__ import annotations

import re
from typing import Any, Final

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import Value, report_options, rule_options, several, within
from eigcheck.names import DOMAINS, DTYPES, FUNCTIONS, MODES, MOST_ULPS, STRUCTURES

_NEGATIVE: Final = re.compile(r"-(\d|\.\d|\s|\(|inf|nan)", re.IGNORECASE)  # how a matrix begins; no option does


def _entry(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"\s*(\d+)\s*,\s*(\d+)\s*", text)
    if found is None:
        raise ValueError
    return int(found[1]), int(found[2])


ENTRY: Final = Value("I,J", _entry, "is not of the form I,J with a row and a column counted from 0.")
ULPS: Final = Value(
    "1,2,4",
    lambda text: tuple(within(1, int(ulps), MOST_ULPS) for ulps in text.split(",")),
    f"is no list of whole numbers from 1 to {MOST_ULPS}, such as 1,2,4.",
)


class MatrixFirst(click.Command):
    """A command whose argument may begin with a dash, as `-1 2; 2 3` does, anywhere on the line."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse after moving such an argument behind `--`, where click takes it for what it is."""
        options = [param for param in self.params if isinstance(param, click.Option)]
        with_value = {name for param in options if not (param.is_flag or param.count) for name in param.opts}
        before = args[: args.index("--")] if "--" in args else args
        kept: list[str] = []
        matrices: list[str] = []
        for place, arg in enumerate(before):
            is_value = place > 0 and before[place - 1] in with_value
            (matrices if _NEGATIVE.match(arg) and not is_value else kept).append(arg)
        return super().parse_args(ctx, [*kept, "--", *matrices, *args[len(before) + 1 :]])


@click.command(cls=MatrixFirst, short_help="Check rules at one matrix, in full.")
@click.argument("matrix", metavar="MATRIX")
@click.option("--function", type=click.Choice(FUNCTIONS), help="[default: eigvals]")
@click.option("--domain", type=click.Choice(DOMAINS), help="[default: general]")
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="Repeatable. [default: reverse]")
@click.option("--dtype", type=click.Choice(DTYPES), help="Default: what the matrix states, or its entries need.")
@click.option("--uplo", type=click.Choice(["L", "U"]), help="The triangle that is read.")
@click.option(
    "--cotangent", metavar="SPEC", help="As in a case file: basis, random, or YAML such as '{values: [1, 0]}'."
)
@several(
    "--structure",
    "structures",
    type=click.Choice(STRUCTURES),
    metavar="NAME",
    help="Try random directions along this structure, not along all that A has.",
)
@click.option("--entry", type=ENTRY, help="Draw the strip for this entry as it moves (counted from 0).")
@click.option("--ulps", type=ULPS, default="1", help="How far to move entries, in units in the last place.")
@rule_options
@report_options
def probe(**given: Any) -> Exit:
    """Check rules at one matrix and show all there is to see.

    MATRIX is "1 2; 2 3", JSON, a NumPy repr, - for standard input, or a .npy, .mtx or .yaml file; 2+1ulp is a
    number one unit in the last place above 2.

    Exits with 1 for any verdict but pass that --allow does not name.
    """
    from eigcheck.cli import gather
    from eigcheck.cli.reporting import run_and_report

    wanted = gather.wanted(given)
    settings = gather.settings(wanted, entry=given["entry"], ulps=given["ulps"], every=True)
    with gather.session(gather.probed(given | {"modes": wanted.modes}), wanted, settings) as session:
        return run_and_report(session, wanted, given, -1 if given["quiet"] else 2, inputs=(given["matrix"],))
