"""The matrix of a case: rows, a file or a kind, then its perturbations."""

from __future__ import annotations

from collections.abc import Sequence as AbstractSequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from eigcheck.casefile.bounds import LEAVE
from eigcheck.casefile.entries import NONFINITE, square_at
from eigcheck.casefile.faults import Mistake, Unusable, quoted, suggestion
from eigcheck.casefile.kindspec import kind_matrix
from eigcheck.casefile.matrixfiles import file_size, inside, read_matrix
from eigcheck.casefile.mtx import MtxError, fault_in
from eigcheck.casefile.nodes import Mapping, Node, Scalar, Sequence, describe
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.rounding import RangeError, step
from eigcheck.model import Array
from eigcheck.pairs import frozen

_FORMS = "write rows ([[1, 2], [2, 3]]), {file: NAME.npy} or {kind: NAME, n: N}"


class Nudge(NamedTuple):
    """One perturbation: `ulps` steps of one part (`re`, `im`) of the entry (row, column); its place in the file."""

    entry: tuple[int, int]
    ulps: int
    part: str
    at: int


def matrix_at(node: Node, dtype: str | None, nonfinite: bool, reading: Reading) -> Array:
    """The matrix that a node describes: (n, n), C-contiguous, read-only, in `dtype` or what its entries need.

    Raises Unusable if there is none.
    """
    how = f"matrix {dtype} {nonfinite}"
    return reading.once(node, how, lambda: frozen(_built(node, dtype, nonfinite, reading)))


def _built(node: Node, dtype: str | None, nonfinite: bool, reading: Reading) -> Array:
    match node:
        case Sequence():
            return square_at(node, "a matrix", reading, dtype, nonfinite=nonfinite)
        case Mapping(entries) if "kind" in entries and "file" in entries:
            raise Mistake(entries["file"].key_at, "kind and file exclude each other", "keep one of them")
        case Mapping(entries) if "kind" in entries:
            return kind_matrix(node, dtype, reading)
        case Mapping(entries) if "file" in entries:
            return _from_file(node, dtype, nonfinite, reading)
        case Mapping(entries):
            first = next(iter(entries), "")
            at = entries[first].key_at if entries else node.at
            raise Mistake(at, "a matrix needs kind or file", suggestion(first, ("kind", "file")))
        case Scalar():
            raise Mistake(node.at, f"a matrix is not {describe(node)}", _FORMS)


def _from_file(spec: Mapping, dtype: str | None, nonfinite: bool, reading: Reading) -> Array:
    for key, entry in spec.entries.items():
        if key != "file":
            reading.log.add(entry.key_at, f"unknown key {quoted(key)} beside file", "file stands alone")
    node = spec.entries["file"].node
    if not isinstance(node, Scalar):
        raise Mistake(node.at, f"file is a path, not {describe(node)}", "file: NAME.npy or NAME.mtx")
    name = node.text
    try:
        path = inside(reading.source.folder, name)
        # By its size, which it takes time to read whatever it holds; an entry of a double takes 8 bytes.
        reading.afford("entries", 1 + file_size(path) // 8, node.at)
        array = read_matrix(path, reading.bounds, dtype)
    except MtxError as error:
        file = reading.source.file
        remedy = f"mend that line; {file}:{reading.log.line_of(node.at)} names the file"
        fault = fault_in(error, str(Path(file).parent / name), LEAVE if "larger than" in str(error) else remedy)
        reading.log.add_elsewhere(fault)
        raise Unusable from None
    except (OverflowError, TypeError, ValueError) as error:
        raise Mistake(node.at, f"{quoted(name)}: {error}", _remedy(error)) from None
    if not nonfinite and not np.isfinite(array).all():
        raise Mistake(node.at, f"{quoted(name)} holds NaN or an infinity", NONFINITE)
    return array


def _remedy(error: Exception) -> str:
    """What to do about a matrix file that cannot be read."""
    match error:
        case OverflowError():
            return "use a wider dtype"
        case TypeError():
            return "use dtype: complex128, or leave dtype out"
    if "larger than" in str(error):
        return LEAVE
    return "give a .npy or .mtx file of a square matrix, in the case file's folder or below"


def perturbed(matrix: Array, nudges: AbstractSequence[Nudge], reading: Reading) -> Array:
    """The matrix after the given steps, in their order. Raises Unusable if one of them cannot be made."""
    if not nudges:
        return matrix
    reading.afford("entries", matrix.size, nudges[0].at)
    out, n, form = matrix.copy(), len(matrix), np.finfo(matrix.dtype)

    def move(nudge: Nudge) -> None:
        i, j = nudge.entry
        if i >= n or j >= n:
            raise Mistake(nudge.at, f"the entry [{i}, {j}] is outside a {n} x {n} matrix", "entries count from 0")
        if nudge.part == "im" and out.dtype.kind != "c":
            remedy = "leave part out, or use dtype: complex128"
            raise Mistake(nudge.at, "a real matrix has no imaginary parts", remedy)
        part = out.imag if nudge.part == "im" else out.real
        try:
            part[i, j] = step(float(part[i, j]), nudge.ulps, form)
        except RangeError as error:
            raise Mistake(nudge.at, str(error), "give fewer ULPs, or another entry") from None

    reading.log.each(move, nudges)
    return frozen(out)
