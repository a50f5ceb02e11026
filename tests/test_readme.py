"""Every block of the README does what the README says."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.readme import NAMED, README, RECURSIVE, ROOT, Block, blocks, execute, perform, prepare

TEXT = README.read_text(encoding="utf-8")
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?")


def agrees(shown: str, printed: str) -> bool:
    """Whether two words are the same, or numbers that differ no more than processors do.

    Numbers in scientific notation are bars, budgets and their ratios: they follow the last bits of LAPACK's
    results, which are not the same everywhere, so that they may differ by a factor of 2. All others are rounded to
    far fewer digits than that, but the last one shown may be rounded the other way.
    """
    shown, printed = shown.strip("(),;:"), printed.strip("(),;:")
    if shown == printed:
        return True
    if not (NUMBER.fullmatch(shown) and NUMBER.fullmatch(printed)):
        return False
    a, b = float(shown), float(printed)
    if "e" in shown or "e" in printed:
        return a * b > 0 and 0.5 <= a / b <= 2
    digits = len(shown.partition(".")[2])
    return bool(digits) and abs(a - b) <= 1.5 * 10.0**-digits


def differences(shown: str, printed: str) -> list[tuple[str, str]]:
    a, b = shown.split(), printed.split()
    if len(a) != len(b):
        return [(shown, printed)]
    return [(x, y) for x, y in zip(a, b, strict=True) if not agrees(x, y)]


def test_every_block_does_what_it_says(tmp_path: Path) -> None:
    compared = 0
    for block, printed in perform(blocks(TEXT), prepare(tmp_path)):
        assert differences(block.body, printed) == [], f"python -m tests.readme renews the outputs\n{printed}"
        compared += 1
    assert compared == sum(block.kind == "text" for block in blocks(TEXT)) >= 4
    check_the_workflow(tmp_path)


def check_the_workflow(folder: Path) -> None:
    """The workflow's own step, in the project that the tour has made; installing is left out."""
    file = folder / "tour" / ".github" / "workflows" / "gradients.yml"
    workflow = YAML(typ="safe", pure=True).load(file)
    runs = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    (gate,) = (run for run in runs if run.startswith("eigcheck"))
    done = execute(gate, folder / "tour")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "tour" / "eigcheck.json").is_file()


def test_the_bug_stands_below_the_first_paragraph() -> None:
    first, second = blocks(TEXT)[:2]
    assert first.commands == [('eigcheck probe "1 2; 2 3" --rule chainrules/released', 1)]
    assert second.kind == "text"
    for word in ("entry (1, 0)", "jumps by 0.447", "upper-triangle-collapse"):
        assert word in second.body


def test_no_block_is_overlooked() -> None:
    found = blocks(TEXT)
    assert len(found) == TEXT.count("```") / 2
    kinds = {block.kind for block in found if block.path is None}
    assert kinds == {"sh", "text", "python"}
    assert [command for block in found for command, _ in block.commands].count(RECURSIVE) == 1


def test_lines_are_80_columns_wide() -> None:
    assert [line for line in TEXT.splitlines() if len(line) > 80] == []


def test_it_is_read_in_a_few_minutes() -> None:
    assert len(TEXT.splitlines()) <= 200


@pytest.mark.parametrize(
    ("line", "expected"), [("eigcheck run  # exits with 2", ("eigcheck run", 2)), ("make run", ("make run", 0))]
)
def test_the_exit_code_of_a_command(line: str, expected: tuple[str, int]) -> None:
    assert Block("sh", line + "\n", None, 0, 0).commands == [expected]


def test_a_file_is_named_before_its_block() -> None:
    found = NAMED.search("and so on; `tour/x.yaml`:")
    assert found is not None
    assert found["path"] == "tour/x.yaml"


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("4e-15,", "6.1e-15,", True),
        ("4e-15", "4e-14", False),
        ("-0.4472136", "-0.4472135", True),
        ("-0.4472136", "0.4472136", False),
        ("24", "25", False),
        ("fail", "pass", False),
    ],
)
def test_how_outputs_are_compared(shown: str, printed: str, same: bool) -> None:
    assert agrees(shown, printed) is same


def test_its_links_work_where_it_is_shown_alone_and_its_paths_where_it_is_not():
    targets = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert targets
    assert all(target.startswith("https://") for target in targets)
    paths = [
        *re.findall(r"`(docs/[\w./-]+)`", TEXT),
        *(f"docs/howto/{name}" for name in re.findall(r"`([\w-]+\.md)`", TEXT)),
    ]
    assert len(paths) > 5
    assert [path for path in paths if not (ROOT / path).exists()] == []
