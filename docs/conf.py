"""Sphinx's settings for the documentation: `make docs` builds it, and a warning is an error."""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

GLUED = re.compile(r"(`[^`\n]+`)(\w?)")
"""Code, and a letter right after it, as in the plural of a class: reStructuredText wants them told apart."""

ALIAS = re.compile(r"TypeAliasForwardRef\('(\w+)'\)")
"""How Sphinx writes an alias of `autodoc_type_aliases` that stands in a union."""

FACTORY = "<factory>"
"""How dataclasses show a default that is made anew for each object; Sphinx reads no signature that has it."""

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = PROJECT["name"]
version = release = PROJECT["version"]
author = "the authors of eigcheck"
copyright = author  # noqa: A001 - Sphinx's name for it
language = "en"
# Two hyphens begin an option.
smartquotes = False

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "docs.directives",
    "docs.figures",
]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# Docstrings write code in single backticks.
default_role = "code"

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_type_aliases = {name: name for name in ("Array", "ArrayLike", "Pushforward", "Rrule")}
maximum_signature_line_length = 90
autodoc_member_order = "bysource"

html_theme = "furo"
html_title = f"eigcheck {version}"
html_show_sphinx = False
html_theme_options = {"sidebar_hide_name": False}


def loosened(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:  # noqa: ARG001
    """Docstrings as Sphinx can read them, line by line and in place."""
    lines[:] = [GLUED.sub(_apart, line) for line in lines]


def _apart(found: re.Match[str]) -> str:
    return rf"{found[1]}\ {found[2]}" if found[2] else found[0]


def named(app: Any, what: str, name: str, thing: Any, options: Any, *signature: str | None) -> tuple[str, str] | None:  # noqa: ARG001
    """A signature (arguments, what is returned) that Sphinx can read, with the names of type aliases alone.

    None leaves it as it is.
    """
    arguments, returns = (ALIAS.sub(r"\1", text or "").replace(FACTORY, "...") for text in signature)
    return (arguments, returns) if arguments else None


def setup(app: Any) -> None:
    """What Sphinx calls."""
    app.connect("autodoc-process-signature", named)
    app.connect("autodoc-process-docstring", loosened)
