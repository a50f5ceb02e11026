from dataclasses import replace
from pathlib import Path

import pytest

from eigcheck.casefile.compose import compose
from eigcheck.casefile.nodes import plain_data
from eigcheck.casefile.reading import Reading
from eigcheck.casefile.source import STANDARD, Source
from tests.casefile.support import only_fault


def read(text, bounds=STANDARD):
    reading = Reading(Source("a.yaml", Path(), text), bounds)
    return compose(reading), reading.faults


def test_plain_yaml_with_aliases():
    root, faults = read("a: &x [1, 2]\nb: *x\nc: {d: 'e', f: &y g}\nh: *y\n")
    assert not faults
    assert plain_data(root) == {"a": [1, 2], "b": [1, 2], "c": {"d": "e", "f": "g"}, "h": "g"}


def test_an_alias_stands_for_what_bore_its_name_last():
    root, faults = read("a: &x [&x 1, *x]\nb: *x\n")
    assert not faults
    assert plain_data(root) == {"a": [1, 1], "b": [1, 1]}


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


@pytest.mark.parametrize(
    "text",
    [
        "matrix: [[1, 2], [3\n",
        "a: 1\n b: 2\n",
        "\ta: 1\n",
        'a: "\\UFFFFFFFF"\n',
        "matrix: [[1]\n\n\n",
        "matrix: [[1]]\n\n  x\n\n",
        "a: [\n\n",
        "\n\n- &a\n\n&\n",
    ],
)
def test_what_is_not_yaml_is_told_with_a_remedy_a_line_and_a_caret(text):
    root, (fault,) = read(text)
    assert root is None
    assert "not YAML" in fault.message
    assert fault.remedy
    assert fault.source_line.strip()
    assert 1 <= fault.column <= len(fault.source_line) + 1
