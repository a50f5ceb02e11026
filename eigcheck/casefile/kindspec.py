"""`{kind: NAME, n: N, ...}` in a case file to a matrix."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from typing import Any

import numpy as np

from eigcheck.casefile.entries import rounded_at
from eigcheck.casefile.faults import quoted, suggestion
from eigcheck.casefile.kinds import COMMON, Kind, matrix_kinds
from eigcheck.casefile.kinds.parts import KindError, NeedsComplexError, Parts, Plan
from eigcheck.casefile.nodes import Entry, Mapping, Node, Scalar, Sequence, describe, scalar_value
from eigcheck.casefile.numbers import is_complex
from eigcheck.casefile.reading import Mistake, Reading
from eigcheck.casefile.source import LEAVE
from eigcheck.model import Array

LARGEST_SEED = 2**64 - 1
"""The generator's state has 64 bits."""


def kind_matrix(spec: Mapping, dtype: str | None, reading: Reading) -> Array:
    """The matrix that `spec` asks for, (n, n), in `dtype` or what it needs. Raises Unusable if it asks for none.

    Kinds are computed in double precision and then rounded to the dtype.
    """
    named, kinds = spec.entries["kind"].node, matrix_kinds()
    name = named.text if isinstance(named, Scalar) else ""
    if name not in kinds:
        shown = quoted(name) if isinstance(named, Scalar) else describe(named)
        raise Mistake(named.at, f"there is no kind {shown}", suggestion(name, kinds))
    kind = kinds[name]
    given = _parameters(spec, kind, reading)
    n = _order(spec, kind, given, reading)
    try:
        # What overflows is told at the end.
        with np.errstate(all="ignore"):
            parts = _built(kind, n, given, dtype)
    except KindError as error:
        raise Mistake(spec.place(error.parameter), f"{kind.name}: {error}", error.remedy) from None
    except NeedsComplexError as error:
        in_the_way = ["use dtype: complex128, or leave dtype out"] if dtype else []
        in_the_way += ["leave complex: false out"] if "complex" in given else []
        raise Mistake(spec.at, f"{kind.name}: {error}", "; ".join(in_the_way)) from None
    chosen = dtype or ("complex128" if given.get("complex") or len(parts) == 2 else "float64")
    out = np.zeros(parts.shape[1:], dtype=chosen)
    planes = (out.real, out.imag) if is_complex(chosen) else (out,)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for plane, part in zip(planes, [*parts, np.zeros(out.shape)], strict=False):
            plane[...] = part * given.get("scale", 1.0)
    if not np.isfinite(out).all():
        remedy = "give a smaller scale or a wider dtype"
        raise Mistake(spec.place("scale"), f"an entry is too large for {chosen}", remedy)
    return out


def _parameters(spec: Mapping, kind: Kind, reading: Reading) -> dict[str, Any]:
    types = {**{key: word for key, (word, _) in COMMON.items()}, **kind.parameters}

    def read(named: tuple[str, Entry]) -> tuple[str, Any]:
        key, entry = named
        if key not in types:
            message = f"the kind {kind.name} has no parameter {quoted(key)}"
            raise Mistake(entry.key_at, message, suggestion(key, types))
        return key, parameter_at(entry.node, key, types[key], reading)

    return dict(reading.each(read, [named for named in spec.entries.items() if named[0] != "kind"]))


def parameter_at(node: Node, key: str, word: str, reading: Reading) -> Any:
    """A parameter of the type `word` (see PARAMETER_TYPES). Raises Unusable if it is none."""
    match word:
        case "flag" | "integer":
            value = scalar_value(node) if isinstance(node, Scalar) else None
            if type(value) is (bool if word == "flag" else int):
                return value
            need = "true or false" if word == "flag" else "an integer"
            raise Mistake(node.at, f"{key} must be {need}, not {describe(node)}", f"{key} takes {need}")
        case "real":
            return rounded_at(node, "float64")
        case "number":
            return rounded_at(node, "complex128")
        case "text":
            if isinstance(node, Scalar):
                return node.text
            raise Mistake(node.at, f"{key} must be a text, not {describe(node)}")
    items = node.items if isinstance(node, Sequence) else (node,)
    if len(items) > 2 * reading.bounds.order + 1:
        raise Mistake(node.at, f"{len(items)} numbers for {key}", LEAVE)
    return tuple(reading.each(lambda item: parameter_at(item, key, word.removesuffix("s"), reading), items))


def _order(spec: Mapping, kind: Kind, given: AbstractMapping[str, Any], reading: Reading) -> int:
    """The n of the matrix, within bounds and charged to the allowance. Raises Mistake."""
    lengths = [len(given[key]) for key in kind.order_from if key in given]
    n = given.get("n", kind.order if kind.order is not None else max(lengths, default=None))
    at, seed, most = spec.place("n"), given.get("seed", 0), reading.bounds.order
    if not 0 <= seed <= LARGEST_SEED:
        raise Mistake(spec.place("seed"), f"the seed {seed} is out of range", f"0 to {LARGEST_SEED}")
    if n is None:
        others = f", or give {', '.join(kind.order_from)}" if kind.order_from else ""
        raise Mistake(at, f"the kind {kind.name} needs n, the order of the matrix", f"add n: 4, say{others}")
    if n < 0:
        raise Mistake(at, f"n = {n} is negative", "n is 0 or more")
    if kind.order is not None and n != kind.order:
        raise Mistake(at, f"the kind {kind.name} has n = {kind.order} only", "leave n out")
    if n > most:
        raise Mistake(at, f"a {n} x {n} matrix is larger than {most} x {most}", LEAVE)
    reading.afford("entries", n * n, at)
    return int(n)


def _built(kind: Kind, n: int, given: AbstractMapping[str, Any], dtype: str | None) -> Parts:
    own = {key: value for key, value in given.items() if key not in COMMON}

    def build(complex_: bool) -> Parts:
        return kind.build(Plan(n, given.get("seed", 0), complex_), **own)

    wish = given.get("complex", kind.complex_default or None)
    if dtype is not None:
        if given.get("complex", is_complex(dtype)) != is_complex(dtype):
            raise KindError("complex", f"complex: {str(wish).lower()} with dtype {dtype}", "leave one of them out")
        wish = is_complex(dtype)
    if wish is not None:
        return build(wish)
    try:
        return build(False)
    except NeedsComplexError:
        return build(True)
