"""How a rule behaved when it was asked at the matrix: what it raised, and what it did beside answering.

`refusals` makes an `error`; `misconduct` is what the disciplined questioning saw (`execution.discipline`) and that the
answers are one real-linear map (`check.challenges`); where roundoff hides whether they are, they are `unproved`.
"""

from __future__ import annotations

from dataclasses import replace

from eigcheck.check.known import Found, Known
from eigcheck.model import Trouble
from eigcheck.names import ERRING, NOTES, PROCESS_FAILURES
from eigcheck.outcome import Extra, Finding


def refusals(known: Known) -> Found:
    """What came instead of answers, where raising is not acceptable.

    A pushforward answers for all cotangents at once, and may raise for the sake of one.
    """
    answers, point = known.answers, known.point
    found: dict[tuple[str, str], Finding] = {}
    raised = [(c, trouble) for c, trouble in enumerate(answers.troubles) if trouble is not None]
    forgiven = {c for c, trouble in raised if point.forgives(trouble, c)}
    for c, trouble in () if forgiven and known.ask.mode == "forward" else raised:
        if c not in forgiven:
            found.setdefault((trouble.kind, trouble.message), Finding(trouble.kind, trouble.message, cotangent=c))
    told = list(found.values())
    if not answers.troubles and answers.common is not None:
        told.append(Finding(answers.common.kind, answers.common.message))
    if answers.linear is not None and answers.linear.kind in ERRING and not found:
        told.append(answers.linear)
    return Found(told)


def misconduct(known: Known) -> Found:
    """What makes a `fail` though the numbers may be right."""
    found = [Finding(kind, message) for kind, message in known.answers.misconduct if kind not in NOTES]
    linear = known.answers.linear
    return Found([*found, linear] if linear is not None and linear.kind not in ERRING else found)


def unproved(known: Known) -> Found:
    """No comparison is clear of a rule that is right for these cotangents, and whose sums of them roundoff may hide."""
    why = known.answers.unproved
    if why is None:
        return Found()
    return Found(comparisons=[replace(c, status="unclear", reason=why) for c in known.comparisons])


def refusal(trouble: Trouble | None, place: str, distance: float) -> Finding | None:
    """The finding of a rule that gave nothing `distance` norms of A away; None where it did not say why.

    Nor where its process was lost, which is told of elsewhere.
    """
    if trouble is None or trouble.kind in PROCESS_FAILURES:
        return None
    return Finding(trouble.kind, f"{trouble.message} (not at A, but {place})", extra=Extra(beside=distance))
