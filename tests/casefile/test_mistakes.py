"""Mistakes in case files with all that is told of them: place, line, caret and remedy.

`mistakes.txt` beside this file has them. `python -m tests.casefile.test_mistakes` writes there what is told today,
to be read as a diff.
"""

import contextlib
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest

from eigcheck.casefile.faults import format_fault
from tests.casefile.support import faults, write

FILE = Path(__file__).with_name("mistakes.txt")
NEXT, TOLD = "=" * 80 + "\n", "-" * 80 + "\n"
BLOCKS = [block.split(TOLD) for block in FILE.read_text(encoding="utf-8").split(NEXT)]


def told(text):
    """What is told of a case file in the current folder. Others beside it follow their names in the text."""
    for name, matrix in (("a", np.eye(2)), ("nan", np.array([[np.nan]])), ("c", np.ones((2, 3)))):
        np.save(f"{name}.npy", matrix)
    case, *others = re.split(r"^\+\+\+ (.*)\n", text, flags=re.MULTILINE)
    for name, content in zip(others[::2], others[1::2], strict=True):
        write(Path(), content, name)
    return "".join(f"{format_fault(fault)}\n" for fault in faults(Path(), case))


@pytest.mark.parametrize(("text", "want"), BLOCKS, ids=[text[:60] for text, _ in BLOCKS])
def test_all_that_is_told_of_a_mistake(text, want, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert told(text) == want


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        renewed = NEXT.join(f"{text}{TOLD}{told(text)}" for text, _ in BLOCKS)
    FILE.write_text(renewed, encoding="utf-8")
