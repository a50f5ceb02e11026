"""The end of the process: exit functions run and streams are flushed, then it goes without taking itself apart.

The interpreter would free every module one by one, a tenth of a second for sympy's alone, which findiff brings along.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

_ended_by: list[int] = []
"""The signal that asked us to end, if one did."""


def _asked_to_end(number: int, _: FrameType | None) -> None:
    """Do what Ctrl-C does, once: `timeout` sends its signal twice, and what is done is told after the first."""
    if _ended_by:
        return
    _ended_by.append(number)
    raise KeyboardInterrupt


def entry() -> NoReturn:
    """The console script: run the command line and leave with its code, or by the signal that asked us to end."""
    code = 1
    try:
        for name in ("SIGTERM", "SIGHUP"):  # Windows has but one of them, and nohup has the other ignored
            if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_DFL:
                signal.signal(getattr(signal, name), _asked_to_end)
        from eigcheck.cli.program import main

        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
    except KeyboardInterrupt:  # before the command line was there to tell of it, or after
        code = 130
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write("interrupted\n")
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    for number in _ended_by:
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    os._exit(code)
