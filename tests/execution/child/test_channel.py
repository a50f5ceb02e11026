import os
import struct
import tracemalloc

import pytest

from eigcheck.execution.child.channel import GREETING, Channel, Room
from eigcheck.execution.pipes import EndOfPipe, Reading, Unreadable, Writing

ROOM = Room(1 << 12, 1 << 12)


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as r, os.fdopen(writer, "wb") as w:
        yield r, w


def channel(pipe):
    reader, writer = pipe
    return Channel(Reading(reader.fileno()), Writing(writer.fileno()))


def receiving(pipe):
    return Channel(Reading(pipe[0].fileno()), None)


def frame(text, numbers=b"", lengths=None):
    return struct.pack("<QQ", *(lengths or (len(text), len(numbers)))) + text + numbers


def heard(pipe, data):
    _, writer = pipe
    writer.write(data)
    writer.close()
    return receiving(pipe).receive(ROOM)


@pytest.mark.parametrize("message", [(b"words", b"numbers"), (b"", b""), (b"", b"\0" * 4096), (b"w" * 4096, b"")])
def test_what_is_said_arrives(pipe, message):
    channel(pipe).send(*message)
    channel(pipe).send(b"more")
    assert channel(pipe).receive(ROOM) == message
    assert channel(pipe).receive() == (b"more", b"")


def test_garbage_is_told_apart_from_an_end(pipe):
    with pytest.raises(Unreadable, match="it sent what is no message"):
        heard(pipe, b"\xff" * 64)


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
        both.send(b"why")


def test_what_comes_before_the_greeting_is_skipped(pipe):
    _, writer = pipe
    writer.write(b"site says hello" + GREETING[:5])
    writer.flush()
    channel(pipe).greet()
    channel(pipe).await_greeting()
    channel(pipe).send(b"why")
    assert channel(pipe).receive(ROOM) == (b"why", b"")
    writer.close()
    with pytest.raises(EndOfPipe):
        receiving(pipe).await_greeting()


def test_a_greeting_is_not_waited_for_without_end():
    class Endless:
        def read(self, count):
            return b"x" * count

    with pytest.raises(Unreadable, match="did not end"):
        Channel(Endless(), None).await_greeting()
