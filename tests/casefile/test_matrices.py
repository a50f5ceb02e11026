import numpy as np
import pytest

from eigcheck.casefile.bounds import STANDARD
from eigcheck.casefile.matrices import Nudge, matrix_at, perturbed
from tests.casefile.support import only_fault, problems, reading_for, root_of, spot


def built(text, tmp_path, dtype=None, nonfinite=False):
    reading = reading_for(f"matrix: {text}\n", tmp_path.resolve())
    node = root_of(reading).entries["matrix"].node
    return reading.log.attempt(lambda: matrix_at(node, dtype, nonfinite, reading)), reading


def test_three_forms_give_the_same_kind_of_array(tmp_path):
    np.save(tmp_path / "a.npy", np.asfortranarray([[1.0, 1.0], [1.0, 1.0]]))
    for text in ("[[1, 1], [1, 1]]", "{file: a.npy}", "{kind: ones, n: 2}"):
        array, reading = built(text, tmp_path)
        assert not reading.log.faults
        assert array.tolist() == [[1, 1], [1, 1]]
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        assert not array.flags.writeable


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("3", "3", "a matrix is not"),
        ("{n: 3}", "n:", "kind or file"),
        ("{}", "{}", "kind or file"),
        ("{kind: ones, file: a.npy}", "file", "exclude"),
        ("{file: a.npy, n: 3}", "n:", "unknown key"),
        ("{file: [a.npy]}", "[a", "path"),
        ("{file: none.npy}", "none", "cannot be read"),
        ("{file: ../a.npy}", "..", "leads out"),
        ("{file: nan.npy}", "nan", "NaN"),
        ("{file: c.npy}", "c.npy", "square"),
    ],
)
def test_mistakes(tmp_path, text, at, message):
    np.save(tmp_path / "a.npy", np.eye(2))
    np.save(tmp_path / "nan.npy", np.array([[np.nan]]))
    np.save(tmp_path / "c.npy", np.ones((2, 3)))
    _, reading = built(text, tmp_path)
    (fault,) = reading.log.faults
    assert message in fault.message
    assert fault.remedy
    assert (fault.line, fault.column) == spot(f"matrix: {text}", at)


def test_nonfinite_files_with_leave(tmp_path):
    np.save(tmp_path / "nan.npy", np.array([[np.nan]]))
    array, reading = built("{file: nan.npy}", tmp_path, nonfinite=True)
    assert not reading.log.faults
    assert np.isnan(array[0, 0])


def test_all_matrices_together_are_bounded(tmp_path):
    n = STANDARD.order
    seeds = ",".join(map(str, range(STANDARD.entries // n**2 + 1)))
    text = f"name: a\nmatrix: {{kind: zeros}}\nfor: {{matrix.n: [{n}], matrix.seed: [{seeds}]}}\n"
    fault = only_fault(tmp_path, text)
    assert "entries in all cases" in fault.message
    assert "--allow-large" in fault.remedy


def test_perturbations_follow_in_order():
    reading = reading_for("x: 1\n")
    before = np.array([[1.0, 2.0], [3.0, 0.0]])
    nudges = [Nudge((0, 1), 1, "re", 0), Nudge((0, 1), 2, "re", 0), Nudge((1, 1), -1, "re", 0)]
    after = perturbed(before, nudges, reading)
    assert after.tolist() == [[1.0, 2 + 3 * 2.0**-51], [3.0, -5e-324]]
    assert before[0, 1] == 2.0
    assert not after.flags.writeable
    assert perturbed(before, [], reading) is before


def test_parts_and_precisions_of_perturbations():
    reading = reading_for("x: 1\n")
    after = perturbed(np.array([[1 + 2j]], dtype=np.complex64), [Nudge((0, 0), 1, "im", 0)], reading)
    assert after[0, 0] == np.complex64(1 + (2 + 2.0**-22) * 1j)


@pytest.mark.parametrize(
    ("nudge", "message"),
    [
        (Nudge((2, 0), 1, "re", 3), "outside"),
        (Nudge((0, 0), 1, "im", 3), "imaginary"),
        (Nudge((0, 1), 1, "re", 3), "beyond the largest"),
        (Nudge((1, 0), 1, "re", 3), "no neighbours"),
    ],
)
def test_perturbations_that_cannot_be_made(nudge, message):
    reading = reading_for("x: 1\n")
    matrix = np.array([[1.0, np.finfo(float).max], [np.nan, 0.0]])
    assert reading.log.attempt(lambda: perturbed(matrix, [nudge], reading)) is None
    (fault,) = reading.log.faults
    assert message in fault.message
    assert fault.column == 4


def test_perturbed_problems(tmp_path):
    (problem,) = problems(tmp_path, "matrix: [[1, 2], [2, 3]]\nperturb: [{entry: [1, 0], ulps: 1}]\n")
    assert problem.matrix[1, 0] == 2 + 2.0**-51
    assert problem.matrix[0, 1] == 2
