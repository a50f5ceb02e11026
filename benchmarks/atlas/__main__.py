"""`python -m benchmarks.atlas`: put every case to every framework, one after the other, and write docs/atlas.md.

What is measured is kept in build/atlas, in one file for each framework and version, so that a run that was stopped
goes on. `--again FRAMEWORK` measures once more: ask for it after cases or eigcheck have changed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.atlas.page import page
from benchmarks.frameworks import installed
from eigcheck.names import FRAMEWORK_NAMES

ROOT = Path(__file__).parent.parent.parent
HOME = ROOT / "build" / "atlas"
ORDER = ("torch", "autograd", "pytensor", "tensorflow", "jax")
"""The order of measuring: JAX compiles for minutes, so that it comes last."""


def main() -> None:
    """Measure what is missing, then write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.atlas", description=__doc__)
    parser.add_argument(
        "--again", choices=FRAMEWORK_NAMES, action="append", default=[], help="measure anew (repeatable)"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "atlas.md", help="where the page goes")
    asked = parser.parse_args()
    HOME.mkdir(parents=True, exist_ok=True)
    there = installed()
    for name in ORDER:
        if there[name]:
            for kind, path in kept(name, there[name]).items():
                if name in asked.again or not path.exists():
                    measure(kind, name, path)
    reports: dict[str, Any] = {name: {"version": there[name]} for name in FRAMEWORK_NAMES}
    conventions = {}
    for name in FRAMEWORK_NAMES:
        if there[name]:
            read = {
                kind: json.loads(path.read_text(encoding="utf-8")) for kind, path in kept(name, there[name]).items()
            }
            reports[name] |= read["run"]
            conventions[name] = read["conventions"]
    asked.out.write_text(page(reports, conventions), encoding="utf-8")
    print(f"wrote {asked.out}", file=sys.stderr)


def kept(name: str, its_version: str | None) -> dict[str, Path]:
    """Where what is measured of a framework lies."""
    return {kind: HOME / f"{name}-{its_version}-{kind}.json" for kind in ("run", "conventions")}


def measure(kind: str, name: str, path: Path) -> None:
    """Have eigcheck write the file, in one process; a file that is there is whole.

    Raises RuntimeError, with what eigcheck said, if it wrote no report.
    """
    print(f"{name}: {kind}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "eigcheck", kind, "--rule", f"{name}/*", "--format", "json"]
    if kind == "run":
        command += ["cases/", "--jobs", "1"]
    part = path.with_suffix(".part")
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"}
    with part.open("wb") as out:
        done = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.PIPE, env=environment, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"eigcheck {kind} of {name} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")
    part.replace(path)


if __name__ == "__main__":
    main()
