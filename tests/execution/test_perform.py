import sys
import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from eigcheck.execution.perform import LocalRunner
from eigcheck.model import Eigenpairs, ForwardCall
from tests.execution.support import E0, E1, S, asked, honest, kinds, performed, pulling, rule_of


def test_an_honest_rule_gives_primal_and_gradients_in_the_order_of_the_cotangents():
    reply = performed(rule_of(honest), asked(E0, E1, E0, disciplined=True))
    values, pullback = honest(S)
    assert_array_equal(reply.primal.values, values)
    assert reply.primal.vectors is None
    assert [a.tolist() for a in reply.answers] == [pullback(c.values).tolist() for c in (E0, E1, E0)]
    assert (reply.trouble, reply.misconduct, reply.printed) == (None, (), "")


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("disciplined", [False, True])
def test_there_is_one_answer_for_each_cotangent(count, disciplined):
    reply = performed(rule_of(honest), asked(*[E0, E1, E0][:count], disciplined=disciplined))
    assert len(reply.answers) == count
    assert reply.misconduct == ()


def test_discipline_asks_again_after_other_questions_and_after_another_matrix():
    seen = []

    def rrule(A):
        values, pullback = honest(A)
        number = len([s for s in seen if s[0] == "rrule"])
        seen.append(("rrule", None))

        def told(values_bar):
            seen.append((number, values_bar.tolist()))
            return pullback(values_bar)

        return values, told

    performed(rule_of(rrule), asked(E0, disciplined=True))
    assert seen == [
        ("rrule", None),
        (0, [1.0, 0.0]),
        (0, [-1.0, -0.0]),
        (0, [1.0, 0.0]),
        (0, [1.0, 0.0]),
        ("rrule", None),
        (1, [1.0, 0.0]),
        (0, [1.0, 0.0]),
        ("rrule", None),
        (2, [-1.0, -0.0]),
        (2, [1.0, 0.0]),
    ]


def test_vector_functions_get_a_pair_with_none_for_what_is_absent():
    seen = []

    def rrule(A):
        def pullback(bar):
            seen.append(bar)
            return np.zeros_like(A)

        return np.linalg.eigh(A), pullback

    reply = performed(rule_of(rrule, "eigh"), asked(E0, Eigenpairs(None, np.eye(2))))
    assert_array_equal(reply.primal.vectors, np.linalg.eigh(S).eigenvectors)
    assert [[part is None for part in bar] for bar in seen] == [[False, True], [True, False]]
    assert all(isinstance(bar, tuple) for bar in seen)


def test_a_write_to_the_matrix_is_told_with_the_entry_and_the_answer_still_comes():
    def rrule(A):
        answer = honest(A.copy())
        A[1, 0] = 7.0
        return answer

    reply = performed(rule_of(rrule), asked(E0, disciplined=True))
    assert reply.misconduct == (("mutates-input", "the rrule changed its input A[1, 0] from 2.0 to 7.0"),)
    assert_array_equal(reply.answers[0], honest(S)[1](E0.values))


def test_a_write_after_lifting_the_protection_is_told_too():
    def rrule(A):
        A.flags.writeable = True
        A *= 2
        return honest(A)

    reply = performed(rule_of(rrule), asked(E0))
    assert [kind for kind in kinds(reply) if kind == "mutates-input"] == ["mutates-input"]
    assert "A[0, 0] from 1.0 to 2.0 and 3 more" in reply.misconduct[0][1]


def test_a_pullback_that_changes_its_cotangent_is_told():
    def spoiling(A, pullback, values_bar):
        gradient = pullback(values_bar)
        values_bar[:] = 0
        return gradient

    reply = performed(rule_of(pulling(spoiling)), asked(E0, E1))
    assert reply.misconduct == (("mutates-input", "the pullback changed its input values_bar[0] from 1.0 to 0.0"),)
    assert all(isinstance(answer, np.ndarray) for answer in reply.answers)


def test_a_pullback_that_changes_the_matrix_is_told():
    def spoiling(A, pullback, values_bar):
        A.fill(np.nan)
        return pullback(values_bar)

    reply = performed(rule_of(pulling(spoiling)), asked(E0))
    assert reply.misconduct[0][1].startswith("the pullback changed its input A[0, 0] from 1.0 to nan and 3 more")


def test_a_change_of_shape_in_place_is_a_mutation():
    def rrule(A):
        answer = honest(A)
        A.shape = (4,)
        return answer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert kinds(performed(rule_of(rrule), asked())) == ["mutates-input"]


def test_a_rule_that_only_wants_a_writable_buffer_is_not_blamed():
    def rrule(A):
        if not A.flags.writeable:
            raise ValueError("buffer source array is read-only")
        return honest(A)

    reply = performed(rule_of(rrule), asked(E0, disciplined=True))
    assert reply.trouble is None
    assert reply.misconduct == ()


def test_a_random_pullback_is_nondeterministic():
    generator = np.random.default_rng(0)
    rule = rule_of(pulling(lambda A, pullback, values_bar: pullback(values_bar) + generator.normal()))
    reply = performed(rule, asked(E0, E1, disciplined=True))
    assert set(kinds(reply)) == {"nondeterministic"}
    assert "differ by up to" in reply.misconduct[0][1]
    assert performed(rule, asked(E0, E1)).misconduct == ()


def test_a_pullback_that_accumulates_in_a_buffer_of_its_own_is_nondeterministic():
    def rrule(A):
        values, pullback = honest(A)
        total = np.zeros_like(A)

        def accumulating(values_bar):
            np.add(total, pullback(values_bar), out=total)
            return total

        return values, accumulating

    reply = performed(rule_of(rrule), asked(E0, E1, disciplined=True))
    assert kinds(reply) == ["nondeterministic"]
    assert "c1 after c2" in reply.misconduct[0][1]
    assert_array_equal(reply.answers[0], honest(S)[1](E0.values))


def test_state_between_calls_of_the_rrule_is_nondeterministic():
    calls = []

    def rrule(A):
        calls.append(A)
        values, pullback = honest(A)
        return values + len(calls), pullback

    reply = performed(rule_of(rrule), asked(disciplined=True))
    assert reply.misconduct == (
        ("nondeterministic", "the primal of a second call of the rrule: values differ by up to 3"),
    )


def test_a_rule_that_fails_the_second_time_only_is_nondeterministic():
    calls = []

    def rrule(A):
        calls.append(A)
        if len(calls) == 2:
            raise RuntimeError("only once")
        return honest(A)

    reply = performed(rule_of(rrule), asked(E0, disciplined=True))
    assert reply.trouble is None
    assert kinds(reply) == ["nondeterministic"]
    assert "only once" in reply.misconduct[0][1]


def test_equal_nans_are_no_contradiction():
    reply = performed(rule_of(lambda A: (A[0] * np.nan, lambda bar: A * np.nan)), asked(E0, disciplined=True))
    assert reply.misconduct == ()


def test_an_exception_of_the_rrule_is_told_with_its_place_for_every_answer():
    def rrule(A):
        return A.undefined

    reply = performed(rule_of(rrule), asked(E0, E1))
    assert reply.trouble.kind == "exception"
    assert reply.trouble.message.startswith("AttributeError: ")
    assert f"test_perform.py:{rrule.__code__.co_firstlineno + 1})" in reply.trouble.message
    assert reply.answers == (reply.trouble, reply.trouble)
    assert reply.primal is None


def test_an_exception_for_one_cotangent_leaves_the_other_answers():
    def picky(A, pullback, values_bar):
        if values_bar[1]:
            raise ValueError("not this one")
        return pullback(values_bar)

    first, second, third = performed(rule_of(pulling(picky)), asked(E0, E1, E0)).answers
    assert isinstance(first, np.ndarray)
    assert isinstance(third, np.ndarray)
    assert (second.kind, second.message[:24]) == ("exception", "ValueError: not this one")


@pytest.mark.parametrize("error", [SystemExit(0), KeyboardInterrupt(), GeneratorExit(), MemoryError("m")])
def test_no_exception_of_a_rule_ends_us(error):
    def rrule(A):
        raise error

    trouble = performed(rule_of(rrule), asked(E0)).trouble
    assert trouble.kind == "exception"
    assert type(error).__name__ in trouble.message


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (None, "a NoneType came; the pair (primal, pullback)"),
        (np.zeros(3), "a ndarray came; the pair"),
        ((S[0], 1.0), "a float came as second value; a pullback was expected"),
        ((S[0], len, len), "3 values came"),
        ((None, len), "the primal: None came; an array of shape (2,)"),
        ((S, len), "the primal: an array of shape (2, 2) came; an array of shape (2,)"),
    ],
)
def test_a_wrong_answer_of_the_rrule_is_told_as_shape(answer, part):
    trouble = performed(rule_of(lambda A: answer), asked(E0)).trouble
    assert trouble.kind == "shape"
    assert part in trouble.message


def test_notes_on_dtypes_come_once():
    rule = rule_of(pulling(lambda A, pullback, values_bar: pullback(values_bar).astype(np.float32)))
    reply = performed(rule, asked(E0, E1, disciplined=True))
    assert reply.misconduct == (("dtype", "the gradient: dtype float32 for a matrix of dtype float64"),)
    assert [answer.dtype for answer in reply.answers] == [np.float32, np.float32]


def test_what_a_rule_prints_and_warns_of_is_kept_from_our_output(capfd):
    def rrule(A):
        print("to output")
        print("to error", file=sys.stderr)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        np.zeros(1) / np.zeros(1)
        np.seterr(all="raise")
        return honest(A)

    before = np.geterr()
    reply = performed(rule_of(rrule), asked(E0))
    assert reply.trouble is None
    assert reply.printed == "to output\nto error\n"
    assert capfd.readouterr() == ("", "")
    assert np.geterr() == before


def test_a_pushforward_is_asked_for_every_tangent_and_disciplined_likewise():
    seen = []

    def pushforward(A, A_dot):
        seen.append(A_dot.tolist())
        return np.diagonal(A_dot) * 2

    tangents = np.stack([S, 2 * S, 3 * S])
    rule = rule_of(honest, pushforward=pushforward)
    reply = performed(rule, ForwardCall(S, tangents, disciplined=True))
    assert [a.values.tolist() for a in reply.answers] == [[2.0, 6.0], [4.0, 12.0], [6.0, 18.0]]
    assert seen == [(k * S).tolist() for k in (1, 2, 1, 3, 1, -1, 1)]
    assert reply.misconduct == ()


def test_a_pushforward_that_changes_or_contradicts_itself_is_told():
    def pushforward(A, A_dot, calls=[]):  # noqa: B006 - the state is the point
        calls.append(1)
        A_dot[0, 1] = 5.0
        return A_dot[0] + len(calls)

    rule = rule_of(honest, pushforward=pushforward)
    reply = performed(rule, ForwardCall(S, S[None], disciplined=True))
    assert kinds(reply) == ["mutates-input", "nondeterministic"]
    assert "the pushforward changed its input A_dot[0, 1]" in reply.misconduct[0][1]


def test_a_pushforward_of_a_vector_function_gives_both_parts():
    rule = rule_of(honest, "eigh", pushforward=lambda A, A_dot: (A_dot[0], A_dot))
    (answer,) = performed(rule, ForwardCall(S, S[None])).answers
    assert_array_equal(answer.vectors, S)
    rule = rule_of(honest, "eigh", pushforward=lambda A, A_dot: A_dot[0])
    (answer,) = performed(rule, ForwardCall(S, S[None])).answers
    assert answer.kind == "shape"


def test_without_a_pushforward_every_answer_is_trouble():
    reply = performed(rule_of(honest), ForwardCall(S, np.stack([S, S])))
    assert [answer.kind for answer in reply.answers] == ["exception", "exception"]


def test_an_empty_matrix_is_a_matrix():
    empty = np.zeros((0, 0))
    reply = performed(
        rule_of(lambda A: (np.zeros(0), lambda bar: A)),
        asked(Eigenpairs(np.zeros(0)), matrix=empty, disciplined=True),
    )
    assert reply.answers[0].shape == (0, 0)
    assert reply.misconduct == ()


def test_one_reply_for_each_call_in_order():
    rule = rule_of(honest, pushforward=lambda A, A_dot: np.diagonal(A_dot) * A[0, 0])
    with LocalRunner() as runner:
        reverse = runner.ask(rule, [asked(E0, matrix=k * S) for k in (1, 2)])
        forward = runner.ask(rule, [ForwardCall(k * S, S[None]) for k in (1, 2)])
    assert [reply.primal.values.tolist() for reply in reverse] == [np.linalg.eigvalsh(k * S).tolist() for k in (1, 2)]
    assert [reply.answers[0].values.tolist() for reply in forward] == [[1.0, 3.0], [2.0, 6.0]]


def test_trouble_in_one_call_leaves_the_others():
    def rrule(A):
        if A[0, 0] == 2.0:
            raise SystemExit(1)
        return honest(A)

    replies = LocalRunner().ask(rule_of(rrule), [asked(E0, matrix=k * S) for k in (1, 2, 3)])
    assert [reply.trouble is None for reply in replies] == [True, False, True]
