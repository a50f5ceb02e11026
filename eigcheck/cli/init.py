"""`eigcheck init`: a first case with comments, and a workflow, for a project that has neither."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import click

from eigcheck.cli.exits import Exit

TEMPLATES: Final = Path(__file__).parent / "templates"


@click.command(short_help="Start a folder of cases.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> Exit:
    """Write cases/example.yaml with its schema, and a workflow, into DIR (default: here).

    Nothing is overwritten: if one of the files is there, nothing is written at all.
    """
    from eigcheck.casefile.jsonschema import json_schema
    from eigcheck.cli.streams import write_lines
    from eigcheck.errors import UsageError

    files = {
        folder / "cases" / "example.yaml": (TEMPLATES / "example.yaml").read_text("utf-8"),
        folder / "cases" / "eigcheck-schema.json": json.dumps(json_schema(), indent=2) + "\n",
        folder / ".github" / "workflows" / "eigcheck.yml": (TEMPLATES / "workflow.yml").read_text("utf-8"),
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
