"""Tangents of the four domains, scaled so that `<gradient, tangent>` is an entry of the gradient on that domain.

| domain | tangents | `<G, E>` |
| --- | --- | --- |
| `general` | E_ij, and i E_ij where A is complex | Re G_ij, Im G_ij |
| `symmetric` | (E_ij + E_ji)/2, and i (E_ij - E_ji)/2 off the diagonal | those of (G + G^H)/2 |
| `upper`, `lower` | E_ij in the stored triangle, and i E_ij off the diagonal | those of the stored entries |
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Array, Tangents
from eigcheck.remembering import remembered

BASIS_LIMITS = {False: 40, True: 28}
"""Largest orders (real, complex) for which every entry can be a tangent of its own: a basis is n^4 numbers of memory."""

EVERY = 600
"""Tangents of a basis up to which all of them are asked at once, order 24 of a real matrix; of larger ones at first few."""

SAMPLED = {False: 4, True: 48}
"""Number of single entries among the few, and among those that are asked where every entry is wanted and there are too many.

The few are some of the others. A pushforward may have a branch for sparse tangents.
"""

DENSE_COUNT = 8
"""Number of dense random directions among them.

Along one the error of a wrong gradient is a Gaussian number of standard deviation s = norm(error) / n. It is within what is
allowed, a, with a probability of at most a / s: along all 8 of them with one of (a / s)^8, 1e-8 where s is ten times a.
"""

REMEMBERED = 2**26
"""Bytes of tangents that are kept for the next matrix of their order: three times what the largest basis takes."""


def positions(n: int, domain: str) -> list[tuple[int, int]]:
    """The free entries of an (n, n) matrix on `domain`, row by row; for `symmetric` those of the upper triangle."""
    every = ((i, j) for i in range(n) for j in range(n))
    return [(i, j) for i, j in every if domain == "general" or (j <= i if domain == "lower" else i <= j)]


def free_entry(entry: tuple[int, int], domain: str) -> tuple[int, int]:
    """The entry that is moved where (i, j) is asked for: on `symmetric` that of the upper triangle."""
    return (min(entry), max(entry)) if domain == "symmetric" else entry


def unit_tangent(n: int, domain: str, entry: tuple[int, int], part: str, dtype: np.dtype[np.generic]) -> Array:
    """The tangent of `domain` that probes the real (`re`) or imaginary (`im`) part of one entry."""
    tangent = np.zeros((n, n), dtype)
    i, j = entry
    unit = 1j if part == "im" else 1.0
    tangent[i, j] = unit
    if domain == "symmetric" and i != j:
        tangent[i, j] = unit / 2
        tangent[j, i] = np.conj(unit) / 2
    return tangent


def basis(n: int, domain: str, *, is_complex: bool) -> Tangents:
    """Every tangent of the domain's basis: shapes (T, n, n) with T = n^2 (general real) at most 2 n^2."""
    every = [(entry, part) for entry in positions(n, domain) for part in _parts(entry, domain, is_complex)]
    return _units(n, domain, every, is_complex)


def _parts(entry: tuple[int, int], domain: str, is_complex: bool) -> tuple[str, ...]:
    return ("re", "im") if is_complex and (domain == "general" or entry[0] != entry[1]) else ("re",)


def _units(n: int, domain: str, chosen: list[tuple[tuple[int, int], str]], is_complex: bool) -> Tangents:
    """The tangents of entries with their parts."""
    dtype = np.dtype(np.complex128 if is_complex else np.float64)
    matrices = np.zeros((len(chosen), n, n), dtype)
    for t, (entry, part) in enumerate(chosen):
        matrices[t] = unit_tangent(n, domain, entry, part, dtype)
    matrices.setflags(write=False)
    return Tangents(matrices, tuple(e for e, _ in chosen), tuple(p for _, p in chosen))


def project(matrix: Array, domain: str) -> Array:
    """A dense direction brought onto the domain: Hermitian part, or the stored triangle with a real diagonal."""
    if domain == "general":
        return matrix
    if domain == "symmetric":
        return (matrix + np.conj(np.swapaxes(matrix, -1, -2))) / 2
    kept = np.triu(matrix) if domain == "upper" else np.tril(matrix)
    index = np.arange(matrix.shape[-1])
    kept[..., index, index] = kept[..., index, index].real
    return kept


def weights_of(matrix: Array, tangents: Tangents, domain: str) -> Array:
    """The weights (T,) of a basis of the domain in a matrix (n, n) that lies on it."""
    rows, columns = np.array(tangents.entries).T
    found = np.where(np.array(tangents.parts) == "im", matrix[rows, columns].imag, matrix[rows, columns].real)
    return np.asarray(found * np.where(rows != columns, 2.0, 1.0) if domain == "symmetric" else found)


def dense(n: int, domain: str, *, is_complex: bool, count: int, seed: int) -> Tangents:
    """`count` Gaussian directions on the domain, of Frobenius norm 1, so that `<G, E>` has the size of G's rms entry."""
    rng = np.random.default_rng([seed, n, count])
    matrices = rng.standard_normal((count, n, n))
    if is_complex:
        matrices = matrices + 1j * rng.standard_normal((count, n, n))
    matrices = project(matrices, domain)
    norms = np.sqrt(np.sum(np.abs(matrices) ** 2, axis=(1, 2), keepdims=True))
    matrices = np.divide(matrices, norms, out=np.zeros_like(matrices), where=norms > 0)
    return Tangents(matrices, (None,) * count, ("re",) * count)


def all_asked(n: int, domain: str, *, is_complex: bool) -> bool:
    """Whether each entry is asked for from the first."""
    return (n * n if domain == "general" else n * (n + 1) // 2) * (1 + is_complex) <= EVERY


@remembered(limit=REMEMBERED, size=lambda tangents: tangents.matrices.nbytes)
def tangents_for(n: int, domain: str, *, is_complex: bool, every: bool = False) -> Tangents:
    """The basis of the domain; for large ones dense random directions and a sample of single entries.

    With `every` the basis wherever that can be (see `BASIS_LIMITS`), else more single entries.
    """
    if n <= BASIS_LIMITS[is_complex] and (every or all_asked(n, domain, is_complex=is_complex)):
        return basis(n, domain, is_complex=is_complex)
    some = _sampled(n, domain, SAMPLED[every], is_complex)
    many = dense(n, domain, is_complex=is_complex, count=DENSE_COUNT, seed=0)
    return Tangents(
        np.concatenate([many.matrices, some.matrices]), many.entries + some.entries, many.parts + some.parts
    )


def _sampled(n: int, domain: str, count: int, is_complex: bool) -> Tangents:
    """`count` single entries spread at random over the domain, of complex matrices the real or the imaginary part."""
    rng = np.random.default_rng([0, n, SAMPLED[True]])
    free = positions(n, domain)
    # in the order in which they were drawn the first are the first of any more
    chosen = [free[i] for i in rng.permutation(len(free))[: SAMPLED[True]]]
    tossed = rng.integers(0, 2, len(chosen))
    parts = [_parts(entry, domain, is_complex) for entry in chosen]
    drawn = [(entry, of[toss % len(of)]) for entry, of, toss in zip(chosen, parts, tossed, strict=True)]
    return _units(n, domain, drawn[:count], is_complex)


def pair_with(gradients: Array, tangents: Tangents) -> Array:
    """`<G_c, E_t> = Re tr(G_c^H E_t)` for gradients (C, n, n) and T tangents: shape (C, T)."""
    count, n = gradients.shape[0], gradients.shape[-1]
    flat = np.conj(gradients).reshape(count, n * n)
    if all(entry is not None for entry in tangents.entries):
        return _pair_sparse(flat, tangents)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray((flat @ tangents.matrices.reshape(len(tangents.entries), n * n).T).real)


def _pair_sparse(flat: Array, tangents: Tangents) -> Array:
    """Products with the few entries that a basis tangent has, so that NaN elsewhere in a gradient stays there."""
    rows, places, entries = tangents.support
    if not rows.size:
        return np.zeros((len(flat), len(tangents.entries)))
    with np.errstate(invalid="ignore", over="ignore"):
        terms = (flat[:, places] * entries).real
        # every tangent of a basis has an entry; adding 0.0 makes a negative zero a positive one
        return np.asarray(np.add.reduceat(terms, np.searchsorted(rows, np.arange(len(tangents.entries))), axis=1) + 0.0)


def assemble(numbers: Array, tangents: Tangents, n: int, domain: str, *, is_complex: bool) -> Array:
    """The gradient (C, n, n) whose products with the basis are `numbers` (C, T), an element of the domain's gradients.

    NaN everywhere if the tangents are dense directions: those do not determine a gradient.
    """
    gradients: Array = np.zeros((numbers.shape[0], n, n), np.complex128 if is_complex else np.float64)
    if None in tangents.entries:
        return np.full_like(gradients, np.nan)
    rows, columns = np.array(tangents.entries, int).reshape(-1, 2).T
    turned = np.array([part == "im" for part in tangents.parts], bool)
    for part, chosen, sign in ((gradients.real, ~turned, 1.0), (gradients.imag, turned, -1.0))[: 1 + is_complex]:
        i, j = rows[chosen], columns[chosen]
        if domain == "symmetric":
            part[:, j, i] = sign * numbers[:, chosen] + 0.0
        part[:, i, j] = numbers[:, chosen] + 0.0
    return gradients
