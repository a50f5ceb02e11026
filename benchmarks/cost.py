"""What one verdict costs, as ratios that are measured in one run: `python -m benchmarks.cost` writes docs/cost.md.

Beside one eigen-decomposition of the same matrix, and beside a slow gradient check without any overhead: 2 n^2
decompositions (two for each entry) and n pullbacks. Then the shares of a verdict, and what the shipped cases take.
`python -m benchmarks.cost --compare OLD.json NEW.json` says what became slower.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter, thread_time
from typing import Any, TypedDict
from unittest.mock import patch

import numpy as np
from threadpoolctl import threadpool_limits

import eigcheck
from benchmarks.stage import general
from eigcheck.check import judgement, run
from eigcheck.oracles import registry
from eigcheck.remembering import forget

ORDERS = (2, 6, 12, 20, 30, 50, 100, 200, 400)
PAGE = Path("docs/cost.md")
KEPT = Path("build/cost.json")
CASES = "cases/"
SLOWER = 1.25
"""A ratio of ratios from which something counts as slower: those of one machine vary by up to a fifth."""


class Row(TypedDict):
    """One order: seconds of a verdict, of one `eig`, of the slow check; rule calls; shares of the verdict."""

    order: int
    verdict: float
    eig: float
    slow: float
    calls: int
    shares: dict[str, float]


def rule(matrix: np.ndarray) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """A right rule of `eigvals`, as short as it can be."""
    values, vectors = np.linalg.eig(matrix)
    adjoint = vectors.conj().T

    def pullback(values_bar: np.ndarray) -> np.ndarray:
        return np.asarray(np.linalg.solve(adjoint, values_bar[:, None] * adjoint).real)

    return values, pullback


def least(work: Callable[[], object], seconds: float = 1.0, most: int = 50) -> float:
    """The least CPU time of `work`, done again for about as many seconds: other work on the machine only adds to it."""
    times: list[float] = []
    while not times or (sum(times) < seconds and len(times) < most):
        begun = thread_time()
        work()
        times.append(thread_time() - begun)
    return min(times)


def row(order: int) -> Row:
    """What a verdict costs at a Gaussian matrix of this order, nothing being remembered of it."""
    matrix, bar = general(order), np.ones(order)
    count = 0

    def counted(given: np.ndarray) -> Any:
        nonlocal count
        count += 1
        return rule(given)

    def verdict() -> None:
        forget()
        eigcheck.check(counted, matrix, mode="reverse")

    eig = least(lambda: np.linalg.eig(matrix), 0.2)
    pullback = least(lambda: rule(matrix)[1](bar), 0.2) - eig
    with shares() as told:
        verdict()
    calls, whole = count, sum(told.values()) or 1.0
    return Row(
        order=order,
        verdict=least(verdict),
        eig=eig,
        slow=2 * order**2 * eig + order * pullback,
        calls=calls,
        shares={name: part / whole for name, part in told.most_common()},
    )


@contextmanager
def shares() -> Iterator[Counter[str]]:
    """Seconds inside the block by what was done: oracles by name, questions at the matrix, checks."""
    told: Counter[str] = Counter()
    inside: list[float] = []

    def watched(name: Callable[..., str], function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            inside.append(0.0)
            begun = thread_time()
            try:
                return function(*args, **options)
            finally:
                spent = thread_time() - begun
                told[name(*args)] += spent - inside.pop()
                if inside:
                    inside[-1] += spent

        return timed

    with ExitStack() as patched:
        for place, name, label in (
            (registry, "call", lambda oracle, *_: f"oracle {oracle}"),
            (judgement, "answers_at", lambda *_: "questions at A"),
            (judgement, "survey", lambda *_: "spectrum of A"),
            (judgement, "details", lambda *_: "what is told"),
            (run.Check, "__call__", lambda check, *_: f"check {check.name.partition('.')[0].partition(':')[0]}"),
        ):
            patched.enter_context(patch.object(place, name, watched(label, getattr(place, name))))
        yield told


def of_cases(jobs: int) -> dict[str, float]:
    """Seconds, CPU seconds and outcomes of a run of the shipped cases in this many processes."""
    before, begun = getrusage(RUSAGE_CHILDREN), perf_counter()
    command = [sys.executable, "-m", "eigcheck", "run", CASES, "-j", str(jobs), "--format", "jsonl", "-q"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    seconds, after = perf_counter() - begun, getrusage(RUSAGE_CHILDREN)
    outcomes = sum('"verdict"' in line for line in lines)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"jobs": jobs, "outcomes": outcomes, "seconds": seconds, "cpu": cpu}


def exponent(rows: list[Row], least_order: int = 50) -> float:
    """The slope of log(verdict) over log(n) from an order on, by least squares; NaN for fewer than two rows."""
    large = [(np.log(one["order"]), np.log(one["verdict"])) for one in rows if one["order"] >= least_order]
    return float(np.polyfit(*zip(*large, strict=True), 1)[0]) if len(large) > 1 else float("nan")


def page(measured: dict[str, Any]) -> str:
    """The page with all figures."""
    rows: list[Row] = measured["rows"]
    table = "\n".join(
        f"| {r['order']} | {1e3 * r['eig']:.3g} ms | {1e3 * r['verdict']:.3g} ms | {r['verdict'] / r['eig']:.0f} | "
        f"{r['verdict'] / r['slow']:.2g} | {r['calls']} | "
        + ", ".join(f"{name} {100 * part:.0f} %" for name, part in list(r["shares"].items())[:4])
        + " |"
        for r in rows
    )
    runs = "\n".join(
        f"| {run['jobs']} | {run['outcomes']} | {run['seconds']:.0f} s | {run['cpu']:.0f} s | "
        f"{1e3 * run['cpu'] / run['outcomes']:.0f} ms | {run['outcomes'] / run['seconds']:.1f} |"
        for run in measured["runs"]
    )
    many = f"{exponent(rows):.2g}"
    return TEMPLATE.format(table=table, runs=runs or "| | | | | | |", exponent=many)


TEMPLATE = """# What a verdict costs

Measured by `make bench`, all in one run: one BLAS thread, CPU time, the least of several rounds, nothing being remembered
of the matrix. The rule is a right one of `eigvals` in reverse mode, the matrices are Gaussian. *slow check* is a gradient
check by central differences without any overhead: 2 n^2 eigen-decompositions and n pullbacks. Times depend on the
machine; ratios less so.

| n | one `eig` | verdict | verdict / `eig` | verdict / slow check | calls of the rule | where it goes |
| ---: | ---: | ---: | ---: | ---: | ---: | --- |
{table}

From n = 50 on the cost grows like n^{exponent}.

The shipped cases, with every rule that they name:

| processes | outcomes | time | CPU | CPU an outcome | outcomes a second |
| ---: | ---: | ---: | ---: | ---: | ---: |
{runs}
"""


def slower(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What became slower by `SLOWER` at least: a verdict beside one `eig`, or an outcome of the shipped cases."""
    before = {one["order"]: one["verdict"] / one["eig"] for one in old["rows"]}
    told = []
    for one in new["rows"]:
        now = one["verdict"] / one["eig"]
        was = before.get(one["order"])
        if was is not None and now > SLOWER * was:
            told.append(f"n = {one['order']}: {now:.0f} times one eig, {was:.0f} before")
    for was_run, is_run in zip(old["runs"], new["runs"], strict=False):
        was, now = (run["cpu"] / run["outcomes"] for run in (was_run, is_run))
        if now > SLOWER * was:
            told.append(f"{is_run['jobs']} processes: {1e3 * now:.0f} ms CPU an outcome, {1e3 * was:.0f} before")
    return told


def main(arguments: list[str] | None = None) -> None:
    """Measure and write, or compare two files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compare", nargs=2, type=Path, metavar="JSON", help="say what became slower from OLD to NEW")
    parser.add_argument("--orders", type=int, nargs="+", default=ORDERS, metavar="N")
    parser.add_argument("--no-cases", action="store_true", help="leave the shipped cases out")
    given = parser.parse_args(arguments)
    if given.compare:
        told = slower(*(json.loads(path.read_text()) for path in given.compare))
        print("\n".join(told) or "nothing became slower")
        return
    with threadpool_limits(1):
        eigcheck.check(rule, general(2), function="eigvals")  # the first one imports what it needs
        rows = [row(order) for order in given.orders]
    measured = {"rows": rows, "runs": [] if given.no_cases else [of_cases(jobs) for jobs in (1, 2)]}
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(measured, indent=1))
    PAGE.write_text(page(measured))
    print(f"{PAGE} and {KEPT} written")


if __name__ == "__main__":
    main()
