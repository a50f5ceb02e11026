from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.diagnoses import diagnose
from eigcheck.check.diagnoses.algebra import pieces
from eigcheck.check.evidence import adjoint
from tests.check.diagnoses.test_algebra import problem


@pytest.mark.parametrize(("function", "kind"), [("eig", "complex-general"), ("eigh", "complex-symmetric")])
def test_a_rule_that_ignores_lapacks_phase(function: str, kind: str) -> None:
    known = problem(function, kind, 4, 5, invariant=False)
    p = pieces(known)
    assert p is not None
    ignored = known.on_domain(p.gradient(vectors_bar=p.free_vectors_bar))
    assert diagnose(replace(known, got=ignored)) == ("missing-phase",)


def test_a_rule_that_keeps_vectors_orthogonal_to_their_change() -> None:
    known = problem("eig", "complex-general", 4, 5, invariant=False)
    p = pieces(known)
    assert p is not None
    M = adjoint(p.vectors) @ p.free_vectors_bar
    inner = M - (adjoint(p.vectors) @ p.vectors) * np.diagonal(M, axis1=1, axis2=2)[:, None, :]
    got = p.outer(p.inner(vectors_bar=0 * M) + np.conj(p.gaps) * inner)
    assert diagnose(replace(known, got=got)) == ("missing-phase",)


def test_a_free_convention_misses_no_phase() -> None:
    known = replace(problem("eig", "complex-general", 4, 5, invariant=False), convention="free")
    p = pieces(known)
    assert p is not None
    assert diagnose(replace(known, got=p.gradient())) == ()
