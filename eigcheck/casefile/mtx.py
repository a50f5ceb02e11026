"""Matrix Market files (Boisvert, Pozo, Remington 1996), read exactly and within bounds."""

from __future__ import annotations

from collections.abc import Iterator

from eigcheck.casefile.bounds import Bounds
from eigcheck.casefile.literals import NotANumberError, Number, Part, parse_number
from eigcheck.errors import Fault


class MtxError(ValueError):
    """What is wrong with a line, counted from 1, with which word of it, and the text of that line once it is known."""

    def __init__(self, line: int, message: str, word: str = "") -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message
        self.word = word
        self.text = ""


def fault_in(error: MtxError, file: str, remedy: str) -> Fault:
    """The mistake at its place in the file, which is called `file`."""
    column = error.text.find(error.word or error.text.strip()) + 1
    return Fault(file, error.line, column, error.message, remedy, error.text)


_FIELDS = ("real", "double", "integer", "complex", "pattern")
_SYMMETRIES = ("general", "symmetric", "skew-symmetric", "hermitian")
_ZERO = Number(parse_number("0").re)
_ONE = Number(parse_number("1").re)


def read_mtx(text: str, bounds: Bounds) -> list[list[Number]]:
    """The rows of the square matrix in a Matrix Market text, exactly.

    Entries that are given twice are an error. Raises MtxError saying what is wrong with which line.
    """
    try:
        return _read(text, bounds)
    except MtxError as error:
        error.text = "".join(text.splitlines()[error.line - 1 : error.line])
        raise


def _read(text: str, bounds: Bounds) -> list[list[Number]]:
    lines = _lines(text)
    layout, field, symmetry = _header(text)
    number, words = next(lines, (1, []))
    count = 3 if layout == "coordinate" else 2
    if len(words) != count or not all(word.isascii() and word.isdigit() and len(word) < 12 for word in words):
        raise MtxError(number, f"{count} sizes are needed here")
    sizes = [int(word) for word in words]
    n = sizes[0]
    if sizes[1] != n:
        raise MtxError(number, f"{n} x {sizes[1]}, not a square matrix")
    if n > bounds.order:
        raise MtxError(number, f"a {n} x {n} matrix is larger than {bounds.order} x {bounds.order}")
    rows = [[_ZERO] * n for _ in range(n)]
    if layout == "array":
        wanted = _array_order(n, symmetry)
        _fill(rows, ((line, i, j, rest) for (i, j), (line, rest) in _paired(wanted, lines, number)), field, symmetry)
    else:
        if sizes[2] > n * n:
            raise MtxError(number, f"{sizes[2]} entries for a {n} x {n} matrix")
        _fill(rows, _coordinates(lines, sizes[2], n, number), field, symmetry)
    return rows


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The words of each line with its number, from 1, comments and empty lines left out."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("%") and line.strip():
            yield number, line.split()


def _header(text: str) -> tuple[str, str, str]:
    words = text.partition("\n")[0].lower().split()
    if len(words) != 5 or words[:2] != ["%%matrixmarket", "matrix"]:
        raise MtxError(1, "not a Matrix Market file: %%MatrixMarket matrix ... is missing")
    layout, field, symmetry = words[2:]
    if layout not in ("array", "coordinate") or field not in _FIELDS or symmetry not in _SYMMETRIES:
        raise MtxError(1, f"'{' '.join(words[2:])[:60]}' is not known")
    if field == "pattern" and layout == "array":
        raise MtxError(1, "a pattern has coordinates")
    return layout, field, symmetry


def _array_order(n: int, symmetry: str) -> Iterator[tuple[int, int]]:
    """Column by column; of symmetric ones the lower triangle, of skew ones without the diagonal."""
    for j in range(n):
        first = 0 if symmetry == "general" else j + (symmetry == "skew-symmetric")
        for i in range(first, n):
            yield i, j


def _paired(
    places: Iterator[tuple[int, int]], lines: Iterator[tuple[int, list[str]]], last: int
) -> Iterator[tuple[tuple[int, int], tuple[int, list[str]]]]:
    """Each place with the line of its entry; `last` is the line before the first."""
    for place in places:
        line = next(lines, None)
        if line is None:
            raise MtxError(last, "the file ends before its matrix does")
        last = line[0]
        yield place, line
    extra = next(lines, None)
    if extra is not None:
        raise MtxError(extra[0], "more entries than the matrix has")


def _coordinates(
    lines: Iterator[tuple[int, list[str]]], count: int, n: int, last: int
) -> Iterator[tuple[int, int, int, list[str]]]:
    seen = set()
    for (_, _), (line, words) in _paired(((0, 0) for _ in range(count)), lines, last):
        if len(words) < 2 or not all(word.isascii() and word.isdigit() and len(word) < 12 for word in words[:2]):
            raise MtxError(line, "a row and a column, from 1, are needed here")
        i, j = int(words[0]) - 1, int(words[1]) - 1
        if not (0 <= i < n and 0 <= j < n):
            raise MtxError(line, f"the entry ({i + 1}, {j + 1}) is outside the matrix")
        if (i, j) in seen:
            raise MtxError(line, f"the entry ({i + 1}, {j + 1}) is here twice")
        seen.add((i, j))
        yield line, i, j, words[2:]


def _fill(
    rows: list[list[Number]], items: Iterator[tuple[int, int, int, list[str]]], field: str, symmetry: str
) -> None:
    for line, i, j, words in items:
        value = _value(line, words, field)
        if symmetry == "hermitian" and i == j and value.im is not None and not _is_zero(value.im):
            raise MtxError(line, "the diagonal of a hermitian matrix is real")
        if symmetry != "general" and (i < j or (i == j and symmetry == "skew-symmetric")):
            raise MtxError(line, f"a {symmetry} matrix is given by its lower triangle")
        rows[i][j] = value
        if symmetry != "general" and i != j:
            rows[j][i] = _mirrored(value, symmetry)


def _value(line: int, words: list[str], field: str) -> Number:
    wanted = {"pattern": 0, "complex": 2}.get(field, 1)
    if len(words) != wanted:
        raise MtxError(line, f"{len(words)} numbers where {wanted} are needed")
    try:
        for word in words:
            parse_number(word)
    except NotANumberError as error:
        raise MtxError(line, f"{error}", word) from None
    parts = [parse_number(word) for word in words]
    if any(part.im is not None for part in parts):
        raise MtxError(line, "a complex number is written as two reals")
    if field == "integer" and not all(_is_integer(part.re) for part in parts):
        raise MtxError(line, f"'{words[0][:60]}' is not an integer, which line 1 says that all entries are")
    return _ONE if not parts else Number(parts[0].re, parts[1].re if len(parts) == 2 else None)


def _is_zero(part: Part) -> bool:
    return not part.value and not part.special and not part.ulps


def _is_integer(part: Part) -> bool:
    return part.value.denominator == 1 and not part.special and not part.ulps


def _mirrored(value: Number, symmetry: str) -> Number:
    if symmetry == "symmetric":
        return value
    if symmetry == "skew-symmetric":
        return Number(_negated(value.re), None if value.im is None else _negated(value.im))
    return Number(value.re, None if value.im is None else _negated(value.im))


def _negated(part: Part) -> Part:
    return Part(part.value, not part.negative, part.special, -part.ulps)
