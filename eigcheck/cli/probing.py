"""From the argument and options of `eigcheck probe` to problems."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eigcheck.casefile.cotangents import parse_cotangent
from eigcheck.casefile.inline import parse_matrix, read_matrix_file
from eigcheck.casefile.source import LARGE, STANDARD
from eigcheck.cli.gather import load_problems
from eigcheck.domains.tangents import free_entry, positions
from eigcheck.errors import UsageError
from eigcheck.model import Problem


def probed(given: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The problem of a matrix, or those of a case file with what the options say put in place.

    Nothing is expected of them but `pass`, and every rule that is asked for may try. Raises UsageError.
    """
    text: str = given["matrix"]
    told: dict[str, Any] = {"dtype": given["dtype"], "allow_large": given["allow_large"]}
    chosen: dict[str, Any] = {key: given[key] for key in ("function", "domain", "uplo") if given[key]}
    chosen |= {key: tuple(dict.fromkeys(given[key])) for key in ("modes", "structures") if given[key]}
    suffix = Path(text).suffix.lower()
    if suffix in (".yaml", ".yml"):
        one_each = ("function", "domain", "dtype")
        instead = chosen | {key: [given[key]] for key in one_each if given[key]} | {"rules": None, "expect": {}}
        instead |= {"modes": chosen.get("modes", ("reverse",))} | ({"cotangent": None} if given["cotangent"] else {})
        found = load_problems((text,), allow_large=given["allow_large"], instead=instead)
        return tuple(_asked(case, given) for case in found)
    if suffix in (".npy", ".mtx"):
        matrix = read_matrix_file(text, **told)
    else:
        try:
            # one more than is taken: input without an end is refused as a long text is
            limit = (LARGE if given["allow_large"] else STANDARD).file_bytes + 1
            matrix = parse_matrix(sys.stdin.read(limit) if text == "-" else text, **told)
        except UnicodeDecodeError as error:
            why = f"standard input is not {error.encoding} text. Name a .npy file by its path."
            raise UsageError(why) from None
    bare = Problem("probe", matrix, dtype=str(matrix.dtype), modes=("reverse",))
    return (_asked(replace(bare, **chosen), given),)


def _asked(asked: Problem, given: Mapping[str, Any]) -> Problem:
    """The problem with the cotangent of the options. Raises UsageError where they do not fit its matrix."""
    n = asked.matrix.shape[0]
    if entry := given["entry"]:
        told = f"--entry {entry[0]},{entry[1]}"
        if max(entry) >= n:
            raise UsageError(f"{told} is outside a {n} x {n} matrix.")
        if free_entry(entry, asked.domain) not in positions(n, asked.domain):
            raise UsageError(f"{told} is not free on the domain {asked.domain}; {entry[1]},{entry[0]} is.")
    if text := given["cotangent"]:
        large: bool = given["allow_large"]
        spec = parse_cotangent(text, function=asked.function, n=n, dtype=asked.dtype, allow_large=large)
        asked = replace(asked, cotangent=spec)
    return asked
