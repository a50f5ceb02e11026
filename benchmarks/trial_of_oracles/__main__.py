"""Run the trial and write docs/oracles.md and docs/budget.md; exit with 1 if a bar or a budget does not hold.

python -m benchmarks.trial_of_oracles [MATRICES IN A FAMILY] [FOLDER]
"""

from __future__ import annotations

import platform
import sys
import warnings
from pathlib import Path

import flint
import numpy as np
import scipy
from threadpoolctl import threadpool_limits

from benchmarks.trial_of_oracles.families import families
from benchmarks.trial_of_oracles.measure import ORACLES, Tally, trials
from benchmarks.trial_of_oracles.tables import budget_page, oracles_page

COUNT = 6
EXCEEDED = 3.0
"""A bar that is exceeded more than so many times is a defect."""


def main(count: int, folder: Path) -> int:
    """Measure every family, say what does not hold, and write both pages."""
    results: dict[str, dict[str, Tally]] = {}
    broken = 0
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # losses of 1e150 overflow, and say so by what they return
        for family in families(count):
            results[family.name] = trials(family)
            for name, tally in results[family.name].items():
                limit = EXCEEDED if name in ORACLES else 1.0
                if tally.worst[0] > limit:
                    broken += 1
                    print(f"{family.name}: {name} errs by {tally.worst[0]:.2g} times: {tally.worst[1]}")
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, "
    versions += f"python-flint {flint.__version__}."
    folder.mkdir(exist_ok=True)
    (folder / "oracles.md").write_text(oracles_page(results, count, versions))
    (folder / "budget.md").write_text(budget_page(results, count, versions))
    print(f"{len(results)} families, {broken} of their oracles and rules beyond a bar or a budget: see {folder}")
    return 1 if broken else 0


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(int(given[0]) if given else COUNT, Path(given[1] if len(given) > 1 else "docs")))
