import pytest

from eigcheck.errors import RuleError
from eigcheck.execution.external.runner import Command
from eigcheck.execution.local import LocalRunner
from eigcheck.execution.router import Router
from eigcheck.model import ForwardCall, Rule
from tests.execution.external.support import E0, GENEROUS, S, asked, command, script
from tests.execution.support import honest, rule_of

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


def test_calls_go_where_the_rule_lives(tmp_path):
    other = Command(script(tmp_path, OTHER % "other/rule"), GENEROUS, GENEROUS)
    with Router(LocalRunner([rule_of(honest)]), [TWO, other]) as router:
        rules = {rule.name: rule for rule in router.rules()}
        assert list(rules) == ["test/rule", "two/eigvals", "other/rule"]
        assert router.ask(rules["test/rule"], [asked(E0)])[0].trouble is None
        assert router.ask(rules["two/eigvals"], [asked(E0)])[0].trouble is None
        assert router.ask(rules["other/rule"], [asked(E0)])[0].trouble.message == "other"
        assert router.ask(rules["other/rule"], [ForwardCall(S, S[None])])[0].trouble.message == "other"
        homes = dict(router.homes)
    assert homes[rules["other/rule"].key] == other.text
    assert rules["test/rule"].key not in homes


def test_another_process_starts_only_what_it_needs(tmp_path):
    gone = Command("no-such-program-anywhere")
    rule = Rule("two/eigvals", "eigvals")
    with Router(None, [gone, TWO], homes=[(rule.key, TWO.text)]) as router:
        assert router.ask(rule, [asked(E0)])[0].trouble is None


@pytest.mark.parametrize("name", ["test/rule", "two/eigvals"])
def test_names_cannot_shadow_others(tmp_path, name):
    second = Command(script(tmp_path, OTHER % name), GENEROUS, GENEROUS)
    with Router(LocalRunner([rule_of(honest)]), [TWO, second]) as router, pytest.raises(RuleError) as caught:
        router.rules()
    assert f"the rule {name!r} is already there, from --" in str(caught.value)


def test_a_rule_without_a_home_is_told():
    with Router(None) as router, pytest.raises(RuleError, match="no --load and no --exec"):
        router.ask(Rule("a/b", "eigvals"), [asked(E0)])
