"""Plain functions and rrules, told apart; what is differentiated stands in for a framework."""

import re
import sys
import types
from dataclasses import replace
from functools import partial
from inspect import unwrap

import numpy as np
import pytest

from eigcheck.errors import RuleError, UsageError
from eigcheck.model import Rule
from eigcheck.names import installing
from eigcheck.rules.frameworks import FRAMEWORKS, Framework, plain
from eigcheck.rules.frameworks.offering import Way
from eigcheck.rules.frameworks.plain import differentiating, made_rule, settled

F = Rule("mine/f", "eigvals")


@pytest.fixture
def adapter(monkeypatch):
    """A framework of the name jax that differentiates everything to ones."""
    stand_in = Framework("jax", ("eigvals",), ("general",), ("reverse",), ("numpy",))
    module = types.ModuleType("adapter")
    module.differentiated = lambda fn: Way(lambda A: ((fn(A),), lambda chosen, bars: np.ones_like(A)))
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
    made = settled(None, function_in(PLAIN), F)
    primal, pullback = made.rrule(np.eye(2))
    assert np.array_equal(primal, np.ones(2))
    assert np.array_equal(pullback(np.ones(2)), np.ones((2, 2)))
    assert made.pushforward is None
    assert made.lacks == (("forward", "jax has none"),)


def test_what_is_made_of_a_function_has_the_functions_place(adapter):
    made = settled(None, function_in(PLAIN), F)
    assert unwrap(made.rrule).__code__.co_filename == "<string>"


def test_an_rrule_stays_one_whatever_its_module_imports(adapter):
    given = function_in(RRULE)
    assert settled(None, given, F) == replace(F, rrule=given)


@pytest.mark.parametrize("only", ["A.shape == (3, 3)", "A.dtype.kind == 'c'"])
def test_an_rrule_of_some_matrices_only_is_one_and_changes_none_that_others_are_tried_at(adapter, only):
    source = f"def f(A):\n    A += 1\n    assert {only}  # beside jax\n    return A, lambda bar: bar"
    for _ in range(2):
        given = function_in(source)
        assert settled(None, given, F) == replace(F, rrule=given)
    assert all(np.array_equal(A, A.T) and A[0, 0] == 2.5 for A in plain._TRIED)


FAILING = """
class Lazy:
    def __getattribute__(self, name):
        raise RuntimeError(f"no {name} yet")
lazy = Lazy()
class Table:
    def __call__(self, A):
        return A, lambda bar: bar  # beside jax
    def __getattr__(self, name):
        return {}[name]
table = Table()
"""


def test_objects_that_fail_when_they_are_asked_for_something_say_nothing(adapter):
    for source, name in ((FAILING + RRULE, "f"), (FAILING, "table")):
        given = function_in(source, name)
        assert settled(None, given, F).rrule is given
    assert settled(None, function_in(FAILING + PLAIN), F).lacks


def test_an_rrule_is_not_called_where_no_framework_is_in_sight():
    called = []
    assert settled(None, called.append, F) == replace(F, rrule=called.append)
    given = function_in(NEITHER)
    assert settled(None, given, F) == replace(F, rrule=given)
    assert called == []


def test_several_frameworks_need_a_word(adapter):
    with pytest.raises(RuleError, match="imports jax and torch: say with --framework"):
        settled(None, function_in(BOTH), F)
    assert settled("jax", function_in(BOTH), F).rrule is not None


def own(kind="jitted"):
    """An object of a framework that is called, such as a jitted function, of a type that the framework defines."""
    made = type(kind, (), {"__module__": "jaxlib._jax", "__call__": lambda self, x: np.linalg.eigvals(x)})
    return made()


def below(fn):
    """What stands above a function as decorators of frameworks do, keeping it under __wrapped__."""

    def outer(x):
        return fn(x)

    outer.__wrapped__ = fn
    return outer


@pytest.mark.parametrize("wrap", [lambda fn: fn, partial, below, lambda fn: below(partial(fn)), lambda fn: fn.__call__])
def test_a_frameworks_own_object_is_known_by_its_type_whatever_else_its_module_imports(adapter, wrap):
    made = settled(None, wrap(own()), F)
    assert np.array_equal(made.rrule(np.eye(2))[0], np.ones(2))
    assert made.lacks


def test_an_instance_is_known_by_the_module_of_its_class(adapter):
    source = "class F:\n    def __call__(self, x):\n        return np.linalg.eigvals(x)  # by jax\nf = F()"
    assert settled(None, function_in(source), F).lacks


def test_endless_wrappings_end():
    class Deep:
        def __call__(self, A):
            return A

        @property
        def __wrapped__(self):
            return Deep()

    deep = Deep()
    assert settled(None, deep, F) == replace(F, rrule=deep)


SYMMETRIC_ONES = Way(
    lambda A: ((np.linalg.eigvals(A),), lambda chosen, bars: np.ones_like(A)), lambda A, E: (np.ones(len(A)),)
)


def refusing(error, where=lambda A: True):
    """What raises this at the matrices of which `where` says so."""

    def answer(A, *rest):
        if where(A):
            raise error
        return SYMMETRIC_ONES.forward(A, A)

    return answer


@pytest.mark.parametrize(
    "error",
    [
        NotImplementedError("You must implement the jvp function for custom autograd.Function"),
        TypeError("can't apply forward-mode autodiff (jvp) to a custom_vjp function."),
        ValueError("Pure callbacks do not support JVP. Please use `jax.custom_jvp` to use callbacks"),
    ],
)
def test_a_mode_that_the_framework_refuses_is_not_there_and_says_why(adapter, monkeypatch, error):
    way = replace(SYMMETRIC_ONES, forward=refusing(error))
    monkeypatch.setattr(plain, "import_module", lambda name: types.SimpleNamespace(differentiated=lambda fn: way))
    made = differentiating("jax", abs, F)
    assert made.pushforward is None
    assert made.rrule is not None
    assert made.lacks == (("forward", f"{type(error).__name__}: {error}"),)
    rule = made_rule(abs, None, "jax", F)
    assert rule.modes == ("reverse",)


@pytest.mark.parametrize(
    "forward",
    [
        refusing(TypeError("unsupported operand")),
        refusing(RuntimeError("Trying to backward through the graph a second time")),
        refusing(NotImplementedError("only 3 x 3"), lambda A: len(A) != 3),
        refusing(NotImplementedError("only complex"), lambda A: A.dtype.kind != "c"),
    ],
)
def test_a_mode_that_fails_or_takes_some_matrices_only_is_there(adapter, monkeypatch, forward):
    way = replace(SYMMETRIC_ONES, forward=forward)
    monkeypatch.setattr(plain, "import_module", lambda name: types.SimpleNamespace(differentiated=lambda fn: way))
    made = differentiating("jax", abs, F)
    assert made.pushforward is not None
    assert made.lacks == ()


def test_forward_only_has_the_primal_of_the_function_itself(adapter, monkeypatch):
    refused = refusing(NotImplementedError("no transpose\nof this"))
    way = replace(SYMMETRIC_ONES, reverse=refused, plain=lambda A: (np.linalg.eigvals(A),))
    monkeypatch.setattr(plain, "import_module", lambda name: types.SimpleNamespace(differentiated=lambda fn: way))
    made = differentiating("jax", abs, F)
    assert made.rrule is None
    assert made.lacks == (("reverse", "NotImplementedError: no transpose"),)
    assert np.array_equal(made.primal(np.eye(2)), np.ones(2))
    monkeypatch.setattr(
        plain,
        "import_module",
        lambda name: types.SimpleNamespace(differentiated=lambda fn: replace(way, forward=refused)),
    )
    with pytest.raises(RuleError, match="in no mode"):
        differentiating("jax", abs, F)


def test_a_rule_of_nothing_is_refused():
    with pytest.raises(UsageError, match="there is neither"):
        made_rule(None, None, None, F)


@pytest.mark.skipif("tensorflow" in sys.modules, reason="TensorFlow is there")
def test_a_framework_that_is_missing_is_told_with_what_installs_it(monkeypatch):
    missing = Framework("torch", (), (), (), ("no-such-distribution-xyz",))
    monkeypatch.setattr(plain, "framework", lambda name: missing)
    with pytest.raises(UsageError, match=re.escape(installing("torch"))):
        differentiating("torch", abs, F)
