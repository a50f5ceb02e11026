import functools
import os
import unittest
from pathlib import Path

import numpy as np

from eigcheck.execution import blame as blame_module
from eigcheck.execution.blame import blame, exception_text, is_library, is_ours
from tests.execution.support import rule_of


def caught(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def rule_that_fails_inside_numpy(A):
    return np.linalg.inv(np.zeros((2, 3)))


def test_the_line_is_in_the_rules_own_file_not_in_numpy():
    error = caught(rule_that_fails_inside_numpy, None)
    line = rule_that_fails_inside_numpy.__code__.co_firstlineno + 1
    text = blame(error, rule_of(rule_that_fails_inside_numpy))
    assert text.startswith("LinAlgError: ")
    assert text.endswith(f"test_blame.py:{line})")


def test_without_the_rules_file_the_innermost_line_of_the_users_code_is_taken():
    error = caught(rule_that_fails_inside_numpy, None)
    text = blame(error, rule_of(len))
    assert "test_blame.py:" in text


def test_an_object_that_a_library_calls_is_blamed_on_its_own_lines():
    class Called(unittest.TestCase):
        def run(self, A):
            return np.linalg.inv(A)

    called = Called()
    error = caught(called, np.zeros((2, 3)))
    assert blame(error, rule_of(called)).endswith(f"test_blame.py:{Called.run.__code__.co_firstlineno + 1})")


def test_a_package_whose_name_begins_as_ours_is_not_ours():
    ours, library = (Path(module.__file__).parent for module in (blame_module, functools))
    assert is_ours(str(ours / "blame.py"))
    assert not is_ours(f"{ours}_mine{os.sep}rules.py")
    assert is_library(str(library / "functools.py"))
    assert not is_library(f"{library}-mine{os.sep}rules.py")


def test_a_call_that_never_began_is_blamed_on_the_definition():
    rule = rule_of(lambda: None)
    error = TypeError("takes 0 arguments")
    assert f"test_blame.py:{rule.rrule.__code__.co_firstlineno})" in blame(error, rule)
    assert blame(error, rule_of(len)) == "TypeError: takes 0 arguments"


def test_wrapped_partial_and_callable_objects_lead_to_their_code():
    class Callable:
        def __call__(self, A):
            return A

    @functools.wraps(rule_that_fails_inside_numpy)
    def wrapped(A):
        return A

    for rrule in (Callable(), functools.partial(wrapped, 1), wrapped):
        assert "test_blame.py" in blame(TypeError("x"), rule_of(rrule))


def test_hostile_attributes_are_no_obstacle():
    class Hostile:
        def __getattribute__(self, name):
            raise RuntimeError(name)

    assert blame(ValueError("v"), rule_of(Hostile())).startswith("ValueError: v")


def test_messages_that_cannot_be_shown_or_are_too_long_are_cut():
    class Mute(Exception):
        def __str__(self):
            raise KeyboardInterrupt

    assert exception_text(Mute()) == "Mute: (its message cannot be shown)"
    assert exception_text(KeyError()) == "KeyError"
    assert len(exception_text(ValueError("x" * 10**6))) < 1100
