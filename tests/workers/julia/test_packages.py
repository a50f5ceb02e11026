"""The Julia worker with packages of the active project, here stand-ins that behave like the released ones."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Eigcheck
from tests.workers.julia.support import FAKE, HERE, PATIENT, julia_worker, needs_julia

pytestmark = needs_julia

LIMITS = ("--timeout", str(PATIENT), "--startup-timeout", str(PATIENT))
CASES = {
    "symmetric.yaml": "function: [eigvals, eig]\nmatrix: [[1, 2], [2, 3]]\n",
    "general.yaml": "function: [eigvals, eig]\nmatrix: [[1, 2], [-3, 1]]\n",
    "hermitian.yaml": "function: [eigvals, eig]\nmatrix: [[2, 1-1j], [1+1j, 3]]\n",
    "wrapped.yaml": "function: [eigvalsh, eigh]\ndomain: [symmetric, upper, lower]\nmatrix: [[1, 2], [2, 3]]\n",
    "complex.yaml": "function: [eigvalsh, eigh]\ndomain: symmetric\nmatrix: [[2, 1-1j], [1+1j, 3]]\n",
    "empty.yaml": "function: [eigvals, eig]\nmatrix: []\n",
}
PORTS = {
    "julia/chainrules": "chainrules/released",
    "julia/chainrules-hermitian": "chainrules/hermitian",
    "julia/chainrules-symmetric": "chainrules/hermitian",
    "julia/chainrules-hermitian-constructor": "chainrules/hermitian-constructor",
    "julia/chainrules-symmetric-constructor": "chainrules/hermitian-constructor",
}


def outcomes(done):
    return {(o["case"], o["rule"], o["function"], o["mode"]): o for o in json.loads(done.stdout)["outcomes"]}


def test_what_the_packages_of_a_project_offer(eigcheck: Eigcheck) -> None:
    done = eigcheck("rules", "--exec", julia_worker(project=FAKE), "--format", "json")
    offered = {(r["name"], r["function"], r["domain"], r["uplo"]): r for r in json.loads(done.stdout)}
    ours = {key: rule for key, rule in offered.items() if key[0].startswith("julia/")}
    assert {key[0] for key in ours} == {*PORTS, "julia/zygote", "julia/forwarddiff"}
    assert ours["julia/chainrules", "eig", "general", None]["modes"] == ["reverse", "forward"]
    assert ours["julia/chainrules-symmetric", "eigh", "symmetric", "U"]["dtypes"] == ["float64", "float32"]
    assert ours["julia/zygote", "eigvals", "general", None]["modes"] == ["reverse"]
    assert ours["julia/forwarddiff", "eigvalsh", "lower", None]["modes"] == ["forward"]
    # LAPACK takes no dual numbers
    assert ("julia/forwarddiff", "eigvals", "general", None) not in ours
    assert "ChainRules 0.0.1" in {rule["source"] for rule in ours.values()}


def test_verdicts_are_those_of_the_built_in_ports(eigcheck: Eigcheck) -> None:
    program = julia_worker(project=FAKE, compiled=True)
    args = ["run", *CASES, "--exec", program, *LIMITS, "-j", "1", "--format", "json"]
    for rule in ("julia/chainrules*", *dict.fromkeys(PORTS.values())):
        args += ["--rule", rule]
    found = outcomes(eigcheck(*args, files=CASES))
    pairs = [(o, found[c, PORTS[r], f, m]) for (c, r, f, m), o in found.items() if r in PORTS]
    assert len(pairs) >= 40
    differ = [(o["id"], o["verdict"], p["verdict"]) for o, p in pairs if (o["verdict"]) != p["verdict"]]
    assert differ == []
    assert {o["diagnosis"][0] for o, _ in pairs if o["diagnosis"]} == {
        p["diagnosis"][0] for _, p in pairs if p["diagnosis"]
    }
    released = found["symmetric", "julia/chainrules", "eigvals", "reverse"]
    assert (released["verdict"], released["diagnosis"][0]) == ("fail", "upper-triangle-collapse")
    assert {finding["kind"] for finding in released["findings"]} >= {"mismatch", "jump"}


@pytest.mark.parametrize(
    ("rule", "mode", "domain"), [("julia/zygote", "reverse", "general"), ("julia/forwarddiff", "forward", "symmetric")]
)
def test_packages_for_automatic_differentiation(eigcheck: Eigcheck, rule: str, mode: str, domain: str) -> None:
    function = "eigvals" if domain == "general" else "eigvalsh"
    args = ("probe", "1 2; 2 3", "--function", function, "--domain", domain, "--mode", mode, "-q")
    done = eigcheck(*args, "--exec", julia_worker(project=FAKE), "--rule", rule, *LIMITS)
    assert (done.returncode, done.stdout) == (0, "1 outcome: 1 pass, all as expected\n"), done.stderr


def test_slopes_of_dual_eigenvectors_belong_to_their_own_values(eigcheck: Eigcheck) -> None:
    args = ("probe", "1 2 0; 2 3 1; 0 1 5", "--function", "eigh", "--domain", "symmetric", "--mode", "forward", "-q")
    done = eigcheck(*args, "--exec", julia_worker(project=FAKE), "--rule", "julia/forwarddiff", *LIMITS)
    assert (done.returncode, done.stdout) == (0, "1 outcome: 1 pass, all as expected\n"), done.stderr


def refusal(eigcheck: Eigcheck, *args: str, project: Path = FAKE) -> str:
    done = eigcheck("rules", "--exec", julia_worker(*args, project=project))
    assert done.returncode == 2
    return done.stderr


def test_without_packages_and_files_there_is_nothing_to_offer(eigcheck: Eigcheck) -> None:
    assert "no rules: no FILE.jl offers one, and --no-packages leaves out" in refusal(eigcheck, "--no-packages")
    bare = "no rules: the active project has neither ChainRules nor Zygote nor ForwardDiff"
    assert bare in refusal(eigcheck, project=HERE)


def test_a_package_that_is_not_installed_is_told_from_one_that_nobody_asked_for(
    eigcheck: Eigcheck, tmp_path: Path
) -> None:
    (tmp_path / "Project.toml").write_bytes((FAKE / "Project.toml").read_bytes())  # and no Manifest.toml
    told = refusal(eigcheck, project=tmp_path)
    assert "neither ChainRules nor" not in told
    assert "no rules: nothing of ChainRules, Zygote and ForwardDiff can be offered" in told
    assert "ForwardDiff cannot be loaded: ArgumentError: Package ForwardDiff" in told
    assert f"in the active project, {tmp_path / 'Project.toml'}, tells why" in told


def test_a_package_that_fails_while_it_is_loaded(eigcheck: Eigcheck, tmp_path: Path) -> None:
    (tmp_path / "Project.toml").write_bytes((FAKE / "Zygote" / "Project.toml").read_bytes())
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "Zygote.jl").write_text('module Zygote\nerror("not on this Julia")\nend\n', encoding="utf-8")
    told = refusal(eigcheck, project=tmp_path)
    assert "Zygote cannot be loaded: " in told
    assert "no rules: nothing of Zygote can be offered. `using Zygote` in the active project" in told
