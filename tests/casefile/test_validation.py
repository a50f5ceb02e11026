import pytest
from pydantic import ValidationError

from eigcheck.casefile.nodes import plain_data
from eigcheck.casefile.schema import Case
from eigcheck.casefile.validation import known_keys, note_errors
from eigcheck.errors import CaseFileError
from eigcheck.model import Expectation
from tests.casefile.support import faults, only_fault, problems, reading_for, root_of, spot


def noted(text):
    reading = reading_for(text)
    root = root_of(reading)
    with pytest.raises(ValidationError) as caught:
        Case.model_validate(plain_data(root))
    note_errors(caught.value, root, reading)
    return reading.faults


def test_every_error_is_at_its_place():
    text = (
        "functon: eig\ndomain: [general, uper]\nexpect:\n  a: {verdict: fial, finding: []}\n"
        "cotangent: {kind: random, sede: 1}\nperturb: [{ulps: 1, entry: [0, 0], part: im_}]\n"
    )
    found = noted(text)
    places = {(fault.line, fault.column) for fault in found}
    assert places == {spot(text, marker) for marker in ("functon", "uper", "fial", "finding:", "sede", "im_")}
    remedies = " ".join(fault.remedy for fault in found)
    for word in ("function", "upper", "fail", "findings", "seed", "im"):
        assert f"did you mean {word}?" in remedies


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("about: [1]\n", "about must be a text, not a list"),
        ("perturb: 3\n", "perturb must be a list, not the number 3"),
        ("expect: [1]\n", "expect must be a mapping, not a list"),
        ("perturb: [3]\n", "perturb must be a mapping, not the number 3"),
        ("perturb: [{entry: [0, 0]}]\n", "perturb lacks ulps"),
        ("cotangent: {loss: 3, power: 1}\n", "cotangent.loss cannot be the number 3"),
        ("rules: ['']\n", "rules is empty"),
        ("modes: [reverse, reverse]\n", "modes: 'reverse' is listed twice"),
        ("expect: {a: {verdict: pass, diagnosis: A}}\n", "expect.a.diagnosis cannot be 'A'"),
        ("perturb: [{entry: [0, 0, 0], ulps: 1}]\n", "perturb.entry is a list of 3"),
    ],
)
def test_wording(text, message):
    (fault,) = noted(text)
    assert fault.message == message
    assert fault.remedy


def test_known_keys_are_those_of_the_place():
    assert "for" in known_keys(("x",))
    assert set(known_keys(("expect", "a", "x"))) == {"verdict", "findings", "diagnosis"}
    assert set(known_keys(("perturb", 0, "x"))) == {"entry", "ulps", "part"}
    assert "gauge" in known_keys(("cotangent", "drawn", "x"))


def test_what_cases_share_is_checked_once_and_every_mistake_is_told(tmp_path, monkeypatch):
    from eigcheck.casefile import validation

    checks = []

    def counting(data):
        checks.append(data)
        return Case.model_validate(data)

    class Counting(Case):
        model_validate = staticmethod(counting)

    monkeypatch.setattr(validation, "Case", Counting)
    shared = "expect: {a: fial, 'numpy/eigvls': pass, c: pass}\nperturb: [{entry: [5, 5], ulps: 1}]\nmatrix: [[1]]\n"
    cases = "".join(f"- name: c{k}\n" for k in range(200))
    own = "- {name: own, functin: eig}\n- {name: other, expect: {d: fali}}\n"
    with pytest.raises(CaseFileError) as caught:
        problems(tmp_path, f"{shared}cases:\n{cases}{own}")
    told = [fault.message for fault in caught.value.faults]
    assert len(checks) == 3 + 2  # the shared keys, and what two cases say themselves
    assert told == [
        "expect.a.verdict cannot be 'fial'",
        "there is no built-in rule 'numpy/eigvls'",
        "unknown key 'functin'",
        "expect.d.verdict cannot be 'fali'",
    ]


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
