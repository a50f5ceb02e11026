"""The witnesses by name: what is registered answers, in the order of precedence, and a defect is no verdict."""

import sys
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from eigcheck.check.compare import PRECEDENCE
from eigcheck.domains.tangents import tangents_for
from eigcheck.errors import UsageError
from eigcheck.model import Cotangent, CotangentSpec, Eigenpairs, Question, Testimony, unit_roundoff
from eigcheck.oracles import registry
from eigcheck.spectra.conditioning import condition

S = np.array([[1.0, 2.0], [2.0, 3.0]])


def question():
    """d tr A^2 = 2 A^H, which every oracle can answer."""
    values, vectors = np.linalg.eig(S)
    return Question(
        S,
        "eig",
        "general",
        None,
        "lapack",
        unit_roundoff(S.dtype),
        Eigenpairs(values, vectors),
        (Cotangent(Eigenpairs(2 * values), "loss tr A^2", loss=True),),
        tangents_for(2, "general", is_complex=False),
        CotangentSpec("trace-power", power=2),
    )


def primal(matrices):
    return [Eigenpairs(*np.linalg.eig(A)) for A in matrices]


def aids():
    return registry.Aids(condition(S), primal, tuple(range(4)))


def test_names_come_strongest_first():
    order = [PRECEDENCE.index(name) for name in registry.names()]
    assert order == sorted(order)
    assert len(set(registry.names())) == len(registry.names())


@pytest.mark.parametrize("name", registry.names())
def test_every_oracle_answers_under_its_own_name_within_its_bars(name):
    testimony = registry.call(name, question(), aids())
    assert testimony.oracle == name
    assert testimony.abstained is None
    assert testimony.numbers.shape == testimony.bars.shape == (1, 4)
    assert np.all(np.abs(testimony.numbers - 2 * S.T.ravel()) <= testimony.bars)
    assert testimony.evaluations > 0


@pytest.mark.parametrize("oracle", registry.ORACLES, ids=registry.names())
def test_every_oracle_tells_users_what_it_is_and_its_module_agrees(oracle):
    module = __import__(f"eigcheck.oracles.{oracle.name}", fromlist=["NAME"])
    assert oracle.name == module.NAME
    assert oracle.summary


def test_an_unknown_name_is_an_error_that_lists_the_known_ones():
    with pytest.raises(UsageError, match=f"unknown oracle 'duall'; there are {', '.join(registry.names())}"):
        registry.call("duall", question(), aids())


@pytest.fixture
def stranger(monkeypatch):
    """Registers an oracle whose module calls `act`."""

    def register(act, uses_primal=False):
        extra = registry.Oracle("stranger", "", uses_primal)
        place = f"eigcheck.oracles.{extra.name}"
        module = ModuleType(place)
        module.testify = act
        monkeypatch.setitem(sys.modules, place, module)
        monkeypatch.setattr(registry, "ORACLES", (*registry.ORACLES, extra))
        return registry.call("stranger", question(), aids())

    return register


@pytest.mark.parametrize("error", [np.linalg.LinAlgError("no convergence"), ZeroDivisionError("by zero")])
def test_a_numerical_failure_becomes_an_abstention_that_says_so(stranger, error):
    def fails(question):
        raise error

    testimony = stranger(fails)
    assert testimony.abstained == f"{type(error).__name__}: {error}"
    assert testimony.oracle == "stranger"


def test_a_programming_error_is_not_hidden(stranger):
    def fails(question):
        raise TypeError("ours")

    with pytest.raises(TypeError, match="ours"):
        stranger(fails)


def test_only_those_that_ask_for_it_get_the_primal(stranger):
    received = []

    def testify(*given):
        received.append(given)
        return Testimony("stranger", np.zeros((1, 4)), np.zeros((1, 4)))

    stranger(testify)
    stranger(testify, uses_primal=True)
    assert [len(given) for given in received] == [1, 4]
    assert received[1][2] is primal


def test_an_oracle_may_prepare_for_several_questions(monkeypatch):
    asked = [question(), replace(question(), matrix=S + 1e-3)]
    stand_in = ModuleType("prepared")
    stand_in.foresee = lambda questions: setattr(stand_in, "seen", questions)
    monkeypatch.setitem(sys.modules, "eigcheck.oracles.dual", stand_in)
    registry.foresee("dual", asked[:1])
    assert not hasattr(stand_in, "seen")  # one alone is no work saved
    registry.foresee("dual", asked)
    assert stand_in.seen == asked
    registry.foresee("certified", asked)  # this one has no way to


def test_a_defect_of_a_preparation_is_no_verdict(monkeypatch):
    asked, received = [question(), replace(question(), matrix=S + 1e-3)], []

    def gives_up(questions):
        received.append(questions)
        raise np.linalg.LinAlgError("Singular matrix")

    stand_in = ModuleType("prepared")
    stand_in.foresee = gives_up
    monkeypatch.setitem(sys.modules, "eigcheck.oracles.dual", stand_in)
    registry.foresee("dual", asked)  # raises nothing: the oracle itself says so where it is called
    assert received == [asked]
