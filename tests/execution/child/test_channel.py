import os
import struct
import tracemalloc

import pytest

from eigcheck.execution.child.channel import GREETING, Answer, Batch, Channel, Loaded, NotLoaded, Room
from eigcheck.execution.loads import Load
from eigcheck.execution.pipes import EndOfPipe, Reading, Unreadable, Writing
from eigcheck.model import Reply, Rule, Trouble
from tests.execution.support import E0, asked

FROM_CHILD = (Answer, Loaded, NotLoaded)
ROOM = Room(1 << 12, 1 << 12)


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as r, os.fdopen(writer, "wb") as w:
        yield r, w


def channel(pipe, kinds=FROM_CHILD):
    reader, writer = pipe
    return Channel(Reading(reader.fileno()), Writing(writer.fileno()), kinds)


def receiving(pipe):
    return Channel(Reading(pipe[0].fileno()), None, FROM_CHILD)


def frame(text, numbers=b"", lengths=None):
    return struct.pack("<QQ", *(lengths or (len(text), len(numbers)))) + text + numbers


def heard(pipe, data):
    _, writer = pipe
    writer.write(data)
    writer.close()
    return receiving(pipe).receive(ROOM)


@pytest.mark.parametrize(
    "message",
    [
        NotLoaded("why"),
        Loaded((Rule("a/b", "eigvals"),), ("mine.py:1",)),
        Answer(1, 2, Reply(trouble=Trouble("died", "m"), misconduct=(("dtype", "d"),), printed="p")),
    ],
)
def test_what_a_child_says_arrives(pipe, message):
    channel(pipe).send(message)
    assert channel(pipe).receive(ROOM) == message


def test_questions_arrive_at_the_other_side(pipe):
    channel(pipe).send(Batch(7, ("a", "eigvals", "general", None), (asked(E0),), 1.0))
    batch = channel(pipe, (Load, Batch)).receive()
    assert batch.calls[0].cotangents[0].values.tolist() == [1.0, 0.0]
    assert (batch.number, batch.key, batch.limit) == (7, ("a", "eigvals", "general", None), 1.0)


def test_a_child_asks_nothing(pipe):
    channel(pipe).send(Batch(1, ("a", "eigvals", "general", None), (), 1.0))
    with pytest.raises(Unreadable, match="begins with 'Batch'"):
        channel(pipe).receive(ROOM)


@pytest.mark.parametrize(
    "data",
    [
        frame(b"abc"),
        frame(b'["NotLoaded"]'),
        frame(b'["NotLoaded","why"]', b"beside"),
        frame(b"[" * 4000),
        frame(b"[" * 2000 + b"]" * 2000),
        frame(b'["NotLoaded","\xff"]'),
        frame(b'"x"\0'.decode().encode("utf-16")),
        frame(b"", b""),
        frame(b"1" * 4096),
        b"\xff" * 64,
    ],
)
def test_garbage_is_told_apart_from_an_end(pipe, data):
    with pytest.raises(Unreadable, match=r"it sent what is no message|numbers of no array"):
        heard(pipe, data)


@pytest.mark.parametrize(
    "lengths", [(4097, 0), (0, 4097), (1 << 39, 0), (16, 1 << 39), (1 << 63, 1 << 63), (2**64 - 1, 0)]
)
def test_a_length_is_looked_at_before_anything_is_read(pipe, lengths):
    data = frame(b"x" * 32768, lengths=lengths)
    tracemalloc.start()
    with pytest.raises(Unreadable, match="longer than any answer"):
        heard(pipe, data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("data", [b"", b"abc", frame(b"abc", lengths=(9, 0)), frame(b"abc", b"x", lengths=(3, 9))])
def test_an_end_within_a_message_is_an_end(pipe, data):
    with pytest.raises(EndOfPipe):
        heard(pipe, data)


def test_nobody_reads_any_more(pipe):
    reader, _ = pipe
    both = channel(pipe)
    reader.close()
    with pytest.raises(EndOfPipe):
        both.send(NotLoaded("why"))


def test_what_comes_before_the_greeting_is_skipped(pipe):
    _, writer = pipe
    writer.write(b"site says hello" + GREETING[:5])
    writer.flush()
    channel(pipe).greet()
    channel(pipe).await_greeting()
    channel(pipe).send(NotLoaded("why"))
    assert channel(pipe).receive(ROOM) == NotLoaded("why")
    writer.close()
    with pytest.raises(EndOfPipe):
        receiving(pipe).await_greeting()


def test_a_greeting_is_not_waited_for_without_end():
    class Endless:
        def read(self, count):
            return b"x" * count

    with pytest.raises(Unreadable, match="did not end"):
        Channel(Endless(), None, FROM_CHILD).await_greeting()
