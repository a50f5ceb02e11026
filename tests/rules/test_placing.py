import pytest

from eigcheck.rules.placing import device, on


def test_calls_are_for_the_cpu_unless_said_otherwise():
    assert device() == "cpu"
    with on("cuda"):
        assert device() == "cuda"
        with on("cpu"):
            assert device() == "cpu"
        assert device() == "cuda"
    assert device() == "cpu"


def test_an_error_leaves_no_device_behind():
    with pytest.raises(ZeroDivisionError), on("cuda"):
        raise ZeroDivisionError
    assert device() == "cpu"
