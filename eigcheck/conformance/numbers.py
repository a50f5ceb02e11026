"""Checks of numbers: none may lose a bit on its way here and back."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from eigcheck.conformance.examined import ExaminedWorker, Failed, NotTried
from eigcheck.execution.external.messages import item_of
from eigcheck.execution.external.replies import as_reply, check_reply
from eigcheck.model import Array, ReverseCall, Rule, Trouble

_REALS: Final = (
    0.1,
    1 / 3,
    2 / 3,
    1 + 2.0**-52,
    1 - 2.0**-53,
    3.141592653589793,
    123456789.12345679,
    6.02214076e23,
    5e-11,
)
"""Numbers that need 16 or 17 digits, and others. Far from the ends of the range, where solvers scale."""


def exact_numbers(examined: ExaminedWorker) -> str:
    """The eigenvalue of the matrix [x] is x, to the last bit."""
    told: list[str] = []
    for rule in examined.hello.rules:
        for dtype in rule.dtypes:
            numbers = _numbers(dtype, real=rule.domain != "general")
            replies = examined.ask(rule, [ReverseCall(x.reshape(1, 1)) for x in numbers])
            if any(reply.primal is None for reply in replies):
                continue
            for x, reply in zip(numbers, replies, strict=True):
                assert reply.primal is not None
                _compare(rule, x, np.asarray(reply.primal.values)[0])
            told.append(dtype)
    if not told:
        raise NotTried("no rule answers for matrices of order 1")
    return f"{len(_REALS)} numbers each in {', '.join(dict.fromkeys(told))}"


def _numbers(dtype: str, *, real: bool) -> list[Array]:
    kind = np.dtype(dtype)
    reals = np.array(_REALS)
    return list((reals + 1j * reals[::-1] if kind.kind == "c" and not real else reals).astype(kind))


def _compare(rule: Rule, sent: Any, came: Any) -> None:
    wanted = sent.real if rule.function in ("eigvalsh", "eigh") else sent
    if complex(came) != complex(wanted):
        raise Failed(
            f"{rule.name}: the eigenvalue of the matrix [x] with x = {sent!r} came back as {came!r}",
            'Read and write doubles with 17 significant digits, or as hexadecimal numbers such as "0x1.8p+1".',
        )


def not_finite(examined: ExaminedWorker) -> str:
    """A matrix with NaN or infinity is answered, if only by an error; what is not finite is a string."""
    seen = set()
    for rule in examined.hello.rules:
        for bad in (np.nan, np.inf, -np.inf):
            matrix = np.array([[1, bad], [bad, 2]], rule.dtypes[0])
            reply = examined.ask(rule, [ReverseCall(matrix)])[0]
            if reply.trouble is not None and reply.trouble.kind == "shape":
                raise Failed(
                    f"{rule.name}, at a matrix that holds {bad}: {reply.trouble.message}",
                    'Write NaN and infinities as the strings "nan", "inf" and "-inf".',
                )
            seen.add("an error" if reply.trouble is not None else "numbers")
    return f"answered by {' and '.join(sorted(seen))}"


def numbers_in_strings(examined: ExaminedWorker) -> str:
    """Numbers may come as strings, decimal or hexadecimal, and mean the same."""
    rule = examined.hello.rules[0]
    matrix = np.array([[1.5, 0.25], [0.25, 2.5]], rule.dtypes[0])
    plain = item_of(ReverseCall(matrix), conjugated=False)
    first = _answered(examined, rule, matrix, plain)
    for write in (repr, float.hex):
        again = _answered(examined, rule, matrix, plain | {"matrix": _in_strings(plain["matrix"], write)})
        if first is None or again is None or not np.array_equal(first, again):
            raise Failed(
                f"{rule.name}: with its numbers in strings such as {write(1.5)!r} a matrix was answered otherwise",
                "Read a number from a JSON number as well as from a string, decimal or hexadecimal.",
            )
    return "decimal and hexadecimal"


def _in_strings(value: Any, write: Any) -> Any:
    return [_in_strings(inner, write) for inner in value] if isinstance(value, list) else write(float(value))


def _answered(examined: ExaminedWorker, rule: Rule, matrix: Array, item: dict[str, Any]) -> Array | None:
    request = examined.request("primal", rule, [item])
    found = check_reply(examined.raw(request), request["id"], 1)
    if isinstance(found, Trouble):
        return None
    reply = as_reply(found[0], rule, ReverseCall(matrix), conjugated=False)
    return None if reply.primal is None else reply.primal.values
