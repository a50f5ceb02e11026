from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from eigcheck.execution.child import checks
from eigcheck.execution.child.channel import Answer, Loaded, NotLoaded
from eigcheck.execution.child.checks import (
    LONGEST,
    ROOM_FOR_RULES,
    check_answer,
    check_rules,
    loaded_answer,
    not_loaded,
    room_for,
    shortened,
)
from eigcheck.execution.child.records import packed
from eigcheck.execution.loads import Load
from eigcheck.execution.pipes import Unreadable
from eigcheck.model import Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Trouble
from eigcheck.names import FindingKind
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


def put(reply, rule=RULE, call=BACK, batch=1, place=0):
    return check_answer(Answer(1, 0, reply), batch, place, rule, call)


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
    ],
)
def test_what_an_honest_child_says_is_taken(reply, rule, call):
    assert put(reply, rule, call) is reply
    text, numbers = packed(Answer(1, 0, reply))
    assert len(text) <= room_for(call).text
    assert len(numbers) <= room_for(call).numbers


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
    replace(HONEST, answers=(A, A[None])),
    replace(HONEST, answers=(A, np.zeros((0, 0)))),
    replace(HONEST, answers=(A, Eigenpairs(VALUES))),
    replace(HONEST, answers=(A, Trouble("timeout", "m"))),
    replace(HONEST, answers=(A, Trouble("pass", "m"))),
    replace(HONEST, answers=(A, Trouble("", "m"))),
    replace(HONEST, answers=(A, Trouble("exception", "m" * (LONGEST + 1)))),
    replace(HONEST, misconduct=(("mismatch", "m"),)),
    replace(HONEST, misconduct=(("made-up", "m"),)),
    replace(HONEST, misconduct=(("dtype", "m" * (LONGEST + 1)),)),
    replace(HONEST, misconduct=(("dtype", "m"),) * 1000),
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


@pytest.mark.parametrize("told", [(1, 1), (0, 0), (2, 0), (-1, 0)])
def test_an_answer_is_to_the_question_at_hand(told):
    with pytest.raises(Unreadable, match="out of turn"):
        put(HONEST, batch=told[0], place=told[1])
    with pytest.raises(Unreadable, match="out of turn"):
        check_answer(NotLoaded("why"), 1, 0, RULE, BACK)


@pytest.mark.parametrize("letter", ["m", "\0", "\ud800", "\U0001f600"])
def test_what_a_rule_says_at_length_is_cut_before_it_is_sent(letter):
    long = letter * 100_000
    loud = Trouble("exception", long)
    reply = shortened(Reply(answers=(loud,) * 2, trouble=loud, misconduct=(("dtype", long),) * 100))
    assert len(packed(Answer(1, 0, reply))[0]) <= room_for(BACK).text
    assert put(reply).trouble.message.endswith("...")


@pytest.mark.parametrize("count", [1, 64, 65, 1000, 5000])
def test_room_for_words_does_not_grow_with_the_number_of_answers_as_that_for_numbers_does(count):
    call = ReverseCall(A, (Eigenpairs(VALUES),) * count)
    loud = Trouble("exception", "\U0001f600" * 5000)
    reply = shortened(Reply(answers=(loud,) * count, trouble=loud))
    assert len(packed(Answer(1, 0, reply))[0]) <= room_for(call).text < 4_000_000 + 2000 * count
    assert put(reply, call=call) is reply


RULES = (Rule("a/b", "eigvals"), Rule("a/c", "eigh", uplo="U"))


def offered(*rules, places=None):
    return check_rules(Loaded(rules, ("mine.py:1",) * len(rules) if places is None else places), {"numpy/eig"})


def test_rules_that_can_have_been_registered_are_taken():
    assert offered(*RULES).rules == RULES
    assert check_rules(NotLoaded("why"), ()) == NotLoaded("why")


@pytest.mark.parametrize(
    "lie",
    [
        {"name": "numpy/eig"},
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
        {"builtin": True},
        {"source": "x" * 5000},
        {"elsewhere": "x" * 5000},
        {"lacks": (("forward", "x" * 5000),)},
        {"lacks": (("sideways", "x"),)},
        {"lacks": (("forward", "x"),) * 3},
        {"orders": (-1,)},
        {"orders": ()},
        {"has_reverse": False},
    ],
)
def test_rules_that_cannot_be_are_refused(lie):
    with pytest.raises(Unreadable, match=r"^it offered a rule that"):
        offered(replace(RULES[0], **lie))


def test_a_list_of_rules_is_bounded_and_without_doubles():
    with pytest.raises(Unreadable):
        offered(RULES[0], RULES[0])
    with pytest.raises(Unreadable):
        offered(*(Rule(f"a/{k}", "eig") for k in range(MOST_RULES + 1)))
    with pytest.raises(Unreadable):
        offered(*RULES, places=("mine.py:1",))
    with pytest.raises(Unreadable):
        check_rules(NotLoaded("w" * 100_000), ())
    with pytest.raises(Unreadable):
        check_rules(Answer(1, 0, HONEST), ())


def test_a_child_says_no_more_of_its_rules_than_is_listened_to():
    load = Load("mine.py")
    talkative = [Rule(f"a/{k}", "eig", source="\0" * 100_000, lacks=(("forward", "x" * 9999),)) for k in range(3)]
    few = loaded_answer(load, talkative, [""] * 3)
    assert check_rules(few, ()) is few
    many = loaded_answer(load, [Rule(f"a/{k}", "eig") for k in range(MOST_RULES + 1)], [""] * (MOST_RULES + 1))
    assert many == NotLoaded(f"--load mine.py: it registers {MOST_RULES + 1} rules; at most {MOST_RULES} are taken.")
    loud = loaded_answer(load, [Rule(f"a/{k}", "eig", source="\0" * 100_000) for k in range(1000)], [""] * 1000)
    assert "more than 4 MiB" in loud.message
    assert len(packed(not_loaded("\ud800" * 100_000))[0]) <= ROOM_FOR_RULES.text
    assert check_rules(not_loaded("\0" * 100_000), ()).message.endswith("...")


def test_the_kinds_that_are_known_are_findings():
    assert set(checks.MISCONDUCT) <= set(get_args(FindingKind))
