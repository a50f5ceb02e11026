import numpy as np
import pytest

from eigcheck.accused.children import Children
from eigcheck.accused.loads import Load
from eigcheck.errors import RuleError
from eigcheck.model import ForwardCall, ReverseCall

MODULE = """
import os
import numpy as np
from eigcheck import rule

def register():
    @rule("{name}", function="eigvals", pushforward=lambda A, A_dot: np.full(len(A), float(os.getpid())))
    def rrule(A):
        return np.full(len(A), float(os.getpid())), lambda bar: 0 * A
"""


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """Two stand-ins for adapters, importable in child processes, and a user's own file."""
    (tmp_path / "one_adapter.py").write_text(MODULE.format(name="one/rule"), encoding="utf-8")
    (tmp_path / "two_adapter.py").write_text(MODULE.format(name="two/rule"), encoding="utf-8")
    (tmp_path / "own.py").write_text(MODULE.format(name="own/rule") + "\nregister()\n", encoding="utf-8")
    (tmp_path / "thief.py").write_text(MODULE.format(name="one/rule") + "\nregister()\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def adapter(name):
    return Load(f"{name}_adapter", "the adapter", prefix=name, by_name=True)


def test_each_framework_has_a_process_of_its_own(modules):
    with Children([str(modules / "own.py"), adapter("one"), adapter("two")]) as children:
        rules = {rule.name: rule for rule in children.rules()}
        assert {name: rule.by_name for name, rule in rules.items()} == {
            "own/rule": False,
            "one/rule": True,
            "two/rule": True,
        }
        A = np.eye(2)
        homes = {rule: children.reverse(rule, [ReverseCall(A)])[0].primal.values[0] for rule in rules.values()}
        assert len(set(homes.values())) == 3
        for rule, home in homes.items():
            (reply,) = children.forward(rule, [ForwardCall(A, A[None])])
            assert reply.answers[0].values[0] == home


def test_a_name_of_a_framework_cannot_be_taken(modules):
    with (
        Children([str(modules / "thief.py"), adapter("one")]) as children,
        pytest.raises(RuleError, match="'one/rule' is a framework's"),
    ):
        children.rules()
