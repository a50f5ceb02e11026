import numpy as np
import pytest

from eigcheck.casefile.inline import parse_matrix, read_matrix_file
from eigcheck.casefile.source import STANDARD
from eigcheck.errors import UsageError


@pytest.mark.parametrize(
    "text",
    [
        "1 2; 2 3",
        "1, 2; 2, 3",
        "1 2\n2 3\n",
        "1,2;2,3;",
        "[1 2; 2 3]",
        "[1 2\n 2 3]",
        "[[1,2],[2,3]]",
        "[[1, 2],\n [2, 3]]",
        "[ [1,2],\n [2,3], ]",
        "[1, 2], [2, 3]",
        "[1 2]; [2 3]",
        "array([[1., 2.],\n       [2., 3.]])",
        "array([[1., 2.], [2., 3.]], dtype=float64)",
        "np.matrix('1 2; 2 3')",
        "[[1. 2.]\n [2. 3.]]",
        "tensor([[1., 2.],\n        [2., 3.]], dtype=torch.float64, requires_grad=True)",
        "Float64[1 2; 2 3]",
        "2×2 Matrix{Float64}:\n 1.0  2.0\n 2.0  3.0",
        '[["1", "2"], [2, "3"]]',
        "'1 2; 2 3'",
        "'1' '2'; '2' '3'",
        "2/2 2; 0x1p1 3.0",
    ],
)
def test_many_ways_to_write_s(text):
    a = parse_matrix(text)
    assert a.tolist() == [[1, 2], [2, 3]]
    assert a.dtype == np.float64
    assert a.flags.c_contiguous
    assert not a.flags.writeable


def test_negative_first_entries_and_ulps():
    a = parse_matrix("-1 2; 2+1ulp -0.0")
    assert a.tolist() == [[-1, 2], [2 + 2.0**-51, 0]]
    assert np.signbit(a[1, 1])


@pytest.mark.parametrize(
    "text",
    [
        "1+2j 2; 3 4i",
        "[1.0+2.0im 2; 3 4im]",
        "[1.0 + 2.0im 2; 3 0 + 4im]",
        "array([[1.+2.j, 2.+0.j],\n       [3.+0.j, 0.+4.j]])",
        "[[(1+2j), (2+0j)], [(3+0j), 4j]]",
        "[[[1, 2], [2, 0]], [[3, 0], [0, 4]]]",
        "2×2 Matrix{ComplexF64}:\n 1.0+2.0im  2.0+0.0im\n 3.0+0.0im  0.0+4.0im",
    ],
)
def test_complex_matrices(text):
    a = parse_matrix(text)
    assert a.dtype == np.complex128
    assert a.tolist() == [[1 + 2j, 2], [3, 4j]]


def test_reprs_of_numpy_come_back_exactly():
    rng = np.random.default_rng(0)
    a = rng.standard_normal((4, 4))
    with np.printoptions(precision=17):
        assert (parse_matrix(repr(a)) == a).all()
        assert (parse_matrix(repr(a + 1j)) == a + 1j).all()


@pytest.mark.parametrize("row", ["[ 1.+0.j -2.-1.j]", "[ 10. +0.j  -2.-1.j]", "[ nan +1.j -2.  -1.j]"])
def test_complex_rows_that_numpy_prints_without_commas(row):
    assert parse_matrix(f"[{row}\n [ 3.+0.j  4.+0.j]]")[0, 1] == -2 - 1j


@pytest.mark.parametrize(
    ("text", "dtype"),
    [
        ("np.array([[1.1, 2], [2, 3]], dtype=np.float32)", "float32"),
        ("Array([[1.1, 2.], [2., 3.]], dtype=complex64, weak_type=True)", "complex64"),
        ("Float32[1.1 2; 2 3]", "float32"),
        ("2×2 Matrix{ComplexF32}:\n 1.1+0.0im  2.0+0.0im\n 2.0+0.0im  3.0+0.0im", "complex64"),
        ("array([[1, 2], [2, 3]], dtype=int64)", "float64"),
    ],
)
def test_a_dtype_that_the_text_states_is_that_of_the_matrix(text, dtype):
    assert parse_matrix(text).dtype == dtype
    assert parse_matrix(text, dtype="complex128").dtype == np.complex128


def test_sizes_0_and_1():
    for text in ("[]", "array([], shape=(0, 0), dtype=float64)"):
        assert parse_matrix(text).shape == (0, 0)
    for text in ("5", "[5]", "[[5]]"):
        assert parse_matrix(text).tolist() == [[5]]
    assert parse_matrix("[[[1, 2]]]").tolist() == [[1 + 2j]]


def test_dtypes():
    assert parse_matrix("2+1ulp", dtype="float32")[0, 0] == np.float32(2 + 2.0**-22)
    assert parse_matrix("1", dtype="complex64").dtype == np.complex64
    assert np.isnan(parse_matrix("nan")[0, 0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("[[]]", "row 0 has 0 entries, but there is 1 row"),
        ("1 2 3", "row 0 has 3 entries, but there is 1 row"),
        ("1 2; 3", "row 1 has 1 entry, but there are 2 rows"),
        ("1 2; 3 x", r"entry \[1, 1\].*'x' is not a number.*write a number"),
        ("[[1, 2], [3, 4]", "without its ]"),
        ("1 2]; 3", r"without its \["),
        ("[[1, 2], 3]", "mixes"),
        ("[[1;2],[3,4]]", "semicolon"),
        ("[[1,2],[3,[4]]]", r"entry \[1, 1\].*is a list"),
        ("[[[[[[[1]]]]]]]", "levels"),
        ('[[["1", ""]]]', r"entry \[0, 0\].*is a list"),
        ("[1 2; 3 4]'", "a quote that is not closed, or a transpose"),
        ("[[1,2],[2,3]]'", "a quote that is not closed, or a transpose"),
        ('1" 2; 2 3', "a quote that is not closed, or a transpose"),
        ("array([], shape=(0, 3), dtype=float64)", "mixes"),
        ("1e400", "too large for float64"),
        ("1e10000000", "exponent"),
        (";".join(["1"] * (STANDARD.order + 1)), f"larger than {STANDARD.order}.*--allow-large"),
    ],
)
def test_mistakes_say_where_and_what_to_do(text, message):
    with pytest.raises(UsageError, match=message):
        parse_matrix(text)


def test_complex_entries_in_a_real_dtype():
    with pytest.raises(UsageError, match=r"entry \[0, 0\].*complex"):
        parse_matrix("1j", dtype="float64")


def test_long_texts_need_leave():
    with pytest.raises(UsageError, match="--allow-large"):
        parse_matrix(" " * (2**21 + 1))


def test_matrix_files(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[1, 2], [3, 4]]))
    a = read_matrix_file(tmp_path / "a.npy")
    assert a.tolist() == [[1, 2], [3, 4]]
    assert not a.flags.writeable
    assert read_matrix_file(str(tmp_path / "a.npy"), dtype="complex64").dtype == np.complex64
    np.save(tmp_path / "n.npy", np.array([[np.nan]]))
    assert np.isnan(read_matrix_file(tmp_path / "n.npy")[0, 0])
    np.save(tmp_path / "c.npy", np.array([[1j]]))
    with pytest.raises(UsageError, match=r"c\.npy: complex"):
        read_matrix_file(tmp_path / "c.npy", dtype="float64")
    np.save(tmp_path / "l.npy", np.zeros((257, 257), dtype=np.float32))
    with pytest.raises(UsageError, match="--allow-large"):
        read_matrix_file(tmp_path / "l.npy")
    assert read_matrix_file(tmp_path / "l.npy", allow_large=True).shape == (257, 257)
    with pytest.raises(UsageError, match=r"cannot be read"):
        read_matrix_file(tmp_path / "none.npy")
