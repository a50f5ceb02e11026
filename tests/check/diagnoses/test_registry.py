from __future__ import annotations

import pytest

from eigcheck.check.diagnoses import Cause, diagnoses, registry

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
