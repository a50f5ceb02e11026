"""Expanded cases to Problems: one for each domain, dtype and function."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from eigcheck.casefile.cotangents import cotangent_spec
from eigcheck.casefile.expand import Draft
from eigcheck.casefile.matrices import Nudge, matrix_at, perturbed
from eigcheck.casefile.nodes import Mapping, Scalar, plain_data
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.schema import Case
from eigcheck.casefile.validation import expectations, validated
from eigcheck.model import Array, Problem
from eigcheck.names import DType

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
