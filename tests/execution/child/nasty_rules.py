"""Rules that do everything a rule must not do, to be loaded with --load. Each is named after its vice."""

import ctypes
import itertools
import os
import re
import signal
import sys
import time

import numpy as np

from eigcheck.rules.registry import rule

print("printed on import")
calls = itertools.count()


def honest(A):
    values, vectors = np.linalg.eig(A)
    left = np.linalg.inv(vectors).conj().T

    def pullback(values_bar):
        gradient = (left * values_bar) @ vectors.conj().T
        return gradient.real if np.isrealobj(A) else gradient

    return values, pullback


def pushed(A, A_dot):
    _, vectors = np.linalg.eig(A)
    return np.diagonal(np.linalg.inv(vectors) @ A_dot @ vectors)


rule("nasty/none", function="eigvals", pushforward=pushed)(honest)


@rule("nasty/prints", function="eigvals")
def prints(A):
    print("from Python")
    print("to standard error", file=sys.stderr)
    os.write(1, b"from below\n")
    os.write(2, b"\xff\x1b[31m")
    return honest(A)


@rule("nasty/talks", function="eigvals")
def talks(A):
    for _ in range(1000):
        print("x" * 1000)
    return honest(A)


@rule("nasty/floods", function="eigvals")
def floods(A):
    for _ in range(100):
        os.write(1, b"x" * (1 << 20))
    time.sleep(600)


@rule("nasty/raises", function="eigvals")
def raises(A):
    raise ArithmeticError("no luck today")


@rule("nasty/exits", function="eigvals")
def exits(A):
    sys.exit(0)


@rule("nasty/interrupts", function="eigvals")
def interrupts(A):
    raise KeyboardInterrupt


@rule("nasty/unprintable", function="eigvals")
def unprintable(A):
    class Worse(Exception):
        def __str__(self):
            raise RuntimeError("not even this")

    raise Worse


@rule("nasty/sleeps", function="eigvals")
def sleeps(A):
    time.sleep(600)


@rule("nasty/busy", function="eigvals")
def busy(A):
    re.match("(a+)+$", "a" * 60 + "b")  # exponential, in C, without letting go of the interpreter lock


@rule("nasty/stubborn", function="eigvals")
def stubborn(A):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            time.sleep(600)
        except BaseException:
            continue


@rule("nasty/leaves", function="eigvals")
def leaves(A):
    print("last words")
    os._exit(0)


@rule("nasty/leaves-sometimes", function="eigvals")
def leaves_sometimes(A):
    if A[0, 0] == 3.0:
        os._exit(3)
    return honest(A)


@rule("nasty/crashes", function="eigvals")
def crashes(A):
    os.kill(os.getpid(), signal.SIGSEGV)


@rule("nasty/crashes-below", function="eigvals")
def crashes_below(A):
    ctypes.string_at(0)


@rule("nasty/closes", function="eigvals")
def closes(A):
    os.closerange(3, 256)
    return honest(A)


@rule("nasty/closes-output", function="eigvals")
def closes_output(A):
    sys.stdout.close()
    os.close(1)
    return honest(A)


@rule("nasty/forks", function="eigvals")
def forks(A):
    os.fork()  # two processes return from here
    return honest(A)


@rule("nasty/writes-to-every-pipe", function="eigvals")
def writes_to_every_pipe(A):
    for number in range(3, 64):
        try:
            os.write(number, b"\0" * 7 + b"\4junk")
        except OSError:
            continue
    return honest(A)


@rule("nasty/huge", function="eigvals")
def huge(A):
    values, _ = honest(A)
    return values, lambda values_bar: np.broadcast_to(0.0, (1 << 20, 1 << 20))


@rule("nasty/unpicklable", function="eigvals")
def unpicklable(A):
    values, _ = honest(A)
    return values, lambda values_bar: lambda: values_bar


class Spy(np.ndarray):
    """An array that another process could only unpickle with this module."""


@rule("nasty/subclass", function="eigvals")
def subclass(A):
    values, pullback = honest(A)
    return values.view(Spy), lambda values_bar: pullback(values_bar).view(Spy)


@rule("nasty/random", function="eigvals")
def random(A):
    values, pullback = honest(A)
    return values, lambda values_bar: pullback(values_bar) + np.random.default_rng().normal()


@rule("nasty/counts", function="eigvals")
def counts(A):
    values, pullback = honest(A)
    return values + 1e-9 * next(calls), pullback


@rule("nasty/threads", function="eigvals")
def threads(A):
    from threadpoolctl import threadpool_info

    values, pullback = honest(A)
    return values + max((pool["num_threads"] for pool in threadpool_info()), default=1), pullback


@rule("nasty/wanders", function="eigvals")
def wanders(A):
    os.chdir("/")
    return honest(A)


@rule("nasty/where", function="eigvals")
def where(A):
    print(os.getcwd())
    return honest(A)
