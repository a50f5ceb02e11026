"""A cotangent as the command line gives it: the same YAML as under `cotangent` in a case file."""

from __future__ import annotations

from pathlib import Path

from eigcheck.casefile.bounds import STANDARD, Allowance
from eigcheck.casefile.compose import compose
from eigcheck.casefile.cotangents import cotangent_spec
from eigcheck.casefile.desk import Desk
from eigcheck.casefile.faults import FaultLog
from eigcheck.casefile.nodes import Mapping
from eigcheck.casefile.problems import validated
from eigcheck.casefile.source import make_source
from eigcheck.errors import UsageError
from eigcheck.model import CotangentSpec

_PREFIX = "cotangent: "


def parse_cotangent(text: str, *, function: str, n: int, dtype: str) -> CotangentSpec:
    """The CotangentSpec of `basis`, `random`, or YAML such as `{values: [1, 0]}` for a matrix of order n.

    Raises UsageError naming every mistake.
    """
    source = make_source("cotangent", Path(), _PREFIX + text)
    desk = Desk(source, FaultLog(source), STANDARD, Allowance(STANDARD))
    root = compose(source, STANDARD, desk.log)
    if isinstance(root, Mapping):
        case = validated(root, desk)
        spec = None if case is None else cotangent_spec(case, root, function, n, dtype, desk)
        if spec is not None and not desk.log.faults and set(root.entries) == {"cotangent"}:
            return spec
    told = [f"{fault.message} ({fault.remedy})" if fault.remedy else fault.message for fault in desk.log.faults]
    raise UsageError(f"the cotangent: {'; '.join(told) or 'not one value of YAML'}")
