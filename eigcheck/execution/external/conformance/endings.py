"""Checks of how a worker ends."""

from __future__ import annotations

from eigcheck.execution.external.conformance.subject import Failed, Subject
from eigcheck.execution.external.process import WorkerProcess


def shutdown(subject: Subject) -> str:
    """The request `shutdown` is answered, and the process ends with code 0."""
    answer = subject.raw({"id": 99, "request": "shutdown"})
    if answer.get("id") != 99 or "error" in answer:
        raise Failed(f"shutdown was answered by {str(answer)[:80]}", 'Answer {"id": 99, "items": []}, then end.')
    return _ended(subject, subject.asked, "shutdown", hang_up=False)


def end_of_input(subject: Subject) -> str:
    """A worker whose standard input ends has nobody to work for, and ends too."""
    return _ended(subject, subject.worker, "the end of its standard input", hang_up=True)


def _ended(subject: Subject, worker: WorkerProcess, after: str, *, hang_up: bool) -> str:
    left, code = worker.leave(None, hang_up=hang_up)
    subject.lose()
    if code is None:
        raise Failed(f"after {after} it was still running", "End the process; nothing else does it in good order.")
    if left:
        raise Failed(f"after {after} it wrote {left[:80]!r}", "Write nothing more.")
    if code:
        raise Failed(f"after {after} it ended with code {code}", "End with code 0.")
    return "ended with code 0"
