import pytest

from eigcheck.casefile.schema import Case
from eigcheck.casefile.validation import known_keys
from eigcheck.errors import CaseFileError
from eigcheck.model import Expectation
from tests.casefile.support import faults, problems


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


def test_without_known_names_nothing_is_told(tmp_path):
    from eigcheck.casefile.load import load_cases
    from tests.casefile.support import write

    (problem,) = load_cases([write(tmp_path, HEAD + "rules: [numpy/nope]\n")])
    assert problem.rules == ("numpy/nope",)


def test_thousands_of_wrong_names_are_cut_off(tmp_path):
    names = ", ".join(f"numpy/x{k}" for k in range(1_200))
    found = faults(tmp_path, HEAD + f"rules: [{names}]\n")
    assert len(found) == 1_001
