"""Ends a process that would outlive us: we may be killed ourselves, and one that hangs never sees its input end."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import Final

_WATCH: Final = 'read word; [ "$word" ] || kill -s KILL -- "-$1"'
"""Waits for a word. Where our end of the pipe is closed without one, we are gone."""


class Guard:
    """A shell that outlives us, if it must, to end the group of processes that `pid` leads. None but on POSIX."""

    def __init__(self, pid: int) -> None:
        self._shell: subprocess.Popen[bytes] | None = None
        if os.name == "posix":
            with suppress(OSError):
                self._shell = subprocess.Popen(
                    ["/bin/sh", "-c", _WATCH, "sh", str(pid)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    start_new_session=True,
                )

    def dismiss(self) -> None:
        """Let it go: the process is ended already."""
        if self._shell is not None:
            with suppress(OSError):
                self._shell.communicate(b"dismissed\n")
