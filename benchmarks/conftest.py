"""How work and LAPACK alone are measured beside each other."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from benchmarks.lapack import Call, recording, seconds
from eigcheck.remembering import forget

Measure = Callable[..., Any]


@pytest.fixture(autouse=True)
def one_blas_thread() -> Iterator[None]:
    with threadpool_limits(limits=1):
        yield


def calls_of(work: Callable[[], Any]) -> list[Call]:
    """The eigen-decompositions that `work` asks for when it remembers nothing."""
    work()  # what is imported or computed once and for all does not count
    forget()
    with recording() as calls:
        work()
    return calls


def one_call(matrix: np.ndarray | None) -> list[Call]:
    """One decomposition of `matrix`, for work that asks LAPACK for none."""
    assert matrix is not None, "this work calls no LAPACK: name a matrix to compare it with"
    return [Call(np.linalg.eig, matrix, (), {})]


@pytest.fixture
def measure(benchmark: Any) -> Measure:
    """Benchmark `work` without memory; how many times what LAPACK alone takes goes to `extra_info`."""

    def run(work: Callable[[], Any], rounds: int = 20, instead: np.ndarray | None = None) -> Any:
        calls = calls_of(work)
        count = sum(call.matrices for call in calls)
        calls = calls or one_call(instead)
        result = benchmark.pedantic(work, setup=forget, rounds=rounds, iterations=1)
        alone = seconds(calls)
        benchmark.extra_info["eigen_decompositions"] = count
        benchmark.extra_info["lapack_seconds"] = alone
        if benchmark.stats:
            benchmark.extra_info["ratio"] = benchmark.stats.stats.min / alone
        return result

    return run
