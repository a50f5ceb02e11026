"""How much memory a process of rules may use, and whether it uses more.

Resident memory is looked at from outside, since limits of the system count address space, of which frameworks and
drivers of graphics cards reserve far more than they ever use.
"""

from __future__ import annotations

import os
from typing import Final

MIB: Final = 1 << 20

_SHARE: Final = 2
"""A process of rules may use one part of so many of the machine's memory, unless told otherwise."""


def resident(pid: int) -> int | None:
    """Resident memory of a process in bytes; None where the system has no /proc to tell it, or no such process."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def default_limit() -> int | None:
    """Half of the machine's memory in bytes; None where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _SHARE
    except (AttributeError, ValueError, OSError):
        return None


def overweight(pid: int, limit: int) -> bool:
    """Whether a process is known to use more than `limit` bytes."""
    used = resident(pid)
    return used is not None and used > limit


def overweight_kin(pid: int, limit: int) -> bool:
    """Whether any process of the session that `pid` leads is known to use more than `limit` bytes.

    Each by itself, since what it shares with the others would be counted once for each. Launchers start the program
    proper and wait for it.
    """
    try:
        running = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    except OSError:
        return False
    return any(_session(other) == pid and overweight(other, limit) for other in running)


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None
