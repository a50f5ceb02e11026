"""The commands that show an outcome again hold every bit of it, and no name escapes from its word."""

import shlex
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigcheck.casefile.cotangents import parse_cotangent
from eigcheck.casefile.inline import parse_matrix
from eigcheck.model import CotangentSpec
from eigcheck.reports.html.reproducer import commands, probe_line, run_line
from tests.reports.samples import collapse


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
