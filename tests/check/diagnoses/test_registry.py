from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest

from eigcheck.check.diagnoses import cause, diagnoses, registry
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array
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
        assert known.candidate.__doc__


def test_most_specific_first() -> None:
    ranks = [known.rank for known in diagnoses()]
    assert ranks == sorted(ranks)


def test_a_name_is_taken_once() -> None:
    with patch.dict(registry._CAUSES), pytest.raises(ValueError, match="transposed"):
        cause("transposed", summary="s", fix="f")(lambda evidence: None)


def test_a_cause_has_its_place_in_the_one_order() -> None:
    with pytest.raises(ValueError, match="no place"):
        cause("unheard-of", summary="s", fix="f")
    assert tuple(known.name for known in diagnoses()) == registry.ORDER


def test_none_one_array_or_several() -> None:
    known = evidence("negated", "eigvals", matrix("general", 3, np.random.default_rng(0)))

    def one(evidence: Evidence) -> Array:
        return evidence.want

    forms = {
        lambda evidence: None: 0,
        one: 1,
        lambda evidence: (evidence.want for _ in range(3)): 3,
    }
    for candidate, count in forms.items():
        assert len(list(registry.Cause("x", "s", "f", candidate).forms(known))) == count


@pytest.mark.parametrize("function", ["eigvals", "eig", "eigvalsh", "eigh"])
@pytest.mark.parametrize("domain", ["general", "symmetric"])
@pytest.mark.parametrize("kind", ["symmetric", "complex-symmetric"])
def test_every_form_is_a_stack_of_gradients(function: str, domain: str, kind: str) -> None:
    known = evidence("scaled-by-c", function, matrix(kind, 3, np.random.default_rng(1)), domain=domain)
    for one in diagnoses():
        for form in one.forms(known):
            assert form.gradients.shape == known.got.shape, one.name
