"""Outcomes with everything that a page draws, in random numbers: nothing in them compresses well."""

import numpy as np

from eigcheck.detail import Detail, Rung, Strip
from eigcheck.outcome import Judgement, Outcome
from tests.reports.samples import collapse, problem


def drawn(n, seed, verdict="fail"):
    """The outcome of a rule on a random matrix of order n."""
    random = np.random.default_rng(seed)

    def matrix():
        return random.standard_normal((n, n))

    names = ("certified", "dual", "central")
    detail = Detail(
        matrix=matrix(),
        spectrum=random.standard_normal(n),
        condition=random.uniform(1, 10, n),
        condition_vectors=3.0,
        gap=0.1,
        cotangents=tuple(f"e_{k}" for k in range(n)),
        worst_cotangent=0,
        worst_label="e_0",
        gradient=matrix(),
        reference=matrix(),
        references={name: matrix() for name in names},
        bars={name: np.abs(matrix()) for name in names},
        error=np.abs(matrix()),
        allowed=1e-15 * np.abs(matrix()),
        ladder=tuple(Rung(2.0**-k, float(random.random()), 1e-11) for k in range(5)),
        strip=Strip(entry=(1, 0), moved=(0, 1), ulps=(-1, 0, 1), values=(1.0, 0.0, 1.0), truth=1.0),
    )
    judgement = Judgement(verdict, collapse().judgement.findings, collapse().judgement.diagnosis, {}, detail)
    where = problem(f"case-{seed}", matrix=detail.matrix)
    return Outcome(where, "mylib/eigvals", "reverse", judgement, collapse().expected)
