from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.diagnoses import Cause, diagnoses, registry
from eigcheck.check.diagnoses.algebra import pieces
from tests.check.diagnoses.bench import evidence, matrix

PUBLIC = [
    "upper-triangle-collapse",
    "lower-triangle-collapse",
    "symmetrised",
    "transposed",
    "missing-conjugate",
    "right-vectors-for-inverse",
    "sign-of-gap-matrix",
    "missing-normalisation",
    "missing-phase",
    "dropped-imaginary",
    "order-swap",
    "scaled-by-c",
    "regularised-gap",
    "triangular-shortcut",
]


def test_every_public_name_is_registered() -> None:
    assert {known.name for known in diagnoses()}.issuperset(PUBLIC)


def test_texts_are_single_lines() -> None:
    for known in diagnoses():
        assert known.summary
        assert known.fix
        assert "\n" not in known.summary + known.fix
        assert known.formula


def test_most_specific_first() -> None:
    ranks = [registry.ORDER.index(known.name) for known in diagnoses()]
    assert ranks == sorted(ranks)


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="transposed"):
        registry.in_order((*diagnoses(), Cause("transposed", "s", "f", "0")))


def test_a_cause_has_its_place_in_the_one_order() -> None:
    with pytest.raises(ValueError, match="no place"):
        registry.in_order([Cause("unheard-of", "s", "f", "0")])
    assert tuple(known.name for known in diagnoses()) == registry.ORDER


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
