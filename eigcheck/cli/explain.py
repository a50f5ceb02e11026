"""`eigcheck explain`: one case through the whole pipeline, in words and numbers; or a script that shows its fault."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from eigcheck.cli.options import SECONDS, allow_large_option, command, load, seed_option, startup, verbose
from eigcheck.cli.streams import look_of, write
from eigcheck.config import nearest_hint
from eigcheck.errors import UsageError
from eigcheck.names import FRAMEWORK_NAMES, MODES, SHIPPED

if TYPE_CHECKING:
    from eigcheck.model import Problem

_IN_FILE: Final = re.compile(r"(?P<file>.*?\.ya?ml)(?::(?P<name>.*))?", re.IGNORECASE | re.DOTALL)


@click.command(short_help="Walk one case through the whole pipeline.")
@click.argument("case", metavar="CASE")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--shipped", is_flag=True, help="Take the case from those that come with eigcheck.")
@click.option("--rule", "rule_globs", multiple=True, required=True, metavar="RULE", help="The rule.")
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="This mode only. [default: both]")
@click.option("--reproducer", is_flag=True, help="Print a script instead that shows the fault without eigcheck.")
@load
@command
@startup
@click.option("--callable", "callables", multiple=True, metavar="PKG.MOD:ATTR", help="As for `eigcheck run`.")
@click.option("--framework", type=click.Choice(FRAMEWORK_NAMES), help="What differentiates a --callable.")
@click.option("--timeout", type=SECONDS, help="Seconds that a rule may take.")
@seed_option
@allow_large_option
@verbose
def explain(case: str, **given: Any) -> None:
    """Walk one case through the whole pipeline.

    The problem, what the rule answered, what each oracle answered and how, the budget and where it comes from, the
    verdict, the diagnosis and the fix.

    CASE is the name of a case, or FILE:CASE, or a FILE with one case, from PATHs (default: cases/ here). Exits with
    0 whatever the verdict: this is for reading. `eigcheck run` judges.
    """
    from eigcheck.cli import gather
    from eigcheck.cli.explaining import told

    found = _IN_FILE.fullmatch(case)
    file, name = (found["file"], found["name"] or None) if found else (None, case)
    paths = given["paths"] or ((file,) if file else ())
    given |= {"paths": paths, "jobs": 1, "functions": (), "domains": ()}
    problems = _named(gather.problems(gather.wanted(given | {"callables": ()})), file, name)
    if given["callables"]:  # they are taken for rules of what the case is about
        given["functions"] = tuple(dict.fromkeys(one.function for one in problems))
        given["domains"] = tuple(dict.fromkeys(one.domain for one in problems))
    wish = gather.wanted(given)
    with gather.session(problems, wish, gather.settings(wish)) as session:
        write(sys.stdout, told(session.start, list(session.outcomes), wish, given, look_of(sys.stdout, 1)))


def _named(problems: Sequence[Problem], file: str | None, name: str | None) -> tuple[Problem, ...]:
    """The problems of this name; shipped ones also without their prefix. UsageError, with the nearest, for none."""
    place = None if file is None else os.path.realpath(file)
    here = [one for one in problems if place is None or one.file is None or os.path.realpath(one.file) == place]
    names = tuple(dict.fromkeys(one.case for one in here))
    if name is None and len(names) > 1:
        raise UsageError(f"{file} holds {len(names)} cases; name one, as in {file}:{names[0]}.")
    wanted = {name or names[0], f"{SHIPPED}{name}"} if names else set()
    found = tuple(one for one in here if one.case in wanted or one.case.partition("[")[0] in wanted)
    if not found:
        raise UsageError(f"there is no case {name or file!r} here.{nearest_hint(name or '', names)}")
    return found
