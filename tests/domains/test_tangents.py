"""Tangents of the four domains: what `<G, E>` is, and how a gradient is put together again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.domains.tangents import (
    BASIS_LIMITS,
    DENSE_COUNT,
    SAMPLED,
    assemble,
    basis,
    dense,
    pair_with,
    positions,
    project,
    tangents_for,
    unit_tangent,
    weights_of,
)
from eigcheck.model import unit_roundoff
from eigcheck.names import DOMAINS

U = unit_roundoff(np.float64)

orders = st.integers(0, 6)
seeds = st.integers(0, 2**32 - 1)
domains = st.sampled_from(DOMAINS)


def gradients(n, seed, is_complex, count=2):
    rng = np.random.default_rng(seed)
    made = rng.standard_normal((count, n, n))
    return made + 1j * rng.standard_normal((count, n, n)) if is_complex else made


def inner(x, y):
    """`<X, Y> = Re tr(X^H Y)`, written out."""
    return np.trace(x.conj().T @ y).real


def on_domain(G, domain):
    """The gradient of the domain that a free gradient stands for."""
    if domain == "general":
        return G
    if domain == "symmetric":
        return (G + G.conj().swapaxes(-1, -2)) / 2
    kept = np.triu(G) if domain == "upper" else np.tril(G)
    diagonal = np.einsum("...ii->...i", kept)
    diagonal[...] = diagonal.real
    return kept


@given(orders, seeds, domains, st.booleans())
def test_pairing_is_the_trace_of_the_contract(n, seed, domain, is_complex):
    G = gradients(n, seed, is_complex)
    for tangents in (basis(n, domain, is_complex=is_complex), dense(n, domain, is_complex=is_complex, count=3, seed=1)):
        numbers = pair_with(G, tangents)
        want = np.array([[inner(g, e) for e in tangents.matrices] for g in G]).reshape(numbers.shape)
        assert numbers.shape == (2, len(tangents.entries))
        assert np.allclose(numbers, want, rtol=0, atol=n * n * U * max(np.abs(G).max(initial=0), 1))


@given(orders, seeds, domains, st.booleans())
def test_each_number_is_an_entry_of_the_gradient_on_the_domain_and_all_assemble_to_it(n, seed, domain, is_complex):
    """`<G, E>` of the table: Re and Im of G_ij, of those of (G + G^H)/2, of the stored entries."""
    G = gradients(n, seed, is_complex)
    tangents = basis(n, domain, is_complex=is_complex)
    numbers, want = pair_with(G, tangents), on_domain(G.copy(), domain)
    for t, (entry, part) in enumerate(zip(tangents.entries, tangents.parts, strict=True)):
        value = want[:, entry[0], entry[1]]
        assert np.allclose(numbers[:, t], value.real if part == "re" else value.imag, rtol=4 * U, atol=0)
    made = assemble(numbers, tangents, n, domain, is_complex=is_complex)
    assert np.allclose(made, want, rtol=4 * U, atol=0)
    assert np.iscomplexobj(made) == is_complex


@given(orders, seeds, domains, st.booleans())
def test_assemble_is_adjoint_to_expansion_up_to_the_bases_norms(n, seed, domain, is_complex):
    """`<assemble(x), sum_t y_t E_t> = x . y`: the assembled gradients are the dual basis of the tangents."""
    tangents = basis(n, domain, is_complex=is_complex)
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, len(tangents.entries)))
    direction = np.einsum("t,tij->ij", y, tangents.matrices)
    gradient = assemble(x[None], tangents, n, domain, is_complex=is_complex)[0]
    assert abs(inner(gradient, direction) - x @ y) <= 8 * n * n * U * np.abs(x) @ np.abs(y)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("is_complex", [False, True])
def test_the_basis_spans_the_domain(domain, is_complex):
    tangents = basis(3, domain, is_complex=is_complex)
    count = (9, 18)[is_complex] if domain == "general" else (6, 9)[is_complex]
    flat = tangents.matrices.reshape(count, 9)
    assert len(tangents.entries) == len(tangents.parts) == count
    assert np.linalg.matrix_rank(np.hstack([flat.real, flat.imag])) == count
    assert np.array_equal(project(tangents.matrices, domain), tangents.matrices)


def test_symmetric_tangents_are_those_of_the_table():
    real = unit_tangent(2, "symmetric", (0, 1), "re", np.dtype(complex))
    imaginary = unit_tangent(2, "symmetric", (0, 1), "im", np.dtype(complex))
    assert np.array_equal(real, [[0, 0.5], [0.5, 0]])
    assert np.array_equal(imaginary, [[0, 0.5j], [-0.5j, 0]])


def test_positions_are_the_free_entries_row_by_row():
    assert positions(2, "general") == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert positions(2, "lower") == [(0, 0), (1, 0), (1, 1)]
    assert positions(2, "upper") == positions(2, "symmetric") == [(0, 0), (0, 1), (1, 1)]
    assert all(positions(0, domain) == [] for domain in DOMAINS)


@given(st.integers(1, 6), seeds, domains, st.booleans())
def test_projection_is_idempotent_and_orthogonal(n, seed, domain, is_complex):
    X, Y = gradients(n, seed, is_complex)
    once = project(X.copy(), domain)
    assert np.array_equal(project(once.copy(), domain), once)
    bound = 8 * n * U * np.linalg.norm(X) * np.linalg.norm(Y)
    assert abs(inner(X - once, project(Y.copy(), domain))) <= bound


def test_projection_leaves_its_argument_alone():
    X = np.full((3, 3), 1 + 1j)
    for domain in DOMAINS:
        project(X, domain)
    assert np.array_equal(X, np.full((3, 3), 1 + 1j))


@given(st.integers(1, 6), seeds, domains, st.booleans())
def test_dense_directions_are_unit_vectors_of_the_domain_and_repeatable(n, seed, domain, is_complex):
    one, again = (dense(n, domain, is_complex=is_complex, count=4, seed=seed) for _ in range(2))
    assert np.array_equal(one.matrices, again.matrices)
    assert np.allclose(np.linalg.norm(one.matrices, axis=(1, 2)), 1, rtol=(2 * n * n + 8) * U, atol=0)
    assert np.allclose(project(one.matrices.copy(), domain), one.matrices, rtol=0, atol=U)
    assert one.entries == (None,) * 4


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("is_complex", [False, True])
def test_orders_up_to_the_limit_get_every_entry(domain, is_complex):
    n = BASIS_LIMITS[is_complex]
    assert set(tangents_for(n, domain, is_complex=is_complex, every=True).entries) == set(positions(n, domain))
    assert set(tangents_for(17, domain, is_complex=is_complex).entries) == set(positions(17, domain))


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("is_complex", [False, True])
def test_orders_beyond_the_limit_get_dense_directions_and_some_single_entries(domain, is_complex):
    n = BASIS_LIMITS[is_complex] + 1
    large = tangents_for(n, domain, is_complex=is_complex, every=True)
    directions, singles = large.entries[:DENSE_COUNT], large.entries[DENSE_COUNT:]
    assert directions == (None,) * DENSE_COUNT
    assert len(set(singles)) == len(singles) == SAMPLED[True]
    assert set(singles) <= set(positions(n, domain))
    for entry, part, tangent in zip(singles, large.parts[DENSE_COUNT:], large.matrices[DENSE_COUNT:], strict=True):
        assert np.array_equal(tangent, unit_tangent(n, domain, entry, part, large.matrices.dtype))
    again = tangents_for(n, domain, is_complex=is_complex, every=True)
    assert np.array_equal(large.matrices, again.matrices)
    assert large.entries == again.entries
    few = tangents_for(36, domain, is_complex=is_complex)
    assert few.entries[:DENSE_COUNT] == (None,) * DENSE_COUNT
    assert len(set(few.entries[DENSE_COUNT:])) == len(few.entries) - DENSE_COUNT == SAMPLED[False]
    few = tangents_for(n, domain, is_complex=is_complex)
    assert few.entries == large.entries[: len(few.entries)], "what is seen with few is seen with more"
    assert np.array_equal(few.matrices, large.matrices[: len(few.entries)])


def test_numbers_of_dense_directions_and_entries_are_both_those_of_the_pairing():
    n = BASIS_LIMITS[True] + 1
    G = gradients(n, 0, True)
    large = tangents_for(n, "general", is_complex=True)
    numbers = pair_with(G, large)
    for t in (0, DENSE_COUNT - 1, DENSE_COUNT, len(large.entries) - 1):
        want = [inner(g, large.matrices[t]) for g in G]
        assert np.allclose(numbers[:, t], want, rtol=0, atol=n * n * U * np.abs(G).max())
    assert np.isnan(assemble(numbers, large, n, "general", is_complex=True)).all()


def test_dense_directions_determine_no_gradient():
    tangents = dense(3, "general", is_complex=False, count=5, seed=0)
    numbers = pair_with(gradients(3, 0, False), tangents)
    assert np.isnan(assemble(numbers, tangents, 3, "general", is_complex=False)).all()


def test_nan_in_one_entry_stays_there():
    G = np.ones((1, 3, 3))
    G[0, 2, 0] = np.nan
    tangents = basis(3, "general", is_complex=False)
    broken = np.isnan(pair_with(G, tangents)[0])
    assert [tangents.entries[t] for t in np.flatnonzero(broken)] == [(2, 0)]


def test_a_complex_gradient_of_a_real_matrix_counts_with_its_real_part():
    G = np.array([[[1 + 5j, 2], [3, 4]]])
    assert np.array_equal(pair_with(G, basis(2, "general", is_complex=False)), [[1, 2, 3, 4]])


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("is_complex", [False, True])
def test_a_matrix_on_the_domain_is_the_sum_of_the_basis_with_its_weights(domain, is_complex):
    rng = np.random.default_rng(2)
    matrix = project(rng.standard_normal((4, 4)) + is_complex * 1j * rng.standard_normal((4, 4)), domain)
    tangents = basis(4, domain, is_complex=is_complex)
    weights = weights_of(matrix, tangents, domain)
    assert np.array_equal(np.tensordot(weights, tangents.matrices, 1), matrix)
