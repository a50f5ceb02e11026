from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.judge.diagnoses import diagnose
from eigcheck.judge.diagnoses.algebra import pieces
from tests.judge.diagnoses.bench import evidence, matrix

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
    assert diagnose(replace(known, got=got, matrix=known.matrix.astype(np.float32))) == ()
