"""`eigcheck validate`, `schema` and `init`: about case files themselves. They run no rule and load no plug-in."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Final

import click

from eigcheck.cli.options import PATH, allow_large_option, tracebacks
from eigcheck.cli.streams import write, write_json, write_lines
from eigcheck.errors import UsageError

TEMPLATES: Final = Path(__file__).parent / "templates"


@click.command(short_help="Check case files.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=PATH)
@allow_large_option
@tracebacks
def validate(paths: tuple[str, ...], allow_large: bool) -> None:
    """Check case files and folders of them; all mistakes of all files are shown.

    Without a PATH those of `[tool.eigcheck]`, else cases/ here.
    """
    from eigcheck.cli.gather import problems, wanted
    from eigcheck.reports.words import counted

    found = problems(wanted({"paths": paths, "allow_large": allow_large}))
    cases, files = {problem.case for problem in found}, {problem.file for problem in found}
    write(sys.stdout, f"{counted(len(cases), 'case')} in {counted(len(files), 'file')}: all valid\n")


@click.command(short_help="Print the JSON Schema of a case file or report.")
@click.option("--report", is_flag=True, help="That of a report in JSON instead.")
@click.option("--vectors", is_flag=True, help="That of a file of test vectors instead.")
def schema(report: bool, vectors: bool) -> None:
    """Print the JSON Schema of a case file, of a JSON report, or of what `eigcheck vectors` writes.

    Keys of the latter two may be added later, none goes away.
    """
    if report and vectors:
        raise UsageError("--report and --vectors are two schemas; ask for one of them.")
    from eigcheck.casefile.jsonschema import json_schema
    from eigcheck.reports.shape import report_schema
    from eigcheck.vectors.shape import vectors_schema

    write_json(vectors_schema() if vectors else report_schema() if report else json_schema())


@click.command(short_help="Start a folder of cases.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Write cases/example.yaml with its schema, and a workflow, into DIR (default: here).

    Nothing is overwritten: if one of the files is there, nothing is written at all.
    """
    from eigcheck.casefile.jsonschema import json_schema

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
    go = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    write_lines(sys.stdout, f"next: {go}eigcheck run\n")
