"""The tests on the page about vectors: right rules pass in every language, and the seed's bug is caught in each."""

import json
import os
import shutil
import subprocess
from collections import Counter
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from eigcheck.casefile.load import load_shipped
from eigcheck.model import Rule
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.vectors.files import file_of, text_of
from eigcheck.vectors.make import group_of, tasks_of
from eigcheck.workers import WORKERS
from tests.docs.pages import DOCS
from tests.readme import Block, blocks, execute
from tests.workers.julia.support import julia, needs_julia

COMPILER = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
HEADERS = files("nlohmann_json") / "include"
"""Of the C++ library that the page's test reads JSON with."""
SEED = ("off: shipped:zygote-1369::eigvals::reverse::0", "off: shipped:zygote-1369::eigvals::reverse::1")
"""What a test says of a rule that folds its gradient onto one triangle."""

FOLDED = {
    "mylib.hpp": (
        "    return g;",
        '    for (std::size_t i = 0; std::getenv("FOLDED") && i < n; ++i)\n'
        "        for (std::size_t j = i + 1; j < n; ++j) g[i][j] += g[j][i], g[j][i] = 0.0;\n    return g;",
    ),
    "mylib.jl": (
        "        return eltype",
        "        issymmetric(A) && (G = triu(G) + tril(G, -1)')\n        return eltype",
    ),
}
"""How the bug comes into the page's rules, into the one that is compiled where the environment asks for it."""


def files_of_the_page() -> dict[str, Block]:
    """The first file of each name."""
    found: dict[str, Block] = {}
    for block in blocks((DOCS / "vectors.md").read_text(encoding="utf-8")):
        if block.path is not None:
            found.setdefault(block.path, block)
    return found


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page's files, and vectors of the seed's cases and of some others."""
    folder = tmp_path_factory.mktemp("vectors")
    for name, block in files_of_the_page().items():
        (folder / name).write_text(block.body, encoding="utf-8")
    chosen = " ".join(
        f"-k {name}" for name in ("zygote-1369", "pair-and-real", "hermitian-3::", "swap", "one-ulp-off-3")
    )
    made = execute(f"eigcheck vectors --shipped {chosen} -o vectors", folder)
    assert made.returncode == 0, made.stderr
    return folder


def with_the_bug(name: str, text: str) -> str:
    right, wrong = FOLDED[name]
    assert text.count(right) == 1
    return text.replace(right, wrong)


def judged(command: list[str], folder: Path, **environment: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    return done.returncode, [line for line in done.stdout.splitlines() if line.startswith("off: ")]


@pytest.mark.skipif(COMPILER is None, reason="no C++ compiler: set CXX or put c++ on the PATH")
def test_in_cpp(stage: Path) -> None:
    text = (stage / "mylib.hpp").read_text(encoding="utf-8")
    vectors = sorted(str(path) for path in (stage / "vectors").iterdir())
    (stage / "mylib.hpp").write_text(with_the_bug("mylib.hpp", text), encoding="utf-8")
    command = [str(COMPILER), "-std=c++17", "-Wall", "-Wextra", "-Werror", "-I", str(HEADERS)]
    compiled = subprocess.run(
        [*command, "-o", "test_vectors", "test_vectors.cpp"], cwd=stage, capture_output=True, text=True, check=False
    )
    assert compiled.returncode == 0, compiled.stderr
    code, off = judged(["./test_vectors", *vectors], stage)
    assert (code, off) == (0, [])
    code, off = judged(["./test_vectors", *vectors], stage, FOLDED="1")
    assert code == 1
    assert set(SEED) <= set(off)


@needs_julia
def test_in_julia(stage: Path) -> None:
    """With our own reader of JSON in the place of JSON.jl, so that nothing is fetched."""
    reader = stage / "packages" / "JSON" / "src" / "JSON.jl"
    reader.parent.mkdir(parents=True, exist_ok=True)
    ours = WORKERS["julia"].parent / "json.jl"
    reader.write_text(
        f'module JSON\nmodule Ours\ninclude("{ours}")\nend\n'
        "parsefile(path) = Ours.JSON.parse_json(read(path, String))\nend\n",
        encoding="utf-8",
    )
    environment = {"JULIA_LOAD_PATH": f"{stage / 'packages'}:@stdlib", "JULIA_DEPOT_PATH": str(stage / "depot")}
    text = (stage / "mylib.jl").read_text(encoding="utf-8")
    (stage / "wrong.jl").write_text(with_the_bug("mylib.jl", text), encoding="utf-8")
    twice = (
        'include("runtests.jl"); println("off: now"); cp("wrong.jl", "mylib.jl", force=true); include("runtests.jl")'
    )
    code, off = judged(julia("-e", twice), stage, **environment)
    assert code == 1
    assert off[0] == "off: now"
    assert set(SEED) <= set(off)


FAMILIES = ("seed", "gauge", "repeated", "float32", "wrappers", "complex-pairs", "exceptional-points", "scale")
"""Folders of shipped cases with matrices of every kind."""


@pytest.fixture(scope="module")
def groups() -> list[dict[str, Any]]:
    """Groups as they come out of a file, up to order 6, not confirmed: that is another test's affair."""
    chosen = [p for p in load_shipped() if p.folder.partition(":")[2] in FAMILIES and len(p.matrix) <= 6]
    made = [group_of(task) for task in tasks_of(chosen)]
    found: list[dict[str, Any]] = json.loads(text_of(file_of("some", "", made)))["groups"]
    return found


@pytest.fixture(scope="module")
def reader() -> SimpleNamespace:
    """The functions of the page's test in Python, without its tests."""
    text = files_of_the_page()["test_vectors.py"].body.partition("FILES =")[0].replace("import mylib\n", "")
    names: dict[str, Any] = {}
    exec(compile(text, "vectors.md", "exec"), names)
    return SimpleNamespace(**{name: names[name] for name in ("array", "carried", "on_domain", "check")})


def fits(rule: Rule, group: dict[str, Any]) -> bool:
    asked = (group["function"], group["domain"], group["triangle"])
    return (rule.function, rule.domain, rule.triangle) == asked and group["dtype"] in rule.dtypes and group["n"] > 0


def wrong_tests(rule: Rule, group: dict[str, Any], reader: SimpleNamespace) -> list[str]:
    """The certified tests of a group that a rule does not pass, by the page's own functions."""
    shape = (group["n"],)
    A = reader.array(group["matrix"], group, shape)
    assert rule.rrule is not None
    primal, pullback = rule.rrule(A)
    pairs = tuple(primal) if group["function"] in ("eig", "eigh") else (primal,)
    off = []
    for test in group["tests"]:
        if test["status"] != "certified":
            continue
        bars = reader.carried(group, test["cotangent"], *pairs)
        G = reader.on_domain(pullback(bars if len(pairs) == 2 else bars[0]), group["domain"])
        try:
            reader.check(G, reader.array(test["gradient"], group, shape), test["radius"], test["allowed"])
        except AssertionError:
            off.append(test["id"])
    return off


def rules_like(start: str) -> list[Rule]:
    load_builtin()
    return [rule for rule in registered() if rule.name.startswith(start) and rule.rrule is not None]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_right_rule_is_accused(groups: list[dict[str, Any]], reader: SimpleNamespace) -> None:
    tried: Counter[str] = Counter()
    for group in groups:
        if group["mode"] == "reverse" and "undetermined" not in group:
            for rule in rules_like("numpy/"):
                if fits(rule, group):
                    assert wrong_tests(rule, group, reader) == [], rule.name
                    tried[f"{group['function']} {group['domain']}"] += len(group["tests"])
    assert len(tried) == 11
    assert min(tried.values()) > 5


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_released_rule_is_caught_wherever_it_folds(groups: list[dict[str, Any]], reader: SimpleNamespace) -> None:
    """At matrices that are exactly symmetric, unless the gradient is diagonal, and nowhere else."""
    (released,) = (
        rule for rule in rules_like("chainrules/released") if (rule.function, rule.domain) == ("eigvals", "general")
    )
    for group in groups:
        if fits(released, group) and group["mode"] == "reverse" and "undetermined" not in group:
            shape = (group["n"],)
            gradients = {t["id"]: reader.array(t["gradient"], group, shape) for t in group["tests"] if "gradient" in t}
            folds = (
                [name for name, G in gradients.items() if np.any(np.tril(G, -1))]
                if "symmetric" in group["flags"]
                else []
            )
            assert wrong_tests(released, group, reader) == folds, group["id"]
