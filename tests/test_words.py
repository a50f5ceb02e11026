"""One word or several, among those that there are."""

import numpy as np
import pytest

from eigcheck.errors import UsageError
from eigcheck.words import choices, one_of, some_of, words_of

KNOWN = ("red", "green")


def test_one_stands_for_several():
    assert choices("red") == ("red",)
    assert choices(3) == (3,)
    assert choices(range(2)) == (0, 1)
    assert choices(np.float32) == (np.float32,)


def test_each_word_comes_once():
    assert words_of(["green", "red", "green"], KNOWN, "colour") == ("green", "red")
    assert words_of((), KNOWN, "colour") == ()
    assert some_of("red", KNOWN, "colour") == ("red",)


def test_what_there_is_not_is_answered_with_what_there_is():
    for ask, given in ((one_of, "blue"), (words_of, "blue"), (some_of, ("red", "blue"))):
        with pytest.raises(UsageError, match="unknown colour 'blue'; there are red, green"):
            ask(given, KNOWN, "colour")
    with pytest.raises(UsageError, match="no colour is named; there are red, green"):
        some_of([], KNOWN, "colour")
