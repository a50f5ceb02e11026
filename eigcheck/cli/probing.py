"""From the argument and options of `eigcheck probe` to problems."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from eigcheck.casefile.cotangents import parse_cotangent
from eigcheck.casefile.inline import parse_matrix, read_matrix_file
from eigcheck.cli.gather import load_problems
from eigcheck.domains.tangents import free_entry, positions
from eigcheck.errors import UsageError
from eigcheck.model import Array, Problem
from eigcheck.pairs import frozen

_CASES: Final = (".yaml", ".yml")
_MATRICES: Final = (".npy", ".mtx")


def probed(given: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The problem of a matrix, or those of a case file with what the options say put in place.

    Nothing is expected of them but `pass`, and every rule that is asked for may try. Raises UsageError.
    """
    text: str = given["matrix"]
    if Path(text).suffix.lower() in _CASES:
        found = load_problems((text,), allow_large=given["allow_large"])
        return tuple(_asked(replace(case, modes=("reverse",), rules=None, expect=()), given) for case in found)
    matrix = _matrix(text, given)
    bare = Problem("probe", matrix, dtype=str(matrix.dtype), modes=("reverse",))
    return (_asked(bare, given),)


def _matrix(text: str, given: Mapping[str, Any]) -> Array:
    told: dict[str, Any] = {"dtype": given["dtype"], "allow_large": given["allow_large"]}
    if Path(text).suffix.lower() in _MATRICES:
        return read_matrix_file(text, **told)
    return parse_matrix(_standard_input() if text == "-" else text, **told)


def _standard_input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not {error.encoding} text. Name a .npy file by its path.") from None


def _asked(problem: Problem, given: Mapping[str, Any]) -> Problem:
    """The problem with what the options say in place of what it says."""
    chosen: dict[str, Any] = {key: given[key] for key in ("function", "domain", "uplo") if given[key]}
    chosen |= {key: given[key] for key in ("modes", "structures") if given[key]}
    if given["dtype"] and given["dtype"] != problem.dtype:
        chosen |= _in_dtype(problem, given["dtype"])
    asked = replace(problem, **chosen)
    n = asked.matrix.shape[0]
    _check_entry(given["entry"], n, asked.domain)
    if given["cotangent"]:
        spec = parse_cotangent(given["cotangent"], function=asked.function, n=n, dtype=asked.dtype)
        asked = replace(asked, cotangent=spec)
    return asked


def _check_entry(entry: tuple[int, int] | None, n: int, domain: str) -> None:
    if entry is None:
        return
    told = f"--entry {entry[0]},{entry[1]}"
    if max(entry) >= n:
        raise UsageError(f"{told} is outside a {n} x {n} matrix.")
    if free_entry(entry, domain) not in positions(n, domain):
        raise UsageError(f"{told} is not free on the domain {domain}; {entry[1]},{entry[0]} is.")


def _in_dtype(problem: Problem, dtype: str) -> dict[str, Any]:
    """The matrix of a case file in another dtype, which must hold what its entries are."""
    if problem.matrix.dtype.kind == "c" and not dtype.startswith("complex"):
        raise UsageError(f"--dtype {dtype} cannot hold the complex entries of {problem.case}.")
    return {"dtype": dtype, "matrix": frozen(problem.matrix.astype(dtype))}
