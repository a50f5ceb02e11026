import os

import pytest

from eigcheck.execution.external.lines import EndOfLines, Lines, TooLong
from eigcheck.execution.pipes import Reading


@pytest.fixture
def pipe():
    read, write = os.pipe()
    yield Lines(Reading(read, lambda: False)), write
    for end in (read, write):
        try:
            os.close(end)
        except OSError:
            assert end == write  # a test closes its own end only


def test_lines_come_one_by_one(pipe):
    lines, write = pipe
    os.write(write, b"one\ntwo\r\n\nthree")
    assert [lines.next(10), lines.next(10), lines.next(10)] == [b"one", b"two", b""]
    os.close(write)
    with pytest.raises(EndOfLines) as caught:
        lines.next(10)
    assert caught.value.left == b"three"


def test_a_long_line_is_not_held(pipe):
    lines, write = pipe
    os.write(write, b"x" * 60000)
    with pytest.raises(TooLong) as caught:
        lines.next(1000)
    assert caught.value.start == b"x" * 200


def test_a_line_over_the_limit_is_refused_though_it_ends(pipe):
    lines, write = pipe
    os.write(write, b"12345\n")
    with pytest.raises(TooLong):
        lines.next(4)


def test_a_line_may_be_as_long_as_the_limit(pipe):
    lines, write = pipe
    os.write(write, b"1234\n")
    assert lines.next(4) == b"1234"


@pytest.mark.skipif(os.name != "posix", reason="pipes cannot be waited for here")
def test_what_nobody_asked_for(pipe):
    lines, write = pipe
    assert lines.unasked() == b""
    os.write(write, b"one\ntwo")
    assert lines.next(10) == b"one"
    assert lines.unasked() == b"two"
