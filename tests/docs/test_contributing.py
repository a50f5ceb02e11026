"""The page for contributors names places that are there, and the source distribution has what tests read."""

import re
import tomllib

from tests.docs.pages import DOCS
from tests.readme import ROOT
from tests.test_laws import LONGEST_FILE, LONGEST_FUNCTION

TEXT = (DOCS / "contributing.md").read_text(encoding="utf-8")
NAMED_IN = re.compile(r"`([A-Z_]+)`(?: and `([A-Z_]+)`)?(?: in|,) `([\w/.]+\.py)`")
"""A table in the source, or two, and the file that a new part is named in there."""


def code_of(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_place_is_there() -> None:
    roots = {"eigcheck", "tests", "cases", "benchmarks", "docs", "Makefile", "pyproject.toml"}
    places = [word for word in code_of(TEXT) if word.split("/")[0] in roots and " " not in word and "NAME" not in word]
    assert len(places) > 30
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_every_table_stands_in_the_file_that_is_named_after_it() -> None:
    told = NAMED_IN.findall(TEXT)
    assert len(told) >= 6
    for *names, file in told:
        source = (ROOT / file).read_text(encoding="utf-8")
        assert [name for name in names if name and not re.search(rf"^{name}\b.*=", source, re.MULTILINE)] == []


def glossary() -> list[tuple[str, list[str], str]]:
    """Each word of the glossary with the names that stand for it in the code, and the file or folder of these."""
    table = TEXT.partition("\n## Glossary\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    assert rows[0] == ["word", "means", "in the code"]
    return [(word, code_of(place)[:-1], code_of(place)[-1]) for word, _, place in rows[2:]]


def test_every_word_of_the_glossary_is_in_the_code() -> None:
    for word, names, place in glossary():
        path = ROOT / place
        files = [path] if path.is_file() else list(path.rglob("*.py"))
        source = "\n".join(file.read_text(encoding="utf-8") for file in files)
        missing = [
            n for n in names if not re.search(rf"^\s*(?:(?:class|def) {n}\b|{n}\b[^=\n]*=)", source, re.MULTILINE)
        ]
        assert source, f"{word}: {place} is not there"
        assert missing == [], f"{word}: {missing} not defined in {place}"


def test_the_glossary_has_the_words_of_the_flow() -> None:
    words = {one for word, _, _ in glossary() for one in word.split(", ")}
    assert {"point", "check", "comparison", "budget", "gauge", "primal", "tangent", "cotangent"} <= words
    assert {"pullback", "pushforward", "oracle", "verdict", "finding", "diagnosis", "runner", "domain"} <= words
    assert {"structure", "problem", "rule", "outcome", "bar"} <= words


def test_the_picture_has_every_room() -> None:
    picture = TEXT.partition("\n## How a verdict comes about\n")[2].partition("\n## ")[0]
    rooms = {path.parent.name for path in (ROOT / "eigcheck").glob("*/__init__.py")} - {"workers"}
    assert [room for room in sorted(rooms) if f"{room}/" not in picture] == []


def test_every_make_target_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {word.split()[1] for word in code_of(TEXT) if word.startswith("make ")}
    assert {"run", "test", "docs", "test-frameworks"} <= targets
    assert [target for target in targets if f"\n{target}:" not in makefile] == []


def test_the_sizes_are_those_of_the_law() -> None:
    assert f"No file is longer than {LONGEST_FILE} lines, no function than {LONGEST_FUNCTION};" in TEXT


def test_the_source_distribution_has_what_tests_read() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {"action.yml", ".pre-commit-hooks.yaml", ".github", "cases", "docs", "tests", "benchmarks"} <= set(included)
    assert [name for name in included if not (ROOT / name).exists()] == []
