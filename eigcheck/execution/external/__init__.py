"""Rules in any program: a worker speaks JSON lines on its standard streams (`docs/worker-protocol.md`)."""

from __future__ import annotations

from eigcheck.execution.external.runner import DEFAULT_STARTUP_TIMEOUT, Command, WorkerRunner
from eigcheck.execution.router import Router

__all__ = ["DEFAULT_STARTUP_TIMEOUT", "Command", "Router", "WorkerRunner"]
