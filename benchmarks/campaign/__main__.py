"""`python -m benchmarks.campaign`: run what is missing, count, write docs/campaign.md and docs/campaign.json."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.campaign import plan, pool, tally
from benchmarks.campaign.faults import GROUPS
from benchmarks.campaign.page import page

DOCS = pool.ROOT / "docs"
PACKAGES = ("eigcheck", "numpy", "scipy", "torch", "jax", "autograd", "pytensor", "numdifftools")


def main() -> None:
    """Parse, do, count, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaign", description=__doc__)
    parser.add_argument("--scale", choices=sorted(plan.SCALES), default="full")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", choices=plan.EXPERIMENTS, action="append", help="only this experiment (repeatable)")
    parser.add_argument("--out", type=Path, default=DOCS, help="where the page goes (default: docs)")
    asked = parser.parse_args()
    scale, started = plan.SCALES[asked.scale], perf_counter()
    experiments = tuple(asked.only or plan.EXPERIMENTS)
    folder = pool.HOME / pool.sources() / scale.name
    records = pool.do(plan.chunks(scale, experiments), asked.jobs, folder)
    if plan.COST in experiments:
        records += pool.do(plan.cost_chunks(scale), 1, folder)
    told = _told(records, scale, (perf_counter() - started) / 60)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "campaign.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    (asked.out / "campaign.md").write_text(page(told), encoding="utf-8")
    for record in tally.notable(records):
        print(json.dumps(record), file=sys.stderr)


def _told(records: list[dict[str, Any]], scale: plan.Scale, minutes: float) -> dict[str, Any]:
    by = tally.split(records, "experiment")
    largest: dict[int, list[str]] = defaultdict(list)
    for name, n in plan.LARGEST.items():
        largest[n].append(name)
    return {
        "command": "make campaign" + ("" if scale.name == "full" else f" SCALE={scale.name}"),
        "scale": scale.name,
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "minutes": round(minutes, 1),
        "rounds": scale.rounds,
        "versions": {"python": sys.version.split()[0]} | {name: version(name) for name in PACKAGES},
        "largest": {str(n): names for n, names in largest.items()},
        "alarms": tally.alarms(by[plan.ALARMS]) if plan.ALARMS in by else None,
        "misses": tally.misses(by[plan.MISSES], GROUPS) if plan.MISSES in by else None,
        "cost": tally.costs(by[plan.COST]) if plan.COST in by else None,
    }


if __name__ == "__main__":
    main()
