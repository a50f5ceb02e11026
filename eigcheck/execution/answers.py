"""Makes plain arrays of what a rule returned, or says what came instead of what was expected.

Everything is copied at once: a rule may hand out a buffer of its own and write to it in its next call. Whether it does
is found by reading the original again (`discipline`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eigcheck.model import Array, Eigenpairs
from eigcheck.names import DTYPES, HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS
from eigcheck.rules.frameworks import array_of

_PRECISIONS = {np.dtype(name): str(np.finfo(name).dtype) for name in DTYPES}
"""Those of the four dtypes that there are: asking a dtype for its name is what takes the time in thousands of calls."""
_SUBSTITUTES: dict[np.dtype[Any], np.dtype[Any]] = {
    np.dtype(np.float16): np.dtype(np.float32),
    np.dtype(np.longdouble): np.dtype(np.float64),
    np.dtype(np.clongdouble): np.dtype(np.complex128),
}


class UnusableAnswer(Exception):
    """What a rule returned has the wrong kind or shape; the text says what came and what was expected."""


def plain_array(value: Any, shape: tuple[int, ...], what: str) -> Array:
    """A contiguous copy of `value` of the given shape, in float or complex numbers in native byte order.

    Booleans and integers become float64; half and extended precision become their nearest supported type,
    since LAPACK knows neither. `dtype_of` still tells what came.

    Raises UnusableAnswer for None, masked, sparse, ragged and non-numeric values, and for any other shape.
    """

    def unusable(came: str, meant: str = "") -> UnusableAnswer:
        return UnusableAnswer(f"{what}: {came}; an array of shape {shape}{meant} was expected")

    if value is None or isinstance(value, np.ma.MaskedArray):
        raise unusable("None came" if value is None else "a masked array came")
    try:
        array = np.asarray(value)
    except Exception as error:
        why = f"{type(error).__name__}: {str(error)[:200]}"
        raise unusable(f"a {type(value).__name__} came that is no array ({why})") from None
    if array.dtype.kind not in "biufc":
        if not (isinstance(value, np.ndarray) or array.ndim):
            raise unusable(f"a {type(value).__name__} came")
        raise unusable(f"an array of dtype {array.dtype} came", f" of numbers ({', '.join(DTYPES)})")
    if array.shape != shape:
        raise unusable(f"an array of shape {array.shape} came")
    return np.array(array, dtype=_supported(array.dtype), order="C", copy=True, subok=False)


def dtype_of(value: Any) -> np.dtype[Any]:
    """The dtype in which the rule itself returned `value`, in the machine's byte order."""
    dtype = np.asarray(value).dtype
    return dtype if dtype in _PRECISIONS else dtype.newbyteorder("=")


def _supported(dtype: np.dtype[Any]) -> np.dtype[Any]:
    if dtype in _PRECISIONS:
        return dtype
    if dtype.kind in "biu":
        return np.dtype("float64")
    native = dtype.newbyteorder("=")
    if native in _PRECISIONS:
        return native
    if native not in _SUBSTITUTES:
        raise UnusableAnswer(f"an array of dtype {native} came, which has no counterpart here")
    return _SUBSTITUTES[native]


def split_pair(value: Any, what: str, names: tuple[str, str]) -> tuple[Any, Any]:
    """The two members of a tuple, list or named tuple such as NumPy's EigResult. Raises UnusableAnswer."""
    if isinstance(value, tuple | list) and len(value) == 2:
        first, second = value
        return first, second
    came = f"{len(value)} values" if isinstance(value, tuple | list) else f"a {type(value).__name__}"
    raise UnusableAnswer(f"{what}: {came} came; the pair ({names[0]}, {names[1]}) was expected{meant(value)}")


def meant(value: Any) -> str:
    """The end of a sentence on a framework's array where a pullback is due: its function has not been differentiated."""
    name = array_of(value)
    if name is None:
        return ""
    return f". If it is a plain function of {name}, say so: --framework {name}, in Python framework={name!r}"


def plain_pairs(
    value: Any, function: str, matrix_dtype: np.dtype[Any], n: int, what: str
) -> tuple[Eigenpairs, list[str]]:
    """A primal or primal tangent of `function` at an (n, n) matrix, with notes on its dtypes.

    Value functions give values (n,), the others a pair (values (n,), vectors (n, n)). Raises UnusableAnswer.
    """
    real_values = function in HERMITIAN_FUNCTIONS
    real_vectors = real_values and matrix_dtype.kind == "f"
    if function not in VECTOR_FUNCTIONS:
        values = plain_array(value, (n,), what)
        return Eigenpairs(values), _precision_note(value, matrix_dtype, real_values, what)
    raw_values, raw_vectors = split_pair(value, what, ("values", "vectors"))
    values = plain_array(raw_values, (n,), f"{what}, values")
    vectors = plain_array(raw_vectors, (n, n), f"{what}, vectors")
    notes = _precision_note(raw_values, matrix_dtype, real_values, f"{what}, values")
    notes += _precision_note(raw_vectors, matrix_dtype, real_vectors, f"{what}, vectors")
    return Eigenpairs(values, vectors), notes


def _precision_note(value: Any, matrix_dtype: np.dtype[Any], real: bool, what: str) -> list[str]:
    dtype, precision = dtype_of(value), _PRECISIONS[matrix_dtype]
    if _PRECISIONS.get(dtype) != precision:
        return [f"{what}: dtype {dtype} for a matrix of dtype {matrix_dtype}"]
    if real and dtype.kind == "c":
        return [f"{what}: dtype {dtype} where real numbers were expected"]
    return []


def plain_gradient(value: Any, matrix_dtype: np.dtype[Any], n: int) -> tuple[Array, list[str]]:
    """A gradient (n, n), with notes on its dtype. Raises UnusableAnswer.

    A complex gradient of a real matrix is noted here only while its imaginary part is zero: with another one
    it is no matter of dtypes, but wrong (`not-real`), and that is for the judge to say.
    """
    gradient = plain_array(value, (n, n), "the gradient")
    dtype = dtype_of(value)
    if dtype == matrix_dtype:
        return gradient, []
    if dtype.kind == "c" and matrix_dtype.kind == "f" and bool(np.any(gradient.imag != 0)):
        return gradient, []
    return gradient, [f"the gradient: dtype {dtype} for a matrix of dtype {matrix_dtype}"]
