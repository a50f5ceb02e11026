"""`{kind: NAME, n: N, ...}` in a case file to a matrix."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from typing import Any

import numpy as np

from eigcheck.casefile.bounds import LEAVE
from eigcheck.casefile.desk import Desk
from eigcheck.casefile.entries import complex_at, real_at
from eigcheck.casefile.faults import FaultLog, listed, quoted, suggestion
from eigcheck.casefile.kinds import matrix_kinds
from eigcheck.casefile.kinds.draws import Draws
from eigcheck.casefile.kinds.parts import KindError, NeedsComplexError, Parts
from eigcheck.casefile.kinds.registry import COMMON, Kind, Plan
from eigcheck.casefile.nodes import Mapping, Node, Scalar, Sequence, describe, scalar_value
from eigcheck.casefile.rounding import is_complex
from eigcheck.model import Array

LARGEST_SEED = 2**64 - 1
"""The generator's state has 64 bits."""


def kind_matrix(spec: Mapping, dtype: str | None, desk: Desk) -> Array | None:
    """The matrix that `spec` asks for, (n, n), in `dtype` or what it needs; None, with reasons in the log, if none.

    Kinds are computed in double precision and then rounded to the dtype.
    """
    kind = _kind_of(spec, desk.log)
    if kind is None:
        return None
    given = _parameters(spec, kind, desk)
    if given is None:
        return None
    n = _order(spec, kind, given, desk)
    if n is None:
        return None
    own = {key: value for key, value in given.items() if key not in COMMON}
    try:
        # What overflows is told by `_finished`.
        with np.errstate(all="ignore"):
            parts = _built(kind, n, own, given, dtype)
    except KindError as error:
        at = spec.entries[error.parameter].node.at if error.parameter in spec.entries else spec.at
        desk.log.add(at, f"{kind.name}: {error}", error.remedy)
        return None
    except NeedsComplexError as error:
        desk.log.add(spec.at, f"{kind.name}: {error}", "use dtype: complex128, or leave dtype out")
        return None
    return _finished(parts, spec, given, dtype, desk.log)


def _kind_of(spec: Mapping, log: FaultLog) -> Kind | None:
    node = spec.entries["kind"].node
    name = node.text if isinstance(node, Scalar) else None
    kinds = matrix_kinds()
    if name is not None and name in kinds:
        return kinds[name]
    shown = describe(node) if name is None else quoted(name)
    log.add(node.at, f"there is no kind {shown}", suggestion(name or "", kinds))
    return None


def _parameters(spec: Mapping, kind: Kind, desk: Desk) -> dict[str, Any] | None:
    types = {**{key: word for key, (word, _) in COMMON.items()}, **kind.parameters}
    given, right = {}, True
    for key, entry in spec.entries.items():
        if key == "kind":
            continue
        if key not in types:
            message = f"the kind {kind.name} has no parameter {quoted(key)}"
            desk.log.add(entry.key_at, message, suggestion(key, kind.known))
            right = False
            continue
        value = parameter_at(entry.node, key, types[key], desk)
        right = right and value is not None
        given[key] = value
    return given if right else None


def parameter_at(node: Node, key: str, word: str, desk: Desk) -> Any:
    """A parameter of the type `word` (see PARAMETER_TYPES); None, with the reason in the log, if it is none."""
    log = desk.log
    match word:
        case "flag" | "integer":
            value = scalar_value(node) if isinstance(node, Scalar) else None
            right = isinstance(value, bool) if word == "flag" else type(value) is int
            if not right:
                need = "true or false" if word == "flag" else "an integer"
                log.add(node.at, f"{key} must be {need}, not {describe(node)}", f"{key} takes {need}")
            return value if right else None
        case "real":
            return real_at(node, log)
        case "number":
            return complex_at(node, log)
        case "text":
            if isinstance(node, Scalar):
                return node.text
            log.add(node.at, f"{key} must be a text, not {describe(node)}", "")
            return None
    items = node.items if isinstance(node, Sequence) else (node,)
    if len(items) > 2 * desk.bounds.order + 1:
        log.add(node.at, f"{len(items)} numbers for {key}", LEAVE)
        return None
    single = word.removesuffix("s")
    values = tuple(parameter_at(item, key, single, desk) for item in items)
    return None if None in values else values


def _order(spec: Mapping, kind: Kind, given: AbstractMapping[str, Any], desk: Desk) -> int | None:
    """The n of the matrix, within bounds and charged to the allowance."""
    n = given.get("n", kind.order)
    if n is None:
        lengths = [len(given[key]) for key in kind.order_from if key in given]
        n = max(lengths) if lengths else None
    at = spec.entries["n"].node.at if "n" in spec.entries else spec.at
    seed = given.get("seed", 0)
    if not 0 <= seed <= LARGEST_SEED:
        desk.log.add(spec.entries["seed"].node.at, f"the seed {seed} is out of range", f"0 to {LARGEST_SEED}")
    elif n is None:
        others = f", or give {listed(kind.order_from)}" if kind.order_from else ""
        desk.log.add(at, f"the kind {kind.name} needs n, the order of the matrix", f"add n: 4, say{others}")
    elif n < 0:
        desk.log.add(at, f"n = {n} is negative", "n is 0 or more")
    elif kind.order is not None and n != kind.order:
        desk.log.add(at, f"the kind {kind.name} has n = {kind.order} only", "leave n out")
    elif n > desk.bounds.order:
        desk.log.add(at, f"a {n} x {n} matrix is larger than {desk.bounds.order} x {desk.bounds.order}", LEAVE)
    elif desk.afford(n * n, at):
        return int(n)
    return None


def _built(
    kind: Kind, n: int, own: AbstractMapping[str, Any], given: AbstractMapping[str, Any], dtype: str | None
) -> Parts:
    seed = given.get("seed", 0)
    wish = given.get("complex")
    if dtype is not None:
        if wish is not None and wish != is_complex(dtype):
            raise KindError("complex", f"complex: {str(wish).lower()} with dtype {dtype}", "leave one of them out")
        return kind.build(Plan(n, Draws(seed), is_complex(dtype)), **own)
    if wish is not None or kind.complex_default:
        return kind.build(Plan(n, Draws(seed), kind.complex_default if wish is None else wish), **own)
    try:
        return kind.build(Plan(n, Draws(seed), False), **own)
    except NeedsComplexError:
        return kind.build(Plan(n, Draws(seed), True), **own)


def _finished(
    parts: Parts, spec: Mapping, given: AbstractMapping[str, Any], dtype: str | None, log: FaultLog
) -> Array | None:
    """Scaled, and rounded to the dtype."""
    wish = bool(given.get("complex")) or parts.im is not None
    chosen = dtype or ("complex128" if wish else "float64")
    scale = given.get("scale", 1.0)
    out = np.zeros(parts.re.shape, dtype=chosen)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if is_complex(chosen):
            out.real, out.imag = parts.re * scale, parts.imag() * scale
        else:
            out[...] = parts.re * scale
    if not np.isfinite(out).all():
        at = spec.entries["scale"].node.at if "scale" in spec.entries else spec.at
        log.add(at, f"an entry is too large for {chosen}", "give a smaller scale or a wider dtype")
        return None
    return out
