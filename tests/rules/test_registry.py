from dataclasses import replace
from functools import partial, update_wrapper

import numpy as np
import pytest

from eigcheck.errors import RuleError
from eigcheck.model import Rule
from eigcheck.rules.registry import get_rule, load_builtin, registered, rule
from tests.registering import registering


@pytest.fixture
def fresh():
    with registering() as newer:
        yield newer


def rrule(A):
    """Answers nothing
    of use.

    Second paragraph.
    """
    return A, lambda bar: bar


def test_one_rule_for_each_function_and_domain(fresh):
    given = rule("mylib/all", function=("eigvals", "eig"), domain=("general", "symmetric"))(rrule)
    assert given is rrule
    assert [one.key for one in fresh] == [
        ("mylib/all", function, domain, None) for function in ("eigvals", "eig") for domain in ("general", "symmetric")
    ]
    assert fresh == list(registered()[-4:])
    assert replace(fresh[0], registered_in="") == Rule(
        name="mylib/all", function="eigvals", source="Answers nothing of use.", rrule=rrule, has_forward=False
    )


def test_declared_properties_are_kept(fresh):
    rule(
        "mylib/h",
        function="eigh",
        uplo="U",
        dtypes="float64",
        pushforward=lambda A, E: E,
        convention="free",
        source="a book",
    )(rrule)
    (one,) = fresh
    assert (one.uplo, one.dtypes, one.convention, one.source) == ("U", ("float64",), "free", "a book")
    assert one.modes == ("reverse", "forward")
    assert not one.builtin


def test_the_same_key_twice_registers_nothing(fresh):
    rule("mylib/a", function="eig")(rrule)
    before = registered()
    with pytest.raises(RuleError, match=r"'mylib/a' for eig on general is registered twice: .*rrule"):
        rule("mylib/a", function=("eigvals", "eig"))(rrule)
    with pytest.raises(RuleError, match="registered twice"):
        rule("mylib/b", function=("eigvals", "eigvals"))(rrule)
    assert registered() == before


def test_a_stored_triangle_is_the_same_key_with_and_without_uplo(fresh):
    rule("mylib/a", function="eigh", domain="upper", uplo="U")(rrule)
    with pytest.raises(RuleError, match="registered twice"):
        rule("mylib/a", function="eigh", domain="upper")(rrule)
    assert get_rule("mylib/a", "eigh", "upper") is rrule


def test_look_up_prefers_no_uplo_then_l_then_u(fresh):
    lower, upper, none = (lambda A: (A, None) for _ in range(3))
    rule("mylib/a", function="eigh", uplo="U")(upper)
    assert get_rule("mylib/a", "eigh") is upper
    rule("mylib/a", function="eigh", uplo="L")(lower)
    assert get_rule("mylib/a", "eigh") is lower
    rule("mylib/a", function="eigh")(none)
    assert get_rule("mylib/a", "eigh") is none
    assert get_rule("mylib/a", "eigh", uplo="L") is lower
    assert get_rule("mylib/a", "eigh", uplo="U") is upper


def test_a_rule_without_uplo_answers_to_the_lower_triangle_only(fresh):
    rule("mylib/a", function=("eigh", "eigvals"))(rrule)
    assert get_rule("mylib/a", "eigh", uplo="L") is rrule
    for function, uplo in (("eigh", "U"), ("eigvals", "L")):
        with pytest.raises(RuleError, match="there is no rule"):
            get_rule("mylib/a", function, uplo=uplo)


def test_absent_rules_are_answered_with_near_names():
    with pytest.raises(RuleError, match="Did you mean 'chainrules/released'"):
        get_rule("chainrules/relesed", "eig")
    with pytest.raises(RuleError, match=r"There is 'chainrules/pr841' for eigvals on general;"):
        get_rule("chainrules/pr841", "eigh")
    with pytest.raises(RuleError, match="`eigcheck rules` lists"):
        get_rule("zzz", "eig")


def test_what_is_not_callable_is_refused():
    with pytest.raises(RuleError, match="must be callable"):
        rule("mylib/a", function="eig")(3)
    with pytest.raises(RuleError, match="must be callable"):
        rule("mylib/a", function="eig", pushforward="f")(rrule)


def pushforward(A, A_dot):
    """Pushes."""
    return A_dot


def test_a_pushforward_alone_is_a_rule(fresh):
    assert rule("mylib/a", function="eigh", rrule=None)(pushforward) is pushforward
    rule("mylib/b", function="eigh", rrule=None, pushforward=pushforward)
    rule("mylib/c", function="eigh", pushforward=pushforward)(None)
    rule("mylib/d", function="eigh", rrule=None, pushforward=pushforward, primal=np.linalg.eigh)
    assert [one.modes for one in fresh] == [("forward",)] * 4
    assert {one.source for one in fresh} == {"Pushes."}
    assert all(one.pushforward is pushforward and one.rrule is None and one.here for one in fresh)
    assert [one.primal for one in fresh] == [None, None, None, np.linalg.eigh]
    with pytest.raises(RuleError, match="'mylib/a' for eigh on general has no rrule, only a pushforward"):
        get_rule("mylib/a", "eigh")
    with pytest.raises(RuleError, match=r"registered twice: .*pushforward"):
        rule("mylib/a", function="eigh")(rrule)


def test_a_rule_that_makes_no_sense_is_refused(fresh):
    with pytest.raises(RuleError, match="nothing to decorate"):
        rule("mylib/a", function="eigh", rrule=None, pushforward=pushforward)(rrule)
    with pytest.raises(RuleError, match="one of them at least there"):
        rule("mylib/b", function="eigh")(None)
    with pytest.raises(RuleError, match="the rrule gives the primal"):
        rule("mylib/b", function="eigh", primal=np.linalg.eigh)(rrule)
    with pytest.raises(RuleError, match="the rrule is what is decorated; rrule=None says"):
        rule("mylib/c", function="eigh", rrule=rrule, pushforward=pushforward)
    assert [one.name for one in fresh] == ["mylib/a"]


def test_a_partial_rule_is_told_of_by_the_function_that_it_is_one_of(fresh):
    rule("mylib/a", function="eigh")(partial(partial(rrule)))
    rule("mylib/b", function="eigh")(update_wrapper(partial(rrule), pushforward))
    assert [one.source for one in fresh] == ["Answers nothing of use.", "Pushes."]


def test_what_is_made_of_a_built_in_rule_is_none(fresh):
    ours = get_rule("numpy/lapack", "eigvals")
    rule("mylib/a", function="eigvals", pushforward=pushforward)(ours)
    rule("mylib/b", function="eigvals")(update_wrapper(lambda A: ours(A), ours))
    assert not any(one.builtin for one in fresh)


def test_orders_are_kept(fresh):
    for orders in (2, (2, 3), [2, 3], range(2, 5)):
        rule(f"mylib/{len(fresh)}", function="eig", orders=orders)(rrule)
    assert [one.orders for one in fresh] == [(2,), (2, 3), (2, 3), (2, 3, 4)]


def test_builtin_families_are_loaded_once_and_marked():
    load_builtin()
    before = registered()
    load_builtin()
    assert registered() == before
    own = [one for one in before if one.builtin]
    assert {one.name for one in own} == {
        "numpy/lapack",
        "numpy/left-vectors",
        "chainrules/released",
        "chainrules/pr841",
        "chainrules/wrapper-types",
        "chainrules/hermitian",
        "chainrules/hermitian-constructor",
    }
    assert all(one.source and one.has_forward and one.rrule and one.pushforward for one in own)
    everywhere = {(one.function, one.domain) for one in own if one.name == "numpy/lapack"}
    assert len(everywhere) == 16
