"""What the page may run and load: its own scripts and styles by their hashes, and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Final

PLOT_STYLE: Final = """:where(.plot-d6a7b5) {
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}
:where(.plot-d6a7b5 text),
:where(.plot-d6a7b5 tspan) {
  white-space: pre;
}"""
"""The style that Observable Plot writes into each of its figures, to the letter."""


def digest(text: str) -> str:
    """The hash of an inline script or style in the form that a policy names it."""
    told = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{told}'"


def policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """A Content-Security-Policy for a page with exactly these inline scripts and styles.

    No text becomes a script in it, not even by way of the page's own scripts (trusted types).
    """
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(map(digest, scripts)),
        "style-src": " ".join(map(digest, styles)),
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
