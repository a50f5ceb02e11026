"""Whether the rule's gradient jumps beside the matrix, or there is none: what to ask there, and what becomes a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from eigcheck.check.ask import Ask
from eigcheck.check.checks.conduct import refusal
from eigcheck.check.checks.jump_finding import jump_found, strip_of
from eigcheck.check.jumps import Nearest, Probed, Start, nearest, probe, rank, start_at
from eigcheck.check.known import Beside, Found, Known
from eigcheck.check.neighbours import (
    FIRST_OFF,
    FIRST_ON,
    Neighbour,
    along,
    by_entry,
    directions,
    distances,
    in_ulps,
    is_another,
    landings,
)
from eigcheck.check.point import Point
from eigcheck.domains.structures import structures_of
from eigcheck.domains.tangents import basis, dense, free_entry
from eigcheck.model import Tangents
from eigcheck.names import PROCESS_FAILURES
from eigcheck.outcome import Extra, Finding
from eigcheck.pairs import combine, evening
from eigcheck.spectra.conditioning import coalescence_radius
from eigcheck.spectra.survey import survey

FORWARD_TANGENTS = 2
"""Dense directions that a pushforward is probed along: each costs a call at every neighbour."""


def check(known: Known) -> Found:
    """Probe neighbours with random combinations of the cotangents that can be judged, then show the worst jump.

    A choice of neighbours comes first, and where that shows anything those that may show it nearer, or all of them.

    Of several jumps that of the settings' `entry` is shown, if it has one; the strip is its in any case. Where nothing
    jumps, a rule that passed so far is blamed for neighbours at which it gives no answer.
    """
    point, ask, settings = known.point, known.ask, known.settings
    usable = [c.cotangent for c in known.comparisons if c.status in ("agrees", "differs")]
    usable = [c for c in usable if not point.cotangents[c].gauge]
    if not usable or not point.multiplicity.decided or not point.matrix.size:
        return Found()
    start = _start(point, ask, usable, settings.seed)
    if start is None:
        return Found()
    wanted = known.problem.structures
    wanted = structures_of(point.matrix, point.triangle) if wanted is None else wanted
    entry = None if settings.entry is None else free_entry(settings.entry, point.rule.domain)
    neighbours = partial(_neighbours, point, wanted, settings.ulps, settings.seed, entry)
    respond = ask.along(start.point.tangents)
    first = neighbours(every=settings.thorough)
    asked = None if entry is None else next((n for n in first if n.moved == entry), None)
    probed = probe(start, first, respond)
    found = nearest(probed.suspects, entry)
    visited = len(first)
    if not settings.thorough and (probed.suspects or probed.refused):
        known_ones = iter(first)
        in_order = [next(known_ones) if one.first else one for one in neighbours(every=True)]
        rest = _worth_asking([one for one in in_order if not one.first], probed, found, entry)
        if rest:
            probed = probed.with_(probe(start, rest, respond), in_order)
            found = nearest(probed.suspects, entry)
            visited += len(rest)
    if found.jump is not None:
        return jump_found(known, start, found.jump, found.count, usable, visited, asked)
    comparison = next(c for c in known.comparisons if c.cotangent == usable[0])
    strip = strip_of(point, ask, asked, usable[0], entry, comparison) if asked is not None else None
    findings = _misled(point, found.misled)
    if not findings and known.standing == "pass":
        findings = _refused(point, probed, visited)
    return Found(findings, beside=Beside((), strip, visited))


def _start(point: Point, ask: Ask, usable: Sequence[int], seed: int) -> Start | None:
    """The rule's numbers at A itself for random combinations of the usable cotangents, one of each form."""
    rng = np.random.default_rng([seed, len(point.matrix), 3])
    groups: dict[tuple[bool, bool], list[int]] = {}
    for c in usable:
        pairs = point.cotangents[c].pairs
        groups.setdefault((pairs.values is None, pairs.vectors is None), []).append(c)
    mixed = []
    for members in groups.values():
        weights = rng.uniform(0.5, 1.5, len(members)) * evening(np.max(point.allowed[members], axis=1, initial=0.0))
        mixed.append(combine([(c, float(w)) for c, w in zip(members, weights, strict=True)], point.pairs))
    mixed = [pairs for pairs in mixed if pairs.finite]
    tangents = probe_tangents(point, ask)
    numbers = ask.numbers(point.matrix, tuple(mixed), tangents)
    return None if numbers is None else start_at(point.asked_with(mixed, tangents), numbers)


def probe_tangents(point: Point, ask: Ask) -> Tangents:
    """All tangents in reverse mode, where they are free; few in forward mode, where each is a call."""
    n = point.matrix.shape[0]
    if ask.mode == "reverse":
        return point.tangents
    if len(point.tangents.entries) <= FORWARD_TANGENTS:
        return basis(n, point.rule.domain, is_complex=point.is_complex)
    return dense(n, point.rule.domain, is_complex=point.is_complex, count=FORWARD_TANGENTS, seed=5)


def _neighbours(
    point: Point,
    structures: Sequence[str],
    ulps: Sequence[int],
    seed: int,
    entry: tuple[int, int] | None,
    *,
    every: bool,
) -> list[Neighbour]:
    """All of them in order, or those that are asked first."""
    matrix, domain, state, norm = point.matrix, point.rule.domain, point.state, point.state.size
    next_to = landings(matrix, domain, norm, point.roundoff)
    # a structure that one unit in an entry leads to is told as that
    made = list(by_entry(matrix, domain, norm, point.roundoff, ulps, seed, entry, every=every or bool(next_to)))
    for one in next_to:
        same = [place for place, moved in enumerate(made) if not is_another(moved.matrix, one.matrix)]
        for place in same:
            made[place] = replace(made[place], first=True)
        if not same:
            made.append(one)
    # u norm(A) underflows where A consists of denormals, whose unit is the smallest of them
    ulp = max(point.roundoff * norm, float(np.finfo(np.float64).smallest_subnormal))
    for number, (direction, kept) in enumerate(directions(matrix, domain, structures, seed)):
        limit = coalescence_radius(state, direction) / 8
        apart = FIRST_OFF if kept is None else FIRST_ON
        for step, distance in enumerate(distances(norm, point.roundoff, limit)):
            moved = along(matrix, direction, distance)
            if is_another(moved, matrix):
                # of two directions one begins at the first step, the other half way to the next one that it takes
                first = (step + number * apart // 2) % apart == 0
                made.append(Neighbour(moved, None, "re", distance / ulp, distance, kept, first))
    return made if every else [one for one in made if one.first]


def _worth_asking(
    others: Sequence[Neighbour], probed: Probed, found: Nearest, wanted: tuple[int, int] | None
) -> list[Neighbour]:
    """Those of the others that are as near as a jump that was found, all where something else was."""
    if found.jump is not None:
        near = rank(found.jump.neighbour, wanted)
        return [neighbour for neighbour in others if rank(neighbour, wanted) <= near]
    return list(others) if found.misled or probed.refused else []


def _misled(point: Point, misled: tuple[Neighbour, Finding] | None) -> list[Finding]:
    """The finding `primal` of a neighbour, which says where that is."""
    if misled is None:
        return []
    neighbour, found = misled
    distance = neighbour.distance / point.state.size
    where = f"at a neighbour {distance:.2g} norm(A) away"
    if neighbour.moved is not None:
        where = f"entry {neighbour.moved} moved by {in_ulps(neighbour.ulps)}"
    text = f"beside A ({where}) {found.message}"
    return [replace(found, message=text, extra=Extra(beside=distance), beside=neighbour.matrix)]


def _refused(point: Point, probed: Probed, visited: int) -> list[Finding]:
    """The nearest neighbour with a gradient at which the rule gave none at all, in words that say how many refused.

    A neighbour at which a rule raises has no number that could jump. Where there is a gradient, as wherever eigenvalues
    are not defective, and LAPACK's own vectors to compute it from, refusing to give it is an `exception` as it would be at
    the matrix itself.
    """
    refused = [(n, trouble) for n, trouble in probed.refused if trouble.kind not in PROCESS_FAILURES]
    refused.sort(key=lambda pair: (pair[0].moved is None, abs(pair[0].ulps)))
    for neighbour, trouble in refused:
        spectrum = survey(neighbour.matrix, point.triangle)
        if spectrum.state is None or not spectrum.multiplicity.decided or spectrum.multiplicity.defective:
            continue
        if spectrum.basis_lost(point.rule.function):
            continue
        distance = neighbour.distance / point.state.size
        where = (
            f"where entry {neighbour.moved} has moved by {in_ulps(neighbour.ulps)}"
            if neighbour.moved is not None
            else f"at a neighbour {distance:.2g} norm(A) away"
        )
        many = f"{len(refused)} of {visited} neighbours got no answer"
        found = refusal(trouble, f"{where}; {many}", distance)
        return [] if found is None else [found]
    return []
