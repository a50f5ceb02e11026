"""Does a worker keep to the protocol? One named check after the other, for the author of a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from eigcheck.conformance import checks
from eigcheck.conformance.examined import Check, ExaminedWorker, Failed, NotTried
from eigcheck.errors import RuleError
from eigcheck.execution.external.runner import Command, NotStarted
from eigcheck.execution.pipes import Unreadable
from eigcheck.execution.process import ProcessLost

__all__ = ["CHECKS", "Check", "check_worker"]

CHECKS: Final[tuple[tuple[str, Callable[[ExaminedWorker], str]], ...]] = (
    ("hello", checks.hello),
    ("every rule answers", checks.every_rule_answers),
    ("gradients", partial(checks.all_answered, mode="reverse")),
    ("tangents", partial(checks.all_answered, mode="forward")),
    ("small matrices", checks.small_matrices),
    ("many matrices in one request", checks.many_matrices),
    ("the same again", checks.same_again),
    ("exact numbers", checks.exact_numbers),
    ("numbers that are not finite", checks.not_finite),
    ("numbers in strings", checks.numbers_in_strings),
    ("an error costs one matrix", checks.errors_by_item),
    ("ids", checks.ids),
    ("unknown requests and rules", checks.unknown_words),
    ("lines that are no JSON", checks.no_json),
    ("nothing else on standard output", checks.silence),
    ("shutdown", checks.shutdown),
    ("end of input", checks.end_of_input),
)
"""All checks in the order in which they are made. Each returns what it saw, or raises Failed or NotTried."""


def check_worker(command: Command) -> Iterator[Check]:
    """Make all checks; those after a hello that is not valid are not tried. Raises NotStarted where there is no program."""
    spoiled = False
    with ExaminedWorker(command) as examined:
        for name, act in CHECKS:
            if spoiled:
                yield Check(name, None, "not tried without a valid hello")
                continue
            check = _made(name, act, examined)
            spoiled = name == "hello" and not check.ok
            yield check


def _made(name: str, act: Callable[[ExaminedWorker], str], examined: ExaminedWorker) -> Check:
    try:
        return Check(name, True, act(examined))
    except Failed as failure:
        return Check(name, False, *failure.args)
    except NotTried as reason:
        return Check(name, None, str(reason))
    except Unreadable as error:
        return Check(name, False, str(error), "See docs/worker-protocol.md on replies.")
    except ProcessLost as lost:
        remedy = "Answer every request with one line, whatever it says, and go on."
        if lost.kind == "timeout":
            remedy = "Flush standard output after every line. Is the answer too slow? A longer --timeout waits for it."
        examined.close()
        return Check(name, False, f"{lost}{lost.words}", remedy)
    except NotStarted:
        raise
    except RuleError as error:
        examined.close()
        return Check(name, False, str(error), "See docs/worker-protocol.md on the hello.")
