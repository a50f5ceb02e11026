"""Scripts for rules of Julia, run by Julia: they fail on the bug that the stand-in for ChainRules has."""

import subprocess

from tests.workers.julia.support import FAKE, julia, julia_worker, needs_julia

CASES = {"cases/one.yaml": "function: [eigvals, eig]\nmatrix: [[1, 2], [2, 3]]\n"}


@needs_julia
def test_the_script_fails_on_the_bug(eigcheck, tmp_path):
    program = julia_worker(project=FAKE)
    args = ("--exec", program, "--rule", "julia/chainrules", "--mode", "reverse", "--timeout", "300", "--reproducer")
    shown = eigcheck("explain", "one", *args, files=CASES)
    assert shown.returncode == 0, shown.stderr
    assert "eigcheck" not in "".join(row for row in shown.stdout.splitlines() if not row.startswith("#"))
    (tmp_path / "reproducer.jl").write_text(shown.stdout, encoding="utf-8")
    done = subprocess.run(julia(tmp_path / "reproducer.jl", project=FAKE), capture_output=True, text=True, check=False)
    assert "AssertionError: off by" in done.stderr, shown.stdout + done.stderr
    got, want = (float(row.rpartition(":")[2]) for row in done.stdout.splitlines())
    assert abs(got - want) > 0.1
