from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eigcheck.check.diagnoses.algebra import differences, fix_phase, inverse, pieces, smallest_gap
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array
from tests.check.diagnoses.bench import HERMITIAN, cotangents, matrix


def problem(function: str, kind: str, n: int, seed: int, invariant: bool, domain: str = "general") -> Evidence:
    """Evidence without a rule: `got` and `want` are what central differences of NumPy's own pairs give."""
    rng = np.random.default_rng(seed)
    A = matrix(kind, n, rng)
    values, vectors = solve(function, domain, A)
    bars = cotangents(function, values, vectors, rng, invariant)
    want = np.array([differenced(function, domain, A, bar) for bar in bars])
    return Evidence(
        A,
        values,
        vectors,
        bars,
        want,
        want,
        np.full(len(bars), 1e-8),
        function,
        domain,
        real=A.dtype == float,
    )


def solve(function: str, domain: str, A: Array) -> Any:
    if function in HERMITIAN:
        return np.linalg.eigh(A, UPLO="U" if domain == "upper" else "L")
    return np.linalg.eig(A)


def differenced(function: str, domain: str, A: Array, bar: Any, h: float = 1e-6) -> Array:
    """The gradient of <bar, pairs> by central differences, its error about u / h + h^2 = 1e-10."""
    G = np.zeros(A.shape, dtype=A.dtype)
    for i, j in np.ndindex(*A.shape):
        for unit in (1.0, 1j) if np.iscomplexobj(A) else (1.0,):
            E = np.zeros_like(A)
            E[i, j] = unit
            if domain == "symmetric":
                E = (E + E.conj().T) / 2
            losses = []
            for sign in (1, -1):
                values, vectors = solve(function, domain, A + sign * h * E)
                loss = 0.0 if bar.values is None else np.vdot(bar.values, values).real
                losses.append(loss + (0.0 if bar.vectors is None else np.vdot(bar.vectors, vectors).real))
            G[i, j] += unit * (losses[0] - losses[1]) / (2 * h)
    return G


# geev's signs at a symmetric matrix are not continuous: nothing to difference for `eig` there
GENERAL = [(f, kind, "general") for f in ("eigvals", "eig") for kind in ("general", "complex-general")]
SYMMETRIC = [("eigvals", kind, "symmetric") for kind in ("symmetric", "complex-symmetric")]
TRIANGLES = [
    (f, kind, domain)
    for f in ("eigvalsh", "eigh")
    for kind in ("symmetric", "complex-symmetric")
    for domain in ("general", "upper", "symmetric")
]


@pytest.mark.parametrize(("function", "kind", "domain"), GENERAL + SYMMETRIC + TRIANGLES)
def test_the_formula_is_the_derivative(function: str, kind: str, domain: str) -> None:
    known = problem(function, kind, 4, 5, invariant=True, domain=domain)
    p = pieces(known)
    assert p is not None
    assert np.abs(known.on_domain(p.gradient()) - known.want).max() < 1e-8


def test_the_phase_of_geev_is_in_the_formula() -> None:
    known = problem("eig", "complex-general", 4, 5, invariant=False)
    p = pieces(known)
    assert p is not None
    assert np.abs(p.gradient() - known.want).max() < 1e-8
    free = pieces(replace(known, convention="free"))
    assert free is not None
    assert np.abs(free.gradient() - known.want).max() > 1e-3


def test_the_phase_of_heevd_is_in_the_formula() -> None:
    known = problem("eigh", "complex-symmetric", 4, 5, invariant=False)
    p = pieces(known)
    assert p is not None
    assert np.abs(known.on_domain(p.gradient()) - known.want).max() < 1e-8


def test_a_fixed_cotangent_does_not_depend_on_the_phase() -> None:
    known = problem("eig", "complex-general", 3, 2, invariant=False)
    bars = np.array([bar.vectors for bar in known.cotangents if bar.vectors is not None])
    fixed = fix_phase(known, bars)
    assert np.abs(np.imag(np.sum(known.vectors.conj() * bars, axis=1))).max() > 0.1
    assert np.abs(np.imag(np.sum(known.vectors.conj() * fixed, axis=1))).max() < 1e-14


def test_roundoff_in_the_real_entry_hides_it_from_nobody() -> None:
    known = problem("eig", "complex-general", 3, 2, invariant=False)
    bars = np.array([bar.vectors for bar in known.cotangents if bar.vectors is not None])
    turned = replace(known, vectors=known.vectors * np.exp(1e-15j))
    assert np.abs(fix_phase(turned, bars) - fix_phase(known, bars)).max() < 1e-13


def test_vectors_of_another_phase_keep_their_cotangents() -> None:
    known = problem("eig", "complex-general", 3, 2, invariant=False)
    turned = replace(known, vectors=known.vectors * np.exp(0.3j))
    bars = np.array([bar.vectors for bar in known.cotangents if bar.vectors is not None])
    assert (fix_phase(turned, bars) == bars).all()


def test_unresolved_gaps_count_as_none() -> None:
    known = problem("eigvals", "general", 3, 0, invariant=True)
    close = replace(known, values=np.array([1.0, 1.0 + 2.0**-52, 3.0]))
    assert differences(close)[0, 1] == 0.0
    assert smallest_gap(close) == pytest.approx(2.0)
    assert smallest_gap(replace(known, values=np.ones(3))) == 1.0


def test_inverse_of_zero_is_zero() -> None:
    assert inverse(np.array([0.0, 4.0, -0.5])).tolist() == [0.0, 0.25, -2.0]


def test_no_pieces_of_singular_vectors() -> None:
    known = problem("eigvals", "general", 2, 0, invariant=True)
    assert pieces(replace(known, vectors=np.ones((2, 2)))) is None


def test_absent_cotangents_are_zero_pieces() -> None:
    known = problem("eig", "general", 3, 0, invariant=True)
    p = pieces(known)
    assert p is not None
    for row, bar in enumerate(known.cotangents):
        assert (bar.values is None) == (not p.values_bar[row].any())
        assert (bar.vectors is None) == (not p.vectors_bar[row].any())
