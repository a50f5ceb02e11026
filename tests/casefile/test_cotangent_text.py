import pytest

from eigcheck.casefile import parse_cotangent
from eigcheck.errors import UsageError
from eigcheck.model import CotangentSpec


def parsed(text, function="eigvals", n=2):
    return parse_cotangent(text, function=function, n=n, dtype="float64")


def test_words_and_yaml():
    assert parsed("basis") == CotangentSpec("basis")
    assert parsed("{values: [1, 0]}").values.tolist() == [1, 0]
    assert parsed("{loss: trace-power, power: 2}").power == 2
    assert parsed("{kind: random, of: vectors}", "eig").of == ("vectors",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing is written"),
        ("bsis", "did you mean basis"),
        ("{values: [1]}", "1 values"),
        ("{values: [1, x]}", "not a number"),
        ("{values: [1,", "not YAML"),
        ("basis\nmatrix: [[1]]", "not one value"),
        ("{vectors: [[1, 0], [0, 1]]}", "no vectors"),
    ],
)
def test_mistakes(text, message):
    with pytest.raises(UsageError, match=message):
        parsed(text)
