"""The command line: one command a module. The only home of click and of exit codes.

Nothing is imported before `main` is asked for, so that whoever starts it can handle a Ctrl-C from the beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eigcheck.cli.program import main

__all__ = ["main"]


def __getattr__(name: str) -> Any:
    if name != "main":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from eigcheck.cli import program

    return program.main
