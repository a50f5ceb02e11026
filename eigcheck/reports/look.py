"""How text for people is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from eigcheck.reports.escape import escape


@dataclass(frozen=True)
class Look:
    """How text for people is drawn: columns, ANSI colours, characters outside ASCII, and how much of it.

    `terminal` is whether its columns end there, so that longer lines are broken; a file's lines stay whole.
    `verbosity` is -1 for the last line only, 0 for what matters, 1 for everything.
    """

    width: int = 80
    colour: bool = False
    unicode: bool = False
    verbosity: int = 0
    terminal: bool = False

    def clean(self, text: str) -> str:
        """Foreign text as it is shown: on one line, and nothing in it steers a terminal."""
        return escape(text, unicode=self.unicode)
