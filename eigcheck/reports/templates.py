"""Templates of whole texts: pages, scripts, explanations. jinja2 is imported only where one is drawn."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from eigcheck.choosing import grouped
from eigcheck.digits import number
from eigcheck.reports import words
from eigcheck.reports.numerals import matrix_text
from eigcheck.reports.page import Look, indented, labelled, styled, wrapped

if TYPE_CHECKING:
    from jinja2 import Template


def _grouped(items: Iterable[Any], name: str) -> ItemsView[Any, list[Any]]:
    return grouped(items, attrgetter(name)).items()


HERE: Final = Path(__file__).parent
_FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "styled": styled,
    "wrapped": wrapped,
    "grouped": _grouped,
    "matrix": matrix_text,
    "number": number,
    "counted": words.counted,
    "magnitude": words.magnitude,
    "excess": words.excess,
    "entry_name": words.entry_name,
    "expectation": words.expectation_in_words,
}
"""What all templates have, beside filters of their own."""


@lru_cache
def template(
    path: Path, *, html: bool = False, printed: Callable[[Any], Any] | None = None, **filters: Callable[..., Any]
) -> Template:
    """The template in a file, which may name others beside it; a name that nobody gave it is an error.

    With `html` all values are escaped for that; `printed` makes what is printed of each.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(path.parent),
        autoescape=html,
        finalize=printed,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(_FILTERS | filters)
    return environment.get_template(path.name)


def lines(name: str, look: Look, **context: Any) -> list[str]:
    """The lines of a template here, for people.

    Its `paragraph(label, text, columns, indent)` is a label in columns of its own, with a text wrapped beside it.
    """

    def paragraph(label: str, text: str, columns: int, indent: int = 0, style: str = "dim") -> str:
        rows = labelled(label, look.clean(text), label_width=columns, width=look.width - indent, style=style)
        return "\n".join(indented(rows, indent))

    return template(HERE / name).render(look=look, paragraph=paragraph, **context).removesuffix("\n").split("\n")
