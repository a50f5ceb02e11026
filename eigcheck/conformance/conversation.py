"""Checks of the conversation: hello, ids, errors, silence where nothing was asked, and how a worker ends."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Final

from eigcheck.conformance.examined import ExaminedWorker, Failed, matrix_of
from eigcheck.execution.external.messages import item_of
from eigcheck.execution.external.process import WorkerProcess
from eigcheck.execution.external.replies import as_trouble, check_reply
from eigcheck.execution.pipes import Unreadable
from eigcheck.model import ReverseCall, Trouble

_IDS: Final = (7, 7000000, 2**53 - 1, 0)
"""Ids in no order, up to the largest integer that every JSON library keeps."""

_NAP: Final = 0.2
"""Seconds in which a worker has time to say what nobody asked."""

_NONSENSE: Final[tuple[Any, ...]] = (
    "nonsense",
    {"dtype": "float64", "matrix": "nonsense"},
    {"dtype": "float64", "matrix": [[1, 2], [3]]},
    {"dtype": "float64", "matrix": [[1, "two"], [3, 4]]},
    {},
)
"""What is no matrix."""


def hello(examined: ExaminedWorker) -> str:
    """The first line is a valid hello, in time."""
    started = time.monotonic()
    said = examined.hello
    return f"{said.name}, {len(said.rules)} rules, after {time.monotonic() - started:.1f} s"


def errors_by_item(examined: ExaminedWorker) -> str:
    """What is no matrix gets an error in its own item; its neighbours are answered."""
    rule = examined.hello.rules[0]
    good = item_of(ReverseCall(matrix_of(rule.dtypes[0])), conjugated=False)
    remedy = 'Catch errors while an item is read and answered, and put {"error": {"message": ...}} in its place.'
    for nonsense in _NONSENSE:
        request = examined.request("primal", rule, [good, nonsense, good])
        items = _items(examined, request, 3, remedy)
        if "error" not in items[1]:
            raise Failed(f"the item {nonsense!r}, which holds no matrix, was answered by {items[1]!r}", remedy)
        if "error" in items[0] or "error" in items[2]:
            raise Failed(f"the item {nonsense!r} spoiled the answer to another item", remedy)
        try:
            as_trouble(items[1]["error"])
        except Unreadable as error:
            raise Failed(str(error), remedy) from None
    return f"{len(_NONSENSE)} kinds of nonsense"


def ids(examined: ExaminedWorker) -> str:
    """A reply has the id of its request."""
    rule = examined.hello.rules[0]
    for number in _IDS:
        request = examined.request("primal", rule, []) | {"id": number}
        answer = examined.raw(request)
        if answer.get("id") != number:
            raise Failed(
                f"the request with id {number} was answered with id {answer.get('id')!r}",
                "Copy the id of the request, an integer, into the reply.",
            )
    return "ids come back, and a request without items is answered"


def unknown_words(examined: ExaminedWorker) -> str:
    """An unknown request or rule is answered by an error, with its id."""
    rule = examined.hello.rules[0]
    item = item_of(ReverseCall(matrix_of(rule.dtypes[0])), conjugated=False)
    stranger = replace(rule, name=rule.name + "-unknown")
    for what, kind, named in (("request", "transpose", rule), ("rule", "primal", stranger)):
        request = examined.request(kind, named, [item])
        answer = examined.raw(request)
        remedy = f'Answer {{"id": {request["id"]}, "error": {{"message": "unknown {what} ..."}}}}.'
        try:
            found = check_reply(answer, request["id"], 1)
        except Unreadable as error:
            raise Failed(f"an unknown {what}: {error}", remedy) from None
        if not isinstance(found, Trouble) and "error" not in found[0]:
            raise Failed(f"an unknown {what} was answered as if it were known", remedy)
    return "each is answered by an error"


def no_json(examined: ExaminedWorker) -> str:
    """What cannot be read is answered by an error with id null."""
    for line in (b"this is no JSON\n", b"[1, 2]\n", b"{}\n"):
        answer = examined.raw(line)
        if answer.get("id") is not None or "error" not in answer:
            raise Failed(
                f"the line {line.decode().strip()!r} was answered by {str(answer)[:80]}",
                'Answer {"id": null, "error": {"message": ...}} where a line has no id that can be read.',
            )
    return "each is answered by an error"


def silence(examined: ExaminedWorker) -> str:
    """Nothing is on standard output that was not asked for."""
    examined.raw(examined.request("primal", examined.hello.rules[0], []))
    time.sleep(_NAP)
    if left := examined.asked.unasked():
        examined.lose()
        raise Failed(
            f"it wrote to standard output without being asked: {left[:80]!r}",
            "Send what rules print to standard error, for instance by redirecting standard output when you start.",
        )
    return "silent while nobody asks"


def shutdown(examined: ExaminedWorker) -> str:
    """The request `shutdown` is answered, and the process ends with code 0."""
    answer = examined.raw({"id": 99, "request": "shutdown"})
    if answer.get("id") != 99 or "error" in answer:
        raise Failed(f"shutdown was answered by {str(answer)[:80]}", 'Answer {"id": 99, "items": []}, then end.')
    return _ended(examined, examined.asked, "shutdown", hang_up=False)


def end_of_input(examined: ExaminedWorker) -> str:
    """A worker whose standard input ends has nobody to work for, and ends too."""
    return _ended(examined, examined.worker, "the end of its standard input", hang_up=True)


def _ended(examined: ExaminedWorker, worker: WorkerProcess, after: str, *, hang_up: bool) -> str:
    left, code = worker.leave(None, hang_up=hang_up)
    examined.lose()
    if code is None:
        raise Failed(f"after {after} it was still running", "End the process; nothing else does it in good order.")
    if left:
        raise Failed(f"after {after} it wrote {left[:80]!r}", "Write nothing more.")
    if code:
        raise Failed(f"after {after} it ended with code {code}", "End with code 0.")
    return "ended with code 0"


def _items(examined: ExaminedWorker, request: dict[str, Any], count: int, remedy: str) -> list[dict[str, Any]]:
    answer = examined.raw(request)
    try:
        found = check_reply(answer, request["id"], count)
    except Unreadable as error:
        raise Failed(str(error), remedy) from None
    if isinstance(found, Trouble):
        raise Failed(f"one item that is no matrix made the whole request an error: {found.message}", remedy)
    return found
