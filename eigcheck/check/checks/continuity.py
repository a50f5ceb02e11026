"""The continuity probe of one mode of one rule: what to ask beside the matrix, and what a jump says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eigcheck.check.ask import Ask
from eigcheck.check.challenges import combine
from eigcheck.check.checks.refusal import Listener, refusal
from eigcheck.check.compare import Comparison
from eigcheck.check.excuses import unexcused
from eigcheck.check.jumps import Jump, Respond, Start, flip_distance, followed_numbers, probe
from eigcheck.check.known import Beside, Found, Known
from eigcheck.check.neighbours import Neighbour, along, by_entry, directions, distances
from eigcheck.check.point import Point, among_answers, budget_of, kinds_at, touched
from eigcheck.check.proof import Proof, prove
from eigcheck.check.reading import (
    allowed_at,
    clearest,
    entries,
    entry_sizes,
    jump_entry,
    sentence,
    structure_left,
    wrong_side,
)
from eigcheck.choosing import foremost
from eigcheck.detail import Enclosure, Strip
from eigcheck.detail import Jump as ToldJump
from eigcheck.domains.structures import structures_of
from eigcheck.domains.tangents import basis, dense, free_entry
from eigcheck.model import Array, Eigenpairs, Tangents
from eigcheck.outcome import Extra, Finding, Offender
from eigcheck.spectra.conditioning import Conditioning, coalescence_radius

FORWARD_TANGENTS = 2
"""Dense directions that a pushforward is probed along: each costs a call at every neighbour."""

MIXTURE = "a mixture of the cotangents"
"""What is said to jump where no cotangent does by itself."""


def check(known: Known) -> Found:
    """Probe every neighbour with random combinations of the cotangents that can be judged, then show the worst jump.

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
    has = structures_of(point.matrix, point.triangle)
    wanted = has if known.problem.structures is None else known.problem.structures
    entry = None if settings.entry is None else free_entry(settings.entry, point.rule.domain)
    neighbours = _neighbours(point, wanted, settings.ulps, settings.seed, entry)
    asked = None if entry is None else next((n for n in neighbours if n.moved == entry), None)
    listener = Listener(ask, start.tangents)
    jumps, misled = unexcused(point, ask, start, probe(start, neighbours, listener))
    if jumps:
        return _tell(known, start, jumps, has, usable, len(neighbours), asked)
    comparison = next(c for c in known.comparisons if c.cotangent == usable[0])
    strip = _strip(point, ask, asked, usable[0], entry, comparison) if asked is not None else None
    refused = refusal(point, listener, neighbours) if misled is None and known.standing == "pass" else None
    told = [found for found in (misled, refused) if found is not None]
    return Found(told, beside=Beside((), strip, len(neighbours)))


def _respond(ask: Ask, tangents: Tangents) -> Respond:
    """The rule's answers along the given tangents."""
    return lambda matrices, cotangents: ask.answers(matrices, cotangents, tangents)


def _start(point: Point, ask: Ask, usable: Sequence[int], seed: int) -> Start | None:
    """The rule's numbers at A itself for random combinations of the usable cotangents, one of each form."""
    state, n = point.state, point.matrix.shape[0]
    rng = np.random.default_rng([seed, n, 3])
    groups: dict[tuple[bool, bool], list[int]] = {}
    for c in usable:
        pairs = point.cotangents[c].pairs
        groups.setdefault((pairs.values is None, pairs.vectors is None), []).append(c)
    mixed = tuple(
        combine(
            [(c, float(w)) for c, w in zip(members, rng.uniform(0.5, 1.5, len(members)), strict=True)],
            point.cotangents,
        )
        for members in groups.values()
    )
    mixed = tuple(pairs for pairs in mixed if pairs.finite)
    tangents = probe_tangents(point, ask)
    numbers = ask.numbers(point.matrix, mixed, tangents)
    if numbers is None:
        return None
    return _with_budget(point, state, mixed, numbers, tangents)


def probe_tangents(point: Point, ask: Ask) -> Tangents:
    """All tangents in reverse mode, where they are free; few in forward mode, where each is a call."""
    n = point.matrix.shape[0]
    if ask.mode == "reverse":
        return point.tangents
    if len(point.tangents.entries) <= FORWARD_TANGENTS:
        return basis(n, point.rule.domain, is_complex=point.is_complex)
    return dense(n, point.rule.domain, is_complex=point.is_complex, count=FORWARD_TANGENTS, seed=5)


def _with_budget(
    point: Point, state: Conditioning, cotangents: tuple[Eigenpairs, ...], numbers: Array, tangents: Tangents
) -> Start:
    made = budget_of(point.spectrum, point.rule, point.primal, cotangents, point.roundoff)
    allowed = among_answers(made.allowed, tangents, point.triangle)
    sizes = np.max(np.abs(np.where(np.isfinite(numbers), numbers, 0.0)), axis=1, initial=0.0)
    allowed = np.maximum(allowed, 2 * point.roundoff * sizes[:, None])
    eps = point.roundoff * state.norm
    second = _second_order(made.terms, state, touched(tangents, point.triangle))
    kinds = kinds_at(point.spectrum, point.rule)
    free = point.rule.convention == "free"
    return Start(point.matrix, point.primal, cotangents, numbers, allowed, state, eps, tangents, second, kinds, free)


def _second_order(terms: Array, state: Conditioning, moved: Array) -> Array:
    """(2 max_k norm(S_k) (1 + kappa_k))^2 norm(terms) norm(E), norms being those of balanced coordinates: (C, T)."""
    d = state.balance
    rate = np.float64(2 * np.max(state.resolvent_norms * (1 + state.kappa), initial=0.0))
    # over the largest term, whose square may overflow
    unit = np.max(terms, axis=(1, 2), initial=0.0, keepdims=True)
    unit = np.where(unit > 0, unit, 1.0)
    reach = np.linalg.norm(moved / d[:, None] * d[None, :], axis=(1, 2))
    with np.errstate(over="ignore", invalid="ignore"):
        sizes = unit[:, 0, 0] * np.linalg.norm(terms / unit * d[:, None] / d[None, :], axis=(1, 2))
        product = rate**2 * sizes[:, None] * reach[None, :]
    return np.where(np.isnan(product), 0.0, product)


def _neighbours(
    point: Point,
    structures: Sequence[str],
    ulps: Sequence[int],
    seed: int,
    entry: tuple[int, int] | None,
) -> list[Neighbour]:
    matrix, domain, state = point.matrix, point.rule.domain, point.state
    norm = state.size
    made = list(by_entry(matrix, domain, norm, point.roundoff, ulps, seed, entry))
    # u norm(A) underflows where A consists of denormals, whose unit is the smallest of them
    ulp = max(point.roundoff * norm, float(np.finfo(np.float64).smallest_subnormal))
    for direction, kept in directions(matrix, domain, structures, seed):
        limit = coalescence_radius(state, direction) / 8
        for distance in distances(norm, point.roundoff, limit):
            moved = along(matrix, direction, distance)
            if np.all(np.isfinite(moved)) and not np.array_equal(moved, matrix):
                made.append(Neighbour(moved, None, "re", distance / ulp, distance, kept))
    return made


def _tell(
    known: Known,
    start: Start,
    jumps: Sequence[Jump],
    has: Sequence[str],
    usable: Sequence[int],
    visited: int,
    asked: Neighbour | None,
) -> Found:
    """The jump that is easiest to see, told as a finding, with its strip or that of the neighbour `asked`."""
    point, ask, comparisons = known.point, known.ask, known.comparisons
    wanted = asked.moved if asked is not None else None
    first = _clearest_of(jumps, wanted)
    full = _full_start(point, ask, usable)
    by_cotangent: list[Jump] = []
    if full is not None:
        by_cotangent = probe(full, [first.neighbour], _respond(ask, full.tangents))
    at = full if by_cotangent and full is not None else start
    shown = by_cotangent[0] if by_cotangent else first
    row = clearest(shown, at)
    if not by_cotangent:
        usable = usable[:1]
    cotangent = usable[row] if by_cotangent else usable[0]
    entry = jump_entry(shown, at, row)
    comparison = next(c for c in comparisons if c.cotangent == cotangent)
    proof = _proof(point, cotangent, shown, at, row, entry) if by_cotangent else None
    wrong = proof.wrong if proof else wrong_side(comparison, shown, row) if by_cotangent else "unknown"
    left = structure_left(point, first.neighbour, has)
    flip = _flip(point, ask, start, first)
    size = entry_sizes(shown, at, row)[entry] if entry is not None else float(np.max(shown.sizes[row]))
    told = ToldJump(
        entry=entry,
        moved=first.neighbour.moved,
        part=first.neighbour.part,
        structure=left,
        ulps=first.neighbour.ulps,
        size=size,
        allowed=allowed_at(shown, at, row, entry),
        side="+" if first.neighbour.ulps > 0 else "-",
        wrong=wrong,
        flip_distance=flip,
        neighbours=len(jumps),
        proof=None if proof is None else Enclosure(proof.number, proof.radius),
    )
    label = point.cotangents[cotangent].label if by_cotangent else MIXTURE
    words = sentence(told, label, visited, proof.sentence if proof else "measured")
    finding = replace(_finding(words, cotangent, told, entries(shown, at, row)), beside=first.neighbour.matrix)
    if asked is None or first.neighbour.moved == wanted:
        strip = _strip(point, ask, first.neighbour, cotangent, entry, comparison)
    else:
        strip = _strip(point, ask, asked, cotangent, wanted, comparison)
    return Found([finding], beside=Beside((told,), strip, visited))


def _clearest_of(jumps: Sequence[Jump], wanted: tuple[int, int] | None) -> Jump:
    """Entries before directions, the entry that is wanted before others, then the nearest, then the largest."""

    def rank(jump: Jump) -> tuple[bool, bool, float]:
        return jump.neighbour.moved is None, jump.neighbour.moved != wanted, abs(jump.neighbour.ulps)

    first = min(map(rank, jumps))
    near = [jump for jump in jumps if rank(jump) == first]
    return near[foremost([jump.size for jump in near])]


def _finding(words: str, cotangent: int, told: ToldJump, sizes: tuple[Offender, ...]) -> Finding:
    return Finding(
        "jump",
        words,
        cotangent=cotangent,
        entry=told.entry,
        size=told.size,
        allowed=told.allowed,
        structure=told.structure,
        ulps=abs(told.ulps),
        extra=Extra(
            moved=told.moved,
            part=told.part,
            side=told.side,
            wrong=told.wrong,
            flip_distance=told.flip_distance,
            proof=told.proof,
            entries=sizes,
        ),
    )


def _proof(
    point: Point, cotangent: int, shown: Jump, at: Start, row: int, entry: tuple[int, int] | None
) -> Proof | None:
    there = shown.neighbour.matrix
    return prove(point, cotangent, there, at.numbers[row], shown.numbers[row], shown.allowed[row], entry)


def _full_start(point: Point, ask: Ask, usable: Sequence[int]) -> Start | None:
    """The start for every usable cotangent and the tangents of the point, to name cotangent and entry."""
    state = point.state
    cotangents = tuple(point.cotangents[c].pairs for c in usable)
    numbers = ask.numbers(point.matrix, cotangents, point.tangents)
    return None if numbers is None else _with_budget(point, state, cotangents, numbers, point.tangents)


def _flip(point: Point, ask: Ask, start: Start, jump: Jump) -> float:
    """Distance at which the branch flips along the way to the neighbour, in units of norm(A)."""
    state = start.state
    norm = state.size
    distance = jump.neighbour.distance
    if jump.neighbour.moved is not None or distance <= 2 * point.roundoff * norm:
        return distance / norm
    direction = (jump.neighbour.matrix - start.matrix).astype(np.complex128 if point.is_complex else np.float64)
    direction = direction / np.linalg.norm(direction)
    near = 0.0
    _, far = flip_distance(start, direction, near, distance, _respond(ask, start.tangents))
    return far / norm


def _strip(
    point: Point,
    ask: Ask,
    neighbour: Neighbour,
    cotangent: int,
    entry: tuple[int, int] | None,
    comparison: Comparison,
) -> Strip | None:
    """The gradient's entry as the moved one crosses A in single ULPs."""
    state = point.state
    if neighbour.moved is None or entry is None:
        return None
    norm = state.size
    places = [i for i, e in enumerate(point.tangents.entries) if e == entry]
    if not places:
        return None
    near = by_entry(point.matrix, point.rule.domain, norm, point.roundoff, (1, 2, 4), 0, neighbour.moved)
    line = {int(n.ulps): n for n in near if n.moved == neighbour.moved and n.part == neighbour.part}
    line[0] = replace(neighbour, matrix=point.matrix, ulps=0.0, distance=0.0)
    counts = sorted(line)
    alone = _with_budget(point, state, (point.cotangents[cotangent].pairs,), np.zeros((1, 1)), point.tangents)
    found = followed_numbers(alone, [line[ulps].matrix for ulps in counts], _respond(ask, point.tangents))
    drawn = [(ulps, answer[0][0]) for ulps, answer in zip(counts, found, strict=True) if answer is not None]
    # of the real and the imaginary part the one that moves more
    place = places[foremost([np.ptp([numbers[t] for _, numbers in drawn]) if drawn else 0.0 for t in places])]
    return Strip(
        entry=entry,
        moved=neighbour.moved,
        part=point.tangents.parts[place],
        moved_part=neighbour.part,
        ulps=tuple(ulps for ulps, _ in drawn),
        values=tuple(float(numbers[place]) for _, numbers in drawn),
        truth=float(comparison.want[place]) if comparison.want is not None else None,
    )
