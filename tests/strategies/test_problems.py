"""Problems and cotangents: all forms come, each can be put to a rule, and a case file can say each of them."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from eigcheck.casefile.load import load_cases
from eigcheck.engine import select
from eigcheck.reports.reproducer import case_text
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.strategies import cotangents, problems

QUICK = settings(
    max_examples=160, deadline=None, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)
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

    @QUICK
    @seed(1)
    @given(problems(function, domain, uplo=uplo))
    def check(problem):
        kinds.add(problem.cotangent.kind)
        assert select([problem], rules, rule_globs=("numpy/lapack",)).tasks
        file.write_text(case_text(problem), encoding="utf-8")
        (read,) = load_cases([str(file)])
        spec = read.cotangent
        assert same(read.matrix, problem.matrix)
        assert (read.function, read.domain, read.uplo, read.modes) == (function, domain, uplo, problem.modes)
        assert (spec.kind, spec.power, spec.seed, spec.gauge) == (
            problem.cotangent.kind,
            problem.cotangent.power,
            problem.cotangent.seed,
            problem.cotangent.gauge,
        )
        assert np.array_equal(spec.values, problem.cotangent.values)
        assert np.array_equal(spec.vectors, problem.cotangent.vectors)
        assert np.array_equal(spec.weight, problem.cotangent.weight)

    check()
    assert kinds >= {"default", "explicit", "trace-power", "random"}


def test_parts_of_a_cotangent_are_absent_zero_and_of_any_size():
    seen = set()

    @settings(QUICK, max_examples=400)
    @seed(2)
    @given(cotangents("eig", 2))
    def look(spec):
        if spec.kind == "explicit":
            parts = [None if part is None else bool(np.any(part)) for part in (spec.values, spec.vectors)]
            seen.add(tuple(parts))
            largest = max(np.abs(part).max() for part in (spec.values, spec.vectors) if part is not None)
            seen.add("loud" if largest > 1e6 else "faint" if 0 < largest < 1e-6 else "")
        assert spec.kind in ("default", "explicit", "trace-power", "matrix-power", "random")

    look()
    assert seen >= {(True, None), (None, True), (True, True), (False, True), (True, False), "loud", "faint"}


def test_value_functions_get_no_cotangent_of_vectors():
    @QUICK
    @seed(3)
    @given(cotangents("eigvalsh", 3, dtype="complex128"))
    def check(spec):
        assert spec.vectors is None
        assert spec.values is None or np.isrealobj(spec.values)

    check()
