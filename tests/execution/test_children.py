import numpy as np
import pytest

from eigcheck.errors import RuleError
from eigcheck.execution import children as children_module
from eigcheck.execution.children import Children
from eigcheck.execution.loads import Load
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
        homes = {rule: children.ask(rule, [ReverseCall(A)])[0].primal.values[0] for rule in rules.values()}
        assert len(set(homes.values())) == 3
        for rule, home in homes.items():
            (reply,) = children.ask(rule, [ForwardCall(A, A[None])])
            assert reply.answers[0].values[0] == home


def test_a_name_of_a_framework_cannot_be_taken(modules):
    with (
        Children([str(modules / "thief.py"), adapter("one")]) as children,
        pytest.raises(RuleError, match="'one/rule' is a framework's"),
    ):
        children.rules()


OWN = """
import os
import numpy as np
from eigcheck import rule

@rule("{name}", function="eigvals")
def rrule(A):
    return np.full(len(A), float(os.getpid())), lambda bar: 0 * A
"""
VANDAL = """
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name == "wave":
            raise ImportError

sys.meta_path.insert(0, Refusing())
sys.setrecursionlimit(200)
np.linalg.eig = np.linalg.eigvals = lambda A: 1 / 0
np.seterr(all="raise")
"""
HONEST = """
import numpy as np
from eigcheck import rule

@rule("honest/rule", function="eigvals")
def rrule(A):
    import wave  # which nobody has imported yet
    def down(k):
        return k and down(k - 1)
    down(500)
    values, vectors = np.linalg.eig(A)
    return values, lambda bar: 0 * A
"""


def wrote(folder, name, text):
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


def asked_of(children, name):
    (rule,) = [rule for rule in children.rules() if rule.name == name]
    return children.ask(rule, [ReverseCall(np.diag([2.0, 1.0]))])[0]


def awake(children):
    return [child for child in children._children.values() if child._process is not None]


def test_one_file_changes_nothing_for_the_rules_of_another(tmp_path):
    loads = [wrote(tmp_path, "vandal", OWN.format(name="vandal/rule") + VANDAL), wrote(tmp_path, "honest", HONEST)]
    for order in (loads, loads[::-1]):
        with Children(order) as children:
            reply = asked_of(children, "honest/rule")
            assert reply.trouble is None
            assert reply.primal.values.tolist() == [2.0, 1.0]


def test_a_file_is_loaded_once_however_it_is_called(tmp_path, monkeypatch):
    path = wrote(tmp_path, "own", OWN.format(name="own/rule"))
    monkeypatch.chdir(tmp_path)
    with Children([path, path, "own.py", "./own.py"]) as children:
        assert [rule.name for rule in children.rules()] == ["own/rule"]


def test_what_one_module_imports_of_another_is_there_once(tmp_path, monkeypatch):
    wrote(tmp_path, "first_of_two", OWN.format(name="alpha/rule"))
    wrote(tmp_path, "second_of_two", "import first_of_two\n" + OWN.format(name="beta/rule"))
    monkeypatch.syspath_prepend(str(tmp_path))
    both = ["first_of_two", "second_of_two"]
    for order in (both, both[::-1]):
        with Children(order) as children:
            assert sorted(rule.name for rule in children.rules()) == ["alpha/rule", "beta/rule"]
    packages = [Load(module, "entry point", prefix=name) for module, name in zip(both, ("alpha", "beta"), strict=True)]
    with Children(packages) as children:
        assert [rule.name for rule in children.rules()] == ["alpha/rule", "beta/rule"]


def test_two_rules_of_one_key_are_an_error(tmp_path):
    loads = [wrote(tmp_path, name, OWN.format(name="own/rule")) for name in ("one", "two")]
    with Children(loads) as children, pytest.raises(RuleError) as caught:
        children.rules()
    assert str(caught.value) == (
        f"--load {loads[1]}: the rule 'own/rule' for eigvals on general is already there, from --load {loads[0]}."
        " Load it once, or give one of them another name."
    )


def test_no_more_processes_are_kept_than_there_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(children_module, "MOST_AWAKE", 2)
    loads = [wrote(tmp_path, f"own{k}", OWN.format(name=f"own/{k}")) for k in range(4)]
    with Children(loads) as children:
        assert len(children.rules()) == 4
        assert len(awake(children)) == 2
        pids = [asked_of(children, f"own/{k}").primal.values[0] for k in (0, 0, 1, 0, 2, 0)]
        assert len(awake(children)) == 2
        assert len(set(pids[:2] + pids[3:4] + pids[5:])) == 1  # the one in use stays


def test_another_process_starts_only_what_it_needs(tmp_path):
    loads = [wrote(tmp_path, f"own{k}", OWN.format(name=f"own/{k}")) for k in range(3)]
    with Children(loads) as children:
        rules = children.rules()
        homes = children.homes
    with Children(loads, homes=homes) as children:
        (reply,) = children.ask(rules[1], [ReverseCall(np.eye(2))])
        assert reply.trouble is None
        assert len(awake(children)) == 1
