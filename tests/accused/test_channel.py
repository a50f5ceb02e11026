import os
import pickle
import struct
from fractions import Fraction

import numpy as np
import pytest

from eigcheck.accused.channel import GREETING, Batch, Channel, ChannelError, Done, Garbled, Loaded, NotLoaded
from eigcheck.model import Eigenpairs, Reply, Rule, Trouble
from tests.accused.support import E0, asked


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as r, os.fdopen(writer, "wb") as w:
        yield r, w


def sent(pipe, message, strict=True):
    reader, writer = pipe
    Channel(reader, writer, strict=strict).send(message)
    return Channel(reader, writer, strict=strict).receive()


@pytest.mark.parametrize(
    "message",
    [
        Done(3),
        NotLoaded("why"),
        Loaded((Rule("a/b", "eigvals"),)),
        Reply(trouble=Trouble("died", "m"), misconduct=(("dtype", "d"),), printed="p"),
    ],
)
def test_what_a_child_says_arrives(pipe, message):
    assert sent(pipe, message) == message


@pytest.mark.parametrize("array", [np.eye(2), np.zeros((0, 0)), np.eye(3)[::2], np.eye(2, order="F") + 1j])
def test_arrays_arrive_bit_by_bit(pipe, array):
    reply = sent(pipe, Reply(primal=Eigenpairs(array[0] if len(array) else array), answers=(array,)))
    assert reply.answers[0].tobytes() == array.tobytes()
    assert reply.answers[0].dtype == array.dtype


def test_questions_arrive_at_the_other_side(pipe):
    batch = sent(pipe, Batch(("a", "eigvals", "general", None), (asked(E0),), 1.0), strict=False)
    assert batch.calls[0].cotangents[0].values.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("thing", [Fraction(1, 2), os.getcwd, np.float64(1.0), Exception("x")])
def test_nothing_else_is_unpickled_from_a_child(pipe, thing):
    with pytest.raises(Garbled, match="it sent a"):
        sent(pipe, thing)


def test_code_in_a_pickle_does_not_run(pipe, tmp_path):
    class Attack:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "made"),))

    with pytest.raises(Garbled):
        sent(pipe, Attack())
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "data", [struct.pack(">Q", 3) + b"abc", b"\xff" * 20, struct.pack(">Q", 4) + pickle.dumps(1)[:4]]
)
def test_garbage_is_told_apart_from_an_end(pipe, data):
    reader, writer = pipe
    writer.write(data)
    writer.flush()
    with pytest.raises(Garbled):
        Channel(reader, writer, strict=True).receive()


@pytest.mark.parametrize("data", [b"", b"abc", struct.pack(">Q", 9) + b"abc"])
def test_an_end_within_a_message_is_an_end(pipe, data):
    reader, writer = pipe
    writer.write(data)
    writer.close()
    with pytest.raises(ChannelError) as caught:
        Channel(reader, writer, strict=True).receive()
    assert not isinstance(caught.value, Garbled)


def test_nobody_reads_any_more(pipe):
    reader, writer = pipe
    reader.close()
    with pytest.raises(ChannelError):
        Channel(reader, writer, strict=True).send(Done(1))
    with pytest.raises(OSError):  # what was left in the buffer has nowhere to go
        writer.close()


def test_what_comes_before_the_greeting_is_skipped(pipe):
    reader, writer = pipe
    writer.write(b"site says hello" + GREETING[:5])
    Channel(reader, writer, strict=False).greet()
    channel = Channel(reader, writer, strict=True)
    channel.await_greeting()
    channel.send(Done(1))
    assert channel.receive() == Done(1)
    writer.close()
    with pytest.raises(ChannelError):
        channel.await_greeting()
