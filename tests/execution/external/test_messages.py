import json
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from eigcheck.errors import RuleError
from eigcheck.execution.answers import UnusableAnswer
from eigcheck.execution.external import messages
from eigcheck.execution.external.messages import (
    REAL,
    as_hello,
    brief,
    decoded,
    encoded,
    item_of,
    kind_of,
    line_of,
    parsed,
)
from eigcheck.execution.pipes import Unreadable
from eigcheck.model import Eigenpairs, ForwardCall, ReverseCall

RULE = {"name": "a/b", "function": "eigh", "domain": "symmetric"}
STORED = {**RULE, "domain": "upper"}
HELLO = {"protocol": "eigcheck-worker/1", "name": "w", "rules": [RULE]}


def with_rule(**changes):
    return {**HELLO, "rules": [{**RULE, **changes}]}


def test_defaults_of_a_rule():
    hello = as_hello(HELLO)
    (rule,) = hello.rules
    assert rule.key == ("a/b", "eigh", "symmetric", None)
    assert rule.dtypes == ("float64", "complex128", "float32", "complex64")
    assert (rule.modes, rule.convention, rule.builtin, rule.rrule) == (("reverse",), "lapack", False, None)
    assert hello.pairings == {rule.key: "real-part"}
    assert hello.compiles is False
    assert rule.source == "the worker w"


def test_everything_can_be_said():
    said = with_rule(
        uplo="U", dtypes=["float32"], modes=["forward"], pairing="conjugate", convention="free", source="s"
    )
    hello = as_hello({**said, "compiles": True})
    (rule,) = hello.rules
    assert (rule.uplo, rule.dtypes, rule.modes, rule.convention, rule.source) == (
        "U",
        ("float32",),
        ("forward",),
        "free",
        "s",
    )
    assert (hello.pairings[rule.key], hello.compiles) == ("conjugate", True)


@pytest.mark.parametrize(
    ("hello", "told"),
    [
        ({}, "first line must be a hello"),
        ({**HELLO, "protocol": "eigcheck-worker/2"}, "eigcheck-worker/2"),
        ({**HELLO, "name": ""}, '"name" must be a string'),
        ({**HELLO, "rules": []}, "with a rule or more"),
        ({**HELLO, "rules": ["x"]}, "must be an object"),
        ({**HELLO, "extra": 1}, "unknown key 'extra'"),
        ({**HELLO, "compiles": "yes"}, "true or false"),
        ({**HELLO, "rules": [RULE, RULE]}, "twice"),
        ({**HELLO, "rules": [STORED, {**STORED, "uplo": "U"}]}, "twice"),
        ({**HELLO, "rules": [{**RULE, "name": f"a/{k}"} for k in range(20_000)]}, "offers 20000 rules; at most 5000"),
        (with_rule(name=None), "'name' must be a string"),
        (with_rule(name="a b"), "cannot be a rule's name"),
        (with_rule(function="eigen"), "'eigen' is no function"),
        (with_rule(domian="symmetric"), "Did you mean 'domain'"),
        (with_rule(domain="hermitian"), "is no domain"),
        (with_rule(domain=["general"]), "is no domain"),
        (with_rule(uplo="X"), "is no uplo"),
        (with_rule(dtypes=["float16"]), "is no dtype"),
        (with_rule(dtypes=[]), "list of words"),
        (with_rule(dtypes="float64"), "list of words"),
        (with_rule(modes=["backward"]), "'backward' is none of reverse, forward"),
        (with_rule(pairing="transpose"), "real-part, conjugate"),
        (with_rule(convention="julia"), "is no convention"),
        (with_rule(source=1), "'source' must be a string"),
        ({**HELLO, "protocol": "x" * 100_000}, "not 'x{59}[.]{3}"),
    ],
)
def test_a_hello_that_is_not_valid_says_what_to_change(hello, told):
    with pytest.raises(RuleError, match=told):
        as_hello(hello)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"hello", "no JSON"),
        (b"[1]", "no JSON object"),
        (b'{"a": NaN}', "bare word NaN"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100000, "no JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no JSON"),
    ],
)
def test_lines_that_are_no_messages(line, told):
    with pytest.raises(Unreadable, match=told):
        parsed(line, 1 << 22)


def test_what_is_absent_is_left_out():
    vectors = np.array([[1.0, 2.0], [3.0, 4.0]])
    cotangents = (Eigenpairs(np.array([1.0, 0.0])), Eigenpairs(None, vectors), Eigenpairs(None, None))
    item = item_of(ReverseCall(np.eye(2), cotangents), conjugated=False)
    assert item == {
        "dtype": "float64",
        "matrix": [[1.0, 0.0], [0.0, 1.0]],
        "cotangents": [{"values": [1.0, 0.0]}, {"vectors": [[1.0, 2.0], [3.0, 4.0]]}, {}],
    }


def test_cotangents_are_conjugated_for_those_who_pair_so():
    call = ReverseCall(np.eye(1), (Eigenpairs(np.array([1 + 2j])),))
    assert item_of(call, conjugated=True)["cotangents"] == [{"values": [[1.0, -2.0]]}]
    assert item_of(ForwardCall(np.eye(1), np.array([[[1 + 2j]]])), conjugated=True)["tangents"] == [[[[1.0, 2.0]]]]


def test_kinds_of_requests():
    one = (Eigenpairs(np.zeros(1)),)
    assert [
        kind_of(c) for c in (ReverseCall(np.eye(1)), ReverseCall(np.eye(1), one), ForwardCall(np.eye(1), np.eye(1)))
    ] == [
        "primal",
        "rrule",
        "frule",
    ]


def test_a_message_is_one_line():
    line = line_of({"id": 1, "text": "two\nlines"})
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"id": 1, "text": "two\nlines"}


def test_the_protocol_has_a_version():
    assert messages.PROTOCOL.endswith("/1")


def test_a_line_has_no_more_parts_than_its_longest_answer():
    limit = 1 << 20
    for text in ("[" + "[]," * 100_000 + "[]]", "[" + "{}," * 100_000 + "{}]", "[" + "0," * 100_000 + "0]"):
        with pytest.raises(Unreadable, match="of more parts than any answer has"):
            parsed(text.encode(), limit)
    numbers = [[1.5, -2.0]] * 5000
    line = line_of({"id": 1, "items": numbers})
    assert parsed(line, (1 << 20) + 96 * 10_000) == {"id": 1, "items": numbers}


F8, C16, F4 = np.dtype("f8"), np.dtype("c16"), np.dtype("f4")
ANY = nps.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=3)


def through_json(array):
    return json.loads(json.dumps(encoded(array), allow_nan=False))


@given(st.sampled_from([F8, C16, F4, np.dtype("c8")]).flatmap(lambda d: nps.arrays(d, ANY)))
def test_arrays_come_back_to_the_last_bit(array):
    back = decoded(through_json(array), array.shape, array.dtype, "it")
    same = back.astype(array.dtype)
    numbers = (same.view(same.real.dtype), array.view(array.real.dtype))
    assert same.dtype == array.dtype
    assert np.array_equal(*numbers, equal_nan=True)
    assert np.array_equal(*(np.signbit(x)[~np.isnan(x)] for x in numbers))


def test_what_is_not_finite_is_a_string():
    assert encoded(np.array([np.nan, np.inf, -np.inf, 1.0])) == ["nan", "inf", "-inf", 1.0]
    assert encoded(np.array([complex(1, np.nan)])) == [[1.0, "nan"]]


def test_an_empty_matrix_is_an_empty_list():
    assert encoded(np.zeros((0, 0))) == []
    assert decoded([], (0, 0), F8, "it").shape == (0, 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0x1.8p+1", 3.0),
        ("-0x0p0", -0.0),
        ("1e3", 1000.0),
        ("5.", 5.0),
        ("0x1p2000", math.inf),
        ("-0x1p2000", -math.inf),
    ],
)
def test_numbers_in_strings(text, value):
    came = decoded([text], (1,), F8, "it")[0]
    assert (came, np.signbit(came)) == (value, np.signbit(value))


@pytest.mark.parametrize(
    "entry",
    ["NaN", "Infinity", "+1", "1_0", " 1", "1\n", "1+2j", "", "0x", "one", True, None, {}, [1], [1, 2, 3], "9" * 3000],
)
def test_what_is_no_number_is_told(entry):
    with pytest.raises(UnusableAnswer, match=r"it: .* (came|was expected)"):
        decoded([entry], (1,), F8, "it")


def test_an_integer_beyond_doubles_is_told():
    with pytest.raises(UnusableAnswer, match="number was expected"):
        decoded([10**400], (1,), F8, "it")


def test_what_is_shown_of_a_message_is_short_however_long_and_deep_it_is():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert brief(deep) == "a list within many others"
    assert brief("x" * 1000) == "'" + "x" * 59 + "..."


@pytest.mark.parametrize("value", [[1.0], [[1.0, 2.0], [3.0]], [[1.0, 2.0], 3.0], "x", [[[1, 2]], [[3, 4]]]])
def test_another_shape_is_told(value):
    with pytest.raises(UnusableAnswer, match=r"shape \(2, 2\)"):
        decoded(value, (2, 2), F8, "the gradient")


def test_one_complex_entry_makes_all_of_them_complex():
    came = decoded([1, [2, -3]], (2,), F4, "it")
    assert came.dtype == np.complex64
    assert came.tolist() == [1, 2 - 3j]


def test_single_precision_is_rounded_to_nearest():
    assert decoded(["0.1"], (1,), F4, "it")[0] == np.float32(0.1)


@given(st.floats())
def test_every_double_that_we_write_is_a_number_of_the_protocol(value):
    written = encoded(np.array([value]))[0]
    assert isinstance(written, float) or re.match(REAL, written)
    assert re.match(REAL, repr(value).replace("e+", "e"))
