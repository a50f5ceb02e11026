"""A worker in Python's standard library alone: eigenvalues of matrices of order 0, 1 and 2.

Complete and small, so that it can serve as an example: `docs/worker-protocol.md` shows it.
"""

import cmath
import json
import math
import sys

DTYPES = ["float64", "complex128"]
HELLO = {
    "protocol": "eigcheck-worker/1",
    "name": "two-by-two",
    "rules": [
        {"name": "two/eigvals", "function": "eigvals", "dtypes": DTYPES, "modes": ["reverse", "forward"]},
        {"name": "two/eigvals", "function": "eigvals", "domain": "symmetric", "dtypes": DTYPES},
    ],
}


def number(entry):
    """A number of a message: a JSON number, a string, or [re, im]."""
    if isinstance(entry, list):
        return complex(number(entry[0]), number(entry[1]))
    if isinstance(entry, str):
        return float.fromhex(entry) if "x" in entry.lower() else float(entry)
    return float(entry)


def written(value):
    """A number for a message. repr gives the digits that are needed, and nan, inf and -inf as they must be."""
    if isinstance(value, complex):
        return [written(value.real), written(value.imag)]
    return value if math.isfinite(value) else repr(value)


def eigenvalues(A):
    """The eigenvalues of A, and with each the gradient dlambda/dA as rows."""
    if len(A) < 2:
        return [(A[0][0], [[1.0]])] if A else []
    (a, b), (c, d) = A
    half = (a - d) / 2
    # lambda = (a + d) / 2 + s with s^2 = half^2 + b c
    square = half * half + b * c
    root = cmath.sqrt(square) if isinstance(square, complex) or square < 0 else math.sqrt(square)
    return [
        ((a + d) / 2 + s, [[0.5 + half / (2 * s), c / (2 * s)], [b / (2 * s), 0.5 - half / (2 * s)]])
        for s in (-root, root)
    ]


def gradient(parts, cotangent, real):
    """sum_k values_bar_k conj(dlambda_k/dA), of a real matrix its real part."""
    n = len(parts)
    total = [[0.0] * n for _ in range(n)]
    for bar, (_, slope) in zip(cotangent["values"], parts, strict=True):
        for i in range(n):
            for j in range(n):
                total[i][j] += number(bar) * complex(slope[i][j]).conjugate()
    return [[written(complex(entry).real if real else entry) for entry in row] for row in total]


def tangent(parts, A_dot):
    """dlambda_k/dA : A_dot"""
    n = len(parts)
    dots = [sum(slope[i][j] * number(A_dot[i][j]) for i in range(n) for j in range(n)) for _, slope in parts]
    return {"values": [written(dot) for dot in dots]}


def answer(request, item):
    """What is answered about one matrix."""
    A = [[number(entry) for entry in row] for row in item["matrix"]]
    if len(A) > 2 or any(len(row) != len(A) for row in A):
        raise ValueError(f"matrices of order {len(A)} are beyond this worker")
    parts = eigenvalues(A)
    if request == "frule":
        return {"tangents": [tangent(parts, A_dot) for A_dot in item["tangents"]]}
    found = {"primal": {"values": [written(value) for value, _ in parts]}}
    if request == "rrule":
        real = item["dtype"].startswith("float")
        found["gradients"] = [gradient(parts, cotangent, real) for cotangent in item["cotangents"]]
    return found


def guarded(step, *arguments):
    """What a step gives, or the error that came instead."""
    try:
        return step(*arguments)
    except Exception as error:
        return {"error": {"type": type(error).__name__, "message": str(error)}}


def reply(line):
    """The reply to a line, and whether to go on."""
    number_of_request = None
    try:
        message = json.loads(line)
        number_of_request, request = message["id"], message["request"]
        if request == "shutdown":
            return {"id": number_of_request, "items": []}, False
        if request not in ("primal", "rrule", "frule"):
            raise ValueError(f"unknown request {request!r}")
        if message["rule"]["name"] != "two/eigvals":
            raise ValueError(f"unknown rule {message['rule']['name']!r}")
        return {"id": number_of_request, "items": [guarded(answer, request, item) for item in message["items"]]}, True
    except Exception as error:
        return {"id": number_of_request, "error": {"type": type(error).__name__, "message": str(error)}}, True


def main():
    """Say hello, then answer line by line until told to stop or nobody is there."""
    print(json.dumps(HELLO), flush=True)
    for line in sys.stdin:
        message, going_on = reply(line)
        print(json.dumps(message, allow_nan=False), flush=True)
        if not going_on:
            return


if __name__ == "__main__":
    main()
