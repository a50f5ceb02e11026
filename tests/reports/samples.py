"""Outcomes made by hand, as the judge would make them: what every report is drawn from in these tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from eigcheck.detail import Detail, Strip
from eigcheck.model import Expectation, Problem
from eigcheck.outcome import Extra, Finding, Judgement, KnownFault, NotRun, OracleSummary, Outcome
from eigcheck.reports.record import RunRecord
from eigcheck.showing import algebra

CAUSE = "upper-triangle-collapse"
CAUSES = {
    CAUSE: (
        "the part below the diagonal was added to the part above it and zeroed",
        "treat wrapper types so, not a plain matrix",
    )
}
ALGEBRA = algebra()
WANT = [[0.7236068, -0.4472136], [-0.4472136, 0.2763932]]
GOT = [[0.7236068, -0.8944272], [0.0, 0.2763932]]


def problem(case: str = "zygote-1369", **changes: Any) -> Problem:
    """The seed's case: a plain symmetric matrix."""
    made = Problem(
        case=case,
        matrix=np.array([[1.0, 2.0], [2.0, 3.0]]),
        file="cases/seed/zygote-1369.yaml",
        folder="cases/seed",
    )
    return replace(made, **changes)


def collapse_detail() -> Detail:
    """What the judge tells about a collapsed triangle."""
    return Detail(
        matrix=np.array([[1.0, 2.0], [2.0, 3.0]]),
        spectrum=np.array([-0.2360680, 4.2360680]),
        condition=np.array([1.0, 1.0]),
        condition_vectors=1.0,
        gap=4.472136,
        cotangents=("e_0", "e_1"),
        worst_cotangent=0,
        worst_label="e_0",
        gradient=np.array(GOT),
        reference=np.array(WANT),
        error=np.abs(np.array(GOT) - np.array(WANT)),
        allowed=np.full((2, 2), 3e-15),
        strip=Strip(
            entry=(1, 0),
            moved=(1, 0),
            ulps=(-4, -2, -1, 0, 1, 2, 4),
            values=(-0.4472136, -0.4472136, -0.4472136, 0.0, -0.4472136, -0.4472136, -0.4472136),
            truth=-0.4472136,
        ),
    )


def collapse(expected: Expectation | None = None, **changes: Any) -> Outcome:
    """The released rule at the seed's matrix: a failure with two findings and a cause."""
    findings = (
        Finding(
            kind="mismatch",
            message="The lower entry is ignored.",
            cotangent=0,
            entry=(1, 0),
            got=0.0,
            want=-0.4472136,
            error=0.4472136,
            allowed=3e-15,
            oracle="dual",
        ),
        Finding(
            kind="jump",
            message="The true derivative does not move there.",
            cotangent=0,
            entry=(1, 0),
            structure="symmetric",
            ulps=1,
            size=0.4472136,
            allowed=1e-14,
            extra=Extra(flip_distance=4.4e-16),
        ),
    )
    oracles = {
        "dual": OracleSummary(error_bar=1e-15, evaluations=1),
        "central": OracleSummary(error_bar=1e-11, evaluations=24),
        "certified": OracleSummary("abstained", reason="python-flint found no enclosure"),
    }
    judgement = Judgement("fail", findings, (CAUSE,), oracles, collapse_detail())
    return Outcome(problem(**changes), "chainrules/released", "reverse", judgement, expected or Expectation(), 0.0041)


def passing(case: str = "plain", rule: str = "numpy/inverse", **changes: Any) -> Outcome:
    """A rule that is right."""
    detail = Detail(error=np.full((2, 2), 1e-16), allowed=np.full((2, 2), 3e-15))
    told = {"dual": OracleSummary(error_bar=1e-15, evaluations=1)}
    where = {"folder": "cases/plain", "file": "cases/plain/plain.yaml"} | changes
    return Outcome(problem(case, **where), rule, "reverse", Judgement("pass", (), (), told, detail), Expectation())


def expected_failure() -> Outcome:
    """The seed's case with what its file expects."""
    return collapse(Expectation(("fail",), ("mismatch", "jump"), CAUSE, "chainrules/released@reverse"))


def undefined() -> Outcome:
    """Nothing to be right about, and no promise of it either."""
    detail = Detail(gap=0.0, why="Eigenvalue 1 is defective: the cotangent does not determine a gradient.")
    note = Finding(kind="silent", message="Finite numbers where nothing is defined.")
    where = problem("jordan", folder="cases/plain", file="cases/plain/jordan.yaml", line=7)
    return Outcome(where, "torch/eigvals", "reverse", Judgement("undefined", (note,), (), {}, detail), Expectation())


def crashed(message: str = "Singular matrix") -> Outcome:
    """A rule that raised and printed."""
    finding = Finding(kind="exception", message=message)
    judgement = Judgement("error", (finding,), detail=Detail(printed="warming up\nready\n"))
    return Outcome(problem("singular"), "mylib/eigvals", "reverse", judgement, Expectation())


def record(*outcomes: Outcome, **changes: Any) -> RunRecord:
    """A run of these outcomes; without any, one of each kind."""
    made = RunRecord(
        outcomes=outcomes or (expected_failure(), collapse(case="again"), passing(), undefined(), crashed()),
        not_run=(NotRun("plain", "numpy/eigh", "the case is about eigvals"),),
        environment={"python": "3.11.9", "numpy": "2.4.6"},
        seconds=1.25,
        causes=CAUSES,
        version="0.1.0",
        algebra=ALGEBRA,
    )
    return replace(made, **changes)


NASTY = (
    "]]>&<script>alert(1)</script>|`x`|**b**[l](http://h)@user #1 \x1b[31m\x00\x08\r\n::error::pwned\n"
    "##[error]pwned %0A::add-mask::x \ud800\ufffe\u202e\u2028 <!-- -->\\|</pre></details> ]]&gt; \U0001f600λ"
)
"""What a stranger may call things to get out of a report."""


def hostile() -> RunRecord:
    """A run in which everything that comes from strangers is hostile."""
    detail = replace(
        collapse_detail(),
        printed=f"::error::printed\n{NASTY}",
        notes=(NASTY,),
        why=f"{'a' * 60} ::error::wrapped {NASTY}",
        cotangents=(NASTY, NASTY),
    )
    oracles = {NASTY: OracleSummary(error_bar=1e-15), "::error::": OracleSummary("lost", reason=NASTY)}
    findings = (Finding("mismatch", NASTY, entry=(0, 0), error=1.0, allowed=0.0), Finding(f"odd {NASTY}", NASTY))
    expected = Expectation(("pass",), (), None, NASTY)
    places = {"case": f"::error::{NASTY}", "file": f"a b/::{NASTY}.yaml", "folder": f"::error::{NASTY}", "line": 3}
    bad = collapse(expected, **places, about=NASTY, source=NASTY)
    judged = replace(bad.judgement, findings=findings, diagnosis=(NASTY,), oracles=oracles, detail=detail)
    wrong = replace(bad, rule=NASTY, judgement=judged)
    fault = KnownFault(f"::error::{NASTY}", "fail", (NASTY,), NASTY)
    return record(
        wrong,
        replace(wrong, mode="forward", known=True),
        not_run=(NotRun(NASTY, NASTY, NASTY),),
        environment={"python": NASTY},
        causes={NASTY: (NASTY, NASTY)},
        gone=(fault,),
        complete=False,
    )


def known_failure() -> Outcome:
    """A failure that a baseline holds."""
    return replace(collapse(), known=True)
