"""The Makefile and the package's metadata keep what the README promises."""

import re
import shutil
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

IMPORT = re.compile(r"^\s*(?:import|from)\s+(\w+)|import_module\(\"(\w+)", re.MULTILINE)


def imported() -> set[str]:
    """Top-level names of all modules that the package imports, by statement or by name."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "eigcheck").rglob("*.py"))
    return {a or b for text in texts for a, b in IMPORT.findall(text)}


def test_every_dependency_is_imported() -> None:
    homes = packages_distributions()
    used = {home.lower().replace("_", "-") for name in imported() for home in homes.get(name, [])}
    listed = {re.split(r"[<>=]", line)[0].lower() for line in PROJECT["project"]["dependencies"]}
    assert listed - used == set()


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize(
    "target",
    ["run", "test", "test-frameworks", "bench", "campaign", "oracles-on-trial", "atlas", "findings", "docs", "clean"],
)
def test_a_target_can_be_made(target: str) -> None:
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_an_old_python_is_told_so(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    done = subprocess.run(["make", "run", "PYTHON=false"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Python 3.11 or later" in done.stderr
