"""What shows a problem or an outcome again, every number to the last bit: a case file, and commands for a shell.

A small matrix stands in the command itself, so that it can be passed on without the case file.
"""

from __future__ import annotations

import glob
import json
import shlex
from typing import Any, Final

import numpy as np

from eigcheck.model import Array, CotangentSpec, Problem
from eigcheck.names import SHIPPED
from eigcheck.outcome import Outcome

READABLE: Final = 4
"""Order up to which a matrix of a case file is written out as well."""

LARGEST: Final = 16
"""Order up to which one is written out that stands in no file."""


def commands(outcome: Outcome) -> tuple[str, ...]:
    """The `probe` line, if the outcome can be told in one, then the `run` line, if it comes from a case."""
    return tuple(line for line in (probe_line(outcome), run_line(outcome)) if line)


def run_line(outcome: Outcome) -> str | None:
    """Run this very outcome from its case file, or from the shipped cases; None for a matrix from elsewhere."""
    shipped = outcome.problem.case.startswith(SHIPPED)
    where = "--shipped" if shipped else outcome.problem.file
    if where is None:
        return None
    return shlex.join(["eigcheck", "run", where, "--rule", glob.escape(outcome.rule), "-k", outcome.id, "-v"])


def probe_line(outcome: Outcome) -> str | None:
    """Probe the matrix as it is; None where it is too large or its cotangent is not told."""
    problem = outcome.problem
    n = problem.matrix.shape[0]
    cotangent = cotangent_text(problem.cotangent)
    if n > (LARGEST if problem.file is None else READABLE) or cotangent is None or not _told(outcome):
        return None
    words = ["eigcheck", "probe", _matrix(problem.matrix), "--rule", glob.escape(outcome.rule)]
    words += ["--function", problem.function, "--domain", problem.domain, "--mode", outcome.mode]
    words += ["--dtype", problem.dtype]
    words += ["--uplo", problem.uplo] if problem.uplo else []
    words += ["--cotangent", cotangent] if cotangent else []
    for name in problem.structures or ():
        words += ["--structure", name]
    return shlex.join(words)


def _told(outcome: Outcome) -> bool:
    """Whether the cotangents of the trial are those that the problem asks for: a report read back may not hold them."""
    labels = outcome.judgement.detail.cotangents
    kind = outcome.problem.cotangent.kind
    return not (kind == "default" and any(label.startswith(("given", "loss", "tr", "<")) for label in labels))


def _matrix(matrix: Array) -> str:
    if not matrix.size:
        return "[]"
    return "; ".join(" ".join(map(_number, row)) for row in matrix.tolist())


def _number(value: Any) -> str:
    """A number to the last bit, as case files write it."""
    if isinstance(value, complex):
        imaginary = f"{value.imag!r}"
        return f"{value.real!r}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    return repr(value)


def cotangent_text(spec: CotangentSpec) -> str | None:
    """The cotangent as YAML; empty for the default one, None for one that has no short form."""
    if spec.kind == "default":
        return ""
    if spec.kind == "basis":
        return "basis"
    if spec.kind == "random":
        of = f", of: [{', '.join(spec.of)}]" if spec.of else ""
        return f"{{kind: random, count: {spec.count}, seed: {spec.seed}{of}, gauge: {spec.gauge}}}"
    if spec.kind == "explicit":
        given = {"values": spec.values, "vectors": spec.vectors}
        return f"{{{', '.join(f'{key}: {_yaml(array)}' for key, array in given.items() if array is not None)}}}"
    factor = f", factor: {number_text(spec.factor)}" if spec.factor != 1 else ""
    weight = f", weight: {_yaml(spec.weight)}" if spec.weight is not None else ""
    return f"{{loss: {spec.kind}, power: {spec.power}{weight}{factor}}}"


def _yaml(array: Array) -> str:
    if array.ndim > 1:
        return f"[{', '.join(map(_yaml, array))}]"
    return f"[{', '.join(map(number_text, array.tolist()))}]"


def number_text(value: Any) -> str:
    """A number as YAML: in quotes where YAML has no number of this form."""
    plain = isinstance(value, float | int) and np.isfinite(value)
    return _number(value) if plain else f'"{_number(value)}"'


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
