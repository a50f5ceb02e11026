"""The algebra of causes: a formula for every one, and maps that say what a rule with the fault returns."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import TypeAdapter

from eigcheck.check.diagnoses import diagnoses
from eigcheck.detail import Detail
from eigcheck.model import Expectation, Problem
from eigcheck.outcome import Judgement, Outcome
from eigcheck.reports.algebra import explained as explained_by
from eigcheck.reports.serialise import dumps

KNOWN = {cause.name: cause for cause in diagnoses()}
G = np.array([[1.0, 2 + 1j, -3.0], [4.0, 5j, 6.0], [7 - 2j, 8.0, 9.0]])


def detail(got, want=G):
    return Detail(gradient=np.asarray(got), reference=want, allowed=np.full((3, 3), 1e-12))


def explained(name, function, told):
    outcome = Outcome(Problem("case", G, function), "rule", "reverse", Judgement("fail", detail=told), Expectation())
    return explained_by(KNOWN.get(name), outcome)


def test_every_cause_has_a_formula():
    assert all(cause.formula for cause in diagnoses())


def test_an_unknown_cause_has_none():
    assert explained("another", "eigvals", detail(G)) is None


@pytest.mark.parametrize(
    ("name", "got"),
    [
        ("negated", -G),
        ("transposed", G.T),
        ("transposed", G.conj().T),
        ("missing-conjugate", G.conj()),
        ("symmetrised", (G + G.T) / 2),
        ("zero-gradient", 0 * G),
        ("dropped-imaginary", G.real),
        ("one-triangle-only", np.tril(G)),
        ("scaled-by-c", 3j * G),
        ("doubled-offdiagonal", [[1.0, 4 + 2j, -6.0], [8.0, 5j, 12.0], [14 - 4j, 16.0, 9.0]]),
        ("upper-triangle-collapse", [[1.0, 6 + 1j, 4 + 2j], [0, 0, 14.0], [0, 0, 9.0]]),
        ("lower-triangle-collapse", [[1.0, 0, 0], [6 - 1j, 0, 0], [4 - 2j, 14.0, 9.0]]),
    ],
)
def test_a_map_gives_what_the_rule_returned(name, got):
    told = explained(name, "eigvals", detail(np.asarray(got)))
    np.testing.assert_array_equal(told.predicted, got)
    assert told.off == 0
    assert told.due.startswith("G = V")


def test_a_map_that_does_not_fit_says_nothing_of_numbers():
    assert set(explained("negated", "eigvals", detail(G)).members()) == {"due", "wrong"}
    assert set(explained("negated", "eigvals", detail(np.full((3, 3), np.nan))).members()) == {"due", "wrong"}


def test_wide_bars_explain_nothing():
    wide = replace(detail(-G), allowed=np.full((3, 3), 100.0))
    assert set(explained("negated", "eigvals", wide).members()) == {"due", "wrong"}


def test_a_report_read_back_tells_the_same():
    told = explained("transposed", "eigvals", TypeAdapter(Detail).validate_json(dumps(detail(G.T))))
    np.testing.assert_array_equal(told.predicted, G.T)


def test_functions_with_vectors_have_the_longer_formula():
    assert "V̄" in explained("transposed", "eigh", Detail()).due
    assert "V̄" not in explained("transposed", "eigvalsh", Detail()).due


@pytest.mark.filterwarnings("error")
def test_infinities_of_complex_numbers_are_no_warning():
    got = G * 1.0
    got[0, 0] = complex(1.0, float("inf"))
    told = TypeAdapter(Detail).validate_json(dumps(detail(got)))
    assert explained("negated", "eigvals", told).predicted is None
