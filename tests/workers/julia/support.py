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


def julia_worker(*args, project=None):
    """The command line of the Julia worker; without a project it has no packages beside the standard library."""
    assert JULIA is not None
    return shlex.join([JULIA, f"--project={project or HERE}", str(WORKERS["julia"]), *map(str, args)])
