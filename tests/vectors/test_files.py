"""One file for each folder, the same bytes for the same cases."""

import json
from dataclasses import replace

import numpy as np

from eigcheck.vectors.files import by_file, file_of, schema_text, text_of, verified, verified_in
from eigcheck.vectors.make import NOTES
from eigcheck.vectors.shape import LeftOut
from tests.vectors.stage import SEED, group, read, task


def problem(folder: str):
    return replace(task(SEED).problem, folder=folder)


def test_files_are_named_after_folders() -> None:
    folders = ["shipped:seed", "cases/edge", "a/scale", "b/scale", ".", "cases/ein Ordner"]
    assert list(by_file([problem(folder) for folder in folders])) == [
        "seed.json",
        "edge.json",
        "a-scale.json",
        "b-scale.json",
        "cases.json",
        "ein-Ordner.json",
    ]


def test_no_two_folders_share_a_file_and_none_has_that_of_the_schema() -> None:
    for folders, names in (
        (["p/a b", "p/A-b", "p/a-b"], ["p-a-b.json", "p-A-b-2.json", "p-a-b-3.json"]),
        (["x/cases", "y/cases", "q/x-cases"], ["x-cases.json", "y-cases.json", "x-cases-2.json"]),
        (["eigcheck-vectors.schema"], ["eigcheck-vectors.schema-2.json"]),
    ):
        found = by_file([problem(folder) for folder in folders])
        assert {name: [one.folder for one in of] for name, of in found.items()} == {
            name: [folder] for name, folder in zip(names, folders, strict=True)
        }


def test_problems_of_one_folder_come_together() -> None:
    found = by_file([problem("x"), problem("y"), problem("x")])
    assert {name: len(problems) for name, problems in found.items()} == {"x.json": 2, "y.json": 1}


def test_the_same_cases_give_the_same_bytes() -> None:
    texts = []
    for _ in range(2):
        found, wrong = verified(task(np.array([[1.0, 2.0], [3.0, 4.0]]), function="eig"))
        assert wrong == ()
        texts.append(text_of(file_of("x", "0.1.0", [found])))
    assert texts[0] == texts[1]
    assert texts[0].isascii()


def test_processes_make_the_same_in_the_same_order() -> None:
    tasks = [task(matrix, mode=mode) for matrix in (SEED, np.eye(2)) for mode in ("reverse", "forward")]
    assert list(verified_in(tasks, 2)) == list(verified_in(tasks, 1)) == [verified(one) for one in tasks]


def test_a_file_has_a_member_a_line_and_a_test_a_line() -> None:
    whole = file_of("x", "0.1.0", [group(SEED), LeftOut("big", "order 99")])
    lines = text_of(whole).splitlines()
    assert sum(line.lstrip().startswith('{"id": "case::') for line in lines) == 2
    assert ' "format": "eigcheck-vectors/1",' in lines
    assert read(text_of(whole)) == whole


def test_notes_are_those_of_the_flags_that_occur() -> None:
    whole = file_of("x", "0.1.0", [group(SEED)])
    assert whole.notes == {flag: NOTES[flag] for flag in ("symmetric", "normal")}


def test_what_has_no_group_is_no_vector() -> None:
    found, wrong = verified(task(np.eye(40)))
    assert isinstance(found, LeftOut)
    assert wrong == ()


def test_the_schema_is_one() -> None:
    assert json.loads(schema_text())["title"] == "eigcheck test vectors"
