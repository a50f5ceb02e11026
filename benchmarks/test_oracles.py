"""Each oracle for a whole gradient, beside the eigen-decompositions that it asks LAPACK for."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.conftest import Measure, calls_of, one_call
from benchmarks.lapack import replay
from benchmarks.stage import ORDERS, general, oracle_at
from eigcheck.model import Testimony
from eigcheck.oracles.registry import names

ALL = pytest.mark.parametrize(("name", "n"), [(name, n) for name in names() for n in ORDERS])


@pytest.fixture(params=[(name, n) for name in names() for n in ORDERS], ids=lambda pair: f"{pair[0]}-{pair[1]}")
def oracle(request: pytest.FixtureRequest, benchmark: Any) -> tuple[Callable[[], Testimony], int]:
    """An oracle's answer and the order of its matrix; skipped where the oracle abstains."""
    name, n = request.param
    benchmark.group = f"{name} n={n}"
    answer = oracle_at(name, n)
    abstained = answer().abstained
    if abstained is not None:
        pytest.skip(f"{name} abstains at n = {n}: {abstained}")
    return answer, n


def test_oracle(oracle: tuple[Callable[[], Testimony], int], measure: Measure) -> None:
    answer, n = oracle
    testimony = measure(answer, rounds=5 if n == max(ORDERS) else 20, instead=general(n))
    assert np.isfinite(testimony.numbers).all()


def test_lapack(oracle: tuple[Callable[[], Testimony], int], benchmark: Any) -> None:
    answer, n = oracle
    benchmark(replay, calls_of(answer) or one_call(general(n)))
