from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from eigcheck.check.diagnoses.algebra import differences, pieces
from eigcheck.model import Array
from tests.check.diagnoses.bench import diagnose, evidence, matrix

FORMS: dict[str, Callable[[Array], Array]] = {
    "damped": lambda d: d.conj() / (abs(d) ** 2 + 1e-4),
    "damped slightly": lambda d: d.conj() / (abs(d) ** 2 + 1e-9),
    "damped heavily": lambda d: d.conj() / (abs(d) ** 2 + 3.0),
    "damped analytically": lambda d: d / (d**2 + 1e-3),
    "shifted": lambda d: (d != 0) / (d + 1e-5),
    "shifted back": lambda d: (d != 0) / (d - 1e-5),
    "widened": lambda d: np.where(d == 0, 0, 1 / (d + 1e-4 * d / np.where(d == 0, 1, abs(d)))),
    "cut off": lambda d: np.where(abs(d) <= np.unique(abs(d))[1], 0, 1 / np.where(d == 0, 1, d)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("function", ["eig", "eigh"])
@pytest.mark.parametrize("n", [3, 6])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_regularised_gaps_are_fitted(form: str, function: str, n: int) -> None:
    kind = "complex-general" if function == "eig" else "complex-symmetric"
    known = evidence("none", function, matrix(kind, n, np.random.default_rng(n)))
    p = pieces(known)
    assert p is not None
    got = known.on_domain(p.gradient(gaps=FORMS[form](differences(known))))
    assert diagnose(replace(known, got=got))[:1] == ("regularised-gap",)


def test_gaps_changed_one_by_one_are_not_regularised() -> None:
    known = evidence("none", "eigh", matrix("symmetric", 4, np.random.default_rng(4)))
    p = pieces(known)
    assert p is not None
    odd = p.gaps * (1 + 1e-2 * np.random.default_rng(0).standard_normal(p.gaps.shape))
    assert diagnose(replace(known, got=known.on_domain(p.gradient(gaps=odd)))) == ()


@pytest.mark.parametrize(
    ("e", "names"),
    [(1e-4, ("regularised-gap", "scaled-by-c")), (4.0, ("scaled-by-c",))],
)
def test_a_single_gap_is_told_from_a_factor_if_that_is_near_1(e: float, names: tuple[str, ...]) -> None:
    known = evidence("none", "eigh", np.array([[1.0, 2.0], [2.0, 3.0]]) / 4)
    p = pieces(known)
    assert p is not None
    d = differences(known)
    damped = known.on_domain(p.gradient(gaps=d / (d**2 + e)))
    assert diagnose(replace(known, got=damped)) == names


def test_erased_gaps_are_a_missing_part() -> None:
    known = evidence("missing-eigenvector-part", "eigh", matrix("symmetric", 5, np.random.default_rng(2)))
    assert diagnose(known) == ("missing-eigenvector-part",)
