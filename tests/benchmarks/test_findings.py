"""What hunts found in frameworks, compared with what is told of them, and put on a page; no framework is needed."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks.findings.hunts import ELSEWHERE, EVERYWHERE, Elsewhere
from benchmarks.findings.known import KNOWN, anchor, at, like
from benchmarks.findings.page import Looked, page
from eigcheck.check.settings import Settings
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import CotangentSpec, Problem, Rule
from eigcheck.names import DTYPES
from eigcheck.reports.hunt import Found, HuntRecord, to_json
from eigcheck.rules import registry
from eigcheck.tasks import Task, outcomes_of

PAGE = (Path(__file__).parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")
S = np.array([[1.0, 2.0], [2.0, 3.0]])
SEEN = "Losses that see the phase of eigenvectors: an error, or silence"
UNREAD = "The triangle that is not read must be finite"
SEES_PHASES = CotangentSpec("explicit", vectors=np.array([[0, 1], [1j, 0]]))


def problem(function: str, matrix: np.ndarray, **more: object) -> Problem:
    return Problem("made-up", matrix, function, dtype=str(matrix.dtype), **more)


def headings() -> list[str]:
    frameworks = PAGE.split("\n## SciPy\n", maxsplit=1)[0]
    return re.findall(r"^### (.+)$", frameworks, re.MULTILINE)


def test_every_finding_is_known_once():
    assert sorted(one.heading for one in KNOWN) == sorted(headings())


@pytest.mark.parametrize(
    ("rule", "asked", "finding", "heading"),
    [
        ("torch/linalg", problem("eig", 1e8 * S), "mismatch", "`torch.linalg.eig` loses digits as the matrix grows"),
        ("torch/linalg", problem("eig", S), "mismatch", None),
        ("torch/func", problem("eigh", S + 0j, cotangent=SEES_PHASES), "gauge", SEEN),
        ("torch/func", problem("eigh", S, cotangent=SEES_PHASES), "gauge", None),
        ("torch/linalg", problem("eigh", np.eye(2)), "nonfinite", "NaN for vectors that are determined"),
        ("torch/linalg", problem("eigh", np.eye(2)), "mismatch", None),
        (
            "torch/linalg",
            problem("eigvals", np.diag([5e-324, 1])),
            "primal",
            "`torch.linalg.eigvals` beside a denormal number",
        ),
        ("jax/numpy", problem("eigh", 1e17 * S), "nonfinite", "`eigh` gives NaN where eigenvalues are large"),
        ("jax/lax-eig", problem("eig", np.zeros((0, 0))), "exception", "`jax.lax.linalg.eig` of an empty matrix"),
        ("autograd/numpy", problem("eig", 2.0**-60 * S), "mismatch", "`eig` adds 1e-20 to each gap"),
        ("autograd/numpy", problem("eigh", 2.0**-60 * S), "mismatch", None),
        ("pytensor/nlinalg", problem("eigvalsh", np.array([[1, np.nan], [2, 3]])), "exception", UNREAD),
        (
            "tensorflow/linalg",
            problem("eigvals", np.array([[1, 1e-9], [1e9, 3]])),
            "mismatch",
            "`eigvals` does not balance",
        ),
    ],
)
def test_a_fault_is_like_the_finding_that_may_show_there(rule, asked, finding, heading):
    found = like(rule, asked, (finding,))
    assert (found and found.heading) == heading


def test_the_triangle_that_is_read_counts():
    stored = np.array([[1, 1e9], [0, 3]])
    assert at("torch/linalg", problem("eigh", stored + 0j, domain="upper"))
    assert not at("torch/linalg", problem("eigh", stored + 0j, domain="lower"))


def test_elsewhere_nothing_that_is_known_is_drawn():
    name = "tensorflow/linalg"
    target = Elsewhere(Rule(name, "eig", "general", None), ("reverse",), DTYPES)
    assert not target.takes(problem("eig", 2.0**-40 * S))
    assert target.takes(problem("eig", S))
    seen = []

    @settings(max_examples=30, deadline=None, database=None, derandomize=True)
    @given(target.problems)
    def draw(drawn):
        seen.append(drawn.problem)

    draw()
    assert len(seen) >= 30
    assert not any(at(name, one) for one in seen)


@pytest.fixture(scope="module")
def fault():
    """A wrong rule's outcome, as if it were a framework's."""
    registry.load_builtin()
    key = ("chainrules/released", "eigvals", "general", None)
    rule = next(one for one in registry.registered() if one.key == key)
    (outcome,) = outcomes_of(Task(problem("eigvals", S), rule, ("reverse",)), Settings(here=True), LocalRunner())
    assert outcome.judgement.verdict == "fail"
    return outcome


def looked(where: str, *faults: Found) -> Looked:
    record = HuntRecord(faults, rules=2, seed=7, seconds=61.2)
    return Looked("torch", "eigvals", "general", where, json.loads(to_json(record)))


def test_a_fault_of_two_rules_is_one_row_with_the_simplest_matrix_and_its_command(fault):
    matrix = np.array([[0.0, 1.0], [1.0, 0.0]])
    matrix.setflags(write=False)
    simpler = replace(fault, problem=replace(fault.problem, matrix=matrix), rule="torch/func")
    found = [Found(one, "mismatch, cause", "name: x\n") for one in (replace(fault, rule="torch/linalg"), simpler)]
    told = page({"torch": "1.2.3", "jax": None}, [looked(ELSEWHERE), looked(EVERYWHERE, *found)])
    (row,) = [line for line in told.splitlines() if line.startswith("| 1 |")]
    assert "| mismatch, cause | `torch/linalg`, `torch/func` | `eigvals`, general, reverse |" in row
    assert row.endswith("| float64, `[[0, 1], [1, 0]]` | default | **new** |")
    assert "eigcheck probe '0.0 1.0; 1.0 0.0' --rule torch/func --function eigvals" in told
    assert "Run with torch 1.2.3.\nNot installed: jax. Each hunt took 61 s in one process, with seed 7" in told


def test_what_was_tried_is_told_in_the_order_of_the_frameworks():
    told = page({"torch": "1.2.3"}, [looked(ELSEWHERE), looked(EVERYWHERE)])
    rows = [line for line in told.splitlines() if line.startswith("| torch |")]
    assert [row.split(" | ")[3] for row in rows] == [EVERYWHERE, ELSEWHERE]


def test_a_heading_has_the_anchor_that_sphinx_and_github_give_it():
    assert (
        anchor("`eigh` puts rounding of 1 + w - w on the diagonal") == "eigh-puts-rounding-of-1--w---w-on-the-diagonal"
    )
    assert anchor("The phase of eigenvectors, without a word (JAX)") == "the-phase-of-eigenvectors-without-a-word-jax"
