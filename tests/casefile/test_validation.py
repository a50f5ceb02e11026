import pytest
from pydantic import ValidationError

from eigcheck.casefile.nodes import plain_data
from eigcheck.casefile.schema import Case
from eigcheck.casefile.validation import known_keys, note_errors
from eigcheck.errors import CaseFileError
from tests.casefile.support import problems, reading_for, root_of, spot


def noted(text):
    reading = reading_for(text)
    root = root_of(reading)
    with pytest.raises(ValidationError) as caught:
        Case.model_validate(plain_data(root))
    note_errors(caught.value, root, reading.log)
    return reading.log.faults


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
