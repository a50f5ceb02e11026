import json
from base64 import b64encode
from dataclasses import replace

import numpy as np
import pytest

from eigcheck.errors import RuleError
from eigcheck.execution.child.heard import reply_heard, rules_heard
from eigcheck.execution.child.said import LISTED, LONGEST, refusal_said, reply_said, rules_said
from eigcheck.execution.loads import Load
from eigcheck.execution.pipes import Unreadable
from eigcheck.model import Eigenpairs, ForwardCall, Place, Reply, ReverseCall, Rule, Trouble
from eigcheck.rules.declarations import MOST_RULES

N = 3
A = np.eye(N)
VALUES = np.ones(N)
RULE = Rule("a/b", "eigvals")
PAIRED = Rule("a/b", "eigh")
BACK = ReverseCall(A, (Eigenpairs(VALUES), Eigenpairs(VALUES)))
ALONG = ForwardCall(A, np.stack([A, A]))
WRONG = Trouble("exception", "m")
HONEST = Reply(Eigenpairs(VALUES), (A, WRONG), misconduct=(("dtype", "m"),), printed="p")


def put(reply, rule=RULE, call=BACK, number=1):
    return reply_heard(reply_said(1, reply), number, rule, call)


def bits(one):
    """What tells answers apart, to the last bit."""
    parts = one.parts if isinstance(one, Eigenpairs) else (one,)
    return [one if isinstance(one, Trouble) else (part.dtype, part.shape, part.tobytes()) for part in parts]


def same(one, other):
    assert [(x is None) or bits(x) for x in (one.primal, *one.answers)] == [
        (x is None) or bits(x) for x in (other.primal, *other.answers)
    ]
    return (one.trouble, one.misconduct, one.printed) == (other.trouble, other.misconduct, other.printed)


@pytest.mark.parametrize(
    ("reply", "rule", "call"),
    [
        (HONEST, RULE, BACK),
        (Reply(Eigenpairs(VALUES * 1j, A), (A, A * 1j)), PAIRED, BACK),
        (Reply(trouble=WRONG, answers=(WRONG, WRONG)), RULE, BACK),
        (Reply(answers=(Eigenpairs(VALUES), WRONG)), RULE, ALONG),
        (Reply(answers=(Eigenpairs(VALUES, A), Eigenpairs(VALUES, A))), PAIRED, ALONG),
        (Reply(trouble=WRONG, answers=(WRONG, WRONG)), RULE, ALONG),
        (Reply(Eigenpairs(VALUES * np.nan), (np.full((N, N), np.inf), A * np.float32(0))), RULE, BACK),
        (Reply(trouble=Trouble("died", "\n\0\x1b[31m\u202e\U0001f600"), answers=(WRONG, WRONG)), RULE, BACK),
    ],
)
def test_what_an_honest_child_says_is_taken(reply, rule, call):
    assert same(put(reply, rule, call), reply)


@pytest.mark.parametrize(
    "array",
    [
        np.eye(2),
        np.zeros((0, 0)),
        np.eye(4)[::2, ::2],
        np.eye(2, order="F") + 1j,
        np.array([[np.nan, -0.0], [np.inf, 5e-324]]),
        np.array([[0x7FF0000000000001]], np.uint64).view(np.float64),
        np.ones((2, 2), np.float32),
        np.ones((2, 2), np.complex64) * (1 - 2j),
    ],
)
def test_arrays_arrive_bit_by_bit(array):
    n = len(array)
    call = ReverseCall(np.zeros((n, n)), (Eigenpairs(np.zeros(n)),) * 3)
    came = put(Reply(Eigenpairs(np.zeros(n)), (array, Trouble("shape", "m"), array)), call=call).answers
    assert [one.tobytes() for one in came[::2]] == [array.tobytes()] * 2
    assert came[0].dtype == array.dtype
    assert came[0].shape == array.shape
    assert came[0].flags.aligned
    assert came[0].flags.writeable
    assert came[0].dtype.isnative


LIES = [
    replace(HONEST, primal=None),
    replace(HONEST, primal=Eigenpairs(None)),
    replace(HONEST, primal=Eigenpairs(VALUES[:2])),
    replace(HONEST, primal=Eigenpairs(A)),
    replace(HONEST, primal=Eigenpairs(VALUES, A)),
    replace(HONEST, trouble=WRONG),
    Reply(trouble=WRONG, answers=(A, A)),
    Reply(Eigenpairs(VALUES), (WRONG, WRONG), trouble=WRONG),
    replace(HONEST, answers=()),
    replace(HONEST, answers=(A,)),
    replace(HONEST, answers=(A, A, A)),
    replace(HONEST, answers=(A, A[:2])),
    replace(HONEST, answers=(A, VALUES)),
    replace(HONEST, answers=(A, A[:, :0])),
    replace(HONEST, answers=(A, np.zeros((0, 0)))),
    replace(HONEST, answers=(A, Eigenpairs(VALUES))),
    replace(HONEST, answers=(A, Eigenpairs(VALUES, A))),
    replace(HONEST, answers=(A, Trouble("timeout", "m"))),
    replace(HONEST, answers=(A, Trouble("pass", "m"))),
    replace(HONEST, answers=(A, Trouble("", "m"))),
    replace(HONEST, misconduct=(("mismatch", "m"),)),
    replace(HONEST, misconduct=(("made-up", "m"),)),
    replace(HONEST, printed="p" * 20_000),
]


@pytest.mark.parametrize("reply", LIES)
def test_what_no_child_can_say_is_refused(reply):
    with pytest.raises(Unreadable, match=r"^it sent "):
        put(reply)


@pytest.mark.parametrize(
    ("reply", "rule", "call"),
    [
        (Reply(Eigenpairs(VALUES), (A, A)), PAIRED, BACK),
        (Reply(Eigenpairs(VALUES, VALUES), (A, A)), PAIRED, BACK),
        (Reply(Eigenpairs(VALUES), (Eigenpairs(VALUES),) * 2), RULE, ALONG),
        (Reply(answers=(A, A)), RULE, ALONG),
        (Reply(answers=(Eigenpairs(VALUES, A),) * 2), RULE, ALONG),
        (Reply(answers=(Eigenpairs(VALUES),) * 2), PAIRED, ALONG),
        (Reply(answers=(Eigenpairs(VALUES),)), RULE, ALONG),
    ],
)
def test_answers_are_of_the_function_and_the_mode_that_were_asked_for(reply, rule, call):
    with pytest.raises(Unreadable):
        put(reply, rule, call)


@pytest.mark.parametrize("number", [0, 2, -1, 2**80])
def test_an_answer_is_to_the_question_at_hand(number):
    with pytest.raises(Unreadable, match="out of turn"):
        put(HONEST, number=number)
    with pytest.raises(Unreadable, match="what is no message"):
        reply_heard(refusal_said("why"), 1, RULE, BACK)


LINE = json.loads(reply_said(1, replace(HONEST, answers=(A, A))))


def array(code, count):
    return [code, b64encode(b"\0" * count).decode()]


def heard(**changed):
    return reply_heard(json.dumps(LINE | changed).encode(), 1, RULE, BACK)


@pytest.mark.parametrize(
    "changed",
    [
        {"to": None},
        {"to": [1]},
        {"to": True},
        {"to": 1.5},
        {"to": "1"},
        {"primal": "<f8"},
        {"primal": {"0": "<f8"}},
        {"primal": ["<f8"]},
        {"primal": array("<f8", 24)},
        {"primal": [array("|O", 24)]},
        {"primal": [array(">f8", 24)]},
        {"primal": [array("<f2", 6)]},
        {"primal": [array("object", 24)]},
        {"primal": [["<f8", [3]]]},
        {"primal": [["<f8", "no base64"]]},
        {"primal": [["<f8", "A"]]},
        {"primal": [["<f8", None]]},
        {"primal": [[*array("<f8", 24), [3]]]},
        {"primal": [array("<f8", 24)] * 1000},
        {"primal": {"exception": "m"}},
        {"answers": None},
        {"answers": "ab"},
        {"answers": {"0": 1}},
        {"answers": [LINE["answers"][0], None]},
        {"answers": [LINE["answers"][0], 0.5]},
        {"answers": [LINE["answers"][0], [[]]]},
        {"answers": [LINE["answers"][0], {}]},
        {"answers": [LINE["answers"][0], {"shape": "m", "died": "m"}]},
        {"answers": [LINE["answers"][0], {"shape": None}]},
        {"answers": [LINE["answers"][0], {"shape": "m" * (LONGEST + 1)}]},
        {"trouble": {"died": None}},
        {"trouble": {"os.system": "true"}},
        {"trouble": [["died"], "m"]},
        {"misconduct": [["dtype"]]},
        {"misconduct": [["dtype", "m", "m"]]},
        {"misconduct": ["dtype"]},
        {"misconduct": [["dtype", "m" * (LONGEST + 1)]]},
        {"misconduct": [["dtype", "m"]] * 1000},
        {"printed": 1},
        {"printed": None},
        {"printed": float("nan")},
        {"printed": "\ud800"},
        {"more": 1},
    ],
)
def test_nothing_comes_out_that_a_reply_cannot_hold(changed):
    assert heard().answers[0].shape == (N, N)
    with pytest.raises(Unreadable, match=r"^it sent what is no message"):
        heard(**changed)


@pytest.mark.parametrize(
    "words",
    [b"", b"abc", b"[]", b"{}", b"null", b"[" * 4000, b"[" * 2000 + b"]" * 2000, b'{"to":"\xff"}', b"1" * 4096],
)
def test_what_is_no_message_is_refused(words):
    with pytest.raises(Unreadable, match="what is no message"):
        reply_heard(words, 1, RULE, BACK)
    with pytest.raises(Unreadable, match="what is no message"):
        rules_heard(words)


@pytest.mark.parametrize("count", [0, 7, 71, 73, 144, 36])
def test_arrays_have_the_numbers_that_their_shapes_ask_for(count):
    with pytest.raises(Unreadable, match=rf"it sent {count} bytes of numbers for an array of 72"):
        heard(answers=[[array("<f8", 72)], [array("<f8", count)]])


RULES = (Rule("a/b", "eigvals"), Rule("a/c", "eigh", uplo="U", orders=(2, 3), lacks=(("forward", "why"),)))


def offered(*rules):
    return rules_heard(rules_said(Load("mine.py"), rules))


def test_rules_that_can_have_been_registered_are_taken():
    assert offered(*RULES) == RULES
    (told,) = offered(replace(RULES[0], rrule=offered))
    assert told.place == Place(__file__, offered.__code__.co_firstlineno)
    with pytest.raises(RuleError, match=r"^why$"):
        rules_heard(refusal_said("why"))


@pytest.mark.parametrize(
    "lie",
    [
        {"name": "numpy/lapack"},
        {"name": ""},
        {"name": "a b"},
        {"name": "a\x1b[31m"},
        {"name": "a" * 5000},
        {"name": "a\u202eb"},
        {"function": "eigenvals"},
        {"domain": "all"},
        {"uplo": "U"},
        {"dtypes": ("float16",)},
        {"dtypes": ()},
        {"convention": "mine"},
        {"devices": ("tpu",)},
        {"lacks": (("sideways", "x"),)},
        {"lacks": (("forward", "x"),) * 3},
        {"orders": (-1,)},
        {"orders": ()},
        {"orders": (True,)},
        {"has_reverse": False},
        {"has_forward": 1},
    ],
)
def test_rules_that_cannot_be_are_refused(lie):
    with pytest.raises(Unreadable, match=r"^it (offered a rule that|sent what is no message)"):
        offered(replace(RULES[0], **lie))


@pytest.mark.parametrize(
    "lie",
    [
        {"builtin": True},
        {"by_name": True},
        {"source": "x" * 5000},
        {"elsewhere": "x" * 5000},
        {"lacks": [["forward", "x" * 5000]]},
        {"place": "x" * 5000},
        {"place": None},
    ],
)
def test_nor_is_what_no_child_says_of_a_rule(lie):
    told = json.loads(rules_said(Load("mine.py"), RULES))
    told["rules"][0] |= lie
    with pytest.raises(Unreadable, match="what is no message"):
        rules_heard(json.dumps(told).encode())


def test_a_list_of_rules_is_bounded_and_without_doubles():
    with pytest.raises(Unreadable, match="twice"):
        offered(RULES[0], RULES[0])
    (one,) = json.loads(rules_said(Load("mine.py"), RULES[:1]))["rules"]
    for words in ({"rules": [one] * (MOST_RULES + 1)}, {"refusal": "w" * (LISTED + 1)}):
        with pytest.raises(Unreadable, match="what is no message"):
            rules_heard(json.dumps(words, separators=(",", ":")).encode())
    with pytest.raises(Unreadable):
        rules_heard(reply_said(1, HONEST))
