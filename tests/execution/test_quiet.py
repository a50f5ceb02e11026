import gc
import os
import signal
import sys
import threading
from contextlib import contextmanager

import pytest

from eigcheck.execution.quiet import PRINTED_LIMIT, cut, noticed, quietly


def test_what_is_printed_is_cut_at_the_limit_and_says_how_much_is_missing():
    with quietly() as (printed, _):
        for _ in range(10):
            print("x" * 999)
    text = printed.taken()
    assert text.startswith("x" * 999 + "\n")
    assert text.endswith(f"... ({10_000 - PRINTED_LIMIT} bytes more)")
    assert len(text) < PRINTED_LIMIT + 40


def test_text_that_is_no_text_is_kept_readable():
    with quietly() as (printed, _):
        sys.stdout.buffer.write(b"\xff")
        print("\udc80")
    assert printed.taken() == "\ufffd\\udc80\n"
    assert cut(b"", 0) == ""


def test_a_closed_or_replaced_stream_does_no_harm(capsys):
    before = sys.stdout, sys.stderr
    with quietly() as (printed, _):
        print("heard")
        sys.stdout.close()
        sys.stderr = None
    assert (sys.stdout, sys.stderr) == before
    assert printed.taken() == "heard\n"


def test_ctrl_c_is_seen_and_raised_even_if_it_was_swallowed():
    handler = signal.getsignal(signal.SIGINT)
    seen = []

    def swallowing():
        with quietly() as (_, interrupts):
            try:
                os.kill(os.getpid(), signal.SIGINT)
                threading.Event().wait(10)
            except KeyboardInterrupt:
                seen.append(interrupts.pressed)

    with pytest.raises(KeyboardInterrupt):
        swallowing()
    assert seen == [True]
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_handler_that_the_rule_installed_is_undone():
    handler = signal.getsignal(signal.SIGINT)
    with quietly() as (_, interrupts):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert signal.getsignal(signal.SIGINT) is handler
    assert not interrupts.pressed


def test_it_works_in_other_threads():
    texts = []

    def work(number):
        for _ in range(20):
            with quietly() as (printed, _):
                print(number, end="")
            texts.append((number, printed.taken()))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    before = sys.stdout
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 80
    assert all(text == str(number) for number, text in texts)
    assert sys.stdout is before


@contextmanager
def after_garbage(callback):
    """The interpreter calls it before and after each collection, and swallows what it raises."""
    gc.callbacks.append(callback)
    try:
        yield
    finally:
        gc.callbacks.remove(callback)


def test_a_ctrl_c_that_the_interpreter_swallows_is_noticed_and_not_told_of(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(lost.exc_type))
    with noticed() as interrupts, after_garbage(lambda *_: signal.raise_signal(signal.SIGINT)):
        gc.collect()
    assert interrupts.pressed
    assert told == []
    with noticed(), after_garbage(lambda *_: 1 / 0):
        gc.collect()
    assert set(told) == {ZeroDivisionError}


def test_one_that_nobody_pressed_is_told_of(monkeypatch):
    def raised(*_):
        raise KeyboardInterrupt

    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(lost.exc_type))
    with noticed() as interrupts, after_garbage(raised):
        gc.collect()
    assert not interrupts.pressed
    assert set(told) == {KeyboardInterrupt}
