"""The page about frameworks does what it says where torch is installed; `make test-frameworks` promises it."""

from pathlib import Path

from tests.docs.pages import DOCS, FRAMEWORK
from tests.frameworks.support import need
from tests.readme import blocks, perform
from tests.test_readme import differences


def test_every_block_does_what_it_says(tmp_path: Path) -> None:
    need("torch")
    found = blocks((DOCS / "howto" / FRAMEWORK).read_text(encoding="utf-8"))
    shown = [(block.body, printed) for block, printed in perform(found, tmp_path)]
    assert len(shown) == sum(block.kind == "text" for block in found) > 0
    for body, printed in shown:
        assert differences(body, printed) == [], f"python -m tests.docs.pages renews the outputs\n{printed}"
