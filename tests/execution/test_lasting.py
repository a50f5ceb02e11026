"""Rules that are right at the moment they answer, and useless or harmful to a caller; and rules that only look so."""

import numpy as np
import pytest

from eigcheck.model import Eigenpairs, ForwardCall
from tests.execution.support import E0, E1, S, asked, kinds, performed, rule_of

A3 = np.array([[1.0, 2.0, 0.5], [2.0, 3.0, -1.0], [0.5, -1.0, 5.0]])
VECTORS = Eigenpairs(None, np.array([[0.5, 1.0, 0.0], [0.25, 0.0, -1.0], [2.0, 0.0, 1.0]]))
VALUES = Eigenpairs(np.array([1.0, 0.0, 2.0]))
DOTS = np.stack([A3, A3 @ A3, np.eye(3)])


def pairs(A):
    return tuple(np.array(part) for part in np.linalg.eigh(A))


def gradient(w, V, bars):
    """Of `eigh` for a symmetric tangent."""
    w_bar, V_bar = bars
    inner = np.zeros_like(V) if w_bar is None else np.diag(w_bar)
    if V_bar is not None:
        gaps = w - w[:, None]
        np.fill_diagonal(gaps, np.inf)
        inner = inner + (V.T @ V_bar) / gaps
    return V @ inner @ V.T


def tangent(w, V, A_dot):
    inner = V.T @ A_dot @ V
    gaps = w - w[:, None]
    np.fill_diagonal(gaps, np.inf)
    return np.diagonal(inner).copy(), V @ (inner / gaps)


def from_scratch(A):
    w, V = pairs(A)
    return (w.copy(), V.copy()), lambda bars: gradient(w, V, bars)


def one_buffer_for_gradients(A):
    primal, pullback = from_scratch(A)
    room = np.empty((3, 3))

    def filling(bars):
        room[...] = pullback(bars)
        return room

    return primal, filling


def two_buffers_in_turn(A):
    primal, pullback = from_scratch(A)
    rooms = [np.empty((3, 3)), np.empty((3, 3))]

    def filling(bars):
        rooms.reverse()
        rooms[0][...] = pullback(bars)
        return rooms[0]

    return primal, filling


def spoils(part):
    """A pullback that uses a part of the primal for its own numbers."""

    def rrule(A):
        primal, pullback = from_scratch(A)

        def spoiling(bars):
            answer = pullback(bars)
            primal[part][...] = 0
            return answer

        return primal, spoiling

    return rrule


def one_buffer_for_primals(part):
    room = {0: np.empty(3), 1: np.empty((3, 3))}[part]

    def rrule(A):
        primal, pullback = from_scratch(A)
        room[...] = primal[part]
        return (room, primal[1]) if part == 0 else (primal[0], room), pullback

    return rrule


def one_state_for_all():
    state = {}

    def rrule(A):
        state["pairs"] = pairs(A)
        return tuple(part.copy() for part in state["pairs"]), lambda bars: gradient(*state["pairs"], bars)

    return rrule


def known_by(name_of):
    seen = {}

    def rrule(A):
        w, V = seen.setdefault(name_of(A), (pairs(A), A))[0]
        return (w.copy(), V.copy()), lambda bars: gradient(w, V, bars)

    return rrule


def gradients_known_by_id():
    """Both parts of the cotangent decide, as far as they are there."""
    seen = {}

    def rrule(A):
        primal, pullback = from_scratch(A)
        name = A.tobytes()

        def remembering(bars):
            key = (name, *map(id, bars))
            return seen.setdefault(key, (pullback(bars), bars))[0].copy()

        return primal, remembering

    return rrule


def writes(what):
    def rrule(A):
        primal, pullback = from_scratch(A)

        def writing(bars):
            answer = pullback(bars)
            given = {"A": A, "values_bar": bars[0], "vectors_bar": bars[1]}[what]
            if given is not None and given.flags.writeable:
                given *= 0
            return answer

        return primal, writing

    return rrule


LAPSES = {
    "one buffer for gradients": (one_buffer_for_gradients, "a gradient does not last", "further questions"),
    "two buffers in turn": (two_buffers_in_turn, "a gradient does not last", "another matrix"),
    "spoils its values": (spoils(0), "the primal does not last", "further questions: values"),
    "spoils its vectors": (spoils(1), "the primal does not last", "further questions: vectors"),
    "one buffer for values": (one_buffer_for_primals(0), "the primal does not last", "another matrix: values"),
    "one buffer for vectors": (one_buffer_for_primals(1), "the primal does not last", "another matrix: vectors"),
    "one state for all": (one_state_for_all(), "the pullback's answer to c1 does not last", "another matrix: differ"),
    "pairs by id": (known_by(id), "the primal of a second call", "in writable arrays that held something else"),
    "pairs by address": (known_by(lambda A: A.ctypes.data), "the primal of a second call", "in writable arrays"),
    "gradients by id": (gradients_known_by_id(), "the gradient of a second call", "in writable arrays"),
}


@pytest.mark.parametrize("name", LAPSES)
def test_an_answer_that_does_not_last_is_told_with_what_was_done_in_between(name):
    rrule, beginning, part = LAPSES[name]
    reply = performed(rule_of(rrule, "eigh"), asked(VALUES, VECTORS, matrix=A3, disciplined=True))
    assert kinds(reply) == ["nondeterministic"]
    assert reply.misconduct[0][1].startswith(beginning)
    assert part in reply.misconduct[0][1]
    assert all(isinstance(answer, np.ndarray) for answer in reply.answers)


@pytest.mark.parametrize("what", ["A", "values_bar", "vectors_bar"])
def test_what_is_written_to_only_where_it_can_be_is_told(what):
    rule = rule_of(writes(what), "eigh")
    reply = performed(rule, asked(VALUES, VECTORS, matrix=A3, disciplined=True))
    assert ("mutates-input", f"the pullback changed its input {what}") in [
        (kind, text[: text.index("[")]) for kind, text in reply.misconduct if "[" in text
    ]
    assert performed(rule, asked(VALUES, VECTORS, matrix=A3)).misconduct == ()


def only_where_read_only():
    """What cannot be written to is taken to stay as it is."""
    remember = known_by(id)
    return lambda A: from_scratch(A) if A.flags.writeable else remember(A)


def views_of_what_was_lent(A):
    """At a diagonal matrix in one dimension everything is a view."""
    return A.reshape(-1), lambda values_bar: values_bar.reshape(1, 1)


def the_same_zeros(A):
    primal, pullback = from_scratch(A)
    zeros = np.zeros((3, 3))
    return primal, lambda bars: zeros if bars[1] is None else pullback(bars)


@pytest.mark.parametrize(
    "rrule", [from_scratch, known_by(lambda A: A.tobytes()), only_where_read_only(), the_same_zeros]
)
def test_rules_that_remember_what_they_may_are_not_blamed(rrule):
    both = Eigenpairs(VALUES.values, VECTORS.vectors)
    reply = performed(rule_of(rrule, "eigh"), asked(VALUES, VECTORS, both, matrix=A3, disciplined=True))
    assert reply.misconduct == ()


def test_views_of_what_was_lent_are_not_blamed():
    one, bar = np.array([[3.0]]), Eigenpairs(np.array([2.0]))
    rule = rule_of(views_of_what_was_lent, pushforward=lambda A, A_dot: A_dot.reshape(-1))
    assert performed(rule, asked(bar, disciplined=True, matrix=one)).misconduct == ()
    assert performed(rule, ForwardCall(one, one[None], disciplined=True)).misconduct == ()


def forward_in_one_buffer(part):
    room = {0: np.empty(3), 1: np.empty((3, 3))}[part]

    def pushforward(A, A_dot):
        answer = list(tangent(*pairs(A), A_dot))
        room[...] = answer[part]
        answer[part] = room
        return tuple(answer)

    return pushforward


def forward_known_by_id(A, A_dot, seen={}):  # noqa: B006 - the state is the point
    w, V = seen.setdefault(id(A), (pairs(A), A))[0]
    return tangent(w, V, A_dot)


def forward_known_by_the_id_of_what_is_gone(A, A_dot, seen={}):  # noqa: B006 - the state is the point
    w, V = seen.setdefault(id(A), pairs(A))
    return tangent(w, V, A_dot)


def forward_known_by_where_numbers_were(A, A_dot, seen={}):  # noqa: B006 - the state is the point
    w, V = seen.setdefault(A.__array_interface__["data"][0], pairs(A))
    return tangent(w, V, A_dot)


def forward_of_a_tangent_known_by_id(A, A_dot, seen={}):  # noqa: B006 - the state is the point
    return tuple(
        part.copy() for part in seen.setdefault((A.tobytes(), id(A_dot)), (tangent(*pairs(A), A_dot), A_dot))[0]
    )


def forward_that_writes(A, A_dot):
    answer = tangent(*pairs(A), A_dot)
    if A_dot.flags.writeable:
        A_dot *= 0
    return answer


@pytest.mark.parametrize(
    ("pushforward", "kind", "text"),
    [
        (forward_in_one_buffer(0), "nondeterministic", "a tangent does not last; as it was given and after further"),
        (forward_in_one_buffer(1), "nondeterministic", "a tangent does not last; as it was given and after further"),
        *(
            (rule, "nondeterministic", "the answer of a second call of the pushforward, in writable arrays")
            for rule in (
                forward_known_by_id,
                forward_known_by_the_id_of_what_is_gone,
                forward_known_by_where_numbers_were,
            )
        ),
        (
            forward_of_a_tangent_known_by_id,
            "nondeterministic",
            "the answer of a second call of the pushforward, in writ",
        ),
        (forward_that_writes, "mutates-input", "the pushforward changed its input A_dot[0, 0]"),
    ],
)
def test_pushforwards_are_used_as_pullbacks_are(pushforward, kind, text):
    rule = rule_of(from_scratch, "eigh", pushforward=pushforward)
    reply = performed(rule, ForwardCall(A3, DOTS, disciplined=True))
    assert kinds(reply) == [kind]
    assert reply.misconduct[0][1].startswith(text)


def test_an_answer_that_is_no_numpy_array_is_read_again_too():
    def rrule(A):
        values, vectors = np.linalg.eigh(A)
        rows = [[0.0, 0.0], [0.0, 0.0]]

        def pullback(values_bar):
            rows[:] = ((vectors * values_bar) @ vectors.T).tolist()
            return rows

        return values.tolist(), pullback

    reply = performed(rule_of(rrule, "eigvalsh"), asked(E0, E1, matrix=S, disciplined=True))
    assert "nondeterministic" in kinds(reply)
