"""A Julia to test with: the one that EIGCHECK_JULIA names, else `julia` on the PATH."""

import os
import shlex
import shutil
from pathlib import Path

import pytest

from eigcheck.workers import WORKERS

HERE = Path(__file__).parent
FAKE = HERE / "fake_project"
JULIA = os.environ.get("EIGCHECK_JULIA") or shutil.which("julia")
PATIENT = 600.0
"""Seconds: Julia compiles, and a machine does other things as well."""

needs_julia = pytest.mark.skipif(JULIA is None, reason="no Julia: set EIGCHECK_JULIA or put julia on the PATH")


def julia(*args, project=None, compiled=False):
    """The command of a Julia; without a project it has no packages beside the standard library.

    Most tests ask few questions, which are answered long before they are compiled: Julia reads them without. Where many are
    asked, or what users start is tried, it compiles.
    """
    assert JULIA is not None
    return [JULIA, *([] if compiled else ["--compile=min"]), f"--project={project or HERE}", *map(str, args)]


def julia_worker(*args, project=None, compiled=False):
    """The command line of the Julia worker."""
    return shlex.join(julia(WORKERS["julia"], *args, project=project, compiled=compiled))
