"""Values that are written as JSON and read from it: objects whose keys are the fields, numbers, entries and arrays.

pydantic reads them (`eigcheck.reports.shape`), strictly and from these annotations alone, and is imported only then: the
children in which rules run never pay for it. `"nan"`, `"inf"` and `"-inf"` are floats, `[re, im]` is a complex number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import deepcopy
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

Array: TypeAlias = NDArray[Any]

HIDDEN: Final = {"hidden": True}
"""The metadata of a field that stands in no report."""

_WORDS: Final = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class Jsonable:
    """A dataclass that is a JSON object. Keys of a report that are no fields here are kept, and told again.

    A field with a default is told where it holds something: not None, no empty tuple, no object without keys. All
    others always are.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "allow", "strict": True}
    always: ClassVar[tuple[str, ...]] = ()
    """The fields that are told also where they hold nothing, as null or as an empty list."""

    def empty(self) -> tuple[str, ...]:
        """Those of this object."""
        return self.always

    def members(self) -> dict[str, Any]:
        """The keys that are told, in the order of the fields, with their values."""
        values, empty = dict(vars(self)), self.empty()
        told: dict[str, Any] = {}
        for one in fields(self):  # type: ignore[arg-type]  # what derives from this is a dataclass
            value = values.pop(one.name)
            optional = one.default is not MISSING or one.default_factory is not MISSING
            if not (one.metadata.get("hidden") or (optional and one.name not in empty and _nothing(value))):
                told[one.name] = value
        return told | values


def _nothing(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, tuple) and not value)
        or (isinstance(value, Jsonable) and not value.members())
    )


@dataclass(frozen=True, eq=False)
class _Read:
    """How pydantic reads an annotated value: by a function of what stands in the JSON, of the given JSON schema.

    Without one the value stands in no report, and is not read from one either.
    """

    function: Callable[[Any], Any] = lambda _: None
    schema: dict[str, Any] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.function)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        if self.schema is None:
            from pydantic_core import PydanticOmit

            raise PydanticOmit
        return deepcopy(self.schema)  # pydantic writes a field's default into it


UNREAD: Final = _Read()


def _real(value: Any) -> float | int:
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError('this is no number (and not "nan", "inf" or "-inf")')
    return value


def _number(value: Any) -> complex | float | int:
    if isinstance(value, list):
        if len(value) != 2:
            raise ValueError("a complex number is [re, im]")
        return complex(_real(value[0]), _real(value[1]))
    return _real(value)


def _vector(value: Any) -> Array:
    if not isinstance(value, list):
        raise ValueError("this is no list of numbers")
    return np.array([_number(item) for item in value])


def _square(value: Any) -> Array:
    """A square matrix: rows of numbers, as many as each has."""
    if not isinstance(value, list) or not all(isinstance(row, list) and len(row) == len(value) for row in value):
        raise ValueError("this is no square matrix")
    cells = [[_number(item) for item in row] for row in value]
    return np.array(cells).reshape(len(cells), len(cells))


def _entry(value: Any) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2 or not all(type(item) is int and item >= 0 for item in value):
        raise ValueError("this is no entry [row, column]")
    return value[0], value[1]


def _many(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


_REAL: Final = {"anyOf": [{"type": "number"}, {"enum": [*_WORDS]}], "description": "number"}
_NUMBER: Final = {
    "anyOf": [{"type": "number"}, {"enum": [*_WORDS]}, _many(_REAL, minItems=2, maxItems=2)],
    "description": "number or `[re, im]`",
}
_ENTRY: Final = _many({"type": "integer", "minimum": 0}, minItems=2, maxItems=2, description="`[row, column]`")

Real: TypeAlias = Annotated[float, _Read(_real, _REAL)]
Number: TypeAlias = Annotated[complex | float, _Read(_number, _NUMBER)]
Vector: TypeAlias = Annotated[Array, _Read(_vector, _many(_NUMBER, description="list of numbers"))]
Square: TypeAlias = Annotated[Array, _Read(_square, _many(_many(_NUMBER), description="rows of numbers"))]
"""A square matrix, row by row."""
Entry: TypeAlias = Annotated[tuple[int, int], _Read(_entry, _ENTRY)]
"""(row, column), counted from 0."""
