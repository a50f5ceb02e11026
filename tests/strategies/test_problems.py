"""Problems and cotangents: all forms come, each can be put to a rule, and a case file can say each of them."""

import numpy as np
import pytest

from eigcheck.casefile.load import load_cases
from eigcheck.engine import select
from eigcheck.errors import UsageError
from eigcheck.reports.reproducer import case_text
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.strategies import cotangents, problems
from tests.strategies.test_matrices import sample

PLACES = [
    ("eigvals", "general", None),
    ("eig", "symmetric", None),
    ("eigh", "upper", None),
    ("eigvalsh", "general", "U"),
]


def same(a, b):
    """Bit for bit, signs of zeros included."""
    if a is None or b is None:
        return a is b
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@pytest.mark.parametrize(("function", "domain", "uplo"), PLACES)
def test_each_fits_a_rule_and_survives_being_written_and_read(function, domain, uplo, tmp_path):
    load_builtin()
    rules = [rule for rule in registered() if rule.name == "numpy/lapack"]
    file = tmp_path / "hunt.yaml"
    kinds = set()

    for problem in sample(problems(function, domain, uplo=uplo), 160):
        kinds.add(problem.cotangent.kind)
        assert select([problem], rules, rule_globs=("numpy/lapack",)).tasks
        file.write_text(case_text(problem), encoding="utf-8")
        (read,) = load_cases([str(file)])
        spec = read.cotangent
        assert same(read.matrix, problem.matrix)
        assert (read.function, read.domain, read.uplo, read.modes) == (function, domain, uplo, problem.modes)
        for key in ("kind", "power", "seed", "gauge"):
            assert getattr(spec, key) == getattr(problem.cotangent, key)
        for key in ("values", "vectors", "weight"):
            assert np.array_equal(getattr(spec, key), getattr(problem.cotangent, key))
    assert kinds >= {"default", "explicit", "trace-power", "random"}


def test_parts_of_a_cotangent_are_absent_zero_and_of_any_size():
    seen = set()
    for spec in sample(cotangents("eig", 2), 400, 2):
        if spec.kind == "explicit":
            parts = [None if part is None else bool(np.any(part)) for part in (spec.values, spec.vectors)]
            seen.add(tuple(parts))
            largest = max(np.abs(part).max() for part in (spec.values, spec.vectors) if part is not None)
            seen.add("loud" if largest > 1e6 else "faint" if 0 < largest < 1e-6 else "")
        assert spec.kind in ("default", "explicit", "trace-power", "matrix-power", "random")
    assert seen >= {(True, None), (None, True), (True, True), (False, True), (True, False), "loud", "faint"}


@pytest.mark.parametrize(
    "given",
    [
        {"function": "eigvalz"},
        {"domain": "uper"},
        {"uplo": "X"},
        {"modes": ("backward",)},
        {"modes": ()},
        {"dtype": ()},
        {"structures": "toplitz"},
        {"orders": 2.5},
    ],
)
def test_words_and_orders_that_there_are_not_are_refused(given):
    with pytest.raises(UsageError):
        problems(**given)


def test_cotangents_refuse_them_too():
    for given in ({"function": "eigenvals"}, {"dtype": "float16"}, {"n": -1}, {"n": 2.5}):
        with pytest.raises(UsageError):
            cotangents(**given)


def test_one_mode_may_stand_for_several():
    assert {problem.modes for problem in sample(problems(modes="forward"), 4)} == {("forward",)}


def test_value_functions_get_no_cotangent_of_vectors():
    for spec in sample(cotangents("eigvalsh", 3, dtype="complex128"), 160, 3):
        assert spec.vectors is None
        assert spec.values is None or np.isrealobj(spec.values)
