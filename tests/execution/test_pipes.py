import os
import threading

import pytest

from eigcheck.execution.pipes import Reading, Writing

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes cannot be waited for here")


@pytest.fixture
def pipe():
    read, write = os.pipe()
    yield read, write
    for end in (read, write):
        os.close(end)


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
    writer = threading.Thread(target=Writing(write, lambda: False).write, args=(data,), daemon=True)
    writer.start()
    reading, came = Reading(read, lambda: False), b""
    while len(came) < len(data):
        came += reading.read(1 << 16)
    writer.join()
    assert came == data


def test_nobody_reads_any_more(pipe):
    _, write = pipe
    with pytest.raises(BrokenPipeError):
        Writing(write, lambda: True).write(b"x" * (1 << 20))
