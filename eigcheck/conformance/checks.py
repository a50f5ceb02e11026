"""What a worker is checked for. Each check returns what it saw, or raises Failed or NotTried."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from eigcheck.conformance.examined import ExaminedWorker, Failed, NotTried, expect, matrix_of, shown
from eigcheck.execution.discipline import contradiction
from eigcheck.execution.external.messages import item_of, kind_of
from eigcheck.execution.external.replies import as_reply, as_trouble, check_reply
from eigcheck.execution.external.runner import WorkerProcess
from eigcheck.execution.pipes import Unreadable
from eigcheck.model import Array, Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Trouble
from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS

_MANY: Final = 300
"""Matrices in one request: a probe asks for hundreds."""

_REALS: Final = (0.1, 1 / 3, 2 / 3, 1 + 2.0**-52, 1 - 2.0**-53, np.pi, 123456789.12345679, 6.02214076e23, 5e-11)
"""Numbers that need 16 or 17 digits, and others. Far from the ends of the range, where solvers scale."""

_NONSENSE: Final[tuple[Any, ...]] = (
    "nonsense",
    {"dtype": "float64", "matrix": "nonsense"},
    {"dtype": "float64", "matrix": [[1, 2], [3]]},
    {"dtype": "float64", "matrix": [[1, "two"], [3, 4]]},
    {},
)
"""What is no matrix."""

_IDS: Final = (7, 7000000, 2**53 - 1, 0)
"""Ids in no order, up to the largest integer that every JSON library keeps."""

_NAP: Final = 0.2
"""Seconds in which a worker has time to say what nobody asked."""


def hello(examined: ExaminedWorker) -> str:
    """The first line is a valid hello, in time."""
    started = time.monotonic()
    said = examined.hello
    return f"{said.name}, {len(said.rules)} rules, after {time.monotonic() - started:.1f} s"


def every_rule_answers(examined: ExaminedWorker) -> str:
    """A primal at a matrix of order 2 and one of order 3, in every dtype."""
    orders = set()
    offers = list(_offers(examined))
    for rule, dtype in offers:
        for n in (2, 3):
            reply = examined.ask_one(rule, ReverseCall(matrix_of(dtype, n)))
            if n == 2 or reply.trouble is None or reply.trouble.kind == "shape":
                _answered(reply, f"{shown(rule)}, primal, {dtype}, order {n}")
                orders.add(n)
    return f"{len(offers)} rules and dtypes, up to order {max(orders)}"


def all_answered(examined: ExaminedWorker, mode: str) -> str:
    """A gradient for each cotangent, whichever of their parts are absent, or a primal tangent for each tangent."""
    offers = [(rule, dtype) for rule, dtype in _offers(examined) if mode in rule.modes]
    if not offers:
        raise NotTried(f"no rule offers {mode} mode")
    for rule, dtype in offers:
        matrix = matrix_of(dtype)
        forms = _cotangents(rule, matrix.dtype)
        reverse = [ReverseCall(matrix, tuple(cotangents)) for cotangents in (forms, forms[:1], forms * 4)]
        forward = [ForwardCall(matrix, np.stack([matrix * (k + 1) for k in range(count)])) for count in (1, 5)]
        for call in reverse if mode == "reverse" else forward:
            told = "cotangents" if mode == "reverse" else "tangents"
            what = f"{shown(rule)}, {kind_of(call)}, {dtype}, {len(call.questions)} {told}"
            _answered(examined.ask_one(rule, call), what)
    return f"{len(offers)} rules and dtypes"


def small_matrices(examined: ExaminedWorker) -> str:
    """Matrices of order 0 and 1 are answered, if only by an error."""
    told = set()
    remedy = "Write an empty matrix, and what has no rows, as []. An error in the item would do as well."
    for rule in examined.hello.rules:
        for n in (0, 1):
            word = _answered_somehow(examined, rule, np.ones((n, n)), f"{shown(rule)}, order {n}", remedy)
            told.add(f"order {n}: {word or 'answered'}")
    return ", ".join(sorted(told))


def not_finite(examined: ExaminedWorker) -> str:
    """A matrix with NaN or infinity is answered, if only by an error; what is not finite is a string."""
    seen = set()
    remedy = 'Write NaN and infinities as the strings "nan", "inf" and "-inf".'
    for rule in examined.hello.rules:
        for bad in (np.nan, np.inf, -np.inf):
            what = f"{rule.name}, at a matrix that holds {bad}"
            seen.add(_answered_somehow(examined, rule, np.array([[1, bad], [bad, 2]]), what, remedy) or "numbers")
    return f"answered by {' and '.join(sorted(seen))}"


def many_matrices(examined: ExaminedWorker) -> str:
    """Hundreds of matrices in one request are answered in their order."""
    rule = examined.hello.rules[0]
    calls = [ReverseCall(np.diag([k + 1.0, k + 1.5]).astype(rule.dtypes[0])) for k in range(_MANY)]
    for k, reply in enumerate(examined.ask(rule, calls)):
        values = _answered(reply, f"{shown(rule)}, matrix {k} of {_MANY}")
        # exact: eigenvalues of a diagonal matrix with entries of a few bits; half of the distance would do
        anothers = abs(np.sum(np.asarray(values)).real - (2 * k + 2.5)) > 0.5
        told = f"{shown(rule)}: item {k} of the reply holds the eigenvalues {values}, which are another item's"
        expect(not anothers, told, "Answer the items of a request in their order.")
    return f"{_MANY} in order"


def same_again(examined: ExaminedWorker) -> str:
    """The same question gets the same answer, bit by bit."""
    for rule, dtype in _offers(examined):
        first, second = (examined.ask_one(rule, ReverseCall(matrix_of(dtype))).primal for _ in range(2))
        apart = None if first is None or second is None else contradiction(first, second)
        told = f"{shown(rule)}, {dtype}: the second primal is not the first: {apart}"
        expect(not apart, told, "Keep no state between requests, and use one thread.")
    return "bit by bit"


def exact_numbers(examined: ExaminedWorker) -> str:
    """The eigenvalue of the matrix [x] is x, to the last bit."""
    remedy = 'Read and write doubles with 17 significant digits, or as hexadecimal numbers such as "0x1.8p+1".'
    told: list[str] = []
    for rule, dtype in _offers(examined):
        reals = np.array(_REALS)
        complex_ones = dtype.startswith("complex") and rule.domain == "general"
        numbers = (reals + 1j * reals[::-1] if complex_ones else reals).astype(dtype)
        replies = examined.ask(rule, [ReverseCall(x.reshape(1, 1)) for x in numbers])
        primals = [reply.primal for reply in replies if reply.primal is not None]
        if len(primals) < len(numbers):
            continue
        for x, primal in zip(numbers, primals, strict=True):
            came = np.asarray(primal.values)[0]
            same = complex(came) == complex(x.real if rule.function in HERMITIAN_FUNCTIONS else x)
            what = f"{rule.name}: the eigenvalue of the matrix [x] with x = {x!r} came back as {came!r}"
            expect(same, what, remedy)
        told.append(dtype)
    if not told:
        raise NotTried("no rule answers for matrices of order 1")
    return f"{len(_REALS)} numbers each in {', '.join(dict.fromkeys(told))}"


def numbers_in_strings(examined: ExaminedWorker) -> str:
    """Numbers may come as strings, decimal or hexadecimal, and mean the same."""
    rule = examined.hello.rules[0]
    call = ReverseCall(np.array([[1.5, 0.25], [0.25, 2.5]], rule.dtypes[0]))
    plain = item_of(call, conjugated=False)

    def values(item: dict[str, Any]) -> Array | None:
        found = examined.items("primal", rule, [item])
        primal = None if isinstance(found, Trouble) else as_reply(found[0], rule, call, conjugated=False).primal
        return None if primal is None else primal.values

    remedy = "Read a number from a JSON number as well as from a string, decimal or hexadecimal."
    first = values(plain)
    for write in (repr, float.hex):
        again = values(plain | {"matrix": _in_strings(plain["matrix"], write)})
        same = first is not None and again is not None and np.array_equal(first, again)
        told = f"with its numbers in strings such as {write(1.5)!r} a matrix was answered otherwise"
        expect(same, f"{rule.name}: {told}", remedy)
    return "decimal and hexadecimal"


def errors_by_item(examined: ExaminedWorker) -> str:
    """What is no matrix gets an error in its own item; its neighbours are answered."""
    rule, good = _first_item(examined)
    remedy = 'Catch errors while an item is read and answered, and put {"error": {"message": ...}} in its place.'
    for nonsense in _NONSENSE:
        try:
            items = examined.items("primal", rule, [good, nonsense, good])
            if isinstance(items, Trouble):
                raise Failed(f"one item that is no matrix made the whole request an error: {items.message}", remedy)
            told = f"the item {nonsense!r}, which holds no matrix, was answered by {items[1]!r}"
            expect("error" in items[1], told, remedy)
            spoiled = "error" in items[0] or "error" in items[2]
            expect(not spoiled, f"the item {nonsense!r} spoiled the answer to another item", remedy)
            as_trouble(items[1]["error"])
        except Unreadable as error:
            raise Failed(str(error), remedy) from None
    return f"{len(_NONSENSE)} kinds of nonsense"


def ids(examined: ExaminedWorker) -> str:
    """A reply has the id of its request."""
    rule = examined.hello.rules[0]
    for number in _IDS:
        answer = examined.raw(examined.request("primal", rule, []) | {"id": number})
        told = f"the request with id {number} was answered with id {answer.get('id')!r}"
        expect(answer.get("id") == number, told, "Copy the id of the request, an integer, into the reply.")
    return "ids come back, and a request without items is answered"


def unknown_words(examined: ExaminedWorker) -> str:
    """An unknown request or rule is answered by an error, with its id."""
    rule, item = _first_item(examined)
    stranger = replace(rule, name=rule.name + "-unknown")
    for what, kind, named in (("request", "transpose", rule), ("rule", "primal", stranger)):
        request = examined.request(kind, named, [item])
        answer = examined.raw(request)
        remedy = f'Answer {{"id": {request["id"]}, "error": {{"message": "unknown {what} ..."}}}}.'
        try:
            found = check_reply(answer, request["id"], 1)
        except Unreadable as error:
            raise Failed(f"an unknown {what}: {error}", remedy) from None
        refused = isinstance(found, Trouble) or "error" in found[0]
        expect(refused, f"an unknown {what} was answered as if it were known", remedy)
    return "each is answered by an error"


def no_json(examined: ExaminedWorker) -> str:
    """What cannot be read is answered by an error with id null."""
    remedy = 'Answer {"id": null, "error": {"message": ...}} where a line has no id that can be read.'
    for line in (b"this is no JSON\n", b"[1, 2]\n", b"{}\n"):
        answer = examined.raw(line)
        told = f"the line {line.decode().strip()!r} was answered by {str(answer)[:80]}"
        expect(answer.get("id") is None and "error" in answer, told, remedy)
    return "each is answered by an error"


def silence(examined: ExaminedWorker) -> str:
    """Nothing is on standard output that was not asked for."""
    examined.raw(examined.request("primal", examined.hello.rules[0], []))
    time.sleep(_NAP)
    if left := examined.asked.reading.unasked():
        examined.close()
        raise Failed(
            f"it wrote to standard output without being asked: {left[:80]!r}",
            "Send what rules print to standard error, for instance by redirecting standard output when you start.",
        )
    return "silent while nobody asks"


def shutdown(examined: ExaminedWorker) -> str:
    """The request `shutdown` is answered, and the process ends with code 0."""
    answer = examined.raw({"id": 99, "request": "shutdown"})
    proper = answer.get("id") == 99 and "error" not in answer
    expect(proper, f"shutdown was answered by {str(answer)[:80]}", 'Answer {"id": 99, "items": []}, then end.')
    return _ended(examined, examined.asked, "shutdown", hang_up=False)


def end_of_input(examined: ExaminedWorker) -> str:
    """A worker whose standard input ends has nobody to work for, and ends too."""
    return _ended(examined, examined.worker, "the end of its standard input", hang_up=True)


def _ended(examined: ExaminedWorker, worker: WorkerProcess, after: str, *, hang_up: bool) -> str:
    left, code = worker.leave(None, hang_up=hang_up)
    examined.close()
    remedy = "End the process; nothing else does it in good order."
    expect(code is not None, f"after {after} it was still running", remedy)
    expect(not left, f"after {after} it wrote {left[:80]!r}", "Write nothing more.")
    expect(not code, f"after {after} it ended with code {code}", "End with code 0.")
    return "ended with code 0"


def _offers(examined: ExaminedWorker) -> Iterator[tuple[Rule, str]]:
    """Rules, each with each of its dtypes."""
    return ((rule, dtype) for rule in examined.hello.rules for dtype in rule.dtypes)


def _first_item(examined: ExaminedWorker) -> tuple[Rule, dict[str, Any]]:
    """The first rule, and a matrix that it is asked about."""
    rule = examined.hello.rules[0]
    return rule, item_of(ReverseCall(matrix_of(rule.dtypes[0])), conjugated=False)


def _cotangents(rule: Rule, dtype: np.dtype[np.generic]) -> list[Eigenpairs]:
    """Cotangents of order 2, with every part absent in turn where there are two."""
    values, vectors = np.array([1.0, -0.5], dtype), np.array([[0.0, 0.5], [0.25, 0.0]], dtype)
    if rule.function in HERMITIAN_FUNCTIONS:
        values = values.real
    if rule.function not in VECTOR_FUNCTIONS:
        return [Eigenpairs(values), Eigenpairs(0 * values)]
    return [Eigenpairs(values), Eigenpairs(None, vectors), Eigenpairs(values, vectors)]


def _answered_somehow(examined: ExaminedWorker, rule: Rule, matrix: Array, what: str, remedy: str) -> str:
    """`an error` if that is what came, else nothing. Raises Failed for what is neither an error nor an answer."""
    trouble = examined.ask_one(rule, ReverseCall(matrix.astype(rule.dtypes[0]))).trouble
    if trouble is not None and trouble.kind == "shape":
        raise Failed(f"{what}: {trouble.message}", remedy)
    return "an error" if trouble else ""


def _answered(reply: Reply, what: str) -> object:
    """The values of the primal, if there is one. Raises Failed for any trouble."""
    for trouble in (reply.trouble, *reply.answers):
        if isinstance(trouble, Trouble):
            remedy = "Mend the rule, or do not offer it for this dtype or mode in the hello."
            raise Failed(f"{what}: {trouble.message}", remedy)
    return None if reply.primal is None else reply.primal.values


def _in_strings(value: Any, write: Any) -> Any:
    return [_in_strings(inner, write) for inner in value] if isinstance(value, list) else write(float(value))
