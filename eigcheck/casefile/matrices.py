"""The matrix of a case: rows, a file or a kind, then its perturbations."""

from __future__ import annotations

from collections.abc import Sequence as AbstractSequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from eigcheck.casefile.bounds import LEAVE
from eigcheck.casefile.desk import Desk, frozen
from eigcheck.casefile.entries import NONFINITE, places_of, square_at, to_array
from eigcheck.casefile.faults import quoted, suggestion
from eigcheck.casefile.kindspec import kind_matrix
from eigcheck.casefile.matrixfiles import file_size, inside, read_matrix
from eigcheck.casefile.mtx import MtxError, fault_in
from eigcheck.casefile.nodes import Mapping, Node, Scalar, Sequence, describe
from eigcheck.casefile.rounding import RangeError, format_of, step
from eigcheck.model import Array

_FORMS = "write rows ([[1, 2], [2, 3]]), {file: NAME.npy} or {kind: NAME, n: N}"


class Nudge(NamedTuple):
    """One perturbation: `ulps` steps of one part (`re`, `im`) of the entry (row, column); its place in the file."""

    entry: tuple[int, int]
    ulps: int
    part: str
    at: int


def matrix_at(node: Node, dtype: str | None, nonfinite: bool, desk: Desk) -> Array | None:
    """The matrix that a node describes: (n, n), C-contiguous, read-only, in `dtype` or what its entries need.

    None, with the reasons in the log, if there is none.
    """
    how = f"matrix {dtype} {nonfinite}"
    return desk.remembered(node, how, lambda: _built(node, dtype, nonfinite, desk))


def _built(node: Node, dtype: str | None, nonfinite: bool, desk: Desk) -> Array | None:
    match node:
        case Sequence():
            rows = square_at(node, "a matrix", desk, nonfinite)
            return None if rows is None else to_array(rows, places_of(node), dtype, desk.log)
        case Mapping(entries) if "kind" in entries and "file" in entries:
            desk.log.add(entries["file"].key_at, "kind and file exclude each other", "keep one of them")
        case Mapping(entries) if "kind" in entries:
            return kind_matrix(node, dtype, desk)
        case Mapping(entries) if "file" in entries:
            return _from_file(node, dtype, nonfinite, desk)
        case Mapping(entries):
            first = next(iter(entries), "")
            at = entries[first].key_at if entries else node.at
            desk.log.add(at, "a matrix needs kind or file", suggestion(first, ("kind", "file")))
        case Scalar():
            desk.log.add(node.at, f"a matrix is not {describe(node)}", _FORMS)
    return None


def _from_file(spec: Mapping, dtype: str | None, nonfinite: bool, desk: Desk) -> Array | None:
    for key, entry in spec.entries.items():
        if key != "file":
            desk.log.add(entry.key_at, f"unknown key {quoted(key)} beside file", "file stands alone")
    node = spec.entries["file"].node
    if not isinstance(node, Scalar):
        desk.log.add(node.at, f"file is a path, not {describe(node)}", "file: NAME.npy or NAME.mtx")
        return None
    name = node.text
    try:
        path = inside(desk.source.folder, name)
        # By its size, which it takes time to read whatever it holds; an entry of a double takes 8 bytes.
        if not desk.afford(1 + file_size(path) // 8, node.at):
            return None
        array = read_matrix(path, desk.bounds, dtype)
    except OverflowError as error:
        desk.log.add(node.at, f"{quoted(name)}: {error}", "use a wider dtype")
    except TypeError as error:
        desk.log.add(node.at, f"{quoted(name)}: {error}", "use dtype: complex128, or leave dtype out")
    except MtxError as error:
        line, _ = desk.source.place(node.at)
        remedy = LEAVE if "larger than" in str(error) else f"mend that line; {desk.source.file}:{line} names the file"
        shown = str(Path(desk.source.file).parent / name)
        desk.log.add_elsewhere(fault_in(error, shown, remedy))
    except ValueError as error:
        larger = "larger than" in str(error)
        remedy = LEAVE if larger else "give a .npy or .mtx file of a square matrix, in the case file's folder or below"
        desk.log.add(node.at, f"{quoted(name)}: {error}", remedy)
    else:
        if nonfinite or bool(np.isfinite(array).all()):
            return array
        desk.log.add(node.at, f"{quoted(name)} holds NaN or an infinity", NONFINITE)
    return None


def perturbed(matrix: Array, nudges: AbstractSequence[Nudge], desk: Desk) -> Array | None:
    """The matrix after the given steps, in their order; None, with the reasons in the log, if one cannot be made."""
    if not nudges or not desk.afford(matrix.size, nudges[0].at):
        return None if nudges else matrix
    out, n, right = matrix.copy(), len(matrix), True
    form = format_of(str(matrix.dtype))
    for nudge in nudges:
        i, j = nudge.entry
        if i >= n or j >= n:
            desk.log.add(nudge.at, f"the entry [{i}, {j}] is outside a {n} x {n} matrix", "entries count from 0")
            right = False
            continue
        if nudge.part == "im" and out.dtype.kind != "c":
            desk.log.add(nudge.at, "a real matrix has no imaginary parts", "leave part out, or use dtype: complex128")
            right = False
            continue
        part = out.imag if nudge.part == "im" else out.real
        before = float(part[i, j])
        try:
            part[i, j] = step(before, nudge.ulps, form) if np.isfinite(before) else _no_neighbour(before)
        except RangeError as error:
            desk.log.add(nudge.at, str(error), "give fewer ULPs, or another entry")
            right = False
    return frozen(out) if right else None


def _no_neighbour(value: float) -> float:
    raise RangeError(f"{value} has no neighbours")
