"""Tasks on the workers of a Dask cluster, which somebody else has begun and keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from typing import Any, Final, TypeVar

from eigcheck.engine import version
from eigcheck.errors import UsageError

Result = TypeVar("Result")

_PATIENCE: Final = 10.0  # seconds in which a scheduler has to answer
_ONE_AT_A_TIME: Final = Lock()
"""In a worker: what a rule prints and warns of is caught for the whole process, so that its threads take turns."""


@dataclass(frozen=True)
class Cluster:
    """A cluster that has answered, and how many `workers` it had then."""

    client: Any
    workers: int

    def schedule(self, function: Callable[..., Result], args: tuple[object, ...]) -> Future[Result]:
        """The future of `function(*args)`, which must be something that can be imported on the workers.

        A worker that dies is no matter: the scheduler has its tasks done elsewhere. The future raises Dask's KilledWorker
        once several have died of the same one.
        """
        future: Future[Result] = self.client.get_executor(pure=False).submit(_in_turn, function, args)
        return future

    def pool(self, jobs: int) -> AbstractContextManager[Cluster]:  # noqa: ARG002 - a cluster is as large as it is
        """The cluster in place of processes of our own."""
        return nullcontext(self)


@contextmanager
def cluster_at(address: str) -> Iterator[Cluster]:
    """The cluster whose scheduler is there; what it has not begun when the block ends is taken back.

    Raises UsageError if nobody answers, if there are no workers, or if these have another eigcheck.
    """
    if find_spec("distributed") is None:
        raise UsageError("--cluster needs Dask: pip install 'eigcheck[cluster]'.")
    dask: Any = import_module("distributed")
    try:
        client = dask.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--cluster {address}: no Dask scheduler answers there ({error}). `dask scheduler` prints its address."
        ) from error
    with client:
        yield Cluster(client, _checked(client, address))


def _checked(client: Any, address: str) -> int:
    """How many workers there are. Raises UsageError where these cannot judge as we do."""
    workers = list(client.nthreads())
    if not workers:
        raise UsageError(f"--cluster {address}: it has no workers; `dask worker {address}` begins one.")
    asked = [client.submit(version, workers=[worker], pure=False) for worker in workers]
    for worker, future in zip(workers, asked, strict=True):
        try:
            theirs = future.result(timeout=_PATIENCE)
        except Exception as error:
            raise UsageError(
                f"--cluster {address}: worker {worker} did not tell its version of eigcheck "
                f"({type(error).__name__}: {error}). It has to be installed there."
            ) from error
        if theirs != version():
            raise UsageError(f"--cluster {address}: worker {worker} has eigcheck {theirs}, this is {version()}.")
    return len(workers)


def _in_turn(function: Callable[..., Result], args: tuple[object, ...]) -> Result:
    with _ONE_AT_A_TIME:
        return function(*args)
