"""Expanded cases to Problems: one for each domain, dtype and function."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import ValidationError

from eigcheck.casefile.bounds import LEAVE
from eigcheck.casefile.cotangents import NUMBER_KEYS, cotangent_spec
from eigcheck.casefile.desk import Desk
from eigcheck.casefile.expand import Draft
from eigcheck.casefile.expectations import check_rules, expectations
from eigcheck.casefile.faults import quoted
from eigcheck.casefile.matrices import Nudge, matrix_at, perturbed
from eigcheck.casefile.messages import note_errors
from eigcheck.casefile.nodes import Mapping, Scalar, plain_data, scalar_value
from eigcheck.casefile.schema import Case
from eigcheck.model import Problem
from eigcheck.names import DType

OPAQUE: Final = frozenset({("matrix",), *(("cotangent", key) for key in NUMBER_KEYS)})
"""What the models leave to the code that reads numbers from the text."""


def problems_of(draft: Draft, folder: str, desk: Desk) -> Iterator[Problem]:
    """The problems of one expanded case; mistakes go to the log and their problems are left out."""
    case = checked(draft.node, desk)
    if case is None:
        return
    expect = expectations(case, draft.node, desk)
    check_rules(draft.node, desk)
    dtypes: Sequence[DType | None] = case.dtype or [None]
    count = len(case.domain) * len(dtypes) * len(case.function)
    if not desk.allowance.take_cases(count - 1):
        desk.log.add(draft.node.at, f"more than {desk.bounds.cases} cases in all files together", LEAVE)
        return
    for domain, dtype in itertools.product(case.domain, dtypes):
        named = draft if len(case.domain) == 1 else draft.with_suffix(f"domain={domain}")
        if len(dtypes) > 1:
            named = named.with_suffix(f"dtype={dtype}")
        matrix = matrix_at(draft.node.entries["matrix"].node, dtype, case.nonfinite, desk)
        if matrix is not None:
            matrix = perturbed(matrix, _nudges(case, draft.node), desk)
        for function in case.function if matrix is not None else ():
            assert matrix is not None
            spec = cotangent_spec(case, draft.node, function, len(matrix), str(matrix.dtype), desk)
            if spec is None:
                continue
            yield Problem(
                case=named.full_name,
                matrix=matrix,
                function=function,
                domain=domain,
                dtype=str(matrix.dtype),
                uplo=case.uplo,
                modes=tuple(case.modes),
                cotangent=spec,
                structures=None if case.structures is None else tuple(case.structures),
                rules=None if case.rules is None else tuple(case.rules),
                expect=expect,
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
    if case is None:
        # Its matrix may be wrong as well.
        matrix_at(node.entries["matrix"].node, None, _truth(node, "nonfinite"), desk)
    return case


def validated(node: Mapping, desk: Desk) -> Case | None:
    """What a node says as far as the models go; None, with the reasons in the log, if it is wrong."""
    empty = _empty_keys(node, desk)
    try:
        case = Case.model_validate(plain_data(node, OPAQUE))
    except ValidationError as error:
        note_errors(error, node, desk.log)
        return None
    return None if empty else case


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


def _nudges(case: Case, node: Mapping) -> list[Nudge]:
    if not case.perturb:
        return []
    listed = node.entries["perturb"].node
    places = [] if isinstance(listed, Scalar | Mapping) else [item.at for item in listed.items]
    return [
        Nudge((wish.entry[0], wish.entry[1]), wish.ulps, wish.part, at)
        for wish, at in zip(case.perturb, places, strict=True)
    ]
