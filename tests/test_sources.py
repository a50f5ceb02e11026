"""What a command line and the configuration ask for together."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from eigcheck.errors import RuleError, UsageError
from eigcheck.execution.loads import Load
from eigcheck.model import ReverseCall
from eigcheck.pool import at_work
from eigcheck.sources import Wanted, opened, wanted
from tests.registering import registering

CONFIG = {
    "loads": ("base",),
    "rule_globs": ("base/*",),
    "modes": ("reverse",),
    "commands": ("./worker",),
    "max_blind": 1e-3,
    "timeout": 2.0,
}
CALLABLE = {"callables": ("m:f",), "functions": ("eig",)}


def test_without_options_the_configuration_holds() -> None:
    wish = wanted({}, CONFIG)
    assert wish.loads == (Load("base"),)
    assert (wish.rules, wish.modes, wish.commands, wish.max_blind) == (("base/*",), ("reverse",), ("./worker",), 1e-3)
    assert wish.named == ()
    assert [(c.text, c.timeout) for c in wish.programs] == [("./worker", 2.0)]


def test_options_win_one_by_one() -> None:
    wish = wanted({"loads": ("mine",), "modes": ("forward",), "max_blind": 0.0, "rule_globs": ("mine/*",)}, CONFIG)
    assert wish.loads == (Load("mine"),)
    assert (wish.rules, wish.modes, wish.max_blind) == (("mine/*",), ("forward",), 0.0)
    assert wish.commands == ("./worker",)


@pytest.mark.parametrize("given", [{"loads": ("mine",)}, {"commands": ("./mine",)}, CALLABLE])
def test_no_configured_rule_hides_what_the_command_line_names(given: dict[str, tuple[str, ...]]) -> None:
    wish = wanted(given, CONFIG)
    assert "base/*" not in wish.rules
    assert len(wish.named) == 1
    assert (*wish.loads, *wish.commands) == wish.named
    assert "base/*" not in wish.globs(("mine/a",))


def test_a_callable_runs_alone_and_beside_rules_that_are_named() -> None:
    alone = wanted(CALLABLE, {})
    assert alone.globs(("m:f",)) == ("m:f",)
    ruled = wanted(CALLABLE | {"rule_globs": ("numpy/*",)}, CONFIG)
    assert ruled.globs(()) == ("numpy/*", "m:f")
    assert [load.target for load in ruled.loads] == ["base", "m:f"]
    beside = wanted(CALLABLE | {"loads": ("mine",)}, CONFIG)
    assert beside.globs(("mine/a", "mine/a", "m:f")) == ("mine/a", "m:f")
    assert wanted({"loads": ("mine",)}, CONFIG).globs(("mine/a",)) == ()


def test_a_configured_callable_is_no_less() -> None:
    config = {"callables": ("m:f",), "functions": ("eigvals", "eig"), "domains": ("upper",), "framework": "torch"}
    (load,) = wanted({}, config).loads
    assert load == Load("m:f", "--callable", functions=("eigvals", "eig"), domains=("upper",), framework="torch")
    assert wanted({}, config).rules == ("m:f",)
    (other,) = wanted({"callables": ("m:g",), "functions": (), "domains": ("lower",)}, config).loads
    assert (other.target, other.functions, other.domains) == ("m:g", ("eigvals", "eig"), ("lower",))


def test_what_a_callable_is_has_to_be_said_for_a_run() -> None:
    with pytest.raises(RuleError, match="say which function"):
        wanted({"callables": ("m:f",), "functions": ()}, {})
    with pytest.raises(UsageError, match="and there is none"):
        wanted({"functions": ("eig",)}, {})
    (load,) = wanted({"callables": ("m:f",), "function": None, "domain": None}, {}).loads
    assert (load.functions, load.domains) == (("eigvals",), ("general",))


def test_with_the_shipped_cases_the_configured_paths_are_not_meant() -> None:
    config = {"paths": ("cases",)}
    assert wanted({}, config).paths == ("cases",)
    assert wanted({"shipped": True}, config).paths == ()
    assert wanted({"memory_limit": 3}, config).memory_limit == 3 << 20
    assert wanted({"memory_limit": None}, config).memory_limit is None


@pytest.mark.parametrize("blind", [-1.0, float("nan")])
def test_a_blindness_is_a_number_that_is_not_negative(blind: float) -> None:
    with pytest.raises(UsageError, match=r"--max-blind: .* is no number that is not negative"):
        wanted({"max_blind": blind}, CONFIG)


ANSWERING = """
import numpy as np
from eigcheck import rule

@rule("own/rule", function="eigvals")
def rrule(A):
    return np.full(len(A), {number}), lambda bar: 0 * A
"""


def test_a_rule_that_is_registered_here_and_loaded_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here_and_there.py").write_text(ANSWERING.format(number=1.0), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with registering():
        importlib.import_module("here_and_there")
        with opened(Wanted(), ("here_and_there",)) as found:
            (rule,) = [one for one in found.rules if one.name == "own/rule"]
    assert not rule.here


def test_a_process_that_outlives_a_run_asks_the_rules_of_the_next_one(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    for number in (1.0, 20.0):
        file.write_text(ANSWERING.format(number=number), encoding="utf-8")
        with opened(Wanted(), (str(file),)) as found:
            (rule,) = [one for one in found.rules if one.name == "own/rule"]
            _, runner = at_work(rule, found.sources)
            (reply,) = runner.ask(rule, [ReverseCall(np.eye(2))])
        assert reply.primal is not None
        assert reply.primal.values.tolist() == [number, number]
    runner.close()
