"""Tasks in several processes of our own. One that dies costs the task that killed it, not the run."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from multiprocessing import get_context, parent_process, resource_tracker
from threading import Thread
from typing import Any, Final, TypeAlias, TypeVar

from eigcheck.check.settings import Settings
from eigcheck.errors import UsageError
from eigcheck.execution import RuleRunner
from eigcheck.execution.perform import LocalRunner
from eigcheck.execution.quiet import ENDING
from eigcheck.execution.router import Router, RuleSources
from eigcheck.model import Rule
from eigcheck.outcome import Outcome
from eigcheck.paths import SAFE
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.tasks import Task, lost, outcomes_of

Item = TypeVar("Item")
Result = TypeVar("Result")

# costs are in the time of an outcome of order 2
_WORTH: Final = 8.0  # of a chunk with which sending it costs little beside: half a second
_MOST: Final = 24.0  # after which even the tasks of one problem are divided
_DEAR: Final = 2 * _MOST
"""The cost from which something is dear: a chunk that could not be divided, in steps of which dearer ones come first."""
_AHEAD: Final = 100
"""Chunks that each process may be ahead of the one that is due, a minute's work; their outcomes wait in our memory."""
_MASKS: Final = hasattr(signal, "pthread_sigmask")

OpenPool: TypeAlias = Callable[[int], AbstractContextManager[Any]]
"""Opens a pool of so many processes: something with `schedule(function, args=...)`."""


class PoolLost(UsageError):
    """Nobody is left who could be asked, which is no fault of what was asked last."""


def one_thread() -> AbstractContextManager[Any]:
    """One BLAS thread: matrices are small, and results should not depend on the number of cores."""
    return _libraries(len(sys.modules)).limit(limits=1)  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def _libraries(_modules: int) -> Any:
    """The libraries with threads of their own. Looking for them takes 2 ms, and only an import brings others."""
    return import_module("threadpoolctl").ThreadpoolController()


def in_processes(
    tasks: Sequence[Task], settings: Settings, jobs: int, sources: RuleSources, open_pool: OpenPool | None = None
) -> Generator[Outcome]:
    """The outcomes of `tasks`, in their order, judged by `jobs` processes that end with this generator.

    Tasks go in small chunks of consecutive ones, so that rules of one case share what was found about its matrix, and
    what is found comes at once. Those of a chunk whose process died are asked again one at a time, and only the one
    that kills its process is given up. After a Ctrl-C comes what was finished by then, and only then KeyboardInterrupt.
    Raises PoolLost where nobody is left to ask.
    """
    chunks = _chunks(tasks)
    found: Iterator[Outcome] = iter(())
    with (open_pool or pool_of)(min(jobs, max(1, len(chunks)))) as pool:
        costs = [sum(task.cost for task in chunk) for chunk in chunks]
        turns = in_turn(chunks, lambda chunk: _ask(pool, chunk, settings, sources), jobs, costs)
        try:
            for chunk, future in turns:
                try:
                    found = iter(future.result())
                except PoolLost:
                    raise
                except Exception:
                    found = _singly(pool, chunk, settings, sources)
                yield from found
        except KeyboardInterrupt:
            yield from found
            for _, future in after_interrupt(turns):
                yield from future.result()
            raise


def after_interrupt(source: Generator[Item]) -> Iterator[Item]:
    """What a generator still has to give once a Ctrl-C was seen, by itself or by whoever reads it."""
    with suppress(KeyboardInterrupt):
        yield source.throw(KeyboardInterrupt())
        yield from source


def in_turn(
    items: Sequence[Item], begin: Callable[[Item], Future[Result]], jobs: int, costs: Sequence[float] | None = None
) -> Generator[tuple[Item, Future[Result]]]:
    """Each item with its future once that is done, in the order of `items`; `jobs` of them are in hand, and one waits.

    That one is taken up by whoever is ready first, who need not wait until we notice. The first that is due is always
    begun, so that what comes never waits for what is not due yet. Beside that the next is begun, but before it what is
    much dearer among those that follow soon: that would keep one process busy at the end, when others have nothing left
    to do. After a KeyboardInterrupt come those that are done, without those in hand.
    """
    begun: dict[int, Future[Result]] = {}
    costs = costs or [1.0] * len(items)
    try:
        for due, item in enumerate(items):
            while due not in begun or not begun[due].done():
                running = [future for future in begun.values() if not future.done()]
                soon = [k for k in range(due, min(due + _AHEAD * jobs, len(items))) if k not in begun]
                while len(running) <= jobs and soon:
                    chosen = due if due in soon else max(soon, key=lambda k: costs[k] // _DEAR)
                    soon.remove(chosen)
                    begun[chosen] = begin(items[chosen])
                    running.append(begun[chosen])
                wait(running, return_when=FIRST_COMPLETED)
            yield item, begun.pop(due)
    except KeyboardInterrupt:
        done = [k for k, future in sorted(begun.items()) if future.done() and future.exception() is None]
        yield from ((items[k], begun[k]) for k in done)
        raise


def _ask(pool: Any, tasks: Sequence[Task], settings: Settings, sources: RuleSources) -> Future[list[Outcome]]:
    bare = [replace(task, rule=task.rule.bare) for task in tasks]
    return schedule(pool, judge_chunk, bare, settings, sources)


def _singly(pool: Any, tasks: Sequence[Task], settings: Settings, sources: RuleSources) -> Iterator[Outcome]:
    """Each task by itself: the pool begins a process anew after every death."""
    for task in tasks:
        try:
            found = _ask(pool, (task,), settings, sources).result()
        except PoolLost:
            raise
        except Exception as error:
            yield from lost(task, death(error))
        else:
            yield from found


def death(error: Exception) -> str:
    """How a worker process ended, or why it could not be asked."""
    if type(error).__name__ == "KilledWorker":
        return "it killed every worker of the cluster that it was given to"
    code = getattr(error, "exitcode", None)
    if isinstance(code, int):
        return f"its worker process ended with {'signal ' if code < 0 else 'exit code '}{abs(code)}"
    return f"its worker process gave no answer ({type(error).__name__}: {error})"


def schedule(pool: Any, function: Callable[..., Result], *arguments: object) -> Future[Result]:
    """Ask a pool for `function(*arguments)`, which must be something that can be imported.

    Processes and threads that are begun for that never see a Ctrl-C, which is for us to handle. Nor what else ends us as it
    does, until a worker process begins its work: the pool ends it by one of these.
    """
    if _MASKS:
        resource_tracker.ensure_running()  # or it is begun with the first process, and lets through what is blocked
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING) if _MASKS else ()
    try:
        return pool.schedule(function, args=arguments)  # type: ignore[no-any-return]
    finally:
        if _MASKS:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def pool_of(jobs: int) -> Iterator[Any]:
    """A pool whose processes are gone when the block ends, however it ends.

    They begin with our path. Before they learn it, a `multiprocessing.py` in the current folder is not theirs either.
    """
    before = os.environ.get(SAFE)
    os.environ[SAFE] = "1"
    pool: Any = import_module("pebble").ProcessPool(
        jobs, context=get_context("spawn"), initializer=begin_worker, initargs=(before,)
    )
    try:
        yield pool
    finally:
        pool.stop()
        pool.join()
        _restore(before)


def _restore(safe_path: str | None) -> None:
    if safe_path is None:
        os.environ.pop(SAFE, None)
    else:
        os.environ[SAFE] = safe_path


def begin_worker(safe_path: str | None) -> None:
    """Called first in a worker process: have it end when the process that began it is gone, killed for instance.

    `safe_path` is what the user's environment says, for programs that rules are in.
    """
    _restore(safe_path)
    if _MASKS:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*ENDING} - {signal.SIGINT})
    parent = parent_process()
    if parent is not None:

        def wait() -> None:
            parent.join()
            os._exit(1)  # nobody hears an answer, and a call in hand may last

        Thread(target=wait, daemon=True).start()


def _chunks(tasks: Sequence[Task]) -> list[list[Task]]:
    """Tasks of the same problem together, unless that would take long; several cheap problems in one chunk."""
    chunks: list[list[Task]] = [[]]
    total = 0.0
    for task in tasks:
        fresh = not chunks[-1] or chunks[-1][-1].problem is not task.problem
        if total >= (_WORTH if fresh else _MOST):
            chunks.append([])
            total = 0.0
        chunks[-1].append(task)
        total += task.cost
    return [chunk for chunk in chunks if chunk]


@lru_cache(maxsize=1)
def _router(sources: RuleSources) -> Router:
    """What a worker process keeps between tasks of one run: the processes of foreign rules."""
    return Router(sources)


def at_work(rule: Rule, sources: RuleSources) -> tuple[Rule, RuleRunner]:
    """In a worker process: a rule that came without its callables, with these if it is built in, and what asks it."""
    if not rule.builtin:
        return rule, _router(sources)
    load_builtin()
    return next(one for one in registered() if one.key == rule.key), LocalRunner()


def judge_chunk(tasks: Sequence[Task], settings: Settings, sources: RuleSources) -> list[Outcome]:
    """Run tasks, of whose rules those that are built in find their callables here; called in a worker process."""
    outcomes: list[Outcome] = []
    with one_thread():
        for task in tasks:
            rule, runner = at_work(task.rule, sources)
            outcomes += outcomes_of(replace(task, rule=rule), settings, runner)
    return outcomes
