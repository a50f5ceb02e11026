"""Tasks on the workers of a Dask cluster, which somebody else has begun and keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Final, TypeVar

from eigcheck.engine import version
from eigcheck.errors import UsageError
from eigcheck.names import installing
from eigcheck.pool import PoolLost

Result = TypeVar("Result")

_PATIENCE: Final = 10.0  # seconds in which a scheduler has to answer
_DESERTED: Final = 60.0
"""Seconds without any worker after which nobody is waited for: one that died is begun again sooner, if at all."""
_AGAIN: Final = "What was judged by then is not asked again with --resume."

_ONE_AT_A_TIME: Final = Lock()
"""In a worker: what a rule prints and warns of is caught for the whole process, so that its threads take turns."""


@dataclass(frozen=True)
class Cluster:
    """A cluster that has answered, how many `workers` it had then, and what is `pending` there."""

    client: Any
    workers: int
    pending: set[Future[Any]] = field(default_factory=set)

    def schedule(self, function: Callable[..., Result], args: tuple[object, ...]) -> Future[Result]:
        """The future of `function(*args)`, which must be something that can be imported on the workers.

        A worker that dies is no matter: the scheduler has its tasks done elsewhere. The future raises Dask's KilledWorker
        once several have died of the same one, and PoolLost where the cluster is gone: what was asked before still comes.
        """
        future: Future[Result] = Future()
        future.set_running_or_notify_cancel()
        try:
            asked = self.client.submit(_in_turn, function, args, pure=False)
        except Exception as error:
            future.set_exception(PoolLost(f"--cluster: its scheduler is gone ({error}). {_AGAIN}"))
            return future
        self.pending.add(future)
        future.add_done_callback(self.pending.discard)
        asked.add_done_callback(lambda done: _settle(future, done))
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
        raise UsageError(f"--cluster needs Dask: {installing('cluster')}.")
    dask: Any = import_module("distributed")
    try:
        client = dask.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--cluster {address}: no Dask scheduler answers there ({error}). `dask scheduler` prints its address."
        ) from error
    with client:
        cluster = Cluster(client, _checked(client, address))
        with _watched(cluster):
            yield cluster


@contextmanager
def _watched(cluster: Cluster) -> Iterator[None]:
    """Within the block nothing is waited for that no worker is left to do."""
    ended = Event()

    def watch() -> None:
        seen = monotonic()
        while not ended.wait(_DESERTED / 10):
            try:
                there = cluster.client.nthreads()
            except Exception:
                return  # of a scheduler that is gone the futures tell themselves
            if there or not cluster.pending:
                seen = monotonic()
            elif monotonic() - seen >= _DESERTED:
                for future in tuple(cluster.pending):
                    with suppress(InvalidStateError):
                        future.set_exception(PoolLost(f"--cluster: all of its workers are gone. {_AGAIN}"))

    Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


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


def _settle(future: Future[Any], done: Any) -> None:
    """Pass on what came of a task; called in a thread of the client, when the task is done or lost."""
    with suppress(InvalidStateError):
        if done.status not in ("finished", "error"):
            future.set_exception(PoolLost(f"--cluster: its scheduler is gone. {_AGAIN}"))
            return
        try:
            future.set_result(done.result())
        except BaseException as error:
            future.set_exception(error)
