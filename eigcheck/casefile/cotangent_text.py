"""A cotangent as the command line gives it: the same YAML as under `cotangent` in a case file."""

from __future__ import annotations

from pathlib import Path

from eigcheck.casefile.bounds import STANDARD, Allowance
from eigcheck.casefile.compose import compose
from eigcheck.casefile.cotangents import cotangent_spec
from eigcheck.casefile.faults import FaultLog
from eigcheck.casefile.nodes import Mapping
from eigcheck.casefile.problems import validated
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.source import make_source
from eigcheck.errors import UsageError
from eigcheck.model import CotangentSpec

_PREFIX = "cotangent: "


def parse_cotangent(text: str, *, function: str, n: int, dtype: str) -> CotangentSpec:
    """The CotangentSpec of `basis`, `random`, or YAML such as `{values: [1, 0]}` for a matrix of order n.

    Raises UsageError naming every mistake.
    """
    source = make_source("cotangent", Path(), _PREFIX + text)
    reading = Reading(source, FaultLog(source), STANDARD, Allowance(STANDARD))
    root = compose(source, STANDARD, reading.log)
    if isinstance(root, Mapping):
        spec = reading.log.attempt(lambda: cotangent_spec(validated(root, reading), root, function, n, dtype, reading))
        if spec is not None and not reading.log.faults and set(root.entries) == {"cotangent"}:
            return spec
    told = [f"{fault.message} ({fault.remedy})" if fault.remedy else fault.message for fault in reading.log.faults]
    raise UsageError(f"the cotangent: {'; '.join(told) or 'not one value of YAML'}")
