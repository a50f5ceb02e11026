"""The commands as Markdown, from click's own help: one piece for each command, groups before what is in them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

import click

from docs.lists import code, plain, table


@dataclass(frozen=True)
class Told:
    """A command's whole name, such as `eigcheck baseline update`, and what there is to say of it."""

    name: str
    text: str


def told(command: click.Command, name: str = "eigcheck", above: click.Context | None = None) -> Iterator[Told]:
    """What there is to say of a command, and of those in it, in the order of the command's own list."""
    with click.Context(command, parent=above, info_name=name.rpartition(" ")[2]) as context:
        yield Told(name, _text(command, context))
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                if found is not None and not found.hidden:
                    yield from told(found, f"{name} {inner}", context)


def _text(command: click.Command, context: click.Context) -> str:
    usage = f"{context.command_path} {' '.join(command.collect_usage_pieces(context))}"
    records = [record for param in command.get_params(context) if (record := param.get_help_record(context))]
    rows = [[code([option]), plain(meaning)] for option, meaning in records if meaning]
    words = plain(inspect.cleandoc(command.help or ""))
    return f"{words}\n\n```text\n{usage}\n```\n\n{table(['option', 'meaning'], rows)}"
