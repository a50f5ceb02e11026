import numpy as np

from eigcheck.accused.external.disciplined import disciplined
from eigcheck.model import Eigenpairs, ForwardCall, Reply, Trouble
from tests.accused.external.support import E0, E1, S, asked

PRIMAL = Eigenpairs(np.array([1.0, 2.0]))


class Rule:
    """Answers each cotangent or tangent by its sum, plus what `drift` says of the number of the answer."""

    def __init__(self, drift=lambda count: 0.0, primal=lambda call: PRIMAL):
        self.drift, self.primal = drift, primal
        self.asked, self.calls, self.answers = [], 0, 0

    def __call__(self, call):
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


def told(reply):
    return [text for _, text in reply.misconduct]


def test_an_rrule_is_asked_twice_and_its_pullback_three_times():
    rule = Rule()
    third = Eigenpairs(np.array([2.0, 2.0]))
    reply = disciplined(asked(E0, E1, third, disciplined=True), rule)
    assert [[c.values.tolist() for c in call.cotangents] for call in rule.asked] == [
        [[1, 0], [0, 1], [1, 0], [2, 2]],
        [[1, 0]],
    ]
    assert [answer.tolist() for answer in reply.answers] == [[1], [1], [4]]
    assert reply.misconduct == ()


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
    rule = Rule(primal=lambda call: Eigenpairs(np.array([1.0, 2.0 + call])))
    assert told(disciplined(asked(E0, disciplined=True), rule)) == [
        "the primal of a second call of the rrule: values differ by up to 1"
    ]
    assert len(told(disciplined(asked(disciplined=True), rule))) == 1


def test_failing_only_once():
    trouble = Trouble("exception", "no luck")
    first = disciplined(asked(E0, disciplined=True), Rule(primal=lambda call: trouble if call == 1 else PRIMAL))
    assert told(first) == ["the primal of a second call of the rrule: only the first time it failed: no luck"]
    assert first.answers == (trouble,)
    later = disciplined(asked(E0, disciplined=True), Rule(primal=lambda call: trouble if call == 2 else PRIMAL))
    assert told(later) == ["the primal of a second call of the rrule: only the first time it answered, then: no luck"]
    always = disciplined(asked(E0, disciplined=True), Rule(primal=lambda call: trouble))
    assert told(always) == []


def test_a_pushforward_that_remembers():
    call = ForwardCall(S, np.stack([S, 2 * S]), disciplined=True)
    assert told(disciplined(call, Rule())) == []
    reply = disciplined(call, Rule(drift=lambda count: 1.0 * (count == 3)))
    assert told(reply) == ["the pushforward's answer to t1 after t2: values differ by up to 1"]
    assert [answer.values.tolist() for answer in reply.answers] == [[8], [16]]


def test_no_tangents():
    assert disciplined(ForwardCall(S, np.zeros((0, 2, 2)), disciplined=True), Rule()).answers == ()
