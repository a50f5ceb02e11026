"""The command line, in a folder of its own and a process of its own that is ready at once."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests import ready

Done = subprocess.CompletedProcess[str]
Eigcheck = Callable[..., Done]


@pytest.fixture
def eigcheck(tmp_path: Path) -> Eigcheck:
    """Runs `eigcheck` in `tmp_path` after writing `files` there; `text` goes to its standard input."""

    def run(*args: str, files: Mapping[str, str] | None = None, text: str = "") -> Done:
        for name, content in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        command = [ready.eigcheck(), *args]
        return subprocess.run(command, cwd=tmp_path, input=text, capture_output=True, text=True, check=False)

    return run
