"""Which frameworks are here, and how the pages about them say so."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from eigcheck.names import FRAMEWORK_NAMES


def installed() -> dict[str, str | None]:
    """The version of each framework here, None for one that is not."""
    return {name: _version(name) for name in FRAMEWORK_NAMES}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def told(versions: Mapping[str, str | None]) -> tuple[str, str]:
    """Those that are here with their versions, and a sentence on the others."""
    present = ", ".join(f"{name} {its_version}" for name, its_version in versions.items() if its_version)
    absent = [name for name, its_version in versions.items() if not its_version]
    return present, f"Not installed: {', '.join(absent)}." if absent else "All of them are there."
