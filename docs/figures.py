"""The figures of the documentation, drawn from a report that eigcheck makes of `docs/figures.yaml`.

One function for each figure, from the report's outcomes to a chart. `python -m docs.figures FOLDER` draws them all, and
Sphinx does so before it reads the pages.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docs.svg import COLOURS, Axis, Chart, decades

HERE = Path(__file__).parent
FOLDER = HERE.parent / "build" / "figures"
WRONG, TRUTH, THIRD = COLOURS

Outcomes = Mapping[str, Mapping[str, Any]]


def outcomes() -> dict[str, dict[str, Any]]:
    """The outcomes of a run on `docs/figures.yaml` by the names of their cases. CalledProcessError if it goes wrong."""
    command = ["-m", "eigcheck", "run", str(HERE / "figures.yaml"), "-j", "1", "--format", "json"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True, cwd=HERE.parent)
    return {outcome["case"]: outcome for outcome in json.loads(done.stdout)["outcomes"]}


def strip(found: Outcomes) -> Chart:
    """One entry of a gradient as an entry of the matrix moves by units in the last place."""
    drawn = found["strip"]["detail"]["strip"]
    ulps, values, truth = drawn["ulps"], drawn["values"], drawn["truth"]
    low, high = min(*values, truth), max(*values, truth)
    room = 0.15 * (high - low)
    moved, entry = (tuple(drawn[key]) for key in ("moved", "entry"))
    chart = Chart(
        "A gradient's entry jumps where the true one does not",
        Axis(f"units in the last place added to entry {moved}", min(ulps), max(ulps), ticks=ulps),
        Axis(f"gradient, entry {entry}", low - room, high + room, ticks=[low, high], written=lambda v: f"{v:.4f}"),
    )
    chart.line([(min(ulps), truth), (max(ulps), truth)], TRUTH, dashed=True)
    chart.points(list(zip(ulps, values, strict=True)), WRONG)
    chart.key(WRONG, "chainrules/released")
    chart.key(TRUTH, "true derivative")
    return chart


def ladder(found: Outcomes) -> Chart:
    """The error of central differences and their bars over the steps that were tried."""
    detail = found["ladder"]["detail"]
    truth = detail["ladder_of"]["truth"]
    rungs = [(rung["h"], abs(rung["value"] - truth), rung["bar"]) for rung in detail["ladder"]]
    errors = [(h, error) for h, error, _ in rungs if error > 0]
    bars = [(h, bar) for h, _, bar in rungs if bar != "inf"]
    sizes = [size for _, size in errors + bars]
    chart = Chart(
        "Errors of central differences against their bars",
        decades("step h", [h for h, _, _ in rungs]),
        decades("distance from the certified number", sizes),
    )
    chart.line(bars, TRUTH, dashed=True)
    chart.points(bars, TRUTH)
    chart.line(errors, WRONG)
    chart.points(errors, WRONG)
    chart.key(WRONG, "error")
    chart.key(TRUTH, "bar (the outer rungs have none)")
    return chart


def _against(found: Outcomes, family: str, key: str, label: str, title: str) -> Chart:
    """Error, budget and size of a right rule's gradients over a property of the matrix."""
    details = [outcome["detail"] for name, outcome in found.items() if name.startswith(f"{family}[")]
    rows = [(detail[key], *(largest(detail[part]) for part in ("error", "allowed", "reference"))) for detail in details]
    chart = Chart(
        title,
        decades(label, [row[0] for row in rows]),
        decades("largest entry", [size for row in rows for size in row[1:] if size > 0], step=4),
    )
    for column, colour, words in ((3, THIRD, "gradient"), (2, TRUTH, "allowed"), (1, WRONG, "error of a right rule")):
        points = [(row[0], row[column]) for row in rows if row[column] > 0]
        chart.line(points, colour, dashed=column == 2)
        chart.points(points, colour)
        chart.key(colour, words)
    return chart


def conditioning(found: Outcomes) -> Chart:
    """The budget follows the condition of the eigenvectors."""
    title = "Budget and error over the condition of the eigenvectors"
    return _against(found, "conditioning", "condition_vectors", "condition of the eigenvectors", title)


def gaps(found: Outcomes) -> Chart:
    """The budget follows the smallest gap."""
    return _against(found, "gaps", "gap", "smallest gap", "Budget and error over the smallest gap")


def bars(found: Outcomes) -> Chart:
    """The widest error bars of the oracles over the condition of the eigenvectors, where they answered."""
    rows = [outcome for name, outcome in found.items() if name.startswith("conditioning[")]
    answered = {
        name: [
            (outcome["detail"]["condition_vectors"], outcome["oracles"][name]["error_bar"])
            for outcome in rows
            if outcome["oracles"][name]["status"] == "answered"
        ]
        for name in ("central", "dual", "certified")
    }
    points = [point for many in answered.values() for point in many]
    chart = Chart(
        "Error bars of the oracles over the condition of the eigenvectors",
        decades("condition of the eigenvectors", [x for x, _ in points]),
        decades("bar", [y for _, y in points], step=4),
    )
    for (name, many), colour in zip(answered.items(), (WRONG, TRUTH, THIRD), strict=True):
        chart.line(many, colour)
        chart.points(many, colour)
        chart.key(colour, name)
    return chart


def largest(matrix: list[list[Any]]) -> float:
    """The largest modulus among a report's entries, complex ones being [re, im]."""
    return max(abs(complex(*entry)) if isinstance(entry, list) else abs(entry) for row in matrix for entry in row)


FIGURES = {"strip": strip, "ladder": ladder, "conditioning": conditioning, "gaps": gaps, "bars": bars}


def draw(folder: Path) -> None:
    """Write all figures into `folder`, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    found = outcomes()
    for name, figure in FIGURES.items():
        (folder / f"{name}.svg").write_text(figure(found).text(), encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """What Sphinx calls: the figures are drawn before the pages are read."""
    app.connect("builder-inited", lambda _: draw(FOLDER))
    return {"parallel_read_safe": True}


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
