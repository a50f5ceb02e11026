"""How one verdict comes about: checks are asked in order, each adds what it found, and there is one verdict at the end.

A check is a module with `check(known) -> found`. It is loaded by its name, so that the list below is all that has to know
of it, and reading how a verdict comes about takes this file, those that it imports, and the one check that is of interest.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Final

from eigcheck.check.known import Found, Known
from eigcheck.names import VERDICTS


@dataclass(frozen=True)
class Check:
    """One question to a rule: a module of `eigcheck.check.checks`, or a function of one.

    It is asked `where` the verdict so far is one of these: it could not change another. One that goes `away` asks the rule
    at other matrices than A.
    """

    name: str
    where: frozenset[str] = frozenset(VERDICTS)
    away: bool = False

    def __call__(self, known: Known) -> Found:
        """What the check finds. Raises ImportError or AttributeError for a name that is none."""
        module, _, function = self.name.partition(":")
        found: Found = getattr(import_module(f"eigcheck.check.checks.{module}"), function or "check")(known)
        return found


CHECKS: Final = (
    Check("conduct:refusals"),
    Check("agreement"),
    Check("reality"),
    Check("adjoint"),
    Check("primal"),
    Check("conduct:misconduct"),
    Check("remarks"),
    Check("continuity", away=True),
    Check("offset", frozenset({"pass"}), away=True),
    Check("relations.check", frozenset({"pass", "fail", "inconclusive"}), away=True),
    Check("singular", away=True),
    Check("conduct:unproved", frozenset({"pass"})),
)
"""In this order, in which findings are told as well."""


def checked(known: Known) -> Known:
    """What is known of a rule in one mode after all checks; its `standing` is then the verdict."""
    for check in CHECKS:
        if known.standing in check.where and not (check.away and known.settings.here):
            known = known.with_(check(known))
    return known
