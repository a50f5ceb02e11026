"""Central differences of a rule whose vectors are not of unit norm."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck.model import Cotangent, Eigenpairs
from tests.oracles.test_central import FAMILIES, decompose, differences, invariant, question_of


@pytest.mark.parametrize("name", ["real", "complex", "hermitian"])
@pytest.mark.parametrize("power", [40, -40])
def test_vectors_of_another_length_have_bars_of_that_length(name, power):
    """With l v the cotangent v_bar is that of v with l v_bar, whatever l is."""
    plain = question_of(FAMILIES[name])
    bar, length = invariant(plain.primal.vectors, 1), np.ldexp(1.0, power)
    unit = replace(plain, cotangents=(Cotangent(Eigenpairs(None, length * bar), "c"),))
    longer = replace(
        plain,
        convention="free",
        primal=Eigenpairs(plain.primal.values, length * plain.primal.vectors),
        cotangents=(Cotangent(Eigenpairs(None, bar), "c"),),
    )

    def stretched(matrices):
        return [Eigenpairs(p.values, length * p.vectors) for p in decompose("eig", None)(matrices)]

    want, got = differences(unit), differences(longer, stretched)
    assert np.all(np.abs(got.numbers - want.numbers) <= want.bars)
    assert np.all(np.abs(got.bars - want.bars) <= want.bars / 2)
