import pytest

from eigcheck.model import Expectation
from tests.casefile.support import faults, only_fault, problems, spot

HEAD = "matrix: [[1]]\n"


def test_values_of_all_forms_in_the_order_of_the_file(tmp_path):
    text = HEAD + (
        "expect:\n  a@eigvals@reverse: {verdict: fail, findings: [jump], diagnosis: scaled-by-c}\n"
        "  b@forward: [pass, undefined]\n  '*': undefined\n"
    )
    (problem,) = problems(tmp_path, text)
    assert problem.expect == (
        ("a@eigvals@reverse", Expectation(("fail",), ("jump",), "scaled-by-c", "a@eigvals@reverse")),
        ("b@forward", Expectation(("pass", "undefined"), source="b@forward")),
        ("*", Expectation(("undefined",), source="*")),
    )


def test_none_is_none(tmp_path):
    assert problems(tmp_path, HEAD)[0].expect == ()


@pytest.mark.parametrize(
    ("key", "message", "remedy"),
    [
        ("a@revers", "'revers' after @", "did you mean reverse?"),
        ("a@eigval", "'eigval' after @", "did you mean eigvals?"),
        ("a@reverse@eigvals", "not in order", "GLOB@FUNCTION@MODE"),
        ("a@eig@eigvals", "not in order", "GLOB@FUNCTION@MODE"),
        ("a@eig@reverse@x", "'x' after @", "known"),
        ("'@reverse'", "names no rule", "glob"),
        ("numpy/eigvls", "no built-in rule", "did you mean numpy/eigvals?"),
        ("chainrules/relesed@eig", "no built-in rule", "did you mean chainrules/released?"),
    ],
)
def test_patterns_that_match_nothing(tmp_path, key, message, remedy):
    text = HEAD + f"expect:\n  {key}: pass\n"
    fault = only_fault(tmp_path, text)
    assert message in fault.message
    assert remedy in fault.remedy
    assert (fault.line, fault.column) == (3, 3)


def test_rules_are_checked_by_name_but_not_as_globs(tmp_path):
    text = HEAD + 'rules: [numpy/*, numpy/eigvals, my/own, "chainrules/[rp]*", chainrules/pr842]\n'
    fault = only_fault(tmp_path, text)
    assert "chainrules/pr842" in fault.message
    assert "chainrules/pr841" in fault.remedy
    assert (fault.line, fault.column) == spot(text, "chainrules/pr842")
    assert only_fault(tmp_path, HEAD + "rules: numpy/nope\n").line == 2


def test_without_known_names_nothing_is_told(tmp_path):
    from eigcheck.casefile.load import load_cases
    from tests.casefile.support import write

    (problem,) = load_cases([write(tmp_path, HEAD + "rules: [numpy/nope]\n")])
    assert problem.rules == ("numpy/nope",)


def test_patterns_are_checked_even_if_the_rest_is_wrong(tmp_path):
    found = faults(tmp_path, "matrix: [[x]]\nfunction: eg\nexpect: {a@x: pass}\nrules: [numpy/x]\n")
    assert [fault.line for fault in found] == [1, 2, 3, 4]


def test_thousands_of_wrong_names_are_cut_off(tmp_path):
    names = ", ".join(f"numpy/x{k}" for k in range(1_200))
    found = faults(tmp_path, HEAD + f"rules: [{names}]\n")
    assert len(found) == 1_001
