"""Plain JSON values from whatever a judge, an oracle or NumPy made."""

import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from eigcheck.outcome import KnownFault, NotRun, Outcome
from eigcheck.reports.serialise import dumps, plain
from eigcheck.reports.shape import row_of
from tests.reports.samples import collapse, crashed, expected_failure


def told_of(outcome: Outcome) -> dict[str, Any]:
    return dict(plain(row_of(outcome)))


KEYS = [
    "id", "case", "file", "line", "rule", "function", "domain", "mode", "n", "dtype", "uplo", "folder", "about",
    "source", "structures", "cotangent", "verdict", "expected", "as_expected", "known", "findings", "diagnosis",
    "oracles", "detail", "seconds",
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.5 - 2j, [1.5, -2.0]),
        (complex(math.nan, -math.inf), ["nan", "-inf"]),
        (math.inf, "inf"),
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.longdouble(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.complex64(1 + 2j), [1.0, 2.0]),
        (np.array([[1.0, np.nan]]), [[1.0, "nan"]]),
        (np.array([1j]), [[0.0, 1.0]]),
        ((1, None, True), [1, None, True]),
        ({(0, 1): np.array(2.0)}, {"(0, 1)": 2.0}),
        (Fraction(1, 3), "1/3"),
        (frozenset({"b", "a"}), ["a", "b"]),
    ],
)
def test_every_value_has_a_plain_form(value: object, expected: object) -> None:
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


def test_the_sign_of_zero_is_kept() -> None:
    assert dumps(-0.0) == "-0.0"


def test_text_is_ascii_without_control_characters() -> None:
    text = dumps("\x1b[31m\x7f\u202e\udc80λ")
    assert text.isascii()
    assert text.isprintable()
    assert json.loads(text) == "\x1b[31m\x7f\u202e\\udc80λ"


def test_an_outcome_has_the_keys_of_the_contract_in_its_order() -> None:
    told = told_of(expected_failure())
    assert list(told) == KEYS
    assert told["id"] == "zygote-1369::chainrules/released::eigvals::reverse"
    assert told["n"] == 2
    assert told["as_expected"] is True
    assert told["expected"] == {
        "verdict": ["fail"],
        "findings": ["mismatch", "jump"],
        "diagnosis": "upper-triangle-collapse",
        "from": "chainrules/released@reverse",
    }


def test_a_finding_tells_what_it_knows_and_nothing_else() -> None:
    mismatch, jump = told_of(collapse())["findings"]
    assert list(mismatch) == [
        "kind",
        "cotangent",
        "entry",
        "got",
        "want",
        "error",
        "allowed",
        "oracle",
        "message",
    ]
    assert mismatch["entry"] == [1, 0]
    assert list(jump) == [
        "kind",
        "cotangent",
        "structure",
        "ulps",
        "entry",
        "size",
        "allowed",
        "message",
        "extra",
    ]
    assert jump["extra"] == {"flip_distance": 4.4e-16}


def test_an_outcome_is_strict_json_whatever_its_texts() -> None:
    outcome = crashed("\x1b]0;owned\x07 \udcff \u2028")
    assert json.loads(dumps(told_of(outcome)))["findings"][0]["message"] == "\x1b]0;owned\x07 \\udcff \u2028"


def test_a_case_without_a_file_has_none() -> None:
    assert told_of(collapse(file=None))["file"] is None


def test_the_matrix_is_told_once() -> None:
    assert "matrix" not in told_of(collapse())
    assert told_of(crashed())["matrix"] == [[1.0, 2.0], [2.0, 3.0]]


def test_nothing_in_json_is_a_command_to_a_log() -> None:
    text = dumps({"##[error]": "\\##[add-mask]x"})
    assert "##[" not in text
    assert json.loads(text) == {"##[error]": "\\##[add-mask]x"}


def test_a_known_fault_tells_that_it_has_no_findings_and_no_cause() -> None:
    told = plain(KnownFault("a::b::eig::reverse", "error"))
    assert told == {"id": "a::b::eig::reverse", "verdict": "error", "findings": [], "diagnosis": None}


def test_what_was_not_run_has_its_reason() -> None:
    told = plain(NotRun("a", "b", "because"))
    assert told == {"case": "a", "rule": "b", "reason": "because"}


def test_an_empty_matrix_has_order_zero() -> None:
    outcome = collapse(matrix=np.zeros((0, 0)))
    assert told_of(outcome)["n"] == 0
