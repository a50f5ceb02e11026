from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from eigcheck.execution import discipline
from eigcheck.execution.discipline import contradiction, elsewhere
from eigcheck.model import Eigenpairs, ForwardCall, Reply, Trouble
from tests.execution.support import E0, E1, S, asked

PRIMAL = Eigenpairs(np.array([1.0, 2.0]))


class Rule:
    """Answers each cotangent or tangent by its sum, plus what `drift` says of the number of the answer."""

    shares_memory = False

    def lapsed(self, _since):
        return ()

    def __init__(self, drift=lambda count: 0.0, primal=lambda call: PRIMAL):
        self.drift, self.primal = drift, primal
        self.asked, self.calls, self.answers = [], 0, 0

    def ask_again(self, call):
        return self.ask(call)

    def ask(self, call):
        assert not call.disciplined
        self.asked.append(call)
        self.calls += 1
        primal = self.primal(self.calls)
        forward = isinstance(call, ForwardCall)
        if isinstance(primal, Trouble):
            return Reply(trouble=primal, answers=(primal,) * len(call.tangents if forward else call.cotangents))
        if forward:
            return Reply(answers=tuple(Eigenpairs(self._answer(t)) for t in call.tangents))
        return Reply(primal, tuple(self._answer(c.values) for c in call.cotangents))

    def _answer(self, question):
        self.answers += 1
        return np.array([np.sum(question) + self.drift(self.answers)])


def disciplined(call, rule):
    return discipline.disciplined(call, rule.ask, rule.ask_again if rule.shares_memory else None, rule.lapsed)


def told(reply):
    return [text for _, text in reply.misconduct]


def test_what_comes_beside_any_answer_is_told_once():
    rule, count = Rule(), iter(range(100))

    def ask(call):
        late = next(count) > 0
        misconduct = (("dtype", "always"), *[("mutates-input", "later")] * late)
        return replace(rule.ask(call), misconduct=misconduct, printed="again" if late else "first ")

    reply = discipline.disciplined(asked(E0, E1, disciplined=True), ask)
    assert reply.misconduct == (("dtype", "always"), ("mutates-input", "later"))
    assert reply.printed == "first again"


def test_an_rrule_is_asked_again_after_another_matrix_and_its_pullback_three_times():
    rule = Rule()
    third = Eigenpairs(np.array([2.0, 2.0]))
    reply = disciplined(asked(E0, E1, third, disciplined=True), rule)
    assert [[c.values.tolist() for c in call.cotangents] for call in rule.asked] == [
        [[1, 0], [0, 1], [1, 0], [2, 2]],
        [[1, 0]],
        [[-1, 0], [1, 0]],
    ]
    assert [np.array_equal(call.matrix, S) for call in rule.asked] == [True, False, True]
    assert [answer.tolist() for answer in reply.answers] == [[1], [1], [4]]
    assert reply.misconduct == ()


def test_a_question_of_each_form_is_asked_again():
    rule = Rule()
    both, vectors = Eigenpairs(np.array([3.0, 1.0]), S), Eigenpairs(None, S)
    rule._answer = lambda question: np.zeros(1)
    disciplined(asked(E0, E1, both, both, vectors, vectors, disciplined=True), rule)
    again = rule.asked[2].cotangents
    assert_array_equal(again[4].vectors, -S)
    again = again[1::2]
    assert [(c.values is None, c.vectors is None) for c in again] == [(False, True), (False, False), (True, False)]
    assert rule.asked[1].cotangents == again


def test_a_single_cotangent_has_its_negative_for_a_second():
    rule = Rule()
    reply = disciplined(asked(E0, disciplined=True), rule)
    assert [c.values.tolist() for c in rule.asked[0].cotangents] == [[1, 0], [-1, 0], [1, 0]]
    assert len(reply.answers) == 1


def test_a_pullback_that_remembers():
    reply = disciplined(asked(E0, E1, disciplined=True), Rule(drift=lambda count: 1.0 * (count == 3)))
    assert told(reply) == ["the pullback's answer to c1 after c2: differ by up to 1"]


def test_an_rrule_that_remembers():
    reply = disciplined(asked(E0, E1, disciplined=True), Rule(drift=lambda count: 0.5 * (count > 3)))
    assert told(reply) == ["the gradient of a second call of the rrule: differ by up to 0.5"]


def test_another_primal():
    rule = Rule(primal=lambda call: Eigenpairs(np.array([1.0, 2.0 + (call > 2)])))
    assert told(disciplined(asked(E0, disciplined=True), rule)) == [
        "the primal of a second call of the rrule: values differ by up to 1"
    ]
    rule.calls = 0
    assert len(told(disciplined(asked(disciplined=True), rule))) == 1


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (1, "the primal of a second call of the rrule: only the first time it failed: no luck"),
        (2, "the primal of another matrix, asked twice: only the first time it failed: no luck"),
        (3, "the primal of a second call of the rrule: only the first time it answered, then: no luck"),
    ],
)
def test_failing_only_once(when, text):
    trouble = Trouble("exception", "no luck")
    reply = disciplined(asked(E0, disciplined=True), Rule(primal=lambda call: trouble if call == when else PRIMAL))
    assert told(reply) == [text]
    assert reply.answers[0] is trouble or when > 1


def test_a_rule_that_always_fails_or_fails_always_at_the_other_matrix_contradicts_nothing():
    trouble = Trouble("exception", "no luck")
    assert told(disciplined(asked(E0, disciplined=True), Rule(primal=lambda call: trouble))) == []
    refusing = Rule()
    refusing.primal = lambda call: PRIMAL if np.array_equal(refusing.asked[-1].matrix, S) else trouble
    assert told(disciplined(asked(E0, disciplined=True), refusing)) == []


def test_what_lapsed_is_told_before_what_differs_later():
    rule = Rule(drift=lambda count: 0.5 * (count > 3))
    rule.lapsed = lambda since: ["a gradient after " + since]
    assert told(disciplined(asked(E0, E1, disciplined=True), rule)) == ["a gradient after further questions"]


def test_a_third_call_in_fresh_arrays_tells_whether_the_arrays_are_to_blame():
    arrays = ", in writable arrays that held something else before"
    for blamed, drift in ((arrays, lambda count: 0.5 * (count == 6)), ("", lambda count: 0.5 * (count > 5))):
        rule = Rule(drift=drift)
        rule.shares_memory = True
        reply = disciplined(asked(E0, E1, disciplined=True), rule)
        assert told(reply) == [f"the gradient of a second call of the rrule{blamed}: differ by up to 0.5"]


def test_the_other_matrix_has_the_zeros_symmetries_and_triangles_of_the_first():
    rng = np.random.default_rng(3)
    for n in (1, 2, 5, 9):
        full = rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n))
        for matrix in (
            full,
            full.real,
            np.triu(full),
            full + full.conj().T,
            full.real - full.real.T,
            full * (full.real > 0),
        ):
            other = elsewhere(matrix)
            assert other.dtype == matrix.dtype
            assert_array_equal(other == 0, matrix == 0)
            assert_array_equal(elsewhere(matrix.conj().T), other.conj().T)
            assert not np.any((other == matrix) & (matrix != 0))
    assert elsewhere(np.float32([[1, np.nan], [2, 3]])).dtype == np.float32


def test_a_pushforward_that_remembers():
    call = ForwardCall(S, np.stack([S, 2 * S]), disciplined=True)
    assert told(disciplined(call, Rule())) == []
    reply = disciplined(call, Rule(drift=lambda count: 1.0 * (count == 3)))
    assert told(reply) == ["the pushforward's answer to t1 after t2: values differ by up to 1"]
    assert [answer.values.tolist() for answer in reply.answers] == [[8], [16]]


def test_no_tangents():
    assert disciplined(ForwardCall(S, np.zeros((0, 2, 2)), disciplined=True), Rule()).answers == ()


@given(arrays(np.float64, (2, 3)))
def test_an_array_does_not_differ_from_its_copy(array):
    assert contradiction(array, array.copy()) is None
    assert contradiction(Eigenpairs(array[0], array), Eigenpairs(array[0].copy(), array.copy())) is None


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ([0.0], [-0.0], "differ by up to 0"),
        ([1.0, np.nan], [1.0, 2.0], "differ by up to nan"),
        ([1.0, np.nan], [1.5, np.nan], "differ by up to 0.5"),
        ([1 + 1j], [1 + 3j], "differ by up to 2"),
    ],
)
def test_every_bit_counts_and_the_size_is_told(first, second, text):
    assert contradiction(np.array(first), np.array(second)) == text


def test_the_sign_and_payload_of_nan_do_not_count():
    nans = np.array([np.nan, -np.nan])
    assert contradiction(nans, nans[::-1].copy()) is None


def test_other_dtypes_and_the_part_that_differs_are_named():
    assert contradiction(np.zeros(1), np.zeros(1, "f4")) == "came as float64, then as float32"
    text = contradiction(Eigenpairs(np.zeros(1), np.eye(1)), Eigenpairs(np.zeros(1), 2 * np.eye(1)))
    assert text == "vectors differ by up to 1"
    with pytest.raises(TypeError):
        contradiction(np.zeros(1), Eigenpairs(np.zeros(1)))
