"""Workers in other languages that come with eigcheck: programs for `--exec`, not Python modules."""

from __future__ import annotations

from pathlib import Path
from typing import Final

WORKERS: Final[dict[str, Path]] = {"julia": Path(__file__).parent / "julia" / "worker.jl"}
"""What to start, by language."""
