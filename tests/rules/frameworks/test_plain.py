"""Plain functions and rrules, told apart; what is differentiated stands in for a framework."""

import sys
import types

import numpy as np
import pytest

from eigcheck.errors import RuleError, UsageError
from eigcheck.rules.frameworks import FRAMEWORKS, Framework, plain
from eigcheck.rules.frameworks.offering import Way
from eigcheck.rules.frameworks.plain import differentiating, settled


@pytest.fixture
def adapter(monkeypatch):
    """A framework of the name jax that differentiates everything to ones."""
    stand_in = Framework("jax", ("eigvals",), ("general",), ("reverse",), ("numpy",))
    module = types.ModuleType("adapter")
    module.differentiated = lambda fn: Way(lambda A: ((fn(A),), lambda bars: np.ones_like(A)))
    monkeypatch.setattr(plain, "FRAMEWORKS", (stand_in, *(one for one in FRAMEWORKS if one.name != "jax")))
    monkeypatch.setattr(plain, "framework", lambda name: stand_in)
    monkeypatch.setattr(plain, "import_module", lambda name: module)


def function_in(source, name="f"):
    """`name` of a module with this source, in which jax and torch are empty modules."""
    scope = {"np": np, "jax": types.ModuleType("jax"), "torch": types.ModuleType("torch"), "__name__": "mine"}
    keep = {key: scope[key] for key in ("np", "__name__", *(k for k in ("jax", "torch") if k in source))}
    exec(source, keep)
    return keep[name]


PLAIN = "def f(x):\n    return np.linalg.eigvals(x)  # by jax"
RRULE = "def f(x):\n    return np.linalg.eigvals(x), lambda bar: 0 * x  # beside jax"
BOTH = "def f(x):\n    return np.linalg.eigvals(x)  # by jax, or torch"
NEITHER = "def f(x):\n    return np.linalg.eigvals(x)"


def test_a_function_of_the_only_framework_that_its_module_imports_is_differentiated(adapter):
    rrule, pushforward = settled(None, function_in(PLAIN), "eigvals")
    primal, pullback = rrule(np.eye(2))
    assert np.array_equal(primal, np.ones(2))
    assert np.array_equal(pullback(np.ones(2)), np.ones((2, 2)))
    assert pushforward is None


def test_an_rrule_stays_one_whatever_its_module_imports(adapter):
    given = function_in(RRULE)
    assert settled(None, given, "eigvals") == (given, None)


def test_an_rrule_is_not_called_where_no_framework_is_in_sight():
    called = []
    assert settled(None, called.append, "eigvals") == (called.append, None)
    given = function_in(NEITHER)
    assert settled(None, given, "eigvals") == (given, None)
    assert called == []


def test_several_frameworks_need_a_word(adapter):
    with pytest.raises(RuleError, match="imports jax and torch: say with --framework"):
        settled(None, function_in(BOTH), "eigvals")
    assert settled("jax", function_in(BOTH), "eigvals")[0] is not None


@pytest.mark.skipif("tensorflow" in sys.modules, reason="TensorFlow is there")
def test_a_framework_that_is_missing_is_told_with_what_installs_it(monkeypatch):
    missing = Framework("torch", (), (), (), ("no-such-distribution-xyz",))
    monkeypatch.setattr(plain, "framework", lambda name: missing)
    with pytest.raises(UsageError, match=r"pip install 'eigcheck\[torch\]'"):
        differentiating("torch", abs, "eigvals")
