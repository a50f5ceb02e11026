"""Matrices as people type and paste them: `1 2; 2 3`, JSON, a NumPy repr, what Julia prints; and matrix files."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from eigcheck.casefile.entries import ragged
from eigcheck.casefile.matrices import read_matrix
from eigcheck.casefile.mtx import MtxError, fault_in
from eigcheck.casefile.numbers import NotANumberError, dtype_for, parse_number, round_number
from eigcheck.casefile.source import LARGE, LEAVE, STANDARD, TooLargeError
from eigcheck.errors import CaseFileError, UsageError
from eigcheck.model import Array
from eigcheck.pairs import frozen

_CALL: Final = re.compile(r"(?:\w+\.)?(?:[aA]rray|asarray|[mM]atrix|tensor)\((?P<inner>.*)\)", re.DOTALL)
_WORDS: Final = "dtype|device|order|copy|requires_grad|grad_fn|weak_type"
_KEYWORDS: Final = re.compile(rf",\s*(?:(?:{_WORDS})\s*=|shape\s*=\s*\(0,\s*0\))[^\[\]]*$", re.DOTALL)
_JULIA_HEADING: Final = re.compile(r"^\s*\d+\s*[×x]\s*\d+ .*:\s*\n")
_JULIA_TYPE: Final = re.compile(r"^(?:Float|Complex|Int)\w*(?:\{\w+\})?(?=\[)")
_STATED: Final = re.compile(
    r"(?P<complex64>complex64|ComplexF32|Complex\{Float32\})|(?P<complex128>complex128|ComplexF64|Complex\{Float64\})"
    r"|(?P<float32>[fF]loat32)|(?P<float64>[fF]loat64)"
)
"""The dtype where NumPy and Julia say it."""
_SPACED_SIGN: Final = re.compile(r"(?<=[\w.])[ \t]+([+-])[ \t]+(?=[\w.])")
_ROWS_IN_BRACKETS: Final = re.compile(r"\[\s*\[")
_PADDED_COMPLEX: Final = re.compile(r"(?<=[\w.])(?<!j)[ \t]+(?=[+-][^\s,;\[\]]*j)")
"""NumPy fills up real parts with blanks; elsewhere `3 -4j` are two entries."""
_TOKEN: Final = re.compile(r"""[\[\],;]|\n|"[^"]*"|'[^']*'|[^\s\[\],;"']+|["']""")
_FORMS: Final = 'write "1 2; 2 3", "[[1, 2], [2, 3]]" or the name of a .npy, .mtx or .yaml file'

_Nested: TypeAlias = "list[str | _Nested]"


def parse_matrix(text: str, *, dtype: str | None = None, allow_large: bool = False) -> Array:
    """The square matrix that a text describes: (n, n), C-contiguous, read-only.

    In `dtype`, else in the one that NumPy's or Julia's text states, else in what the entries need.

    Rows are separated by semicolons or line ends, entries by blanks or commas, or both are lists in brackets as in
    JSON and NumPy; numbers are those of case files, `2+1ulp` included. A pair of numbers in a third level of brackets
    is a complex number, as in eigcheck's JSON reports. Raises UsageError saying where and what to do.
    """
    bounds = LARGE if allow_large else STANDARD
    if len(text) > bounds.file_bytes:
        raise UsageError(f"the matrix is a text of more than {bounds.file_bytes} characters: {LEAVE}")
    rows = _rows(_bare(text))
    n = len(rows)
    if n > bounds.order:
        raise UsageError(f"a matrix of {n} rows is larger than {bounds.order} x {bounds.order}: {LEAVE}")
    for i, row in enumerate(rows):
        if len(row) != n:
            raise UsageError(f"{ragged(i, len(row), n)}: a matrix is square")
    stated = _STATED.search(text)
    return _array(rows, dtype or (stated.lastgroup if stated else None))


def read_matrix_file(path: str | Path, *, dtype: str | None = None, allow_large: bool = False) -> Array:
    """The square matrix in a `.npy` or `.mtx` file: (n, n), C-contiguous, read-only, each entry rounded once.

    Raises UsageError saying what is wrong with the file.
    """
    bounds = LARGE if allow_large else STANDARD
    try:
        return frozen(read_matrix(Path(path), bounds, dtype))
    except MtxError as error:
        raise CaseFileError((fault_in(error, str(path), "mend that line"),)) from None
    except (ValueError, TypeError, OverflowError) as error:
        remedy = f": {LEAVE}" if isinstance(error, TooLargeError) else ""
        raise UsageError(f"{path}: {error}{remedy}") from None


def _bare(text: str) -> str:
    """The text without what NumPy and Julia print around the rows."""
    text = _JULIA_HEADING.sub("", text).strip()
    call = _CALL.fullmatch(text)
    if call:
        text = _KEYWORDS.sub("", call["inner"].strip()).strip().rstrip(",")
    if len(text) > 1 and text[0] in "\"'" and text.find(text[0], 1) == len(text) - 1:
        text = text[1:-1]
    if _ROWS_IN_BRACKETS.search(text):
        text = _PADDED_COMPLEX.sub("", text)
    return _JULIA_TYPE.sub("", text).strip()


def _rows(text: str) -> list[list[str]]:
    """The tokens of each row."""
    if not text:
        raise UsageError(f"the matrix is empty; {_FORMS}, or [] for the 0 x 0 matrix")
    nested = _nested(_SPACED_SIGN.sub(r"\1", text))
    if len(nested) == 1 and isinstance(nested[0], list):
        nested = nested[0]
    if any(isinstance(item, list) for item in nested):
        rows = [item for item in nested if item not in (";", "\n")]
        if not all(isinstance(item, list) for item in rows):
            raise UsageError(f"the matrix mixes rows in brackets with other entries; {_FORMS}")
        return [_entries(item, i) for i, item in enumerate(rows) if isinstance(item, list)]
    lines = itertools.groupby(nested, lambda item: item in (";", "\n"))
    return [[str(item) for item in line] for is_break, line in lines if not is_break]


def _entries(row: _Nested, i: int) -> list[str]:
    """The tokens of a row in brackets; a pair [re, im] becomes one token."""
    tokens = []
    for j, item in enumerate(row):
        if isinstance(item, str):
            if item == ";":
                raise UsageError(f"row {i} of the matrix holds a semicolon within its brackets; {_FORMS}")
            if item != "\n":
                tokens.append(item)
        elif len(item) == 2 and all(isinstance(part, str) and part.strip("+- ") for part in item):
            re_text, im_text = str(item[0]), str(item[1])
            tokens.append(f"{re_text}{'' if im_text[:1] in '+-' else '+'}{im_text}j")
        else:
            raise UsageError(f"the entry [{i}, {j}] of the matrix is a list, not a number or a pair [re, im]")
    return tokens


def _nested(text: str) -> _Nested:
    """The tokens in nested lists, as the brackets say. Commas only separate."""
    out: _Nested = []
    stack = [out]
    for token in _TOKEN.findall(text):
        if token == "[":
            inner: _Nested = []
            stack[-1].append(inner)
            stack.append(inner)
            if len(stack) > 6:
                raise UsageError(f"the matrix has too many levels of brackets; {_FORMS}")
        elif token == "]":
            stack.pop()
            if not stack:
                raise UsageError(f"the matrix has a ] without its [; {_FORMS}")
        elif token in ("'", '"'):
            raise UsageError(f"the matrix holds a quote that is not closed, or a transpose; {_FORMS}")
        elif token != ",":
            stack[-1].append(token.strip("\"'") if token[0] in "\"'" else token)
    if len(stack) > 1:
        raise UsageError(f"the matrix has a [ without its ]; {_FORMS}")
    return out


def _array(rows: list[list[str]], dtype: str | None) -> Array:
    """Square rows of tokens, each rounded once. Raises UsageError with the place of the first that cannot be."""
    n, numbers, values = len(rows), [], []
    places = [f"the entry [{i}, {j}] of the matrix" for i in range(n) for j in range(n)]
    for place, token in zip(places, itertools.chain(*rows), strict=True):
        try:
            numbers.append(parse_number(token))
        except NotANumberError as error:
            raise UsageError(f"{place}: {error}; {error.remedy}") from None
    chosen = dtype or dtype_for(numbers)
    for place, number in zip(places, numbers, strict=True):
        try:
            values.append(round_number(number, chosen))
        except (OverflowError, TypeError) as error:
            raise UsageError(f"{place}: {error}; use another dtype") from None
    return frozen(np.array(values, dtype=chosen).reshape(n, n))
