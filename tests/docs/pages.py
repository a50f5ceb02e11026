"""The documentation's pages as scripts, in the notation of `tests/readme.py`, each in a folder of its own.

`python -m tests.docs.pages [PAGE]...` writes the outputs of today into the pages.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.readme import ROOT, blocks, perform

DOCS = ROOT / "docs"

ELSEWHERE = {"julia.md", "worker-protocol.md"}
"""Pages whose blocks other tests run: they need a Julia, or are a conversation."""

FRAMEWORK = "check-a-framework.md"
"""The page whose blocks need torch."""

MEASURED = {"oracles.md", "budget.md", "campaign.md", "atlas.md", "findings.md", "findings-hunted.md"}
"""Pages that commands of the repository write."""


def every() -> list[Path]:
    """All pages."""
    return sorted(DOCS.rglob("*.md"))


def scripts() -> list[Path]:
    """The pages whose blocks are run in any environment."""
    apart = ELSEWHERE | MEASURED | {FRAMEWORK}
    return [page for page in every() if page.name not in apart and blocks(page.read_text("utf-8"))]


def rewritten(text: str) -> str:
    """The page with the outputs of today."""
    with tempfile.TemporaryDirectory() as name:
        outputs = list(perform(blocks(text), Path(name)))
    for block, printed in reversed(outputs):
        text = text[: block.start] + printed + text[block.end :]
    return text


if __name__ == "__main__":
    for page in [Path(name) for name in sys.argv[1:]] or scripts():
        print(page)
        page.write_text(rewritten(page.read_text(encoding="utf-8")), encoding="utf-8")
