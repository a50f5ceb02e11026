"""Expanded cases to Problems: one for each domain, dtype and function."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
from pydantic import ValidationError

from eigcheck.casefile.cotangents import NUMBER_KEYS, cotangent_spec
from eigcheck.casefile.expand import Draft
from eigcheck.casefile.expectations import check_patterns, check_rules, expectations
from eigcheck.casefile.faults import Unusable, quoted
from eigcheck.casefile.matrices import Nudge, matrix_at, perturbed
from eigcheck.casefile.messages import note_errors
from eigcheck.casefile.nodes import Entry, Mapping, Scalar, plain_data, scalar_value
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.schema import Case
from eigcheck.model import Array, Problem
from eigcheck.names import DType

OPAQUE: Final = frozenset({("matrix",), *(("cotangent", key) for key in NUMBER_KEYS)})
"""What the models leave to the code that reads numbers from the text."""

_NOTHING: Final = np.zeros((0, 0))


def problems_of(draft: Draft, folder: str, reading: Reading) -> Iterator[Problem]:
    """The problems of one expanded case; mistakes go to the log and their problems are left out."""
    case, attempt = checked(draft.node, reading), reading.log.attempt
    if case is None:
        return
    dtypes: Sequence[DType | None] = case.dtype or [None]
    # The draft itself was counted when it was made.
    more = len(case.domain) * len(dtypes) * len(case.function) - 1
    if not attempt(lambda: reading.afford("cases", more, draft.node.at)):
        return
    frame = _frame(case, draft, folder, reading)
    for domain, dtype in itertools.product(case.domain, dtypes):
        named = draft if len(case.domain) == 1 else draft.with_suffix(f"domain={domain}")
        if len(dtypes) > 1:
            named = named.with_suffix(f"dtype={dtype}")
        matrix = attempt(partial(_matrix, case, draft.node, dtype, reading))
        for function in case.function:
            n, own = (None, "float64") if matrix is None else (len(matrix), str(matrix.dtype))
            spec = attempt(partial(cotangent_spec, case, draft.node, function, n, own, reading))
            if matrix is not None and spec is not None:
                yield replace(
                    frame,
                    case=named.full_name,
                    matrix=matrix,
                    function=function,
                    domain=domain,
                    dtype=own,
                    cotangent=spec,
                )


def _frame(case: Case, draft: Draft, folder: str, reading: Reading) -> Problem:
    """What the problems of a case have in common."""
    return Problem(
        case=draft.full_name,
        matrix=_NOTHING,
        device=case.device,
        uplo=case.uplo,
        modes=tuple(case.modes),
        structures=None if case.structures is None else tuple(case.structures),
        rules=None if case.rules is None else tuple(case.rules),
        expect=reading.once(draft.node.entries["expect"].node, "expectations", lambda: expectations(case))
        if case.expect
        else (),
        file=reading.source.file,
        line=reading.log.line_of(draft.node.at),
        folder=folder,
        about=case.about,
        source=case.source,
    )


def checked(node: Mapping, reading: Reading) -> Case | None:
    """The case that a node holds, with its matrix there; None, with the reasons in the log, if it is wrong."""
    case = reading.log.attempt(lambda: validated(node, reading))
    if "matrix" not in node.entries:
        reading.log.add(node.at, "the case has no matrix", "add one, such as matrix: [[1, 2], [2, 3]]")
        return None
    if case is None and not reading.allowance.exhausted:
        # Its matrix may be wrong as well.
        nonfinite = node.entries.get("nonfinite")
        allowed = nonfinite is not None and plain_data(nonfinite.node) is True
        reading.log.attempt(lambda: matrix_at(node.entries["matrix"].node, None, allowed, reading))
    return case


def validated(node: Mapping, reading: Reading) -> Case:
    """What a node says as far as the models go. Raises Unusable if it is wrong.

    Key by key, since no key's value depends on another's and expanded cases share most of them.
    """
    entries = node.entries.items()
    parts = {key: reading.once(entry.node, f"key {key}", partial(_part, key, entry, reading)) for key, entry in entries}
    reading.afford("values", 1 + sum(part.weight for part in parts.values()), node.at)
    if not all(part.right for part in parts.values()):
        raise Unusable
    return Case.model_construct(**{key: part.value for key, part in parts.items()})


class _Part(NamedTuple):
    """What was written after one key of a case: its value, whether that is right, and the number of values in it."""

    value: Any
    right: bool
    weight: int


def _part(key: str, entry: Entry, reading: Reading) -> _Part:
    """What a key says by itself; mistakes go to the log."""
    alone = Mapping({key: entry}, entry.key_at)
    check_patterns(alone, reading)
    check_rules(alone, reading)
    data = plain_data(alone, OPAQUE)
    right = not _empty_keys(alone, reading)
    try:
        value = getattr(Case.model_validate(data), key)
    except ValidationError as error:
        note_errors(error, alone, reading.log)
        value, right = None, False
    return _Part(value, right, _weight(data[key]))


def _weight(data: object) -> int:
    """The number of values in plain data."""
    match data:
        case dict():
            return 1 + sum(_weight(value) for value in data.values())
        case list():
            return 1 + sum(_weight(value) for value in data)
    return 1


def _empty_keys(node: Mapping, reading: Reading) -> bool:
    """Note the keys that nothing was written after, at every level of mappings."""
    found = False
    for key, entry in node.entries.items():
        if isinstance(entry.node, Scalar) and scalar_value(entry.node) is None:
            reading.log.add(
                entry.key_at, f"nothing is written after {quoted(key)}", "give a value, or leave the key out"
            )
            found = True
        elif isinstance(entry.node, Mapping):
            found = _empty_keys(entry.node, reading) or found
    return found


def _matrix(case: Case, node: Mapping, dtype: str | None, reading: Reading) -> Array:
    """The matrix with its entries perturbed as the case says. Raises Unusable if there is none."""
    matrix = matrix_at(node.entries["matrix"].node, dtype, case.nonfinite, reading)
    if not case.perturb:
        return matrix
    moves = node.entries["perturb"].node
    places = [] if isinstance(moves, Scalar | Mapping) else [item.at for item in moves.items]
    nudges = [
        Nudge((wish.entry[0], wish.entry[1]), wish.ulps, wish.part, at)
        for wish, at in zip(case.perturb, places, strict=True)
    ]
    # a matrix that is remembered keeps its id
    return reading.once(moves, f"perturbed {id(matrix)}", lambda: perturbed(matrix, nudges, reading))
