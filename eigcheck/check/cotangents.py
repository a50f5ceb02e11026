"""From what a case asks for to the cotangents that are pulled back, in the order and phases of the rule's own primal.

The space of cotangents follows the matrix and the function, not the dtype that the primal happens to return: a complex
matrix that is Hermitian at this point still has complex eigenvalue directions. Spectral losses (`Higham 2008`, 3.2):

    L = Re(c tr A^p):   values_bar = conj(c p lambda^(p-1))
    L = Re<W, A^p>:     values_bar = that (c = 1) times diag(V^H W V^-H),
                        vectors_bar = W V^-H conj(Lambda^p) - V^-H conj(Lambda^p) V^H W V^-H

Whole cotangents with both parts are followed by each part alone, because their gradients scale differently with A
(as 1 and as 1/s), and a gauge-dependent one is split into its invariant and its gauge part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eigcheck import digits
from eigcheck.errors import UsageError
from eigcheck.model import Array, Cotangent, CotangentSpec, Eigenpairs, unit_roundoff
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.pairs import in_precision, is_single
from eigcheck.spectra.complex_pairs import values_are_complex, vectors_are_complex
from eigcheck.spectra.gauge import lengths, response, without_convention

Clusters = tuple[tuple[int, ...], ...]

MANY = 48
"""Questions about single values up to which the default asks each of them, in real and in imaginary direction."""

SINGLES, GROUPS = 4, 8
"""Where there are more the default asks about so many single values, the most sensitive, and about the others in groups.

A group is one cotangent. What is allowed is summed up over its m values, so that an error of one value is seen from about
m times its own budget on where all budgets are of one size, which `Spectrum.shares` makes of them as far as it knows them.
"""


@dataclass(frozen=True)
class Place:
    """Where cotangents are wanted: at a rule's `primal`, whose vectors are (n, n) for `eig` and `eigh`.

    Under `convention` `free` the vectors' part is made independent of their lengths and phases, about which nothing is said
    then; of their phases only under `unit`, which is `free` of a rule that keeps all lengths 1. Losses are made exactly
    equal on the `clusters`, in the primal's order. The default asks for vectors once more weighed by `even` (n,), if that is
    given; where it asks for groups of values, it weighs those by `shares` (n,), and with `every` asks for each by itself.
    """

    primal: Eigenpairs
    matrix: Array
    function: str
    clusters: Clusters
    convention: str = "lapack"
    shares: Array | None = None
    even: Array | None = None
    every: bool = False


def build(spec: CotangentSpec, at: Place) -> tuple[Cotangent, ...]:
    """The cotangents of a case, in the precision of A. Raises UsageError for a loss of vectors that there are not."""
    makers = {"default": _default, "basis": lambda _, at: _single(at, range(len(at.matrix))), "random": _random}
    makers |= {"explicit": _explicit, "trace-power": _trace_power, "matrix-power": _matrix_power}
    # what overflows here is found out and told by the judge of what is determined
    with np.errstate(over="ignore", invalid="ignore"):
        return _judged_apart(makers[spec.kind](spec, at), at.primal, at.matrix, at.convention)


def _judged_apart(made: list[Cotangent], primal: Eigenpairs, matrix: Array, convention: str) -> tuple[Cotangent, ...]:
    """In the precision of A, and without what the convention leaves open; whole ones with their parts."""
    if convention != "lapack":
        made = [replace(c, pairs=_open(c.pairs, primal, free=convention == "free")) for c in made]
    rounded = [replace(c, pairs=_round(c.pairs, matrix)) for c in made]
    parts = [part for c in rounded for part in _parts(c)]
    if convention != "lapack":
        # what responds to phases is taken out, but for rounding
        return tuple(parts)
    return tuple(split for c in parts for split in _split_gauge(c, primal, matrix))


def without_overflow(cotangents: Sequence[Cotangent]) -> tuple[Cotangent, ...]:
    """Zero in place of each cotangent that overflowed: what goes out of range is ours, and no rule's to answer for."""
    return tuple(c if c.pairs.finite else replace(c, pairs=c.pairs.each(np.zeros_like)) for c in cotangents)


def _default(spec: CotangentSpec, at: Place) -> list[Cotangent]:
    made = _single(at, range(len(at.matrix))) if at.shares is None else _grouped(spec, at, at.shares)
    if at.function in VECTOR_FUNCTIONS:
        made += (whole := _random(replace(spec, kind="random", of=("vectors",)), at))
        if (even := at.even) is not None:
            made += [Cotangent(c.pairs.each(lambda bar: bar * even), f"{c.label}, evenly") for c in whole]
    return made


def _grouped(spec: CotangentSpec, at: Place, shares: Array) -> list[Cotangent]:
    """Groups of values, each with its share of a random number of modulus 1/2 to 3/2, and the other values or all."""
    n = at.matrix.shape[0]
    rng = np.random.default_rng([spec.seed, n, GROUPS])
    turns = np.where(values_are_complex(at.primal, at.matrix, at.function), rng.uniform(0, 2 * np.pi, n), 0.0)
    weights = shares * rng.uniform(0.5, 1.5, n) * rng.choice((-1, 1), n) * np.exp(1j * turns)
    order, made = np.argsort(-shares, kind="stable"), []
    for number, group in enumerate(np.array_split(order[:-SINGLES], GROUPS)):
        values_bar = np.where(np.isin(range(n), group), weights, 0)
        made.append(Cotangent(Eigenpairs(_as_values(values_bar, at)), f"group {number} of values (seed {spec.seed})"))
    return made + _single(at, range(n) if at.every else sorted(order[-SINGLES:]))


def _single(at: Place, places: Iterable[int]) -> list[Cotangent]:
    """e_k for each of the places, and i e_k where the value may move in the complex plane."""
    n = at.matrix.shape[0]
    is_complex = values_are_complex(at.primal, at.matrix, at.function)
    made = []
    for k in places:
        unit = np.eye(n, dtype=np.complex128 if is_complex[k] else np.float64)[k]
        made.append(Cotangent(Eigenpairs(unit), f"e_{k}"))
        if is_complex[k]:
            made.append(Cotangent(Eigenpairs(1j * unit), f"i e_{k}"))
    return made


def _random(spec: CotangentSpec, at: Place) -> list[Cotangent]:
    n = at.matrix.shape[0]
    of = spec.of or (("values", "vectors") if at.function in VECTOR_FUNCTIONS else ("values",))
    rng = np.random.default_rng([spec.seed, n])
    made = []
    for number in range(spec.count):
        values = _gaussian(rng, values_are_complex(at.primal, at.matrix, at.function)) if "values" in of else None
        vectors = None
        if "vectors" in of and at.function in VECTOR_FUNCTIONS:
            vectors = _gaussian(rng, np.tile(vectors_are_complex(at.primal, at.matrix), (n, 1)))
            if spec.gauge != "any":
                kept = without_convention(vectors, np.asarray(at.primal.vectors).astype(np.complex128), free=False)
                vectors = kept if np.iscomplexobj(vectors) else kept.real
        if values is None and vectors is None:
            raise UsageError(
                f"`of: [vectors]` asks for a cotangent of vectors, and {at.function} returns none: use eig or eigh"
            )
        made.append(Cotangent(Eigenpairs(values, vectors), f"random {number} (seed {spec.seed})"))
    return made


def _gaussian(rng: np.random.Generator, is_complex: Array) -> Array:
    """Gaussian numbers, with imaginary parts where `is_complex`; real dtype if nowhere."""
    real, imag = rng.standard_normal(is_complex.shape), rng.standard_normal(is_complex.shape)
    return real + 1j * np.where(is_complex, imag, 0.0) if np.any(is_complex) else real


def _explicit(spec: CotangentSpec, at: Place) -> list[Cotangent]:
    vectors = spec.vectors if at.function in VECTOR_FUNCTIONS else None
    if spec.values is None and vectors is None:
        raise UsageError(f"the case gives a cotangent of vectors only, and {at.function} returns none: use eig or eigh")
    return [Cotangent(Eigenpairs(spec.values, vectors), "given")]


def _trace_power(spec: CotangentSpec, at: Place) -> list[Cotangent]:
    factor = "" if spec.factor == 1 else f"({digits.number(spec.factor)}) "
    return [Cotangent(Eigenpairs(_power_bar(spec, at)), f"loss {factor}tr A^{spec.power}", loss=True)]


def _power_bar(spec: CotangentSpec, at: Place) -> Array:
    """conj(c p lambda^(p-1)), exactly equal over each cluster as the loss is symmetric there."""
    p = spec.power
    values = np.array(at.primal.values, np.complex128)
    for cluster in at.clusters:
        values[list(cluster)] = np.mean(values[list(cluster)])
    return _as_values(np.conj(spec.factor * p * values ** (p - 1)) if p else np.zeros_like(values), at)


def _as_values(values_bar: Array, at: Place) -> Array:
    """Without imaginary parts where no eigenvalue may have one."""
    return values_bar if np.any(values_are_complex(at.primal, at.matrix, at.function)) else values_bar.real


def _matrix_power(spec: CotangentSpec, at: Place) -> list[Cotangent]:
    if at.primal.vectors is None or spec.weight is None:
        raise UsageError(
            f"the loss matrix-power depends on eigenvectors, and {at.function} returns none: use eig or eigh"
        )
    p, vectors, weight = spec.power, np.asarray(at.primal.vectors), spec.weight
    inverse_adjoint = _inverse_adjoint(vectors)
    powers = np.conj(np.array(at.primal.values, np.complex128) ** p)
    inner = np.conj(vectors).T @ weight @ inverse_adjoint
    power_bar = _power_bar(replace(spec, factor=1.0), at)
    values_bar = power_bar * np.diagonal(inner)
    if p == 0 or np.array_equal(weight, weight[:1, :1] * np.eye(len(weight))):
        # A^0 = I, or a multiple of tr A^p: no eigenvector takes part and the members of a cluster take the same part,
        # and rounding shall not pretend that it is otherwise
        values_bar = _as_values(power_bar * (weight[0, 0] if weight.size else 1.0), at)
        return [Cotangent(Eigenpairs(values_bar), f"loss <W, A^{p}>", loss=True)]
    vectors_bar = weight @ inverse_adjoint * powers - (inverse_adjoint * powers) @ inner
    # the loss does not change with the norm or phase of a vector: v_k^H v_bar_k = 0 but for rounding
    vectors_bar = without_convention(vectors_bar, vectors, free=True)
    if not np.any(vectors_are_complex(at.primal, at.matrix)) and not np.iscomplexobj(vectors):
        # where the rule gives the vectors of real eigenvalues phases, the loss undoes them by its cotangent's
        vectors_bar = vectors_bar.real
    return [Cotangent(Eigenpairs(_as_values(values_bar, at), vectors_bar), f"loss <W, A^{p}>", loss=True)]


def _inverse_adjoint(vectors: Array) -> Array:
    """V^-H; where V is exactly singular its pseudo-inverse, as nothing is determined there anyway."""
    try:
        return np.asarray(np.conj(np.linalg.inv(vectors)).T)
    except np.linalg.LinAlgError:
        return np.asarray(np.conj(np.linalg.pinv(vectors)).T)


def _round(pairs: Eigenpairs, matrix: Array) -> Eigenpairs:
    """To the precision of A: the same numbers then go to the rule and to the oracles."""
    return pairs.each(lambda part: in_precision(part, single=is_single(matrix)))


def _parts(cotangent: Cotangent) -> list[Cotangent]:
    """The whole, and where it has two parts each of them with the other one absent."""
    pairs = cotangent.pairs
    if pairs.values is None or pairs.vectors is None or not (np.any(pairs.values) and np.any(pairs.vectors)):
        return [cotangent]
    return [
        cotangent,
        Cotangent(Eigenpairs(pairs.values), f"{cotangent.label}, values only"),
        Cotangent(Eigenpairs(None, pairs.vectors), f"{cotangent.label}, vectors only"),
    ]


def _open(pairs: Eigenpairs, primal: Eigenpairs, *, free: bool) -> Eigenpairs:
    """Without the response to phases, and to lengths where they are `free`: nobody's to judge without a convention.

    Of a column that is nothing else only the rounding of that is left, which is no cotangent: 0.
    """
    if pairs.vectors is None or primal.vectors is None:
        return pairs
    vectors = np.asarray(primal.vectors)
    rest = without_convention(pairs.vectors, vectors, free=free)
    rounding = 16 * len(vectors) * unit_roundoff(vectors.dtype) * lengths(pairs.vectors)
    return Eigenpairs(pairs.values, np.where(lengths(rest) > rounding, rest, 0))


def _split_gauge(cotangent: Cotangent, primal: Eigenpairs, matrix: Array) -> list[Cotangent]:
    """The invariant part, and the gauge part where it is more than rounding (n u times the column's norm)."""
    pairs = cotangent.pairs
    if pairs.vectors is None or primal.vectors is None or not matrix.size:
        return [cotangent]
    vectors = np.asarray(primal.vectors)
    turn = response(vectors, pairs.vectors).imag
    sizes = lengths(pairs.vectors) * np.linalg.norm(vectors, axis=0)
    # products may round to the smallest denormal as well as to u
    rounding = unit_roundoff(matrix.dtype) * sizes + float(np.finfo(matrix.dtype).smallest_subnormal)
    significant = np.abs(turn) > 16 * matrix.shape[0] * rounding
    # a real eigenvector of a real matrix has no phase to turn
    significant &= vectors_are_complex(primal, matrix)
    if not np.any(significant):
        return [cotangent]
    rest = np.where(significant, without_convention(pairs.vectors, vectors, free=False), pairs.vectors)
    gauge = pairs.vectors - rest
    invariant = Cotangent(_round(Eigenpairs(pairs.values, rest), matrix), f"{cotangent.label}, invariant part")
    return [
        invariant,
        Cotangent(_round(Eigenpairs(None, gauge), matrix), f"{cotangent.label}, gauge part", gauge=True),
    ]
