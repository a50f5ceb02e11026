import importlib
import sys

import numpy as np
import pytest

from eigcheck.errors import RuleError
from eigcheck.execution import router as router_module
from eigcheck.execution.external.runner import Command
from eigcheck.execution.loads import Load, callable_load
from eigcheck.execution.router import Router, RuleSources
from eigcheck.model import ForwardCall, ReverseCall, Rule
from tests.execution.external.support import E0, GENEROUS, S, asked, command, script
from tests.execution.support import honest, rule_of
from tests.registering import registering

TWO = Command(command("honest_worker.py"), GENEROUS, GENEROUS)
OTHER = """
import json, sys
rule = {"name": "%s", "function": "eigvals"}
print(json.dumps({"protocol": "eigcheck-worker/1", "name": "w", "rules": [rule]}), flush=True)
for line in sys.stdin:
    message = json.loads(line)
    if message["request"] == "shutdown":
        break
    items = [{"error": {"message": "other"}} for _ in message["items"]]
    print(json.dumps({"id": message["id"], "items": items}), flush=True)
"""

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


def test_a_rule_says_where_its_code_is(modules):
    with Router(RuleSources((str(modules / "own.py"),))) as router:
        (rule,) = router.rules()
    assert rule.place is not None
    assert rule.place.file == str(modules / "own.py")
    assert "own/rule" in (modules / "own.py").read_text(encoding="utf-8").splitlines()[rule.place.line - 1]


def test_each_framework_has_a_process_of_its_own(modules):
    with Router(RuleSources((str(modules / "own.py"), adapter("one"), adapter("two")))) as router:
        rules = {rule.name: rule for rule in router.rules()}
        assert {name: rule.by_name for name, rule in rules.items()} == {
            "own/rule": False,
            "one/rule": True,
            "two/rule": True,
        }
        A = np.eye(2)
        homes = {rule: router.ask(rule, [ReverseCall(A)])[0].primal.values[0] for rule in rules.values()}
        assert len(set(homes.values())) == 3
        for rule, home in homes.items():
            (reply,) = router.ask(rule, [ForwardCall(A, A[None])])
            assert reply.answers[0].values[0] == home


@pytest.mark.parametrize(("given", "limits"), [(None, [60.0, 60.0, 10.0]), (10.0, [10.0] * 3)])
def test_frameworks_have_more_time_unless_a_limit_is_given(given, limits):
    loads = adapter("one"), callable_load("mine:f", ("eig",), framework="torch"), Load("mine")
    assert [child._timeout for child in Router(RuleSources(loads, given))._children.values()] == limits


def test_a_name_of_a_framework_cannot_be_taken(modules):
    with (
        Router(RuleSources((str(modules / "thief.py"), adapter("one")))) as router,
        pytest.raises(RuleError, match="'one/rule' is a framework's"),
    ):
        router.rules()


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


def asked_of(router, name):
    (rule,) = [rule for rule in router.rules() if rule.name == name]
    return router.ask(rule, [ReverseCall(np.diag([2.0, 1.0]))])[0]


def awake(router):
    return [child for child in router._children.values() if child._process is not None]


def test_one_file_changes_nothing_for_the_rules_of_another(tmp_path):
    loads = [wrote(tmp_path, "vandal", OWN.format(name="vandal/rule") + VANDAL), wrote(tmp_path, "honest", HONEST)]
    for order in (loads, loads[::-1]):
        with Router(RuleSources(tuple(order))) as router:
            reply = asked_of(router, "honest/rule")
            assert reply.trouble is None
            assert reply.primal.values.tolist() == [2.0, 1.0]


def test_a_file_is_loaded_once_however_it_is_called(tmp_path, monkeypatch):
    path = wrote(tmp_path, "own", OWN.format(name="own/rule"))
    monkeypatch.chdir(tmp_path)
    with Router(RuleSources((path, path, "own.py", "./own.py"))) as router:
        assert [rule.name for rule in router.rules()] == ["own/rule"]


def test_what_one_module_imports_of_another_is_there_once(tmp_path, monkeypatch):
    wrote(tmp_path, "first_of_two", OWN.format(name="alpha/rule"))
    wrote(tmp_path, "second_of_two", "import first_of_two\n" + OWN.format(name="beta/rule"))
    monkeypatch.syspath_prepend(str(tmp_path))
    both = ["first_of_two", "second_of_two"]
    for order in (both, both[::-1]):
        with Router(RuleSources(tuple(order))) as router:
            assert sorted(rule.name for rule in router.rules()) == ["alpha/rule", "beta/rule"]
    packages = [Load(module, "entry point", prefix=name) for module, name in zip(both, ("alpha", "beta"), strict=True)]
    with Router(RuleSources(tuple(packages))) as router:
        assert [rule.name for rule in router.rules()] == ["alpha/rule", "beta/rule"]


def test_two_rules_of_one_key_are_an_error(tmp_path):
    loads = [wrote(tmp_path, name, OWN.format(name="own/rule")) for name in ("one", "two")]
    with Router(RuleSources(tuple(loads))) as router, pytest.raises(RuleError) as caught:
        router.rules()
    assert str(caught.value) == (
        f"--load {loads[1]}: the rule 'own/rule' for eigvals on general is already there, from --load {loads[0]}."
        " Load it once, or give one of them another name."
    )


MAKER = """
from eigcheck import rule

def made(number):
    def rrule(A):
        return [number] * len(A), lambda bar: 0 * A
    return rrule
"""


def test_two_closures_of_one_function_are_two_rules(tmp_path):
    wrote(tmp_path, "maker_of_rules", MAKER)
    text = "from maker_of_rules import made, rule\nrule('own/rule', function='eigvals')(made({}))\n"
    loads = [wrote(tmp_path, f"own{number}", text.format(number)) for number in (1, 2)]
    with Router(RuleSources(tuple(loads))) as router, pytest.raises(RuleError, match=r"'own/rule' .* is already there"):
        router.rules()


@pytest.fixture
def ours(tmp_path, monkeypatch):
    """A module whose rule is registered in this process."""
    path = wrote(tmp_path, "ours_and_theirs", OWN.format(name="own/rule"))
    monkeypatch.syspath_prepend(str(tmp_path))
    with registering():
        importlib.import_module("ours_and_theirs")
        yield path
    del sys.modules["ours_and_theirs"]


def test_a_rule_that_is_registered_here_may_be_loaded_as_well(ours):
    with Router(RuleSources((ours,))) as router:
        assert [rule.name for rule in router.rules()] == ["own/rule"]


def test_no_other_rule_has_the_key_of_one_that_is_registered_here(ours, tmp_path):
    other = RuleSources((wrote(tmp_path, "other", OWN.format(name="own/rule")),))
    program = RuleSources(commands=(Command(script(tmp_path, OTHER % "own/rule"), GENEROUS, GENEROUS),))
    for sources in (other, program):
        with Router(sources) as router, pytest.raises(RuleError, match="is already there, from this process"):
            router.rules()


def test_no_more_processes_are_kept_than_there_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(router_module, "MOST_AWAKE", 2)
    loads = [wrote(tmp_path, f"own{k}", OWN.format(name=f"own/{k}")) for k in range(4)]
    with Router(RuleSources(tuple(loads))) as router:
        assert len(router.rules()) == 4
        assert len(awake(router)) == 2
        pids = [asked_of(router, f"own/{k}").primal.values[0] for k in (0, 0, 1, 0, 2, 0)]
        assert len(awake(router)) == 2
        assert len(set(pids[:2] + pids[3:4] + pids[5:])) == 1  # the one in use stays


def test_another_process_starts_only_what_it_needs(tmp_path):
    loads = [wrote(tmp_path, f"own{k}", OWN.format(name=f"own/{k}")) for k in range(3)]
    with Router(RuleSources(tuple(loads))) as router:
        rules = router.rules()
        homes = router.homes
    with Router(RuleSources(tuple(loads), homes=homes)) as router:
        (reply,) = router.ask(rules[1], [ReverseCall(np.eye(2))])
        assert reply.trouble is None
        assert len(awake(router)) == 1


def test_calls_go_where_the_rule_lives(tmp_path):
    other = Command(script(tmp_path, OTHER % "other/rule"), GENEROUS, GENEROUS)
    own = Load(wrote(tmp_path, "own", OWN.format(name="test/rule")))
    with Router(RuleSources((own,), commands=(TWO, other))) as router:
        rules = {rule.name: rule for rule in router.rules()}
        assert list(rules) == ["test/rule", "two/eigvals", "other/rule"]
        assert router.ask(rules["test/rule"], [asked(E0)])[0].trouble is None
        assert router.ask(rules["two/eigvals"], [asked(E0)])[0].trouble is None
        assert router.ask(rules["other/rule"], [asked(E0)])[0].trouble.message == "other"
        assert router.ask(rules["other/rule"], [ForwardCall(S, S[None])])[0].trouble.message == "other"
        homes = dict(router.homes)
    assert homes[rules["other/rule"].key] == other.text
    assert homes[rules["test/rule"].key] == own


def test_another_process_starts_only_the_program_that_it_needs(tmp_path):
    gone = Command("no-such-program-anywhere")
    rule = Rule("two/eigvals", "eigvals")
    with Router(RuleSources(commands=(gone, TWO), homes=((rule.key, TWO.text),))) as router:
        assert router.ask(rule, [asked(E0)])[0].trouble is None


@pytest.mark.parametrize("name", ["test/rule", "two/eigvals"])
def test_names_cannot_shadow_others(tmp_path, name):
    second = Command(script(tmp_path, OTHER % name), GENEROUS, GENEROUS)
    own = wrote(tmp_path, "own", OWN.format(name="test/rule"))
    with Router(RuleSources((own,), commands=(TWO, second))) as router, pytest.raises(RuleError) as caught:
        router.rules()
    assert f"the rule {name!r} is already there, from --" in str(caught.value)


def test_a_rule_without_a_home_is_told():
    with Router(RuleSources()) as router, pytest.raises(RuleError, match="no --load and no --exec"):
        router.ask(Rule("a/b", "eigvals"), [asked(E0)])


def test_a_rule_that_is_here_is_asked_here():
    here = rule_of(honest)
    with Router(RuleSources(commands=(Command("no-such-program-anywhere"),))) as router:
        assert router.ask(here, [asked(E0)])[0].trouble is None
