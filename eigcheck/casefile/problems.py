"""Expanded cases to Problems: one for each domain, dtype and function."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
from pydantic import ValidationError

from eigcheck.casefile.bounds import LEAVE
from eigcheck.casefile.cotangents import NUMBER_KEYS, cotangent_spec
from eigcheck.casefile.desk import Desk
from eigcheck.casefile.expand import Draft
from eigcheck.casefile.expectations import check_patterns, check_rules, expectations
from eigcheck.casefile.faults import quoted
from eigcheck.casefile.matrices import Nudge, matrix_at, perturbed
from eigcheck.casefile.messages import note_errors
from eigcheck.casefile.nodes import Entry, Mapping, Scalar, plain_data, scalar_value
from eigcheck.casefile.schema import Case
from eigcheck.model import Array, Problem
from eigcheck.names import DType

OPAQUE: Final = frozenset({("matrix",), *(("cotangent", key) for key in NUMBER_KEYS)})
"""What the models leave to the code that reads numbers from the text."""

_NOTHING: Final = np.zeros((0, 0))


def problems_of(draft: Draft, folder: str, desk: Desk) -> Iterator[Problem]:
    """The problems of one expanded case; mistakes go to the log and their problems are left out."""
    case = checked(draft.node, desk)
    if case is None:
        return
    dtypes: Sequence[DType | None] = case.dtype or [None]
    # The draft itself was counted when it was made.
    if not desk.allowance.take_cases(len(case.domain) * len(dtypes) * len(case.function) - 1):
        desk.log.add(draft.node.at, f"more than {desk.bounds.cases} cases in all files together", LEAVE)
        return
    frame = _frame(case, draft, folder, desk)
    for domain, dtype in itertools.product(case.domain, dtypes):
        named = draft if len(case.domain) == 1 else draft.with_suffix(f"domain={domain}")
        if len(dtypes) > 1:
            named = named.with_suffix(f"dtype={dtype}")
        matrix = matrix_at(draft.node.entries["matrix"].node, dtype, case.nonfinite, desk)
        if matrix is not None:
            matrix = _moved(matrix, case, draft.node, desk)
        for function in case.function:
            n, own = (None, "float64") if matrix is None else (len(matrix), str(matrix.dtype))
            spec = cotangent_spec(case, draft.node, function, n, own, desk)
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


def _frame(case: Case, draft: Draft, folder: str, desk: Desk) -> Problem:
    """What the problems of a case have in common."""
    return Problem(
        case=draft.full_name,
        matrix=_NOTHING,
        device=case.device,
        uplo=case.uplo,
        modes=tuple(case.modes),
        structures=None if case.structures is None else tuple(case.structures),
        rules=None if case.rules is None else tuple(case.rules),
        expect=desk.once(draft.node.entries["expect"].node, "expectations", lambda: expectations(case))
        if case.expect
        else (),
        file=desk.source.file,
        line=desk.log.line_of(draft.node.at),
        folder=folder,
        about=case.about,
        source=case.source,
    )


def checked(node: Mapping, desk: Desk) -> Case | None:
    """The case that a node holds, with its matrix there; None, with the reasons in the log, if it is wrong."""
    case = validated(node, desk)
    if "matrix" not in node.entries:
        desk.log.add(node.at, "the case has no matrix", "add one, such as matrix: [[1, 2], [2, 3]]")
        return None
    if case is None and not desk.allowance.exhausted:
        # Its matrix may be wrong as well.
        matrix_at(node.entries["matrix"].node, None, _truth(node, "nonfinite"), desk)
    return case


def validated(node: Mapping, desk: Desk) -> Case | None:
    """What a node says as far as the models go; None, with the reasons in the log, if it is wrong.

    Key by key, since no key's value depends on another's and expanded cases share most of them.
    """
    entries = node.entries.items()
    parts = {key: desk.once(entry.node, f"key {key}", partial(_part, key, entry, desk)) for key, entry in entries}
    if not desk.allowance.take_values(1 + sum(part.weight for part in parts.values())):
        desk.log.add(node.at, f"more than {desk.bounds.values} values in all cases together", LEAVE)
        return None
    if not all(part.right for part in parts.values()):
        return None
    return Case.model_construct(**{key: part.value for key, part in parts.items()})


class _Part(NamedTuple):
    """What was written after one key of a case: its value, whether that is right, and the number of values in it."""

    value: Any
    right: bool
    weight: int


def _part(key: str, entry: Entry, desk: Desk) -> _Part:
    """What a key says by itself; mistakes go to the log."""
    alone = Mapping({key: entry}, entry.key_at)
    check_patterns(alone, desk)
    check_rules(alone, desk)
    data = plain_data(alone, OPAQUE)
    right = not _empty_keys(alone, desk)
    try:
        value = getattr(Case.model_validate(data), key)
    except ValidationError as error:
        note_errors(error, alone, desk.log)
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


def _empty_keys(node: Mapping, desk: Desk) -> bool:
    """Note the keys that nothing was written after, at every level of mappings."""
    found = False
    for key, entry in node.entries.items():
        if isinstance(entry.node, Scalar) and scalar_value(entry.node) is None:
            desk.log.add(entry.key_at, f"nothing is written after {quoted(key)}", "give a value, or leave the key out")
            found = True
        elif isinstance(entry.node, Mapping):
            found = _empty_keys(entry.node, desk) or found
    return found


def _truth(node: Mapping, key: str) -> bool:
    entry = node.entries.get(key)
    return entry is not None and isinstance(entry.node, Scalar) and scalar_value(entry.node) is True


def _moved(matrix: Array, case: Case, node: Mapping, desk: Desk) -> Array | None:
    """The matrix with its entries perturbed as the case says; None, with the reasons in the log, if it cannot be."""
    if not case.perturb:
        return matrix
    listed = node.entries["perturb"].node
    places = [] if isinstance(listed, Scalar | Mapping) else [item.at for item in listed.items]
    nudges = [
        Nudge((wish.entry[0], wish.entry[1]), wish.ulps, wish.part, at)
        for wish, at in zip(case.perturb, places, strict=True)
    ]
    # a matrix that is remembered keeps its id
    return desk.once(listed, f"perturbed {id(matrix)}", lambda: perturbed(matrix, nudges, desk))
