"""A problem as the text of a case file, every number to the last bit, so that reading it gives the same problem."""

from __future__ import annotations

import json
from typing import Any, Final

from eigcheck.model import Array, Problem
from eigcheck.reports.html.reproducer import cotangent_text, number_text

_WHOLE: Final = 10**15
"""Whole numbers below this are written without a point."""


def case_text(problem: Problem, expected: tuple[str, ...] = ("pass",)) -> str:
    """The case, with the verdicts that are expected of any rule where `pass` is not the only one.

    Raises ValueError for a cotangent that has no form in a case file.
    """
    lines = [f"name: {json.dumps(problem.case)}"]
    lines += [f"about: {json.dumps(problem.about)}"] if problem.about else []
    lines += [f"function: {problem.function}", f"domain: {problem.domain}", f"dtype: {problem.dtype}"]
    lines += [f"uplo: {problem.uplo}"] if problem.uplo else []
    lines += [f"modes: [{', '.join(problem.modes)}]", f"matrix: {matrix_text(problem.matrix)}"]
    cotangent = cotangent_text(problem.cotangent)
    if cotangent is None:
        raise ValueError(f"the cotangent {problem.cotangent.kind} has no form in a case file")
    lines += [f"cotangent: {cotangent}"] if cotangent else []
    lines += [f'expect: {{"*": [{", ".join(expected)}]}}'] if expected != ("pass",) else []
    return "\n".join(lines) + "\n"


def matrix_text(matrix: Array) -> str:
    """The rows, such as `[[1, 2], [2, 3.5]]`."""
    return f"[{', '.join('[' + ', '.join(map(_entry, row)) + ']' for row in matrix.tolist())}]"


def _entry(value: Any) -> str:
    """A number; a whole one without its point, and a zero with its sign."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE and (value or str(value) == "0.0"):
        return str(int(value))
    return number_text(value)
