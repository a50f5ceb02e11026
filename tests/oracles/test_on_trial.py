"""A short sitting of the trial that `make oracles-on-trial` holds: bars and budgets hold, and the tallies count right."""

import numpy as np
import pytest

from benchmarks.trial_of_oracles.families import families
from benchmarks.trial_of_oracles.measure import ORACLES, Tally, over, ratios_of, several, trials
from benchmarks.trial_of_oracles.tables import budget_page, oracles_page

FAMILIES = {family.name: family for family in families(1)}
SHORT = (
    "complex, cond(V) 1e+08",
    "complex, cond(V) 1e+01, gap 1e-12",
    "Hermitian, nearly diagonal 1e-10",
    "float32 symmetric",
)


@pytest.mark.parametrize("name", SHORT)
def test_bars_and_budgets_hold(name):
    tallies = trials(FAMILIES[name])
    assert {"dual", "central", "identities", "numpy/lapack"} <= set(tallies)
    for who, tally in tallies.items():
        assert tally.worst[0] <= 1, (who, tally.worst)
    assert all(sum(part.size for part in tallies[who].errors) > 0 for who in ORACLES)
    assert tallies["dual"].decisive == tallies["dual"].predicted
    for page in (oracles_page, budget_page):
        assert f"| {name} |" in page({name: tallies}, 1, "versions")


def test_every_kind_of_matrix_is_there_once():
    names = [family.name for family in families(2)]
    assert len(set(names)) == len(names) > 60
    assert all(np.isfinite(matrix).all() for family in FAMILIES.values() for matrix in family.matrices)
    orders = {len(matrix) for family in families(6) for matrix in family.matrices}
    assert min(orders) == 2
    assert max(orders) == 16


def test_tallies():
    tally = Tally(predicted=4, decisive=3)
    tally.add(np.array([[0.5, np.nan], [2.0, 0.1]]), "here", ("e_0", "e_1"))
    tally.add(np.array([[np.nan, np.nan]]), "there", ("e_2",))
    assert tally.worst == (2.0, "here, e_1")
    assert list(ratios_of(tally.errors)) == [0.5, 2.0, 2.0]
    both = several([tally, Tally(predicted=1)])
    assert (both.predicted, both.decisive, both.worst[0]) == (5, 3, 2.0)
    assert over(np.array([0.0, 1.0, 1.0]), np.array([0.0, 0.0, 2.0])).tolist() == [0, np.inf, 0.5]
    assert len(ORACLES) == 3
