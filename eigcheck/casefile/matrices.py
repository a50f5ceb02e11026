"""The matrix of a case: rows, a file or a kind, then its perturbations.

Files are `.npy` and `.mtx` ones beside a case file, never outside its folder, or from the command line. The header of a
`.npy` file is held against the bounds before anything else is believed, and nothing is unpickled.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence as AbstractSequence
from pathlib import Path

import numpy as np

from eigcheck.casefile.entries import NONFINITE, square_at
from eigcheck.casefile.faults import quoted, suggestion
from eigcheck.casefile.kindspec import kind_matrix
from eigcheck.casefile.mtx import MtxError, fault_in, read_mtx
from eigcheck.casefile.nodes import Mapping, Node, Scalar, Sequence, describe
from eigcheck.casefile.numbers import dtype_for, is_complex, round_number
from eigcheck.casefile.reading import Mistake, Reading, Unusable
from eigcheck.casefile.schema import Perturbation
from eigcheck.casefile.source import LEAVE, Bounds, TooLargeError, read_bytes
from eigcheck.model import Array
from eigcheck.pairs import frozen
from eigcheck.ulps import step

_FORMS = "write rows ([[1, 2], [2, 3]]), {file: NAME.npy} or {kind: NAME, n: N}"


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
            reading.add(entry.key_at, f"unknown key {quoted(key)} beside file", "file stands alone")
    node = spec.entries["file"].node
    if not isinstance(node, Scalar):
        raise Mistake(node.at, f"file is a path, not {describe(node)}", "file: NAME.npy or NAME.mtx")
    name = node.text
    try:
        path = inside(reading.source.folder, name)
        # By its size, which it takes time to read whatever it holds; an entry of a double takes 8 bytes.
        taken = 1 + (os.path.getsize(path) if os.path.exists(path) else 0) // 8
        reading.afford("entries", taken, node.at)
        array = read_matrix(path, reading.bounds, dtype)
        reading.afford("entries", max(0, array.size - taken), node.at)  # of few bytes may come many entries
    except MtxError as error:
        file = reading.source.file
        remedy = f"mend that line; {file}:{reading.line_of(node.at)} names the file"
        reading.add_fault(fault_in(error, str(Path(file).parent / name), remedy))
        raise Unusable from None
    except OverflowError as error:
        raise Mistake(node.at, f"{quoted(name)}: {error}", "use a wider dtype") from None
    except TypeError as error:
        raise Mistake(node.at, f"{quoted(name)}: {error}", "use dtype: complex128, or leave dtype out") from None
    except ValueError as error:
        form = "give a .npy or .mtx file of a square matrix, in the case file's folder or below"
        remedy = LEAVE if isinstance(error, TooLargeError) else form
        raise Mistake(node.at, f"{quoted(name)}: {error}", remedy) from None
    if not nonfinite and not np.isfinite(array).all():
        raise Mistake(node.at, f"{quoted(name)} holds NaN or an infinity", NONFINITE)
    return array


def perturbed(matrix: Array, steps: AbstractSequence[tuple[Perturbation, int]], reading: Reading) -> Array:
    """The matrix after the given steps, each with its place in the file. Raises Unusable if one cannot be made."""
    reading.afford("entries", matrix.size, steps[0][1])
    out, n, form = matrix.copy(), len(matrix), np.finfo(matrix.dtype)

    def move(asked: tuple[Perturbation, int]) -> None:
        wish, at = asked
        i, j = wish.entry
        if i >= n or j >= n:
            raise Mistake(at, f"the entry [{i}, {j}] is outside a {n} x {n} matrix", "entries count from 0")
        if wish.part == "im" and out.dtype.kind != "c":
            raise Mistake(at, "a real matrix has no imaginary parts", "leave part out, or use dtype: complex128")
        part = out.imag if wish.part == "im" else out.real
        try:
            part[i, j] = step(float(part[i, j]), wish.ulps, form)
        except OverflowError as error:
            raise Mistake(at, str(error), "give fewer ULPs, or another entry") from None

    reading.each(move, steps)
    return frozen(out)


SUFFIXES = (".npy", ".mtx")


def inside(folder: Path, name: str) -> Path:
    """The real path of the file `name` below the real folder `folder`.

    Raises ValueError if it is absolute or leads out of the folder, through `..` or through links.
    """
    if not name or "\0" in name:
        raise ValueError("not a file's name")
    if os.path.isabs(name) or ":" in name.partition("/")[0] or "\\" in name:
        raise ValueError("not a path relative to the case file, with / between folders")
    try:
        real = Path(os.path.realpath(folder / name))
    except (OSError, ValueError):
        raise ValueError("cannot be resolved") from None
    if not real.is_relative_to(folder):
        raise ValueError("leads out of the case file's folder")
    return real


def read_matrix(path: Path, bounds: Bounds, dtype: str | None) -> Array:
    """The square matrix in a `.npy` or `.mtx` file, in `dtype` or what it needs, each entry rounded once.

    Raises ValueError saying what is wrong with the file, OverflowError if an entry is too large for the dtype,
    TypeError for complex entries in a real dtype.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError("neither a .npy nor a .mtx file")
    # The header of a .npy file has 64 KiB at most in its version 1; entries take 16 bytes at most.
    limit = bounds.order**2 * 16 + 2**16 if suffix == ".npy" else bounds.file_bytes
    try:
        data = read_bytes(path, limit)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}") from None
    if suffix == ".npy":
        return _converted(read_npy(data, bounds), dtype)
    try:
        rows = read_mtx(data.decode("utf-8"), bounds)
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    numbers = [number for row in rows for number in row]
    chosen = dtype or dtype_for(numbers)
    return np.array([round_number(number, chosen) for number in numbers], chosen).reshape(len(rows), len(rows))


def _converted(raw: Array, dtype: str | None) -> Array:
    chosen = dtype or ("complex128" if raw.dtype.kind == "c" else "float64")
    if raw.dtype.kind == "c" and not is_complex(chosen):
        raise TypeError(f"complex entries in {chosen}")
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        out = raw.astype(chosen)
    if bool((np.isfinite(raw) & ~np.isfinite(out)).any()):
        raise OverflowError(f"an entry is too large for {chosen}")
    return out


def read_npy(data: bytes, bounds: Bounds) -> Array:
    """The square matrix in the bytes of a `.npy` file, (n, n), floating, complex or integer.

    Raises ValueError saying what is wrong with the file.
    """
    stream = io.BytesIO(data)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    try:
        version = np.lib.format.read_magic(stream)
        if version not in readers:
            raise ValueError(f"version {version[0]}.{version[1]} of the format, which plain arrays do not need")
        shape, fortran, dtype = readers[version](stream)
    except Exception as error:
        # NumPy parses the header as Python, and what its tokenizer raises for nonsense is not only ValueError.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if not isinstance(error, ValueError) or "malformed" in reason:
            reason = "its header is not one"  # in place of Python's words about its syntax
        raise ValueError(f"not a .npy file of numbers: {reason}") from None
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are never loaded")
    if dtype.kind not in "fciu" or dtype.itemsize > (16 if dtype.kind == "c" else 8):
        raise ValueError(f"its entries are {dtype}, not numbers of at most double precision")
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] < 0:
        raise ValueError(f"its shape is {shape}, not that of a square matrix")
    n = shape[0]
    if n > bounds.order:
        raise TooLargeError(f"a {n} x {n} matrix is larger than {bounds.order} x {bounds.order}")
    start = stream.tell()
    if len(data) - start != n * n * dtype.itemsize:
        raise ValueError(f"its header promises {n * n * dtype.itemsize} bytes of entries, it has {len(data) - start}")
    flat = np.frombuffer(data, dtype=dtype, count=n * n, offset=start)
    return np.ascontiguousarray(flat.reshape((n, n), order="F" if fortran else "C")).astype(dtype.newbyteorder("="))
