import numpy as np
import pytest
from numpy.testing import assert_array_equal

from eigcheck.execution.answers import UnusableAnswer
from eigcheck.execution.perform import LentRule, NeedsWriting, first_change, handed_out
from eigcheck.execution.quiet import Interrupts
from eigcheck.model import Trouble
from tests.execution.support import S, honest, rule_of


def failing(error):
    def step():
        raise error

    return step


def test_results_pass_and_failures_become_values():
    lender = LentRule(rule_of(honest), Interrupts())
    assert lender.attempt(lambda: 3, "it") == 3
    assert lender.attempt(failing(UnusableAnswer("odd")), "it") == Trouble("shape", "odd")
    assert lender.attempt(failing(KeyboardInterrupt()), "it").kind == "exception"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("assignment destination is read-only"),
        ValueError("buffer source array is read-only"),
        ValueError("cannot set WRITEABLE flag to True of this array"),
        TypeError("cannot modify read-only memory"),
    ],
)
def test_errors_about_writing_ask_for_a_writable_copy_once(error):
    with pytest.raises(NeedsWriting):
        LentRule(rule_of(honest), Interrupts()).attempt(failing(error), "it")
    assert LentRule(rule_of(honest), Interrupts(), writable=True).attempt(failing(error), "it").kind == "exception"


def test_the_users_interrupt_is_not_the_rules():
    interrupts = Interrupts()
    interrupts.pressed = True
    with pytest.raises(KeyboardInterrupt):
        LentRule(rule_of(honest), interrupts).attempt(failing(ValueError("while interrupted")), "it")


def test_what_was_lent_for_one_step_is_watched_no_longer():
    lender = LentRule(rule_of(honest), Interrupts(), writable=True)
    lent = lender.attempt(lambda: lender.lend(S, "A"), "it")
    lent[0, 0] = 9.0
    lender.attempt(lambda: None, "it")
    assert lender.misconduct == {}


def test_a_change_is_noted_once_also_when_the_step_failed():
    lender = LentRule(rule_of(honest), Interrupts(), writable=True)
    lent = lender.lend(S, "A")

    def step():
        lent[0, 0] += 1
        raise ValueError("after the deed")

    for _ in range(2):
        lender.attempt(step, "the rrule")
    (told,) = lender.misconduct.values()
    assert told == ("mutates-input", "the rrule changed its input A[0, 0] from 1.0 to 2.0")


@pytest.mark.parametrize(("first", "second", "told"), [(0, 0, False), (1, 1, False), (0, 1, True), (1, 0, True)])
def test_what_was_kept_is_read_again(first, second, told):
    answers = (Trouble("exception", "why"), np.eye(2))
    lender = LentRule(rule_of(honest), Interrupts())
    lender._keeping = True
    lender.keep("it", answers[first], lambda: answers[second])
    lender._keeping = False
    lender.keep("nobody", np.eye(2), lambda: np.zeros((2, 2)))
    lapsed = lender.lapsed("a while")
    assert len(lapsed) == told
    assert all(text.startswith("it does not last; as it was given and after a while: only the") for text in lapsed)


def test_the_first_of_each_kind_that_lapsed_is_told():
    lender = LentRule(rule_of(honest), Interrupts())
    lender._keeping = True
    for size in (1.0, 2.0):
        for what in ("this", "that"):
            lender.keep(what, np.zeros(1), lambda size=size: np.full(1, size))
    lender.keep("other", np.zeros(1), failing(UnusableAnswer("no array any more")))
    assert lender.lapsed("a while") == [
        "this does not last; as it was given and after a while: differ by up to 1",
        "that does not last; as it was given and after a while: differ by up to 1",
        "other does not last; as it was given and after a while: only the first time it answered, then: no array any more",
    ]


def test_arrays_are_lent_again_with_other_numbers():
    lender = LentRule(rule_of(honest), Interrupts())
    lender._reusing = True
    first = lender.lend(S, "A")
    first.flags.writeable = False
    second, other = lender.lend(2 * S, "A"), lender.lend(S, "A_dot")
    first.shape = (4,)
    third, fourth = lender.lend(3 * S, "A"), lender.lend(np.float32(S), "A")
    lender._reusing = False
    assert second is first
    assert other is not first
    assert third is not first
    assert_array_equal(third, 3 * S)
    assert fourth.dtype == np.float32
    assert all(array.flags.writeable for array in (first, third, fourth))
    assert lender.lend(S, "A") is not third


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_copies_have_the_same_bits_and_alignment_and_share_nothing(dtype, n):
    array = np.asfortranarray(np.arange(n * n).reshape(n, n).astype(dtype))
    copy = handed_out(array, writable=False)
    assert copy.tolist() == array.tolist()
    assert copy.flags.c_contiguous
    assert n == 0 or copy.ctypes.data % 64 == 0
    assert not np.shares_memory(copy, array)


def test_a_copy_is_writable_only_when_asked():
    with pytest.raises(ValueError, match="read-only"):
        handed_out(np.eye(2), writable=False)[0, 0] = 2
    handed_out(np.eye(2), writable=True)[0, 0] = 2


def test_the_first_changed_entry_is_named_with_the_number_of_others():
    before = np.zeros((2, 2))
    after = before.copy()
    assert first_change(before, after) is None
    after[0, 1] = -0.0
    assert first_change(before, after) == "[0, 1] from 0.0 to -0.0"
    after[1] = 2.0
    assert first_change(before, after) == "[0, 1] from 0.0 to -0.0 and 2 more"
    assert "shape" in first_change(before, np.zeros(4))
