"""Commands that are ready at once do what those do that a Python is started for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from eigcheck.cli.program import main
from tests import ready
from tests.reports.samples import record
from tests.reports.test_shape import written

EVERY = {
    "run": ["cases", "--rule", "chainrules/*", "-q"],
    "probe": ["1 2; 2 3", "--rule", "chainrules/released"],
    "hunt": ["--rule", "numpy/lapack", "--function", "eigvals", "--examples", "4", "--no-replay", "-q"],
    "explain": ["one", "--rule", "numpy/lapack", "--mode", "forward"],
    "report": ["r.json", "-v"],
    "baseline": ["update", "r.json", "--output", "b.json"],
    "diff": ["r.json", "r.json"],
    "rules": ["--mutants"],
    "oracles": [],
    "structures": ["--format", "json"],
    "diagnoses": [],
    "conventions": ["--rule", "numpy/lapack", "--format", "json"],
    "validate": ["cases", "wrong.yaml"],
    "vectors": ["--shipped", "-k", "zygote-1369", "-o", "vectors"],
    "schema": [],
    "init": ["new"],
    "worker-check": [f"{sys.executable} -c 'import sys; sys.exit(3)'"],
    "workers": ["path", "julia"],
}
"""Every command with arguments that take it through what it imports."""


def test_no_command_is_left_out() -> None:
    assert list(EVERY) == list(main.commands)


@pytest.mark.parametrize("name", EVERY)
def test_every_command_is_the_same_when_a_python_is_started_for_it(name: str, tmp_path: Path) -> None:
    told = []
    for kind, command in (("ready", [ready.eigcheck()]), ("started", [sys.executable, "-m", "eigcheck"])):
        folder = tmp_path / kind / "same"
        (folder / "cases").mkdir(parents=True)
        (folder / "cases" / "one.yaml").write_text("matrix: [[1, 2], [4, 3]]\n", encoding="utf-8")
        (folder / "wrong.yaml").write_text("matrx: 1\n", encoding="utf-8")
        (folder / "r.json").write_text(written(record()), encoding="utf-8")
        done = subprocess.run([*command, name, *EVERY[name]], cwd=folder, capture_output=True, text=True, check=False)
        files = {str(path.relative_to(folder)) for path in folder.rglob("*") if "__pycache__" not in path.parts}
        told.append((done.returncode, done.stdout, done.stderr, files))
    assert told[0] == told[1]


def shell(command: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A line of a shell that finds the commands that are ready."""
    path = os.pathsep.join([str(ready.commands()), os.environ["PATH"]])
    environment = os.environ | {"PATH": path} | more
    return subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_shell_finds_them_and_streams_go_where_it_says(tmp_path: Path) -> None:
    done = shell("echo '1 2; 2 3' | eigcheck probe - --rule numpy/lapack -q 2>&1 >out | cat; cat out", tmp_path)
    assert (done.stdout, done.stderr) == ("1 outcome: 1 pass, all as expected\n", "")
    assert shell("eigcheck nope", tmp_path).returncode == 2
    assert shell("pytest --version", tmp_path).stdout.startswith("pytest ")


def test_what_one_command_does_to_itself_no_other_sees(tmp_path: Path) -> None:
    """Each is a process of its own: the same rules may be loaded again and again."""
    mine = 'import numpy as np\nfrom eigcheck import rule\n\n@rule("mine/%s", function="eigvals")\ndef mine(A): ...\n'
    for name in ("one", "second", "one"):
        (tmp_path / "mine.py").write_text(mine % name, encoding="utf-8")
        done = shell("eigcheck rules --load mine.py", tmp_path)
        assert [word for word in ("mine/one", "mine/second") if word in done.stdout] == [f"mine/{name}"]
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("program", ["eigcheck", "pytest"])
def test_an_environment_that_a_start_reads_gets_one(program: str, tmp_path: Path) -> None:
    """Python then says how long its imports took; of a process that is forked it would not."""
    started = shell(f"{program} --version", tmp_path, PYTHONPROFILEIMPORTTIME="1")
    assert "import time:" in started.stderr
    assert shell(f"{program} --version", tmp_path).stderr == ""


def test_a_path_for_python_is_obeyed(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "beyond.py").write_text("raise RuntimeError('found')\n", encoding="utf-8")
    command = "eigcheck rules --load beyond"
    assert "found" in shell(command, tmp_path, PYTHONPATH=str(tmp_path / "far")).stderr
    assert "found" not in shell(command, tmp_path).stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a Python is started")
def test_a_client_that_is_killed_takes_its_process_along(tmp_path: Path) -> None:
    ready.commands()
    before = set(psutil.Process().children(recursive=True))
    (tmp_path / "mine.py").write_text("import time\nopen('here', 'w').close()\ntime.sleep(600)\n", encoding="utf-8")
    client = subprocess.Popen([ready.eigcheck(), "rules", "--load", "mine.py"], cwd=tmp_path)
    while not (tmp_path / "here").exists():
        time.sleep(0.01)
    begun = [one for one in psutil.Process().children(recursive=True) if one not in before and one.pid != client.pid]
    assert begun
    client.send_signal(signal.SIGTERM)
    client.wait()
    gone, alive = psutil.wait_procs(begun, timeout=60)
    assert (len(gone), alive) == (len(begun), [])


def test_a_script_runs_in_a_python_that_has_imported_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "near.py").write_text("NEAR = 1\n", encoding="utf-8")
    text = "import sys, near\nprint(__name__, sys.argv, near.NEAR, sys.path[0])\nsys.exit(f'{len(sys.argv)} words')\n"
    (tmp_path / "script.py").write_text(text, encoding="utf-8")
    told = []
    for python in (ready.python("numpy"), sys.executable):
        command = [python, str(tmp_path / "script.py"), "more"]
        done = subprocess.run(command, env=os.environ | ready.QUIET, capture_output=True, text=True, check=False)
        told.append((done.returncode, done.stdout, done.stderr))
    assert told[0] == told[1]
    assert told[0][2] == "2 words\n"
