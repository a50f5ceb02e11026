"""The end of the process: exit functions run and streams are flushed, then it goes without taking itself apart.

The interpreter would free every module one by one, a tenth of a second for sympy's alone, which findiff brings along.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from typing import NoReturn


def entry() -> NoReturn:
    """The console script: run the command line and leave with its code."""
    code = 1
    try:
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
    os._exit(code)
