"""Rules in any program: a worker speaks JSON lines on its standard streams (`docs/worker-protocol.md`)."""

from __future__ import annotations

from eigcheck.accused.external.accused import DEFAULT_STARTUP_TIMEOUT, Command, ExternalAccused
from eigcheck.accused.external.router import Router

__all__ = ["DEFAULT_STARTUP_TIMEOUT", "Command", "ExternalAccused", "Router"]
