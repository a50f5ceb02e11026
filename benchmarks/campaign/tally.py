"""Records to counts: pure functions, whose results are what docs/campaign.json keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import exp, log
from typing import Any

from benchmarks.campaign.checkers import NAMES
from benchmarks.campaign.checkers.answers import ABSTAIN, AGREE, DISAGREE, RAISED
from benchmarks.campaign.prediction import EASY

Record = dict[str, Any]
Counts = dict[str, int]

MINE = NAMES[0]


def counted(records: Iterable[Record]) -> Counts:
    """How often each word was answered."""
    counts = dict.fromkeys((AGREE, DISAGREE, ABSTAIN, RAISED), 0)
    for record in records:
        counts[record["word"]] += 1
    return counts


def split(records: Iterable[Record], *keys: str | Callable[[Record], Any]) -> dict[Any, list[Record]]:
    """Records by the values of some keys, in the order in which they come."""
    parts: dict[Any, list[Record]] = defaultdict(list)
    for record in records:
        values = tuple(key(record) if callable(key) else record[key] for key in keys)
        parts[values[0] if len(keys) == 1 else values].append(record)
    return dict(parts)


def alarms(records: Sequence[Record]) -> dict[str, Any]:
    """Experiment (a): for each checker counts by family; for eigcheck also where roundoff was predicted to be small."""
    by_checker = split(records, "checker")
    told: dict[str, Any] = {
        name: {family: counted(part) for family, part in split(by_checker[name], "family").items()}
        for name in NAMES
        if name in by_checker
    }
    mine = by_checker.get(MINE, [])
    clear = [record for record in mine if record["predicted"] < EASY]
    return {
        "counts": told,
        "same checks": counted(same_checks(mine, records)),
        "predicted below": EASY,
        "easy": counted(clear),
        "easy by family": {family: counted(part) for family, part in split(clear, "family").items()},
    }


def same_checks(mine: Sequence[Record], records: Sequence[Record]) -> list[Record]:
    """Those of eigcheck's checks that another checker was asked as well: same matrix, rule and mode."""
    asked = {_identity(record) for record in records if record["checker"] != MINE}
    return [record for record in mine if record["mode"] == "reverse" and _identity(record) in asked]


def _identity(record: Record) -> tuple[Any, ...]:
    return (record["family"], record["point"], record["seed"], *record["rule"])


def misses(records: Sequence[Record], groups: Sequence[str]) -> dict[str, Any]:
    """Experiment (b): for each checker counts by group, and by size of measured errors; eigcheck's diagnoses."""
    by_checker = split(records, "checker")
    named = [record for record in by_checker[MINE] if record["cause"] is not None]
    unnamed = [record for record in by_checker[MINE] if record["cause"] is None]
    return {
        "faults": {group: len({r["fault"] for r in part}) for group, part in split(records, "group").items()},
        "counts": {
            name: {group: counted(r for r in part if r["group"] == group) for group in groups}
            for name, part in by_checker.items()
        },
        "by size": {
            name: {band: counted(rows) for band, rows in split(_sized(part), _band).items()}
            for name, part in by_checker.items()
        },
        "diagnosis": {
            "named": len(named),
            "first": sum(r["diagnosis"][:1] == [r["cause"]] for r in named),
            "among": sum(r["cause"] in r["diagnosis"] for r in named),
            "others": len(unnamed),
            "others with a name": sum(bool(r["diagnosis"]) for r in unnamed),
        },
    }


BOUNDS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 0.0)
BANDS = ("1e-2 and more", *(f"from {bound:.0e}" for bound in BOUNDS[1:-1]), "below 1e-9")
"""Sizes of the error of a wrong Jacobian, relative to its largest entry."""


def _sized(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record["size"] is not None]


def _band(record: Record) -> str:
    # the measured errors stand on the bounds themselves
    return next(band for band, bound in zip(BANDS, BOUNDS, strict=True) if record["size"] >= bound * (1 - 1e-6))


def costs(records: Sequence[Record]) -> dict[str, Any]:
    """Experiment (c): geometric means over the problems of an order of the time beside eigcheck's, and eigcheck's own."""
    seconds = {(r["checker"], r["n"], r["function"]): r["seconds"] for r in records}
    told: dict[str, Any] = {}
    for (name, n), rows in split(records, "checker", "n").items():
        ratios = [r["seconds"] / seconds[MINE, n, r["function"]] for r in rows]
        told.setdefault(name, {})[str(n)] = {
            "ratio": float(f"{_mean(ratios):.3g}"),
            "seconds": float(f"{_mean([r['seconds'] for r in rows]):.3g}"),
        }
    return told


def _mean(numbers: Sequence[float]) -> float:
    return exp(sum(map(log, numbers)) / len(numbers))


def notable(records: Iterable[Record]) -> list[Record]:
    """What eigcheck would have to explain: false alarms, easy checks left open, wrong rules passed, wrong diagnoses."""
    return [record for record in records if record.get("checker") == MINE and _is_notable(record)]


def _is_notable(record: Record) -> bool:
    if record["experiment"] == "alarms":
        return record["word"] in (DISAGREE, RAISED) or (record["word"] == ABSTAIN and record["predicted"] < EASY)
    if record["experiment"] != "misses":
        return False
    cause = record["cause"]
    return record["word"] in (AGREE, ABSTAIN) or (cause is not None and record["diagnosis"][:1] != [cause])
