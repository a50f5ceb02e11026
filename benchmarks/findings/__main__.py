"""`python -m benchmarks.findings`: hunt through the rules of every framework and write docs/findings-hunted.md.

Each function on each domain is hunted through twice: everywhere, and where nothing that docs/findings.md tells may show.
What was found is kept in build/findings, a file for each hunt, so that a sweep that was stopped goes on; `--again FRAMEWORK`
hunts once more.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from benchmarks.findings.hunts import look, places, rules_of
from benchmarks.findings.page import Looked, page
from benchmarks.frameworks import installed
from eigcheck.names import FRAMEWORK_NAMES
from eigcheck.reports.hunt import to_json

ROOT = Path(__file__).parent.parent.parent
HOME = ROOT / "build" / "findings"


def main() -> None:
    """Hunt where that is missing, then write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.findings", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each hunt takes (60)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=FRAMEWORK_NAMES, action="append", default=[], help="hunt here (repeatable)")
    parser.add_argument("--again", choices=FRAMEWORK_NAMES, action="append", default=[], help="hunt anew (repeatable)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "findings-hunted.md", help="where the page goes")
    asked = parser.parse_args()
    HOME.mkdir(parents=True, exist_ok=True)
    os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"})
    there = installed()
    for name, its_version in there.items():
        if its_version and (not asked.only or name in asked.only):
            hunt_through(name, its_version, asked.seconds, asked.seed, anew=name in asked.again)
    looked = [
        read(path, name, there[name]) for name in there for path in sorted(HOME.glob(f"{name}-{there[name]}-*.json"))
    ]
    asked.out.write_text(page(there, looked), encoding="utf-8")
    print(f"wrote {asked.out}", file=sys.stderr)


def hunt_through(name: str, its_version: str, seconds: float, seed: int, *, anew: bool) -> None:
    """The hunts that are missing of a framework."""
    with rules_of(name) as found:
        for function, domain, where in places(found.rules):
            path = HOME / f"{name}-{its_version}-{function}-{domain}-{where}.json"
            if path.exists() and not anew:
                continue
            print(f"{name}: {function}, {domain}, {where}", file=sys.stderr, flush=True)
            record = look(found, function, domain, where, seconds, seed)
            part = path.with_suffix(".part")
            part.write_text(to_json(record), encoding="utf-8")
            part.replace(path)


def read(path: Path, name: str, its_version: str | None) -> Looked:
    """A hunt that was kept."""
    function, domain, where = path.stem.removeprefix(f"{name}-{its_version}-").split("-")
    return Looked(name, function, domain, where, json.loads(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
