"""What shows a problem or an outcome again, every number to the last bit: a case file, and commands for a shell.

A small matrix stands in the command itself, so that it can be passed on without the case file.
"""

from __future__ import annotations

import glob
import json
import shlex
from typing import Final

from eigcheck.model import Array, CotangentSpec, Problem
from eigcheck.names import SHIPPED
from eigcheck.outcome import Outcome
from eigcheck.reports.numerals import array_text, matrix_text, number, number_text, rows

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
    """Probe the matrix as it is; None where it is too large, or its cotangents or that it has no structures not told."""
    problem = outcome.problem
    n = problem.matrix.shape[0]
    if n > (LARGEST if problem.file is None else READABLE) or problem.structures == () or not _told(outcome):
        return None
    words = ["eigcheck", "probe", rows(problem.matrix, number) or "[]", "--rule", glob.escape(outcome.rule)]
    options = {"function": problem.function, "domain": problem.domain, "mode": outcome.mode, "dtype": problem.dtype}
    options |= {"uplo": problem.uplo or "", "cotangent": cotangent_text(problem.cotangent)}
    words += [word for name, value in options.items() if value for word in (f"--{name}", value)]
    words += [word for name in problem.structures or () for word in ("--structure", name)]
    return shlex.join(words)


def _told(outcome: Outcome) -> bool:
    """Whether the cotangents of the trial are those that the problem asks for: a report read back may not hold them."""
    labels = outcome.judgement.detail.cotangents
    kind = outcome.problem.cotangent.kind
    return not (kind == "default" and any(label.startswith(("given", "loss", "tr", "<")) for label in labels))


def cotangent_text(spec: CotangentSpec) -> str:
    """The cotangent as YAML; empty for the default one."""
    if spec.kind == "default":
        return ""
    if spec.kind == "basis":
        return "basis"
    if spec.kind == "random":
        of = f"[{', '.join(spec.of)}]" if spec.of else ""
        return _members(kind=spec.kind, count=spec.count, seed=spec.seed, of=of, gauge=spec.gauge)
    if spec.kind == "explicit":
        return _members(values=_array(spec.values), vectors=_array(spec.vectors))
    factor = number_text(spec.factor) if spec.factor != 1 else ""
    return _members(loss=spec.kind, power=spec.power, weight=_array(spec.weight), factor=factor)


def _members(**told: object) -> str:
    """A mapping in YAML, of what is there."""
    return f"{{{', '.join(f'{key}: {value}' for key, value in told.items() if value != '')}}}"


def _array(array: Array | None) -> str:
    return "" if array is None else array_text(array)


def case_text(problem: Problem, expected: tuple[str, ...] = ("pass",)) -> str:
    """The case, with the verdicts that are expected of any rule where `pass` is not the only one."""
    told = {
        "name": json.dumps(problem.case),
        "about": problem.about and json.dumps(problem.about),
        "function": problem.function,
        "domain": problem.domain,
        "dtype": problem.dtype,
        "uplo": problem.uplo,
        "modes": f"[{', '.join(problem.modes)}]",
        "matrix": matrix_text(problem.matrix),
        "cotangent": cotangent_text(problem.cotangent),
        "structures": problem.structures is not None and f"[{', '.join(problem.structures)}]",
        "expect": expected != ("pass",) and f'{{"*": [{", ".join(expected)}]}}',
    }
    return "".join(f"{key}: {value}\n" for key, value in told.items() if value)
