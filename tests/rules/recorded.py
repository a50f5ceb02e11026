"""Figures of the real ChainRules.jl, and how close a port of the same formulas must come to them."""

import json
from functools import cache
from pathlib import Path

import numpy as np

CLUSTERED = {"identity3_degenerate", "sym3_repeated_eigenvalue", "defective2_jordan"}
"""Records with a repeated eigenvalue: quotients by such gaps are not reproducible."""

ALLOWED = 1e-12
"""Relative to the larger of gradient and cotangent: n u is 3e-16, conditions and gap ratios are below 1e3."""


def array(nested, dimensions):
    """A recorded array; complex entries are [re, im], so that they have one dimension more."""
    if nested is None:
        return None
    numbers = np.array(nested, dtype=object).astype(np.float64)
    return numbers[..., 0] + 1j * numbers[..., 1] if numbers.ndim > dimensions else numbers


@cache
def _file():
    return json.loads((Path(__file__).parents[1] / "data" / "chainrules.json").read_text())


def records(kind):
    """All records of `plain` or `wrapped` matrices without clusters."""
    return [one for one in _file()[kind] if one["id"] not in CLUSTERED]


def reversals(kind):
    """Parameters (record, cotangent) with readable ids."""
    return [(one, c, f"{one['id']}-{c['name']}") for one in records(kind) for c in one["cotangents"]]


def forwards(kind):
    """Parameters (record, frule) with readable ids."""
    return [(one, f, f"{one['id']}-{f['name']}") for one in records(kind) for f in one["frules"]]


def cotangents(one):
    return array(one["dvalues"], 1), array(one["dvectors"], 2)


def assert_close(got, want, *inputs):
    """Within ALLOWED of the larger of what came out and what went in."""
    scale = max(float(np.abs(x).max(initial=0)) for x in (want, *inputs) if x is not None)
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=0, atol=ALLOWED * scale)
