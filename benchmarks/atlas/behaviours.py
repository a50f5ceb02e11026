"""Outcomes of a JSON report sorted by what the rule did, and by what the case puts to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

RIGHT: Final = "right"
WRONG: Final = "wrong"
NAN: Final = "NaN"
PRIMAL: Final = "primal wrong"
RAISES: Final = "raises"
SILENT: Final = "undetermined, finite"
UNDETERMINED: Final = "undetermined"
OPEN: Final = "open"

BEHAVIOURS: Final = {
    RIGHT: "the gradient agrees with the oracles within what roundoff allows",
    WRONG: "finite, and wrong without a word",
    NAN: "NaN or infinite where the gradient is determined",
    PRIMAL: "the eigenvalues or eigenvectors themselves are wrong, the gradient is not blamed",
    RAISES: "an exception (its text is in the report)",
    SILENT: "the cotangent determines no gradient here, and a finite one comes without a word",
    UNDETERMINED: "the cotangent determines no gradient here, and the rule does not pretend to one",
    OPEN: "double precision does not decide: the budget is larger than the signal",
}
"""Every behaviour in the order of the tables, with what it means."""

SYMBOLS: Final = {
    WRONG: "\N{BALLOT X}",
    NAN: "NaN",
    PRIMAL: "\N{NOT EQUAL TO}",
    RAISES: "!",
    SILENT: "?",
    RIGHT: "\N{CHECK MARK}",
    OPEN: "~",
    UNDETERMINED: "\N{MIDDLE DOT}",
}
"""What stands for a behaviour, the most serious first: a cell of the overview shows the first that was seen in it."""

FOLDERS: Final = {
    "structured": "structure",
    "wrappers": "structure",
    "seed": "structure",
    "repeated": "degeneracy",
    "exceptional-points": "degeneracy",
    "scale": "scale",
    "edge": "scale",
    "gauge": "phase",
}
FILES: Final = {
    "cases/frameworks/gauge.yaml": "phase",
    "cases/frameworks/scale.yaml": "scale",
    "cases/mutants/clusters.yaml": "degeneracy",
    "cases/mutants/scales.yaml": "scale",
}
SITUATIONS: Final = ("plain", "structure", "degeneracy", "scale", "phase", "single precision")
SINGLE: Final = ("float32", "complex64")


@dataclass(frozen=True)
class Seen:
    """One behaviour, with the case that shows it."""

    rule: str
    function: str
    domain: str
    mode: str
    behaviour: str
    situation: str
    kinds: tuple[str, ...]
    case: str
    file: str
    n: int
    as_expected: bool


def seen(outcomes: Iterable[Mapping[str, Any]]) -> list[Seen]:
    """The behaviours of a report's outcomes, in their order."""
    return [_seen(outcome) for outcome in outcomes]


def _seen(outcome: Mapping[str, Any]) -> Seen:
    kinds = tuple(sorted({finding["kind"] for finding in outcome["findings"]}))
    return Seen(
        rule=outcome["rule"],
        function=outcome["function"],
        domain=outcome["domain"],
        mode=outcome["mode"],
        behaviour=behaviour(outcome["verdict"], kinds),
        situation=situation(outcome["file"] or "", outcome["dtype"]),
        kinds=kinds,
        case=outcome["case"],
        file=outcome["file"] or "",
        n=outcome["n"],
        as_expected=outcome["as_expected"],
    )


def behaviour(verdict: str, kinds: Sequence[str]) -> str:
    """What the rule did. A finite wrong gradient is worse than NaN, so that it names an outcome that has both."""
    if verdict == "pass":
        return RIGHT
    if verdict == "error":
        return RAISES
    if verdict == "inconclusive":
        return OPEN
    if verdict == "undefined":
        return SILENT if "silent" in kinds else UNDETERMINED
    failing = set(kinds) - {"silent", "representative", "dtype", "scale-dependent"}
    if failing == {"primal"}:
        return PRIMAL
    return NAN if failing <= {"nonfinite", "primal"} else WRONG


def situation(file: str, dtype: str) -> str:
    """What a case puts to a rule: by its precision, else its file, else its folder."""
    if dtype in SINGLE:
        return "single precision"
    folder = file.split("/")[-2] if "/" in file else ""
    return FILES.get(file) or FOLDERS.get(folder, "plain")
