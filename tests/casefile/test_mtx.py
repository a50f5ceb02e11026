import io

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from eigcheck.casefile.mtx import MtxError, fault_in, read_mtx
from eigcheck.casefile.numbers import round_number
from eigcheck.casefile.source import STANDARD


def array(text):
    rows = read_mtx(text, STANDARD)
    return np.array([[round_number(number, "complex128") for number in row] for row in rows]).reshape(len(rows), -1)


@pytest.mark.parametrize("symmetry", ["general", "symmetric", "skew-symmetric", "hermitian"])
@pytest.mark.parametrize("sparse", [False, True])
def test_agrees_with_scipy(symmetry, sparse):
    a = np.random.default_rng(0).standard_normal((4, 4)) + 1j * np.random.default_rng(1).standard_normal((4, 4))
    a = {"general": a, "symmetric": a + a.T, "skew-symmetric": a - a.T, "hermitian": a + a.conj().T}[symmetry]
    stream = io.BytesIO()
    scipy.io.mmwrite(stream, scipy.sparse.coo_matrix(a) if sparse else a, symmetry=symmetry, precision=17)
    assert (array(stream.getvalue().decode()) == a).all()


def test_comments_patterns_and_exact_numbers():
    text = "%%MatrixMarket matrix coordinate pattern general\n% a comment\n\n2 2 2\n1 1\n2 1\n"
    assert array(text).tolist() == [[1, 0], [1, 0]]
    text = "%%MatrixMarket matrix array real general\n1 1\n2+1ulp\n"
    assert array(text)[0, 0] == 2 + 2.0**-51


HEAD = "%%MatrixMarket matrix coordinate real general\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1"),
        ("hello\n", "line 1: not a Matrix Market"),
        ("%%MatrixMarket matrix array real wrong\n1 1\n1\n", "not known"),
        ("%%MatrixMarket matrix array pattern general\n1 1\n", "coordinates"),
        (HEAD, "3 sizes"),
        (HEAD + "2 2\n", "3 sizes"),
        (HEAD + "2 3 1\n1 1 1\n", "not a square"),
        (HEAD + "99999999999 99999999999 1\n1 1 1\n", "larger than"),
        (HEAD + "2 2 999999\n1 1 1\n", "999999 entries"),
        (HEAD + "2 2 2\n1 1 1\n", "ends before"),
        (HEAD + "2 2 1\n1 1 1\n2 2 1\n", "line 4: more"),
        (HEAD + "2 2 1\n3 1 1\n", "outside"),
        (HEAD + "2 2 2\n1 1 1\n1 1 1\n", "twice"),
        (HEAD + "2 2 1\n1 1 x\n", "line 3: 'x' is not a number"),
        (HEAD + "2 2 1\n1 1 1 2\n", "2 numbers where 1"),
        (HEAD + "2 2 1\na b 1\n", "a row and a column"),
        ("%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n1 2 1\n", "lower triangle"),
        ("%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 1j 2\n", "two reals"),
        ("%%MatrixMarket matrix array complex hermitian\n1 1\n1 2\n", "line 3: the diagonal of a hermitian"),
        ("%%MatrixMarket matrix array complex hermitian\n1 1\n1 nan\n", "line 3: the diagonal of a hermitian"),
        ("%%MatrixMarket matrix coordinate complex hermitian\n2 2 1\n2 2 1 1e-300\n", "line 3: the diagonal"),
        ("%%MatrixMarket matrix array integer general\n2 2\n1\n2\n5.5\n4\n", "line 5: '5.5' is not an integer"),
        ("%%MatrixMarket matrix coordinate integer symmetric\n1 1 1\n1 1 inf\n", "'inf' is not an integer"),
        ("%%MatrixMarket matrix array integer general\n1 1\n1+1ulp\n", "is not an integer"),
    ],
)
def test_what_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        read_mtx(text, STANDARD)


def test_a_mistake_has_its_place_in_the_file():
    text = HEAD + "2 2 1\n 1 1 x\n"
    with pytest.raises(MtxError) as caught:
        read_mtx(text, STANDARD)
    fault = fault_in(caught.value, "a.mtx", "mend it")
    assert (fault.file, fault.line, fault.column, fault.source_line) == ("a.mtx", 3, 6, " 1 1 x")
    assert fault.message == "'x' is not a number"


def test_integers_and_real_diagonals_are_read():
    assert array("%%MatrixMarket matrix array integer general\n1 1\n-7\n") == -7
    assert array("%%MatrixMarket matrix array complex hermitian\n1 1\n2 -0\n") == 2
