"""The keys of a JSON report as Markdown, from the shapes that readers of reports check."""

from __future__ import annotations

from typing import Any, Final, Literal, NotRequired, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict

from docs.lists import code, plain, table

HEADING: Final = ("key", "value", "may be missing")
SPELLED: Final = {
    "Real": "number",
    "Scalar": "number or `[re, im]`",
    "Vector": "list of numbers",
    "Square": "rows of numbers",
    "Entry": "`[row, column]`",
}
"""Types of `eigcheck.reports.read_shapes` whose annotations do not say how they are written."""


def report_keys() -> str:
    """The keys of a JSON report, object by object, each object once."""
    from eigcheck.reports.read_shapes import RunShape

    waiting: list[Any] = [RunShape]
    parts: list[str] = []
    for shape in waiting:
        hints = get_type_hints(shape, include_extras=True)
        rows = [
            [code([key]), _told(hint), "yes" if get_origin(hint) is NotRequired else ""] for key, hint in hints.items()
        ]
        parts += [f"**{_name(shape)}**: {plain(shape.__doc__ or '')}\n", table(HEADING, rows)]
        waiting += [inner for hint in hints.values() for inner in _objects(hint) if inner not in waiting]
    return "\n".join(parts)


def _name(shape: Any) -> str:
    return str(shape.__name__.removesuffix("Shape"))


def _objects(hint: Any) -> list[Any]:
    if is_typeddict(hint):
        return [hint]
    return [inner for part in get_args(hint) for inner in _objects(part)]


def _told(hint: Any) -> str:
    """A type of the report's shapes in words."""
    from eigcheck.reports import read_shapes

    for name, meaning in SPELLED.items():
        if hint == getattr(read_shapes, name):
            return meaning
    if is_typeddict(hint):
        return f"object {_name(hint)}"
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return code([str(word) for word in inner])
    if origin is list:
        return f"list of: {_told(inner[0])}"
    if origin is dict:
        return f"object with values: {_told(inner[1])}"
    if inner:
        # Of an annotated type the first argument is the type; of NotRequired the only one; of a union all of them.
        arms = [arm for arm in inner if not callable(arm) or isinstance(arm, type) or get_args(arm)]
        arms = arms[:1] if hasattr(hint, "__metadata__") else arms
        return " or ".join(_told(arm) for arm in arms)
    return {"str": "text", "int": "integer", "bool": "true or false", "NoneType": "null"}[hint.__name__]
