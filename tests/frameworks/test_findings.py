"""The snippets of docs/findings.md print what stands below them, with the framework that they are about alone."""

import re
from pathlib import Path

import pytest
import scipy

from eigcheck.names import FRAMEWORK_NAMES
from tests.frameworks.support import executed, need

PAGE = (Path(__file__).parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")
PART = re.compile(r"^### (?P<title>.+?)$(?P<text>.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
SNIPPET = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<printed>.*?)```", re.DOTALL)
FRAMEWORK = re.compile(r"^(?:import|from) (" + "|".join(FRAMEWORK_NAMES) + r")\b", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.^])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w])")

OPENBLAS = "OpenBLAS 0.3.30"
"""Findings that name it are of SciPy, with that LAPACK alone."""

FINDINGS = {part["title"]: part["text"] for part in PART.finditer(PAGE)}


def scipys_openblas() -> str:
    """Its version in this SciPy; empty for another LAPACK."""
    lapack = scipy.show_config(mode="dicts")["Build Dependencies"]["lapack"]
    return str(lapack["version"]) if "openblas" in lapack["name"] else ""


def test_every_finding_has_a_snippet_a_case_and_a_word_on_upstream():
    assert len(FINDINGS) == PAGE.count("\n### ")
    for title, text in FINDINGS.items():
        assert len(SNIPPET.findall(text)) == 1, title
        assert "](../cases/" in text, title
        assert "Upstream" in text, title


def test_the_cases_are_there():
    for path in re.findall(r"\]\(\.\./(cases/[^)#]+)\)", PAGE):
        assert (Path(__file__).parents[2] / path).is_file()


@pytest.mark.parametrize("title", FINDINGS)
def test_a_snippet_prints_what_stands_below_it(title, tmp_path):
    snippet = SNIPPET.search(FINDINGS[title])
    framework = FRAMEWORK.search(snippet["code"])
    if framework is not None:
        need(framework[1])
    elif OPENBLAS not in FINDINGS[title] or scipys_openblas() != OPENBLAS.split()[1]:
        pytest.skip(f"{OPENBLAS} is not SciPy's")
    done = executed(framework[1] if framework is not None else "scipy", snippet["code"], tmp_path)
    assert done.returncode == 0, done.stderr
    same(done.stdout, snippet["printed"])


def same(printed: str, stated: str) -> None:
    """The same words, and the same numbers to the digits that are stated: one unit of the last one is rounding."""
    assert NUMBER.sub("#", printed) == NUMBER.sub("#", stated)
    for got, want in zip(NUMBER.findall(printed), NUMBER.findall(stated), strict=True):
        # whole numbers and powers of ten are what was asked, not what was measured
        unit = 10.0 ** -len(want.partition(".")[2]) if "." in want else 0.0
        assert abs(float(got) - float(want)) <= 1.01 * unit, (got, want)


def test_a_number_that_is_off_by_more_than_its_last_digit_is_noticed():
    same("a: 0.1235\n", "a: 0.1234\n")
    with pytest.raises(AssertionError):
        same("a: 0.1237\n", "a: 0.1234\n")
    with pytest.raises(AssertionError):
        same("a: nan\n", "a: 0.1234\n")
