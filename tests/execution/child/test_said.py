import json
from dataclasses import fields
from typing import get_args

import numpy as np
import pytest

from eigcheck.errors import RuleError
from eigcheck.execution.child import heard
from eigcheck.execution.child.heard import reply_heard, rules_heard
from eigcheck.execution.child.said import (
    DECLARED,
    ROOM_FOR_RULES,
    refusal_said,
    reply_said,
    room_for,
    rules_said,
)
from eigcheck.execution.loads import Load
from eigcheck.model import Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Trouble
from eigcheck.names import FindingKind
from eigcheck.rules.declarations import MOST_RULES

N = 3
RULE = Rule("a/b", "eigvals")


def call_of(count):
    return ReverseCall(np.eye(N), (Eigenpairs(np.ones(N)),) * count)


def there_and_back(reply, count):
    call = call_of(count)
    line = reply_said(1, reply)
    assert len(line) <= room_for(call)
    return reply_heard(line, 1, RULE, call)


def refused(line):
    with pytest.raises(RuleError) as caught:
        rules_heard(line)
    return str(caught.value)


@pytest.mark.parametrize("letter", ["m", "\0", "\ud800", "\U0001f600"])
def test_what_a_rule_says_at_length_is_cut_before_it_is_sent(letter):
    long = letter * 100_000
    loud = Trouble("exception", long)
    reply = Reply(answers=(loud,) * 2, trouble=loud, misconduct=(("dtype", long),) * 100)
    assert there_and_back(reply, 2).trouble.message.endswith("...")


def test_halves_of_surrogate_pairs_are_told_by_their_number():
    told = there_and_back(Reply(trouble=Trouble("died", "a\ud800b\udfff")), 0)
    assert told.trouble.message == "a\\ud800b\\udfff"


@pytest.mark.parametrize("count", [1, 64, 65, 1000, 5000])
def test_room_for_words_does_not_grow_with_the_number_of_answers_as_that_for_numbers_does(count):
    loud = Trouble("exception", "\U0001f600" * 5000)
    assert len(there_and_back(Reply(answers=(loud,) * count, trouble=loud), count).answers) == count
    assert room_for(call_of(count)) < 4_000_000 + 2000 * count


def test_a_child_says_no_more_of_its_rules_than_is_listened_to():
    load = Load("mine.py")
    talkative = [Rule(f"a/{k}", "eig", source="\0" * 100_000, lacks=(("forward", "x" * 9999),)) for k in range(3)]
    assert len(rules_heard(rules_said(load, talkative))) == 3
    many = rules_said(load, [Rule(f"a/{k}", "eig") for k in range(MOST_RULES + 1)])
    told = f"--load mine.py: it registers {MOST_RULES + 1} rules; at most {MOST_RULES} are taken."
    assert refused(many) == told
    loud = rules_said(load, [Rule(f"a/{k}", "eig", source="\0" * 100_000) for k in range(1000)])
    assert "more than 4 MiB" in refused(loud)
    assert len(refusal_said("\ud800" * 100_000)) <= ROOM_FOR_RULES
    assert refused(refusal_said("\0" * 100_000)).endswith("...")


@pytest.mark.parametrize("n", [0, 1, 3, 65])
def test_there_is_room_for_the_numbers_of_every_answer(n):
    matrix = np.full((n, n), 1 + 2j)
    both = Eigenpairs(matrix[:1].reshape(n), matrix)
    reverse, forward = ReverseCall(matrix, (both,) * 9), ForwardCall(matrix, np.stack([matrix] * 9))
    assert len(reply_said(10**12, Reply(both, (matrix,) * 9))) <= room_for(reverse)
    assert len(reply_said(10**12, Reply(answers=(both,) * 9))) <= room_for(forward) < room_for(reverse) + 1


def test_all_of_a_rule_is_said_but_what_its_process_or_the_judge_alone_has():
    left = {field.name for field in fields(Rule)} - {*DECLARED, "place"}
    assert left == {"rrule", "pushforward", "primal", "builtin", "by_name", "lengths_move"}
    (told,) = json.loads(rules_said(Load("mine.py"), [RULE]))["rules"]
    assert set(told) == {*DECLARED, "place"}


def test_the_kinds_that_are_known_are_findings():
    kinds, _ = get_args(heard.Misconduct)
    assert set(get_args(kinds)) <= set(get_args(FindingKind))
