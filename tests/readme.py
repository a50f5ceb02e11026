"""The README as a script: its fenced blocks, run in the order in which they stand.

- `sh`: commands; one whose line ends in `# exits with N` has to exit with N, all others with 0.
- `text` after an `sh`: what that block prints to standard output.
- any other after "... `path`:": the content of that file.
- any other `python`: a script.

`python -m tests.readme` writes the outputs of today into the README.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import ready

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"

FENCE = re.compile(r"(?P<before>[^\n]*)\n\n```(?P<kind>\w+)\n(?P<body>.*?)```$", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"`(?P<path>[^`\s]+)`:$")
EXITS = re.compile(r"\s+# exits with (?P<code>\d+)$")

RECURSIVE = "make test"
"""Not run, since it would run the test that runs it."""


@dataclass(frozen=True)
class Block:
    """A fenced block; `path` is the file that it is the content of, `start` and `end` where its body stands."""

    kind: str
    body: str
    path: str | None
    start: int
    end: int

    @property
    def commands(self) -> list[tuple[str, int]]:
        """Each command with the exit code that it should have; a backslash continues a line."""
        lines = self.body.replace("\\\n", " ").splitlines()
        found = [(EXITS.sub("", line), EXITS.search(line)) for line in lines]
        return [(command, int(exits["code"]) if exits else 0) for command, exits in found]


def blocks(text: str) -> list[Block]:
    made = []
    for match in FENCE.finditer(text):
        named = NAMED.search(match["before"])
        made.append(Block(match["kind"], match["body"], named["path"] if named else None, *match.span("body")))
    return made


def prepare(folder: Path) -> Path:
    """A copy of what the README's commands need, with the Python that runs the tests as its `.venv`.

    Of the cases it has the seed's first and one of another folder: that all of them come out as expected is tested
    elsewhere. The stamp tells make that there is nothing to install.
    """
    for name in ("Makefile", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in ("edge/signed-zeros.yaml", "seed/zygote-1369.yaml"):
        (folder / "cases" / name).parent.mkdir(parents=True)
        shutil.copy(ROOT / "cases" / name, folder / "cases" / name)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (folder / ".venv" / ".installed").touch()
    return folder


def execute(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a shell says to a command; `eigcheck` and `pytest` are those that are ready at once."""
    path = os.pathsep.join(
        [str(ready.commands()), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    environment |= {"PATH": path, "PYTHONPATH": "", "NO_COLOR": "1"}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def perform(found: list[Block], folder: Path) -> Iterator[tuple[Block, str]]:
    """Do what each block says; yields the `text` blocks, each with what was printed. AssertionError on a wrong exit."""
    printed = ""
    for block in found:
        if block.path is not None:
            target = folder / block.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.body, encoding="utf-8")
        elif block.kind == "sh":
            printed = ""
            for command, code in block.commands:
                if command == RECURSIVE:
                    continue
                done = execute(command, folder)
                assert done.returncode == code, f"{command}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
                printed += done.stdout
        elif block.kind == "python":
            done = execute(f"python - <<'END'\n{block.body}\nEND", folder)
            assert done.returncode == 0, f"{block.body}\n{done.stderr}"
        elif block.kind == "text":
            yield block, printed


def rewritten(text: str) -> str:
    """The README with the outputs of today."""
    with tempfile.TemporaryDirectory() as name:
        outputs = list(perform(blocks(text), prepare(Path(name))))
    for block, printed in reversed(outputs):
        text = text[: block.start] + printed + text[block.end :]
    return text


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
