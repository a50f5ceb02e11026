"""What SARIF calls rules: the kinds of things that eigcheck finds, under ids that never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

UNEXPECTED: Final = "unexpected-verdict"
"""The id for what is wrong without a finding, such as a pass where the case expects a failure."""

MEANINGS: Final[Mapping[str, str]] = {
    "mismatch": "An entry of the gradient is off by more than is allowed.",
    "jump": "The gradient changes by far more than the true one over a few units in the last place.",
    "primal": "The eigenvalues or eigenvectors themselves are wrong.",
    "nonfinite": "NaN or infinity where there is a gradient.",
    "gauge": "Only the part that depends on the eigenvectors' phase is wrong.",
    "pushforward": "The forward rule is not the adjoint of the pullback.",
    "mutates-input": "The rule changed its argument.",
    "nondeterministic": "Two calls gave two answers.",
    "not-linear": "The pullback or pushforward is no linear map.",
    "not-real": "The gradient of a real matrix is complex.",
    "invariance": "The answers at two matrices are not related as the matrices are.",
    "exception": "The rule raised.",
    "shape": "The rule returned something of the wrong shape or type.",
    "timeout": "The rule did not answer in time.",
    "died": "The process of the rule died.",
    UNEXPECTED: "The verdict is not what the case expects.",
}

_HELP: Final = (
    "What was measured, what was allowed and the likely cause stand in the message. "
    "`eigcheck explain CASE --rule RULE` walks through the case in words and numbers; with --reproducer it prints "
    "a script that shows the fault without eigcheck."
)
"""What a reader of an alert, who may not know eigcheck, can do next."""


def descriptors() -> list[dict[str, Any]]:
    """The rules as SARIF describes them, in an order of their own that only grows at its end."""
    return [
        {
            "id": f"eigcheck/{name}",
            "name": "".join(part.capitalize() for part in name.split("-")),
            "shortDescription": {"text": meaning},
            "fullDescription": {"text": meaning},
            "help": {"text": f"{meaning} {_HELP}"},
            "defaultConfiguration": {"level": "error"},
        }
        for name, meaning in MEANINGS.items()
    ]
