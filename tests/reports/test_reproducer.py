"""A problem written as a case is the same problem when it is read, to the last bit."""

import shlex
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.casefile.cotangents import parse_cotangent
from eigcheck.casefile.inline import parse_matrix
from eigcheck.casefile.load import load_cases
from eigcheck.model import CotangentSpec, Problem
from eigcheck.reports.numerals import matrix_text
from eigcheck.reports.reproducer import case_text, commands, probe_line, run_line
from tests.reports.samples import collapse


def test_numbers_are_short_where_they_are_whole_and_exact_where_not():
    matrix = np.array([[1.0, -0.0, 0.1], [1e300, 5e-324, 2.0**60], [0.0, -3.0, 1 / 3]])
    assert matrix_text(matrix) == (
        "[[1, -0.0, 0.1], [1e+300, 5e-324, 1.152921504606847e+18], [0, -3, 0.3333333333333333]]"
    )
    assert matrix_text(np.zeros((0, 0))) == "[]"


@pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])
def test_what_is_read_is_what_was_written(dtype, tmp_path):
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((3, 3)).astype(dtype)
    if dtype.startswith("complex"):
        matrix = matrix + (1j * rng.standard_normal((3, 3))).astype(dtype)
        matrix[0, 0] = complex(-0.0, -0.0)
    matrix[1, 1] = -0.0
    values = np.array([1.0, -0.0, 0.1]).astype("float32" if dtype in ("float32", "complex64") else "float64")
    given = Problem(
        "it's: a name",
        matrix,
        function="eigvalsh",
        uplo="U",
        dtype=dtype,
        modes=("reverse",),
        cotangent=CotangentSpec("explicit", values=values),
        structures=("real", "diagonal") if dtype == "float64" else (),
        about='with "quotes" and \u20ac',
    )
    file = tmp_path / "case.yaml"
    file.write_text(case_text(given, ("pass", "undefined")), encoding="utf-8")
    (read,) = load_cases([str(file)])
    assert read.matrix.tobytes() == matrix.tobytes()
    assert read.cotangent.values.tobytes() == values.tobytes()
    for name in ("case", "about", "function", "uplo", "dtype", "modes", "structures"):
        assert getattr(read, name) == getattr(given, name)
    assert dict(read.expect)["*"].verdicts == ("pass", "undefined")


def test_without_anything_special_nothing_special_is_written():
    told = case_text(Problem("plain", np.zeros((1, 1))))
    assert "expect" not in told
    assert "cotangent" not in told
    assert "uplo" not in told


def outcome(**changes):
    return collapse(**changes)


def value_of(line, option):
    words = shlex.split(line)
    return words[words.index(option) + 1]


def test_a_case_from_a_file_has_both_commands():
    probe, run = commands(outcome())
    assert shlex.split(probe)[:3] == ["eigcheck", "probe", "1.0 2.0; 2.0 3.0"]
    assert value_of(probe, "--mode") == "reverse"
    assert shlex.split(run)[:3] == ["eigcheck", "run", "cases/seed/zygote-1369.yaml"]
    assert value_of(run, "-k") == outcome().id


def test_without_a_file_there_is_the_probe_only():
    assert run_line(outcome(file=None)) is None
    assert len(commands(outcome(file=None, matrix=np.eye(9)))) == 1


def test_a_shipped_case_is_run_from_those_that_come_with_eigcheck():
    """However large it is, there is a command."""
    made = outcome(case="shipped:frank-20", file=None, matrix=np.eye(20))
    (line,) = commands(made)
    assert line == run_line(made)
    words = "eigcheck run --shipped --rule chainrules/released -k shipped:frank-20::chainrules/released::eigvals::reverse -v"
    assert shlex.split(line) == words.split()


def test_that_there_are_no_structures_no_probe_can_say():
    assert value_of(probe_line(outcome(structures=("real",))), "--structure") == "real"
    assert probe_line(outcome(structures=())) is None


def test_a_large_matrix_stays_in_its_file():
    assert probe_line(outcome(matrix=np.eye(9))) is None


@pytest.mark.parametrize(
    "matrix",
    [
        np.array([[0.1, -1e-300], [5e-324, 1 / 3]]),
        np.array([[0.1 - 0.2j, 1j], [-0.0, 1e22 + 1e-22j]]),
        np.array([[-1.0, 2.0], [np.inf, np.nan]]),
    ],
)
def test_the_matrix_is_told_to_the_last_bit(matrix):
    line = probe_line(outcome(matrix=matrix, dtype=str(matrix.dtype)))
    told = parse_matrix(shlex.split(line)[2], dtype=value_of(line, "--dtype"))
    np.testing.assert_array_equal(told, matrix)
    assert told.dtype == matrix.dtype


@pytest.mark.parametrize(
    "spec",
    [
        CotangentSpec("basis"),
        CotangentSpec("random", count=3, seed=7, of=("values",), gauge="any"),
        CotangentSpec("explicit", values=np.array([1.0, -0.5])),
        CotangentSpec("explicit", values=np.array([1 + 2j, 0.1]), vectors=np.array([[1.0, 2j], [0.0, 1.0]])),
        CotangentSpec("trace-power", power=3),
        CotangentSpec("matrix-power", power=2, weight=np.array([[0.0, 1.0], [1.0, 0.0]])),
    ],
)
def test_the_cotangent_is_told_as_the_command_reads_it(spec):
    line = probe_line(outcome(cotangent=spec, function="eig", dtype="complex128"))
    told = parse_cotangent(value_of(line, "--cotangent"), function="eig", n=2, dtype="complex128")
    for name in ("kind", "count", "seed", "of", "gauge", "power", "factor"):
        assert getattr(told, name) == getattr(spec, name)
    for name in ("values", "vectors", "weight"):
        np.testing.assert_array_equal(getattr(told, name), getattr(spec, name))


def test_a_cotangent_that_the_record_does_not_hold_gives_no_probe():
    known = outcome()
    detail = replace(known.judgement.detail, cotangents=("given",))
    assert probe_line(replace(known, judgement=replace(known.judgement, detail=detail))) is None


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_name_escapes_from_its_word(case, rule):
    hostile = replace(outcome(case=case), rule=rule)
    words = shlex.split(run_line(hostile))
    assert len(words) == 8
    assert words[6] == hostile.id


def test_a_rule_is_named_and_not_globbed():
    assert value_of(run_line(replace(outcome(), rule="a[*]?")), "--rule") == "a[[][*]][?]"
