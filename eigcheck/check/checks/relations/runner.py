"""Checking all relations at one matrix in one mode: what holds, what is broken, and what nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence

from eigcheck.check.ask import Ask
from eigcheck.check.checks.answers import Answers
from eigcheck.check.checks.relations.asking import Answer, Query, ask_all
from eigcheck.check.checks.relations.comparing import Held, compared
from eigcheck.check.checks.relations.known import ENTRYWISE, known_at
from eigcheck.check.checks.relations.known import Known as Numbers
from eigcheck.check.checks.relations.place import Image, Place
from eigcheck.check.checks.relations.registry import Relation, registered
from eigcheck.check.known import Checked, Found, Known
from eigcheck.check.point import Point
from eigcheck.choosing import foremost
from eigcheck.model import Rule
from eigcheck.spectra.reads import read

NOTHING_SAID = "no cotangent has numbers at A that are determined and computable"
TOO_LARGE = f"rounded relations are checked up to order {ENTRYWISE}"
WORST_LAST = ("abstained", "holds", "broken")


def check(known: Known) -> Found:
    """All relations: beside the oracles, and not where only some of these are asked for."""
    if known.settings.oracles is not None:
        return Found()
    checked = check_relations(known.point, known.ask, known.answers, known.settings.seed)
    # what is wrong already breaks relations too, and says more about it
    told = [] if known.standing == "fail" else [c.finding for c in checked if c.finding is not None]
    return Found(told, relations=checked)


def check_relations(point: Point, ask: Ask, answers: Answers, seed: int = 0) -> tuple[Checked, ...]:
    """All relations, from the `answers` that the rule gave at A. Empty where the spectrum of A is not simple."""
    state = point.state
    if not point.matrix.size or not point.multiplicity.simple:
        return ()
    known = known_at(point, answers, ask.mode, seed)
    if known is None:
        return tuple(Checked(r.name, "abstained", why=NOTHING_SAID) for r in registered())
    triangle = point.triangle
    place = Place(
        matrix=point.decomposed,
        domain=point.rule.domain,
        triangle=triangle,
        state=state,
        primal=point.primal,
        tangents=read(known.matrices, triangle),
        seed=seed,
    )
    made = {relation: _images(relation, place, ask.rule) for relation in registered()}
    queries = [
        (relation, Query(image, tuple(known.cotangents[row] for row in _rows(relation, known))))
        for relation, images in made.items()
        if not isinstance(images, str) and _rows(relation, known)
        for image in images
    ]
    heard = ask_all(place, ask, [query for _, query in queries])
    told = [(relation, query, answer) for (relation, query), answer in zip(queries, heard, strict=True)]
    return tuple(_checked(point, known, relation, images, told) for relation, images in made.items())


def _images(relation: Relation, place: Place, rule: Rule) -> Sequence[Image] | str:
    images = relation.images(place) if relation.exact or place.n <= ENTRYWISE else TOO_LARGE
    if rule.orders is None or isinstance(images, str):
        return images
    others = [n for n in (len(image.matrix) for image in images) if n not in rule.orders]
    return f"the rule does not take matrices of order {others[0]}" if others else images


def _rows(relation: Relation, known: Numbers) -> list[int]:
    """The cotangents that a relation speaks of."""
    return [row for row, c in enumerate(known.cotangents) if c.vectors is None or not relation.of_values]


def _checked(
    point: Point,
    known: Numbers,
    relation: Relation,
    images: Sequence[Image] | str,
    told: Sequence[tuple[Relation, Query, Answer]],
) -> Checked:
    if isinstance(images, str):
        return Checked(relation.name, "abstained", why=images)
    found: list[tuple[Held, Image | None, int]] = []
    rows = _rows(relation, known)
    for asked, query, answer in told:
        if asked is not relation:
            continue
        if isinstance(answer, str):
            found.append((Held("abstained", why=answer), query.image, rows[0]))
            continue
        numbers, cotangents, primal = answer
        for place, row in enumerate(rows):
            held = compared(point, known, row, query.image, numbers[place], cotangents[place], primal)
            found.append((held, query.image, row))
    if not found:
        return Checked(relation.name, "abstained", why="it speaks of values, and no cotangent of the case does")
    gravest = max((held.status for held, _, _ in found), key=WORST_LAST.index)
    alike = [item for item in found if item[0].status == gravest]
    worst, image, row = alike[foremost([held.share for held, _, _ in alike])]
    why = next((held.why for held, _, _ in found if held.why), None)
    entry = known.entries[worst.place] if worst.place < len(known.entries) else None
    if worst.status == "abstained":
        return Checked(relation.name, "abstained", why=why)
    at = image.at if image is not None else ""
    label = known.labels[row]
    return Checked(relation.name, worst.status, worst.error, worst.allowed, why, at, label, entry, relation.kind)
