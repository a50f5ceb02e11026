import io

import numpy as np
import pytest

from eigcheck.casefile.matrices import inside, matrix_at, perturbed, read_matrix, read_npy
from eigcheck.casefile.schema import Perturbation
from eigcheck.casefile.source import STANDARD
from tests.casefile.support import matrix, only_fault, problems, reading_for, root_of


def test_three_forms_give_the_same_kind_of_array(tmp_path):
    np.save(tmp_path / "a.npy", np.asfortranarray([[1.0, 1.0], [1.0, 1.0]]))
    for text in ("[[1, 1], [1, 1]]", "{file: a.npy}", "{kind: ones, n: 2}"):
        array, faults = matrix(text, folder=tmp_path)
        assert not faults
        assert array.tolist() == [[1, 1], [1, 1]]
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        assert not array.flags.writeable


def test_nonfinite_files_with_leave(tmp_path):
    np.save(tmp_path / "nan.npy", np.array([[np.nan]]))
    array, faults = matrix("{file: nan.npy}", nonfinite=True, folder=tmp_path)
    assert not faults
    assert np.isnan(array[0, 0])


def test_all_matrices_together_are_bounded(tmp_path):
    n = STANDARD.order
    seeds = ",".join(map(str, range(STANDARD.entries // n**2 + 1)))
    text = f"name: a\nmatrix: {{kind: zeros}}\nfor: {{matrix.n: [{n}], matrix.seed: [{seeds}]}}\n"
    fault = only_fault(tmp_path, text)
    assert "entries in all cases" in fault.message
    assert "--allow-large" in fault.remedy


def moved(before, reading, *steps):
    made = [(Perturbation(entry=list(entry), ulps=ulps, part=part), 3) for entry, ulps, part in steps]
    return perturbed(before, made, reading)


def test_perturbations_follow_in_order():
    before = np.array([[1.0, 2.0], [3.0, 0.0]])
    after = moved(before, reading_for("x: 1\n"), ((0, 1), 1, "re"), ((0, 1), 2, "re"), ((1, 1), -1, "re"))
    assert after.tolist() == [[1.0, 2 + 3 * 2.0**-51], [3.0, -5e-324]]
    assert before[0, 1] == 2.0
    assert not after.flags.writeable


def test_parts_and_precisions_of_perturbations():
    after = moved(np.array([[1 + 2j]], dtype=np.complex64), reading_for("x: 1\n"), ((0, 0), 1, "im"))
    assert after[0, 0] == np.complex64(1 + (2 + 2.0**-22) * 1j)


def test_perturbed_problems(tmp_path):
    (problem,) = problems(tmp_path, "matrix: [[1, 2], [2, 3]]\nperturb: [{entry: [1, 0], ulps: 1}]\n")
    assert problem.matrix[1, 0] == 2 + 2.0**-51
    assert problem.matrix[0, 1] == 2


@pytest.mark.parametrize(
    "name", ["../x.npy", "a/../../x.npy", "/etc/x.npy", "", "a\0.npy", "C:/x.npy", "..\\x.npy", "link/x.npy", "out.npy"]
)
def test_no_way_leads_out_of_the_folder(tmp_path, name):
    outside = tmp_path / "outside"
    folder = tmp_path / "cases"
    outside.mkdir()
    folder.mkdir()
    np.save(outside / "x.npy", np.eye(2))
    (folder / "link").symlink_to(outside)
    (folder / "out.npy").symlink_to(outside / "x.npy")
    with pytest.raises(ValueError, match=r"folder|relative|name"):
        inside(folder.resolve(), name)


def test_ways_that_stay_inside(tmp_path):
    folder = tmp_path.resolve()
    (folder / "sub").mkdir()
    assert inside(folder, "a.npy") == folder / "a.npy"
    assert inside(folder, "sub/../a.npy") == folder / "a.npy"
    (folder / "sub" / "l.npy").symlink_to(folder / "a.npy")
    assert inside(folder, "sub/l.npy") == folder / "a.npy"


def test_each_entry_is_rounded_once(tmp_path):
    np.save(tmp_path / "i.npy", np.array([[2**53 + 1]]))
    assert read_matrix(tmp_path / "i.npy", STANDARD, None).tolist() == [[float(2**53)]]
    middle = 2**40 + 2**16 + 1
    np.save(tmp_path / "j.npy", np.array([[middle]]))
    assert read_matrix(tmp_path / "j.npy", STANDARD, "float32")[0, 0] == np.float32(2**40 + 2**17)


def test_dtypes(tmp_path):
    np.save(tmp_path / "c.npy", np.array([[1j]], dtype=np.complex64))
    assert read_matrix(tmp_path / "c.npy", STANDARD, None).dtype == np.complex128
    with pytest.raises(TypeError, match="complex"):
        read_matrix(tmp_path / "c.npy", STANDARD, "float64")
    np.save(tmp_path / "b.npy", np.array([[1e300]]))
    with pytest.raises(OverflowError, match="float32"):
        read_matrix(tmp_path / "b.npy", STANDARD, "float32")


def test_matrix_market(tmp_path):
    (tmp_path / "a.mtx").write_text("%%MatrixMarket matrix array complex general\n1 1\n1 2\n")
    assert read_matrix(tmp_path / "a.mtx", STANDARD, None).tolist() == [[1 + 2j]]
    with pytest.raises(TypeError):
        read_matrix(tmp_path / "a.mtx", STANDARD, "float32")


def test_a_file_of_few_bytes_is_counted_by_its_entries(tmp_path):
    n = STANDARD.order
    (tmp_path / "a.mtx").write_text(f"%%MatrixMarket matrix coordinate real general\n{n} {n} 0\n")
    reading = reading_for("matrix: {file: a.mtx}\n", tmp_path.resolve())
    root = root_of(reading)
    assert matrix_at(root.entries["matrix"].node, None, False, reading).shape == (n, n)
    assert reading.taken["entries"] == n * n


def test_other_files(tmp_path):
    (tmp_path / "a.txt").write_text("1")
    (tmp_path / "b.mtx").write_bytes(b"\xff")
    (tmp_path / "c.npy").write_bytes(b"\0" * (STANDARD.order**2 * 16 + 2**16 + 1))
    for name, message in (("a.txt", "neither"), ("b.mtx", "UTF-8"), ("c.npy", "larger"), ("d.npy", "cannot be read")):
        with pytest.raises(ValueError, match=message):
            read_matrix(tmp_path / name, STANDARD, None)


def saved(array, **options):
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", "<f2", "<c16", ">c8", "<i8", "|u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_of_every_kind_come_back(dtype, order):
    array = np.array([[1, 2], [3, 4]], dtype=dtype, order=order)
    back = read_npy(saved(array), STANDARD)
    assert back.tolist() == array.tolist()
    assert back.dtype == array.dtype.newbyteorder("=")
    assert back.flags.c_contiguous


def test_empty():
    assert read_npy(saved(np.zeros((0, 0))), STANDARD).shape == (0, 0)


def header(shape, descr="<f8", version=1):
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a .npy"),
        (b"\x93NUMPY", "not a .npy"),
        (b"PK\x03\x04....", "not a .npy"),
        (header("(2, 2)", version=3) + b"\0" * 32, "version 3"),
        (header("(100000, 100000)"), "larger than"),
        (header("(2, 2)"), "promises 32 bytes"),
        (header("(2, 2)") + b"\0" * 33, "promises 32 bytes"),
        (header("(2, 3)") + b"\0" * 48, "square"),
        (header("(4,)") + b"\0" * 32, "square"),
        (header("(2, 2)", "<U4") + b"\0" * 64, "not numbers"),
        (header("(2, 2)", "|b1") + b"\0" * 4, "not numbers"),
        (header("(-1, -1)") + b"\0" * 8, "square"),
        (header("(__import__('os'), 2)"), "its header is not one"),
        (header("(" * 200), "its header is not one"),
    ],
)
def test_what_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        read_npy(data, STANDARD)


def test_objects_are_never_loaded():
    class Bomb:
        def __reduce__(self):
            return (print, ("boom",))

    array = np.array([[Bomb(), 1], [2, 3]], dtype=object)
    with pytest.raises(ValueError, match="never loaded"):
        read_npy(saved(array, allow_pickle=True), STANDARD)


def test_structured_entries_are_refused():
    with pytest.raises(ValueError, match="not numbers"):
        read_npy(saved(np.zeros((2, 2), dtype=[("a", "<f8")])), STANDARD)
