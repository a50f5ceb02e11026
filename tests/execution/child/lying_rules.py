"""Rules that speak for their process: each sends what is no answer, in the place of its answer or before it."""

import base64
import gc
import io
import json
import os
import sys

import numpy as np

from eigcheck.rules.registry import rule

LIES = {}


def array(count, code="<f8"):
    return [code, base64.b64encode(b"\0" * count).decode()]


HONEST = {"primal": [array(16)], "answers": [[array(32)]], "trouble": None, "misconduct": [], "printed": ""}


def lie(function):
    LIES[function.__name__] = function
    return function


def pipe():
    """Our end of the pipe to the parent, as a rule can find it."""
    return next(one for one in gc.get_objects() if isinstance(one, io.BufferedWriter))


def raw(data):
    pipe().write(data)
    pipe().flush()


def line(data):
    raw((data if isinstance(data, bytes) else json.dumps(data).encode()) + b"\n")


def number_at_hand():
    """That of the call, as a rule can find it."""
    seen = sys._getframe()
    while seen.f_code.co_name != "serve":
        seen = seen.f_back
    return seen.f_locals["number"]


def answered(**more):
    line(HONEST | {"to": number_at_hand()} | more)


@lie
def half_of_the_numbers():
    raw(json.dumps({"to": number_at_hand()} | HONEST).encode().partition(b'AA"')[0])
    os._exit(0)


@lie
def pickled():
    import pickle

    line(pickle.dumps(np.eye(2)))


@lie
def half_a_line():
    raw(b'{"to":')
    os._exit(0)


@lie
def endless_message():
    long = {"exception": "x" * 30_000}
    answered(primal=None, answers=[long], trouble=long)


@lie
def every_pipe():
    for number in range(3, 64):
        try:
            os.write(number, b"\xff" * 64)
        except OSError:
            continue


@lie
def another_write():
    pipe().write = os.write


@lie
def copies():
    if os.fork() == 0:
        raw(b"\xff" * 64)
        os._exit(0)
    os.wait()


@lie
def floods():
    while True:
        raw(b"x" * (1 << 20))


LIES |= {
    "huge_line": lambda: raw(b"x" * (64 << 20)),
    "huge_numbers": lambda: answered(answers=[[array(32 << 20)]]),
    "a_shape_of_its_own": lambda: answered(answers=[["<f8", [1 << 30, 1 << 30]]]),
    "many_arrays": lambda: answered(answers=[[["<f8", ""]] * 100_000]),
    "objects": lambda: answered(answers=[[array(32, "|O")]]),
    "no_numbers": lambda: answered(answers=[[array(0)]]),
    "too_many_numbers": lambda: answered(answers=[[array(33)]]),
    "no_base64": lambda: answered(answers=[[["<f8", "\U0001f600"]]]),
    "deep": lambda: line(b"[" * 100_000 + b"]" * 100_000),
    "many_lists": lambda: line(b"[" + b"[]," * 200_000 + b"[]]"),
    "no_json": lambda: line(b"\xff\xfe\x00junk"),
    "doubled_keys": lambda: line(b'{"to": 1, "to": 2}'),
    "another_call": lambda: answered(to=number_at_hand() + 7),
    "another_batch": lambda: answered(to=10**30),
    "no_answers": lambda: answered(answers=[]),
    "many_answers": lambda: answered(answers=[[array(32)]] * 1000),
    "unknown_trouble": lambda: answered(primal=None, answers=[{"internal": "m"}], trouble={"internal": "m"}),
    "unknown_finding": lambda: answered(misconduct=[["proved", "m"]]),
    "no_primal": lambda: answered(primal=None),
    "vectors_of_values": lambda: answered(primal=[array(16), array(32)]),
    "tangents_of_a_pullback": lambda: answered(answers=[[array(16), array(32)]]),
    "rules_again": lambda: line({"rules": []}),
    "greeting_again": lambda: raw(b"\0eigcheck-worker\n" * 4),
    "closed_pipes": lambda: os.closerange(3, 256),
}


def honest(A):
    return np.diagonal(A).copy(), lambda bar: np.diag(bar)


rule("lying/none", function="eigvals")(honest)


def lying(tell):
    def rrule(A):
        tell()
        return honest(A)

    return rrule


for name, tell in LIES.items():
    rule(f"lying/{name}", function="eigvals")(lying(tell))


@rule("lying/surrogates", function="eigvals")
def surrogates(A):
    print("\x1b]0;title\x07\u202e")
    raise ValueError("\ud800\x1b[2J\u202e\0")
