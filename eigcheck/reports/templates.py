"""Templates of whole texts: pages, scripts, explanations. jinja2 is imported only where one is drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template


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
    environment.filters.update(filters)
    return environment.get_template(path.name)
