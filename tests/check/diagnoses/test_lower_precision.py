from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.model import Eigenpairs
from tests.check.diagnoses.bench import diagnose, evidence, matrix

KINDS = [("eigvals", "general"), ("eig", "complex-general"), ("eigvalsh", "symmetric"), ("eigh", "symmetric")]


@pytest.mark.parametrize(("function", "kind"), KINDS)
def test_a_gradient_rounded_to_single_precision(function: str, kind: str) -> None:
    known = evidence("none", function, matrix(kind, 4, np.random.default_rng(3)))
    single = np.complex64 if np.iscomplexobj(known.got) else np.float32
    assert diagnose(replace(known, got=known.got.astype(single).astype(known.got.dtype))) == ("lower-precision",)


@pytest.mark.parametrize(("function", "kind"), KINDS)
def test_a_matrix_rounded_to_single_precision(function: str, kind: str) -> None:
    A = matrix(kind, 4, np.random.default_rng(3))
    rounded = A.astype(np.complex64 if np.iscomplexobj(A) else np.float32).astype(A.dtype)
    known = evidence("none", function, A)
    solve = np.linalg.eigh if function.endswith("h") else np.linalg.eig
    values, vectors = solve(rounded)
    p = pieces(replace(known, values=values, vectors=vectors))
    assert p is not None
    assert diagnose(replace(known, got=known.on_domain(p.gradient()))) == ("lower-precision",)


def test_noise_of_that_size_is_not_single_precision() -> None:
    known = evidence("none", "eig", matrix("general", 4, np.random.default_rng(3)))
    noise = 1 + 2.0**-24 * np.random.default_rng(0).standard_normal(known.got.shape)
    assert diagnose(replace(known, got=known.got * noise)) == ()


def test_short_numbers_with_large_errors_are_not_single_precision() -> None:
    known = evidence("none", "eigvals", matrix("general", 4, np.random.default_rng(3)))
    got = np.round(known.got * 8) / 8
    assert known.failing.sum() == 0
    assert diagnose(replace(known, got=got)) == ()


def test_single_precision_cases_have_no_lower_one() -> None:
    known = evidence("none", "eigvals", matrix("general", 4, np.random.default_rng(3)))
    got = known.got.astype(np.float32).astype(float)
    assert diagnose(replace(known, got=got, single=True)) == ()


@pytest.mark.parametrize("is_complex", [False, True])
def test_signs_of_single_precision_are_no_fault(is_complex: bool) -> None:
    """A matrix of single-precision numbers, vectors that are minus LAPACK's: a wrong sign of the gaps is no rounding."""
    A = matrix("complex-symmetric" if is_complex else "symmetric", 4, np.random.default_rng(3))
    A = A.astype(np.complex64 if is_complex else np.float32).astype(A.dtype)
    vectors = -np.linalg.eigh(A)[1]
    bar = np.random.default_rng(4).standard_normal((4, 4)).astype(vectors.dtype)
    bar = bar - 1j * vectors * np.sum(vectors.conj() * bar, axis=0).imag if is_complex else bar
    known = evidence("none", "eigh", A)
    known = replace(known, vectors=vectors, cotangents=(Eigenpairs(None, bar),), allowed=np.full(1, 1e-13))
    p = pieces(known)
    assert p is not None
    want = known.on_domain(p.gradient())
    causes = diagnose(replace(known, want=want, got=-want))
    assert causes[:1] == ("sign-of-gap-matrix",)
    assert "lower-precision" not in causes
