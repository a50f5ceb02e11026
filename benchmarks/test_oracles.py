"""Each oracle for a whole gradient, beside the eigen-decompositions that it asks LAPACK for."""

from typing import Any

import numpy as np
import pytest

from benchmarks.conftest import Measure, calls_of
from benchmarks.lapack import replay
from benchmarks.stage import ORDERS, general, oracle_at
from eigcheck.oracles.registry import names

ALL = pytest.mark.parametrize(("name", "n"), [(name, n) for name in names() for n in ORDERS])


@ALL
def test_oracle(benchmark: Any, measure: Measure, name: str, n: int) -> None:
    benchmark.group = f"{name} n={n}"
    testimony = measure(oracle_at(name, n), rounds=5 if n == max(ORDERS) else 20)
    assert testimony.abstained is None
    assert np.isfinite(testimony.numbers).all()


@ALL
def test_lapack(benchmark: Any, name: str, n: int) -> None:
    benchmark.group = f"{name} n={n}"
    calls = calls_of(oracle_at(name, n))
    if calls:
        benchmark(replay, calls)
    else:  # an oracle without LAPACK stands beside one decomposition of its matrix
        benchmark(np.linalg.eig, general(n))
