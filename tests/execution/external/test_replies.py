import numpy as np
import pytest

from eigcheck.execution.external.replies import as_reply, as_trouble, check_reply
from eigcheck.execution.pipes import Unreadable
from eigcheck.model import Eigenpairs, ForwardCall, ReverseCall, Rule, Trouble
from tests.execution.external.support import E0, E1, S

EIGVALS, EIG, EIGVALSH = (Rule("a/b", function) for function in ("eigvals", "eig", "eigvalsh"))
PRIMAL = {"primal": {"values": [1, 2]}}
ASKED = ReverseCall(S, (E0, E1))


def read(item, rule=EIGVALS, call=ASKED, conjugated=False):
    return as_reply(item, rule, call, conjugated=conjugated)


def test_primal_and_gradients():
    reply = read({**PRIMAL, "gradients": [[[1, 2], [3, 4]], {"error": {"message": "no"}}]})
    assert reply.primal.values.tolist() == [1, 2]
    assert reply.answers[0].tolist() == [[1, 2], [3, 4]]
    assert reply.answers[1] == Trouble("exception", "no")
    assert (reply.trouble, reply.misconduct) == (None, ())


def test_a_primal_alone():
    reply = read({"primal": {"values": [1, 2], "vectors": [[1, 0], [0, 1]]}}, EIG, ReverseCall(S))
    assert reply.primal.vectors.tolist() == [[1, 0], [0, 1]]
    assert reply.answers == ()


def test_tangents():
    call = ForwardCall(S, np.stack([S, S]))
    reply = read(
        {"tangents": [{"values": [[1, 2], 3]}, {"error": {"message": "m", "type": "T", "place": "f:1"}}]}, call=call
    )
    assert isinstance(reply.answers[0], Eigenpairs)
    assert reply.answers[0].values.tolist() == [1 + 2j, 3]
    assert reply.answers[1] == Trouble("exception", "T: m (f:1)")


def test_an_error_of_an_item_is_that_of_all_its_answers():
    reply = read({"error": {"message": "singular", "type": "LinAlgError"}})
    trouble = Trouble("exception", "LinAlgError: singular")
    assert (reply.trouble, reply.answers, reply.primal) == (trouble, (trouble, trouble), None)


@pytest.mark.parametrize(
    ("primal", "rule"),
    [
        ({"values": [1]}, EIGVALS),
        ([1, 2], EIGVALS),
        ({"values": [1, 2]}, EIG),
        ({"values": [1, 2], "vectors": [[1]]}, EIG),
    ],
)
def test_a_primal_of_another_shape_is_the_rules_mistake(primal, rule):
    reply = read({"primal": primal, "gradients": [[], []]}, rule)
    assert reply.trouble.kind == "shape"
    assert [answer.kind for answer in reply.answers] == ["shape", "shape"]


def test_a_gradient_of_another_shape_is_the_rules_mistake():
    reply = read({**PRIMAL, "gradients": [[[1, 2]], [[1, "x"], [3, 4]]]})
    assert [answer.kind for answer in reply.answers] == ["shape", "shape"]


def test_complex_eigenvalues_of_a_hermitian_matrix_are_noted():
    reply = read({"primal": {"values": [[1, 0], 2]}}, EIGVALSH, ReverseCall(S))
    assert reply.misconduct == (("dtype", "the primal: dtype complex128 where real numbers were expected"),)


def test_a_real_gradient_of_a_complex_matrix_is_no_demotion():
    call = ReverseCall(S.astype(complex), (E0,))
    assert read({**PRIMAL, "gradients": [[[1, 2], [3, 4]]]}, call=call).misconduct == ()


def test_conjugated_gradients_come_in_our_pairing():
    call = ReverseCall(S.astype(complex), (E0,))
    reply = read({**PRIMAL, "gradients": [[[[0, 1], 2], [3, 4]]]}, call=call, conjugated=True)
    assert reply.answers[0][0, 0] == -1j


def test_a_changed_input_is_told():
    reply = read({**PRIMAL, "gradients": [[[1, 2], [3, 4]]] * 2, "mutated": "A[0, 0] from 1 to 2"})
    assert reply.misconduct == (("mutates-input", "A[0, 0] from 1 to 2"),)


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({}, 'neither "primal"'),
        (PRIMAL, 'neither "gradients"'),
        ({**PRIMAL, "gradients": [[[1, 2], [3, 4]]]}, '1 "gradients" where 2'),
        ({**PRIMAL, "gradients": "x"}, "where 2 were asked"),
        ({**PRIMAL, "gradients": [], "extra": 1}, "unknown key 'extra'"),
        ({"error": "text"}, "no object"),
        ({"error": {"message": 1}}, "no object"),
        ({"error": {"message": "m", "type": 1}}, "must be strings"),
        ({"error": {"message": "m", "line": 1}}, "unknown key 'line'"),
        ({"error": {"message": "m"}, **PRIMAL}, "unknown key 'primal'"),
        ({**PRIMAL, "gradients": [{"error": 1}, []]}, "no object"),
        ({**PRIMAL, "gradients": [[], []], "mutated": True}, "must be a string"),
    ],
)
def test_what_is_none_of_the_protocols_ends_the_worker(item, told):
    with pytest.raises(Unreadable, match=told):
        read(item)


def test_replies():
    assert check_reply({"id": 3, "items": [{}]}, 3, 1) == [{}]
    assert check_reply({"id": 3, "error": {"message": "m"}}, 3, 1) == Trouble("exception", "m")


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"id": 2, "items": [{}]}, "out of turn"),
        ({"items": [{}]}, "out of turn"),
        ({"id": True, "items": [{}]}, "out of turn"),
        ({"id": "1", "items": [{}]}, "out of turn"),
        ({"id": 1}, 'no "items"'),
        ({"id": 1, "items": [1]}, 'no "items"'),
        ({"id": 1, "items": []}, "0 items where 1"),
        ({"id": 1, "items": [{}], "more": 1}, "unknown key 'more'"),
        ({"id": 1, "error": {}}, "no object"),
    ],
)
def test_what_is_no_reply_ends_the_worker(message, told):
    with pytest.raises(Unreadable, match=told):
        check_reply(message, 1, 1)


def test_a_long_message_is_cut():
    assert len(as_trouble({"message": "m" * 10**6}).message) < 1100
