"""How processes of rules are started and end: limits of their threads, ways of dying, and their last words."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any, Final

from eigcheck.execution.guard import Guard
from eigcheck.execution.watchdog import Watchdog

THREAD_LIMITS: Final = dict.fromkeys(
    (
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    ),
    "1",
)
"""Environment of a process whose BLAS shall use one thread."""

DEATH_SECONDS: Final = 5.0
"""Between the end of a process' pipe and its own end."""

LAST_WORDS: Final = 600
"""Characters of a process' output that are shown when it died."""


class ProcessLost(Exception):
    """A process gave no answer: `kind` is `timeout` or `died`, `words` the last that it wrote."""

    def __init__(self, kind: str, message: str, words: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.words = words


def start(command: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """A process between two pipes, with one BLAS thread, whose standard error is `log`. Raises OSError, ValueError."""
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env={**os.environ, **THREAD_LIMITS},
        # A session of its own: Ctrl-C in our terminal does not reach it, and what it starts ends with it.
        start_new_session=os.name == "posix",
    )


def put_away(process: subprocess.Popen[bytes], watchdog: Watchdog, guard: Guard, log: IO[bytes]) -> None:
    """End a process with all that it started, and let go of its watchdog, its guard, its pipes and its log."""
    watchdog.dismiss()
    kill(process)
    guard.dismiss()
    with suppress(subprocess.TimeoutExpired):
        process.wait(DEATH_SECONDS)
    for stream in (process.stdin, process.stdout, log):
        with suppress(OSError, ValueError):
            if stream is not None:
                stream.close()


def way_of_ending(code: int, when: str = "instead of answering") -> str:
    """How a process that returned `code` ended, as the end of a sentence."""
    if code >= 0:
        return f"exited with code {code} {when}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"was ended by {name}" + (", perhaps for lack of memory" if name == "SIGKILL" else "")


def kill(process: subprocess.Popen[Any]) -> bool:
    """End the process and all that it started, without waiting for it. Returns whether it was still there."""
    running = process.poll() is None
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    return running
