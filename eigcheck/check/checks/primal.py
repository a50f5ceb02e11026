"""Whether the rule's own values and vectors at the matrix are right in themselves: the finding `primal`."""

from __future__ import annotations

from eigcheck.check.known import Found, Known


def check(known: Known) -> Found:
    """What `check.primal` finds there."""
    return Found() if known.wrong_primal is None else Found([known.wrong_primal])
