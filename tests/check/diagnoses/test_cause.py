from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.diagnoses import Cause, diagnoses
from eigcheck.check.diagnoses.algebra import pieces
from tests.check.diagnoses.bench import evidence, matrix


def test_none_one_or_several_forms() -> None:
    known = evidence("negated", "eigvals", matrix("general", 3, np.random.default_rng(0)))
    one = Cause("x", "s", "f", "G", maps=lambda G: (G,))
    for cause, count in {
        Cause("x", "s", "f", "G"): 0,
        one: 1,
        replace(one, slips=lambda _, p: (p.gradient() for _ in range(2))): 3,
        replace(one, applies=lambda _: False): 0,
    }.items():
        assert len(list(cause.forms(known, pieces(known)))) == count


def test_without_pieces_there_are_maps_of_the_gradient() -> None:
    known = evidence("negated", "eigvals", matrix("general", 3, np.random.default_rng(0)))
    cause = Cause("x", "s", "f", "G", maps=lambda G: (G,), slips=lambda _, p: (p.gradient(),))
    assert len(list(cause.forms(known, None))) == 1


@pytest.mark.parametrize("function", ["eigvals", "eig", "eigvalsh", "eigh"])
@pytest.mark.parametrize("domain", ["general", "symmetric"])
@pytest.mark.parametrize("kind", ["symmetric", "complex-symmetric"])
def test_every_form_is_a_stack_of_gradients(function: str, domain: str, kind: str) -> None:
    known = evidence("scaled-by-c", function, matrix(kind, 3, np.random.default_rng(1)), domain=domain)
    for one in diagnoses():
        for form in one.forms(known, pieces(known)):
            assert form.gradients.shape == known.got.shape, one.name


@pytest.mark.parametrize("domain", ["general", "symmetric", "upper", "lower"])
def test_slips_are_brought_onto_the_domain(domain: str) -> None:
    known = evidence("none", "eigh", matrix("complex-symmetric", 3, np.random.default_rng(1)), domain=domain)
    slipped = Cause("x", "s", "f", "V", slips=lambda _, p: (p.gradient(),))
    (form,) = slipped.forms(known, pieces(known))
    assert np.abs(form.gradients - known.want).max() < 1e-12
