"""`eigcheck vectors`: files that their schema describes, or none at all."""

import json
from pathlib import Path

import jsonschema
import pytest

from eigcheck.cli.program import main
from eigcheck.vectors import files
from eigcheck.vectors.shape import SCHEMA_FILE
from tests.cli.conftest import Eigcheck
from tests.vectors.stage import read

CASE = "name: mine\nabout: Two free entries.\nsource: a book\nmatrix: [[1, 2], [2, 3]]\nfunction: [eigvals, eigh]\n"
TWO = {"cases/a/one.yaml": CASE, "cases/b/two.yaml": CASE.replace("mine", "other")}
TOLD = "{}: 4 groups, 12 tests, 12 of them certified"


def test_a_file_for_each_folder_and_their_schema(eigcheck: Eigcheck, tmp_path: Path) -> None:
    done = eigcheck("vectors", "cases", "-o", "new/vectors", files=TWO)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [TOLD.format("new/vectors/a.json"), TOLD.format("new/vectors/b.json")]
    folder = tmp_path / "new" / "vectors"
    assert sorted(path.name for path in folder.iterdir()) == ["a.json", "b.json", SCHEMA_FILE]
    schema = json.loads((folder / SCHEMA_FILE).read_text())
    for name in ("a.json", "b.json"):
        jsonschema.validate(json.loads((folder / name).read_text()), schema)
    whole = read((folder / "a.json").read_text())
    assert [group.id for group in whole.groups] == [
        "mine::eigvals::reverse",
        "mine::eigvals::forward",
        "mine::eigh::reverse",
        "mine::eigh::forward",
    ]
    assert {(group.about, group.source) for group in whole.groups} == {("Two free entries.", "a book")}


def test_the_same_bytes_again_and_files_are_replaced(eigcheck: Eigcheck, tmp_path: Path) -> None:
    texts = []
    for _ in range(2):
        assert eigcheck("vectors", "-o", "out", files=TWO).returncode == 0
        texts.append((tmp_path / "out" / "a.json").read_bytes())
    assert texts[0] == texts[1]


def test_ids_are_those_of_a_run_without_the_rule(eigcheck: Eigcheck, tmp_path: Path) -> None:
    assert eigcheck("vectors", "-o", "out", files=TWO).returncode == 0
    run = eigcheck("run", "--rule", "numpy/lapack", "--format", "json")
    outcomes = {one["id"].replace("::numpy/lapack", "") for one in json.loads(run.stdout)["outcomes"]}
    ids = {group.id for name in "ab" for group in read((tmp_path / "out" / f"{name}.json").read_text()).groups}
    assert outcomes == ids


def test_some_of_them(eigcheck: Eigcheck, tmp_path: Path) -> None:
    done = eigcheck("vectors", "-o", "out", "-k", "other::eigh::reverse", files=TWO)
    assert done.stdout == "out/b.json: 1 group, 4 tests, 4 of them certified\n"
    assert not (tmp_path / "out" / "a.json").exists()


def test_no_file_replaces_a_case(eigcheck: Eigcheck, tmp_path: Path) -> None:
    done = eigcheck("vectors", "out/out.json", "-o", "out", files={"out/out.json": CASE})
    assert (done.returncode, "out/out.json is read by this run" in done.stderr) == (2, True)
    assert (tmp_path / "out" / "out.json").read_text() == CASE


def test_what_cannot_be_meant(eigcheck: Eigcheck, tmp_path: Path) -> None:
    for args, words in (
        (("-o", "out", "-k", "svd"), "no vector's id contains 'svd'"),
        (("-o", "cases/a/one.yaml"), "cannot make the folder"),
        (("nowhere", "-o", "out"), "there is no such file or folder"),
        ((), "Missing option '-o'"),
    ):
        done = eigcheck("vectors", *args, files=TWO)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_orders_that_are_too_large_are_told(eigcheck: Eigcheck, tmp_path: Path) -> None:
    large = {"cases/a/one.yaml": "matrix: {kind: general, n: 30, seed: 1}\nmodes: [reverse]\n"}
    done = eigcheck("vectors", "-o", "out", files=large)
    assert done.stdout == "out/a.json: 0 groups, 0 tests, 0 of them certified; 1 left out\n"
    (left,) = read((tmp_path / "out" / "a.json").read_text()).left_out
    assert left.id == "one::eigvals::reverse"
    assert "order 30" in left.reason


def test_what_is_not_confirmed_is_not_written_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in TWO.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(files, "complaints", lambda group: [f"{group.id}: off"] if "mine" in group.id else [])
    with pytest.raises(SystemExit) as ended:
        main(["vectors", "-o", "out"])
    told = capsys.readouterr()
    assert ended.value.code == 3
    assert "not confirmed, so its file is not written: mine::eigvals::reverse: off" in told.err
    assert "bug in eigcheck" in told.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["b.json", SCHEMA_FILE]


def test_the_schema_is_printed_as_well(eigcheck: Eigcheck, tmp_path: Path) -> None:
    assert eigcheck("vectors", "-o", "out", "-k", "mine::eigvals::reverse", files=TWO).returncode == 0
    assert eigcheck("schema", "--vectors").stdout == (tmp_path / "out" / SCHEMA_FILE).read_text()
    both = eigcheck("schema", "--vectors", "--report")
    assert both.returncode == 2
    assert "two schemas" in both.stderr
