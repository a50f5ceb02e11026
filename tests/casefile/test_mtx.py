import io

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from eigcheck.casefile.mtx import MtxError, fault_in, read_mtx
from eigcheck.casefile.numbers import round_number
from eigcheck.casefile.source import LEAVE, STANDARD


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


def test_leave_is_the_remedy_for_what_is_too_large_and_for_nothing_else():
    for header, size, remedy in (("array real general", "97 97", LEAVE), ("array larger than", "1 1", "mend it")):
        with pytest.raises(MtxError) as caught:
            read_mtx(f"%%MatrixMarket matrix {header}\n{size}\n1\n", STANDARD)
        assert fault_in(caught.value, "a.mtx", "mend it").remedy == remedy


def test_comments_patterns_and_exact_numbers():
    text = "%%MatrixMarket matrix coordinate pattern general\n% a comment\n\n2 2 2\n1 1\n2 1\n"
    assert array(text).tolist() == [[1, 0], [1, 0]]
    text = "%%MatrixMarket matrix array real general\n1 1\n2+1ulp\n"
    assert array(text)[0, 0] == 2 + 2.0**-51


def test_integers_and_real_diagonals_are_read():
    assert array("%%MatrixMarket matrix array integer general\n1 1\n-7\n") == -7
    assert array("%%MatrixMarket matrix array complex hermitian\n1 1\n2 -0\n") == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_first_line_ends_as_all_others_do(end):
    assert array(end.join(["%%MatrixMarket matrix array real general", "1 1", "7"])) == 7
