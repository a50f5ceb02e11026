import os
import threading

import pytest

from eigcheck.execution.pipes import EndOfPipe, Reading, Unreadable
from eigcheck.execution.pipes import write as send

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes cannot be waited for here")


@pytest.fixture
def pipe():
    read, write = os.pipe()
    yield read, write
    for end in (read, write):
        try:
            os.close(end)
        except OSError:
            assert end == write  # a test closes its own end only


def test_the_end_of_a_process_is_the_end_of_its_pipe_whoever_holds_it(pipe):
    read, write = pipe
    ended = threading.Event()
    reading = Reading(read, ended.is_set)
    os.write(write, b"last words")
    ended.set()
    assert reading.read(4) == b"last"
    assert reading.read(100) == b" words"
    assert reading.read(100) == b""


def test_what_is_silent_is_waited_for(pipe):
    read, write = pipe
    looks = []

    def gone():
        looks.append(None)
        if len(looks) == 2:
            os.write(write, b"late")
        return False

    assert Reading(read, gone).read(100) == b"late"
    assert len(looks) == 2


def test_what_came_while_we_looked_is_not_lost(pipe):
    read, write = pipe

    def gone():
        os.write(write, b"just before the end")
        return True

    assert Reading(read, gone).read(100) == b"just before the end"


def test_whether_there_is_something(pipe):
    read, write = pipe
    reading = Reading(read, lambda: False)
    assert not reading.ready()
    os.write(write, b"x")
    assert reading.ready()


def test_more_than_a_pipe_holds_is_written_as_it_is_read(pipe):
    read, write = pipe
    data = os.urandom(1 << 20)
    writer = threading.Thread(target=send, args=(write, data, lambda: False), daemon=True)
    writer.start()
    reading, came = Reading(read, lambda: False), b""
    while len(came) < len(data):
        came += reading.read(1 << 16)
    writer.join()
    assert came == data


def test_nobody_reads_any_more(pipe):
    _, write = pipe
    with pytest.raises(EndOfPipe):
        send(write, b"x" * (1 << 20), lambda: True)


def test_lines_come_one_by_one(pipe):
    read, write = pipe
    reading = Reading(read, lambda: False)
    os.write(write, b"one\ntwo\r\n\nthree")
    assert [reading.line(10), reading.line(10), reading.line(10)] == [b"one", b"two", b""]
    os.close(write)
    with pytest.raises(EndOfPipe) as caught:
        reading.line(10)
    assert caught.value.left == b"three"


def test_a_long_line_is_not_held(pipe):
    read, write = pipe
    os.write(write, b"x" * 60000)
    with pytest.raises(Unreadable, match=f"too long to be the answer, beginning '{'x' * 80}'...$"):
        Reading(read, lambda: False).line(1000)


def test_a_line_over_the_limit_is_refused_though_it_ends(pipe):
    read, write = pipe
    os.write(write, b"12345\n")
    with pytest.raises(Unreadable, match="too long"):
        Reading(read, lambda: False).line(4)


def test_a_line_may_be_as_long_as_the_limit(pipe):
    read, write = pipe
    os.write(write, b"1234\n")
    assert Reading(read, lambda: False).line(4) == b"1234"


def test_what_nobody_asked_for(pipe):
    read, write = pipe
    reading = Reading(read, lambda: False)
    assert reading.unasked() == b""
    os.write(write, b"one\ntwo")
    assert reading.line(10) == b"one"
    assert reading.unasked() == b"two"
