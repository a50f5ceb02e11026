from dataclasses import replace
from pathlib import Path

import pytest

from eigcheck.casefile.bounds import STANDARD
from eigcheck.casefile.compose import compose
from eigcheck.casefile.nodes import plain_data
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.source import Source
from tests.casefile.support import faults, only_fault, spot


def read(text, bounds=STANDARD):
    reading = Reading(Source("a.yaml", Path(), text), bounds)
    return compose(reading), reading.faults


def test_plain_yaml_with_aliases():
    root, faults = read("a: &x [1, 2]\nb: *x\nc: {d: 'e', f: &y g}\nh: *y\n")
    assert not faults
    assert plain_data(root) == {"a": [1, 2], "b": [1, 2], "c": {"d": "e", "f": "g"}, "h": "g"}


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("matrix: [[1, 2], [3\n", None, "not YAML"),
        ("a: 1\n b: 2\n", None, "not YAML"),
        ("\ta: 1\n", "\ta", "not YAML"),
        ('a: "\\UFFFFFFFF"\n', None, "not YAML"),
        ("%YAML 1.1\n---\na: 1\n", "%", "directives"),
        ("# c\n%FOO x\n---\na: 1\n", "%", "directives"),
        ("a: 1\n---\nb: 2\n", "---", "second YAML document"),
        ("a: !!python/name:os.system x\n", "!!", "tags"),
        ("a: !!str 1\n", "!!", "tags"),
        ("a: ! 1\n", "! 1", "tags"),
        ("a: !x [1]\n", "!x", "tags"),
        ("<<: {a: 1}\n", "<<", "merge"),
        ("a: 2001-01-01\n", "2001", "date"),
        ("a: 2001-01-01T12:00:00Z\n", "2001", "date"),
        ("a: 1\na: 2\n", "a: 2", "twice"),
        ("? [1]\n: 2\n", None, "key"),
        ("*: 1\n", "*", "stands for nothing"),
        ("e:\n  *: 1\n", "*", "stands for nothing"),
        ("e: {*: 1}\n", "*", "stands for nothing"),
        ("e:\n  * : 1\n", "*", "alias without a name"),
        ("e:\n  */x@reverse: 1\n", "*", "stands for nothing"),
        ("a: &x [1, *x]\n", "*x", "part of what it stands for"),
        ("- 1\n", "-", "mapping"),
        ("just a text\n", "just", "mapping"),
        ("# nothing\n", None, "empty"),
        ("", None, "empty"),
    ],
)
def test_what_is_refused_and_where(text, at, message):
    _, faults = read(text)
    assert len(faults) == 1
    assert message in faults[0].message
    assert faults[0].remedy
    if at is not None:
        assert (faults[0].line, faults[0].column) == spot(text, at)


@pytest.mark.parametrize("text", ["*: 1\n", "e:\n  *: 1\n", "e: {*: 1}\n", "e:\n  * : 1\n", "e:\n  *@reverse: 1\n"])
def test_an_unquoted_star_says_to_quote_it(text):
    _, faults = read(text)
    assert '"*"' in faults[0].remedy
    assert "quote" in faults[0].remedy


def test_mistakes_that_leave_the_rest_readable_are_told_together():
    root, faults = read("a: !t 1\nb: 2001-01-01\na: 3\n<<: {}\n")
    assert root is not None
    assert [fault.line for fault in faults] == [1, 2, 3, 4]


def test_a_text_that_begins_with_a_date_is_a_text():
    _, faults = read("about: 2001-01-01 was a Monday\nb: '2001-01-01'\n")
    assert not faults


def test_aliases_cannot_explode():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 10)]
    root, faults = read("\n".join(lines))
    assert root is None
    assert "aliases" in faults[0].message
    assert "--allow-large" in faults[0].remedy


@pytest.mark.parametrize("text", ["a: " + "[" * 5000, "a: " + "{a: " * 5000, "- " * 5000, "? " * 5000])
def test_deep_nesting_ends_in_an_error_of_its_own(text):
    root, faults = read(text)
    assert root is None
    assert "deep" in faults[0].message


def test_aliases_count_towards_depth():
    lines = ["a0: &a0 [x]"] + [f"a{k}: &a{k} [*a{k - 1}]" for k in range(1, 40)]
    root, faults = read("\n".join(lines))
    assert root is None
    assert "deep" in faults[0].message


def test_the_number_of_values_is_bounded():
    few = replace(STANDARD, nodes=1000)
    held = "a: [" + "1," * (few.nodes - 3)  # beside the mapping, its key and the list
    root, faults = read(f"{held}]", few)
    assert root is not None
    assert not faults
    root, faults = read(f"{held}1]", few)
    assert root is None
    assert "values" in faults[0].message


def test_an_unclosed_quote_is_told_where_it_opens(tmp_path):
    for quote in "'", '"':
        fault = only_fault(tmp_path, f"name: a\nabout: {quote}what\nmatrix: [[1]]\n\n")
        assert (fault.line, fault.column) == (2, 8)
        assert "quote that opens here is not closed" in fault.message


def test_a_quote_that_closes_too_late_is_told_with_its_opening(tmp_path):
    fault = only_fault(tmp_path, 'about: "what\nmatrix: [[1]]\nname: "a b"\n')
    assert fault.line == 3
    assert "opens on line 1" in fault.remedy


@pytest.mark.parametrize("text", ["matrix: [[1]\n\n\n", "matrix: [[1]]\n\n  x\n\n", "a: [\n\n", "\n\n- &a\n\n&\n"])
def test_every_mistake_shows_a_line_with_a_caret(tmp_path, text):
    for fault in faults(tmp_path, text):
        assert fault.source_line.strip()
        assert 1 <= fault.column <= len(fault.source_line) + 1
