"""`eigcheck init`: a first case with comments, and a workflow, for a project that has neither."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import click

from eigcheck.cli.exits import Exit

CASE: Final = """\
# yaml-language-server: $schema=./eigcheck-schema.json
#
# One case of eigcheck: a matrix, and what should come out of which rule on it. Run it with `eigcheck run`,
# or with `pytest --eigcheck cases/`; `eigcheck validate cases/` checks this file alone.

name: example
about: A plain symmetric matrix has two free off-diagonal entries.

# What is differentiated: eigvals, eig, eigvalsh or eigh, or a list of them.
function: eigvals

# Where the matrix may move: general (all entries are free), symmetric, upper or lower (a stored triangle).
domain: general

# Entries are numbers or strings: "1+2j", "1/3", and "2+1ulp" for one unit in the last place above 2.
# Or {kind: symmetric, n: 5, seed: 0}, or {file: matrix.npy} beside this file.
matrix:
  - [1, 2]
  - [2, 3]

# Which rules: without this all that are loaded (--load FILE.py, or load in [tool.eigcheck] of pyproject.toml),
# and eigcheck's own as long as there are none.
# rules: ["mylib/*"]

# What should come out, by rule: a verdict, or {verdict: fail, findings: [mismatch], diagnosis: transposed}.
# A rule that is not named here should pass.
# expect:
#   mylib/eigvals@reverse: pass
"""

WORKFLOW: Final = """\
name: eigcheck

on:
  push:
  pull_request:

permissions:
  contents: read

jobs:
  eigcheck:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          submodules: true
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      # This needs eigcheck as a submodule of this repository: git submodule add URL eigcheck, with the URL of eigcheck's
      # repository. Without one: python -m pip install "eigcheck @ git+URL" . does the same. The point is your own package
      # with the rules that it declares; `load = ["mylib.rules"]` below `[tool.eigcheck]` in pyproject.toml says where.
      - run: python -m pip install ./eigcheck .
      - run: eigcheck run cases/ --report junit=eigcheck.xml
"""


@click.command(short_help="Start a folder of cases.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> Exit:
    """Write cases/example.yaml with its schema, and a workflow, into DIR (default: here).

    Nothing is overwritten: if one of the files is there, nothing is written at all.
    """
    from eigcheck.casefile import json_schema
    from eigcheck.cli.streams import write_lines
    from eigcheck.errors import UsageError

    files = {
        folder / "cases" / "example.yaml": CASE,
        folder / "cases" / "eigcheck-schema.json": json.dumps(json_schema(), indent=2) + "\n",
        folder / ".github" / "workflows" / "eigcheck.yml": WORKFLOW,
    }
    there = [str(path) for path in files if path.exists() or path.is_symlink()]
    if there:
        verb = "is" if len(there) == 1 else "are"
        raise UsageError(f"{', '.join(there)} {verb} there already; nothing was written.")
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror or error}.") from error
        write_lines(sys.stdout, f"wrote {path}\n")
    write_lines(sys.stdout, "next: eigcheck run\n" if folder == Path() else f"next: cd {folder} && eigcheck run\n")
    return Exit.AS_EXPECTED
