"""Matrix Market files (Boisvert, Pozo, Remington 1996), read exactly and within bounds."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from eigcheck.casefile.numbers import NotANumberError, Number, Part, parse_number
from eigcheck.casefile.source import LEAVE, Bounds
from eigcheck.errors import Fault


class Line(NamedTuple):
    """A line of a file and its number, from 1."""

    number: int
    text: str


class MtxError(ValueError):
    """What is wrong with a line, with which word of it, and the remedy where mending the line is none."""

    def __init__(self, line: Line, message: str, word: str = "", remedy: str = "") -> None:
        super().__init__(f"line {line.number}: {message}")
        self.line, self.message, self.word, self.remedy = line, message, word, remedy


def fault_in(error: MtxError, file: str, remedy: str) -> Fault:
    """The mistake at its place in the file, which is called `file`, with this remedy if it has none of its own."""
    number, text = error.line
    column = text.find(error.word or text.strip()) + 1
    return Fault(file, number, column, error.message, error.remedy or remedy, text)


_FIELDS = ("real", "double", "integer", "complex", "pattern")
_SYMMETRIES = ("general", "symmetric", "skew-symmetric", "hermitian")


def read_mtx(text: str, bounds: Bounds) -> list[list[Number]]:
    """The rows of the square matrix in a Matrix Market text, exactly.

    Entries that are given twice are an error. Raises MtxError saying what is wrong with which line.
    """
    texts = text.splitlines() or [""]
    header = Line(1, texts[0])
    layout, field, symmetry = _header(header)
    lines = (Line(k, line) for k, line in enumerate(texts, 1) if line[:1] != "%" and line.strip())
    line = next(lines, header)
    sizes, count = line.text.split(), 3 if layout == "coordinate" else 2
    if len(sizes) != count or not all(map(_is_count, sizes)):
        raise MtxError(line, f"{count} sizes are needed here")
    n, columns, *rest = map(int, sizes)
    if columns != n:
        raise MtxError(line, f"{n} x {columns}, not a square matrix")
    if n > bounds.order:
        raise MtxError(line, f"a {n} x {n} matrix is larger than {bounds.order} x {bounds.order}", remedy=LEAVE)
    if rest and rest[0] > n * n:
        raise MtxError(line, f"{rest[0]} entries for a {n} x {n} matrix")
    rows, seen = [[parse_number("0")] * n for _ in range(n)], set[tuple[int, int]]()
    places: Iterable[tuple[int, int] | None] = itertools.repeat(None, rest[0]) if rest else _array_order(n, symmetry)
    for place in places:
        after = next(lines, None)
        if after is None:
            raise MtxError(line, "the file ends before its matrix does")
        line, words = after, after.text.split()
        i, j = place or _coordinates(line, n, seen)
        _put(rows, i, j, _value(line, words if place else words[2:], field), line, symmetry)
    extra = next(lines, None)
    if extra is not None:
        raise MtxError(extra, "more entries than the matrix has")
    return rows


def _is_count(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 12


def _header(line: Line) -> tuple[str, str, str]:
    words = line.text.lower().split()
    if len(words) != 5 or words[:2] != ["%%matrixmarket", "matrix"]:
        raise MtxError(line, "not a Matrix Market file: %%MatrixMarket matrix ... is missing")
    layout, field, symmetry = words[2:]
    if layout not in ("array", "coordinate") or field not in _FIELDS or symmetry not in _SYMMETRIES:
        raise MtxError(line, f"'{' '.join(words[2:])[:60]}' is not known")
    if field == "pattern" and layout == "array":
        raise MtxError(line, "a pattern has coordinates")
    return layout, field, symmetry


def _array_order(n: int, symmetry: str) -> Iterator[tuple[int, int]]:
    """Column by column; of symmetric ones the lower triangle, of skew ones without the diagonal."""
    for j in range(n):
        first = 0 if symmetry == "general" else j + (symmetry == "skew-symmetric")
        yield from ((i, j) for i in range(first, n))


def _coordinates(line: Line, n: int, seen: set[tuple[int, int]]) -> tuple[int, int]:
    words = line.text.split()[:2]
    if len(words) < 2 or not all(map(_is_count, words)):
        raise MtxError(line, "a row and a column, from 1, are needed here")
    i, j = (int(word) - 1 for word in words)
    if not (0 <= i < n and 0 <= j < n):
        raise MtxError(line, f"the entry ({i + 1}, {j + 1}) is outside the matrix")
    if (i, j) in seen:
        raise MtxError(line, f"the entry ({i + 1}, {j + 1}) is here twice")
    seen.add((i, j))
    return i, j


def _put(rows: list[list[Number]], i: int, j: int, value: Number, line: Line, symmetry: str) -> None:
    """An entry into its place and, where the matrix is symmetric in some way, into its mirror image."""
    if symmetry == "hermitian" and i == j and value.im and (not _is_integer(value.im) or value.im.value):
        raise MtxError(line, "the diagonal of a hermitian matrix is real")
    if symmetry != "general" and (i < j or (i == j and symmetry == "skew-symmetric")):
        raise MtxError(line, f"a {symmetry} matrix is given by its lower triangle")
    rows[i][j] = value
    if symmetry != "general" and i != j:
        im = _negated(value.im, symmetry != "symmetric") if value.im else None
        rows[j][i] = Number(_negated(value.re, symmetry == "skew-symmetric"), im)


def _value(line: Line, words: list[str], field: str) -> Number:
    wanted = {"pattern": 0, "complex": 2}.get(field, 1)
    if len(words) != wanted:
        raise MtxError(line, f"{len(words)} numbers where {wanted} are needed")
    parts = []
    for word in words:
        try:
            parts.append(parse_number(word))
        except NotANumberError as error:
            raise MtxError(line, f"{error}", word) from None
    if any(part.im is not None for part in parts):
        raise MtxError(line, "a complex number is written as two reals")
    if field == "integer" and not all(_is_integer(part.re) for part in parts):
        raise MtxError(line, f"'{words[0][:60]}' is not an integer, which line 1 says that all entries are")
    return Number(parts[0].re, parts[1].re if len(parts) == 2 else None) if parts else parse_number("1")


def _is_integer(part: Part) -> bool:
    return part.value.denominator == 1 and not part.special and not part.ulps


def _negated(part: Part, wanted: bool) -> Part:
    return replace(part, negative=not part.negative, ulps=-part.ulps) if wanted else part
