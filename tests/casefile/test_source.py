import os

import pytest

from eigcheck.casefile.source import LARGE, STANDARD, Source, TooLargeError, read_bytes, read_source
from eigcheck.errors import Fault


def test_places_count_from_one_across_all_line_ends(tmp_path):
    source = Source("a", tmp_path, "ab\r\ncd\re\nf")
    assert [source.place(at) for at in (0, 1, 4, 7, 9)] == [(1, 1), (1, 2), (2, 1), (3, 1), (4, 1)]
    assert [source.line(number) for number in (1, 2, 3, 4)] == ["ab", "cd", "e", "f"]
    assert source.place(10_000) == (4, 2)


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: a\n")
    source = read_source(path, STANDARD)
    assert isinstance(source, Source)
    assert source.text == "name: a\n"
    path.write_bytes(b"\xef\xbb\xbfcaf\xe9\n")
    fault = read_source(path, STANDARD)
    assert (fault.column, fault.source_line) == (4, "caf\\xe9")


def test_not_utf8_is_told_with_its_place(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"name: a\nabout: caf\xe9\n")
    fault = read_source(path, STANDARD)
    assert isinstance(fault, Fault)
    assert (fault.line, fault.column) == (2, 11)
    assert "UTF-8" in fault.message
    assert "0xe9" in fault.message


def test_control_characters_are_told_with_their_place(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"name: a\nx: \x00\n")
    fault = read_source(path, STANDARD)
    assert isinstance(fault, Fault)
    assert (fault.line, fault.column) == (2, 4)
    assert "U+0000" in fault.message


def test_a_missing_file_and_a_folder_are_faults(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        fault = read_source(path, STANDARD)
        assert isinstance(fault, Fault)
        assert fault.message.startswith("cannot be read")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "p.yaml")
    fault = read_source(tmp_path / "p.yaml", STANDARD)
    assert isinstance(fault, Fault)
    assert "regular" in fault.message


def test_large_files_are_not_read_without_leave(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"#" * (STANDARD.file_bytes + 1))
    fault = read_source(path, STANDARD)
    assert isinstance(fault, Fault)
    assert "--allow-large" in fault.remedy


def test_exactly_the_limit_is_read(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_bytes(path, 5) == b"12345"
    with pytest.raises(TooLargeError, match="larger"):
        read_bytes(path, 4)


def test_leave_raises_every_bound_but_depth():
    for name in ("order", "entries", "cases", "file_bytes", "nodes", "values"):
        assert getattr(LARGE, name) > getattr(STANDARD, name)


def test_at_most_10_000_cases():
    assert STANDARD.cases == 10_000
