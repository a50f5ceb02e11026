"""Every mutant is wrong where it says so, and what all of them are made of is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eigcheck.check.diagnoses import diagnoses
from eigcheck.model import Rule
from eigcheck.names import VECTOR_FUNCTIONS
from eigcheck.rules.mutants import PREFIX, faults, mutant, mutants, rule_of
from eigcheck.rules.mutants.fault import EVERYWHERE, Fault, Place
from eigcheck.rules.mutants.template import Setting
from eigcheck.rules.registry import load_builtin, registered
from tests.rules.mutants.questions import Question, asked_at, question

VISIBLE = 2.0**-40
"""A relative difference that no two right computations of well conditioned gradients have."""
TWICE = {"late", "stale-pairs", "random", "one-buffer"}
"""Faults that show only in a second answer, or in the first one once the second was given."""

MUTANTS = [
    pytest.param(fault, place, mode, id="-".join((fault.name, *filter(None, place), mode)))
    for fault in faults()
    for place in fault.places
    for mode in fault.modes
]


def judged(G: Any, place: Place) -> Any:
    """What of a gradient the domain can see."""
    if place[1] == "symmetric":
        return (G + G.conj().T) / 2
    if place[1] in ("upper", "lower"):
        return np.triu(G) if place[1] == "upper" else np.tril(G)
    return G


def answers(rule: Rule, place: Place, mode: str, asked: Question) -> list[Any]:
    """All arrays that the rule gives out; what it raises is an answer as well."""
    A = asked.A.copy()
    try:
        primal, pullback = rule.rrule(A)
        parts = [np.asarray(part) for part in (primal if place[0] in VECTOR_FUNCTIONS else (primal,))]
        if mode == "reverse":
            both = (asked.values_bar, asked.vectors_bar)
            G = np.asarray(pullback(both if place[0] in VECTOR_FUNCTIONS else asked.values_bar))
            parts.append(judged(G, place) if G.ndim == 2 else G)
        else:
            pushed = rule.pushforward(A, asked.A_dot)
            parts += [np.asarray(part) for part in (pushed if place[0] in VECTOR_FUNCTIONS else (pushed,))]
    except (ArithmeticError, TypeError, LookupError) as error:
        return [type(error).__name__]
    return [*parts, A]


def visible(one: Any, other: Any) -> bool:
    """Whether two answers differ by more than rounding."""
    if isinstance(one, str) or isinstance(other, str) or one.shape != other.shape:
        return isinstance(one, str) != isinstance(other, str) or not isinstance(one, str)
    if not np.isfinite(other).all():
        return True
    scale = np.abs(one).max(initial=0)
    return bool((np.abs(one - other) > VISIBLE * scale).any()) if scale else bool(other.any())


def asked_of(fault: Fault, place: Place) -> list[Question]:
    return [question(fault, place, seed) for seed in range(2 if fault.name in TWICE else 1)]


def right_rule(fault: Fault, place: Place) -> Rule:
    """The right rule under the fault's own convention."""
    if fault.convention == "free":
        return rule_of(None, place)
    load_builtin()
    return next(r for r in registered() if r.key == ("numpy/lapack", *place))


@pytest.mark.parametrize(("fault", "place", "mode"), MUTANTS)
def test_each_mutant_is_wrong_where_it_says_so(fault: Fault, place: Place, mode: str) -> None:
    right, wrong = right_rule(fault, place), rule_of(fault, place)
    pairs = [
        (want, got)
        for asked in asked_of(fault, place)
        for want, got in zip(answers(right, place, mode, asked), answers(wrong, place, mode, asked), strict=False)
    ]
    assert any(visible(want, got) for want, got in pairs)


def invariant(V: Any, bar: Any) -> Any:
    """The part of the vectors' cotangent that does not depend on their phase."""
    return bar - 1j * V * np.imag(np.sum(V.conj() * bar, axis=0)) if np.iscomplexobj(V) else bar


def pairing(X: Any, Y: Any) -> float:
    return float(np.vdot(X, Y).real)


@pytest.mark.parametrize("place", EVERYWHERE)
@pytest.mark.parametrize("kind", ["real", "complex", "pairs", "hermitian", "one", "seven"])
def test_without_a_fault_the_rule_is_right(kind: str, place: Place) -> None:
    load_builtin()
    made, with_vectors = rule_of(None, place), place[0] in VECTOR_FUNCTIONS
    (reference,) = (
        r
        for r in registered()
        if (r.name, r.function, r.domain, r.triangle) == ("numpy/lapack", *place[:2], made.triangle)
        and (place[1] == "general" or r.uplo is None)
    )
    asked = asked_at(kind, place)
    values_bar, vectors_bar = asked.values_bar, asked.vectors_bar
    if with_vectors:
        vectors_bar = invariant(made.rrule(asked.A)[0][1], vectors_bar)
    bar = (values_bar, vectors_bar) if with_vectors else values_bar
    want = judged(reference.rrule(asked.A)[1](bar), place)
    assert not visible(want, judged(made.rrule(asked.A)[1](bar), place))

    tangent = judged(asked.A_dot, place)
    if place[1] in ("upper", "lower"):  # their diagonal is real
        tangent = tangent - 1j * np.diag(tangent.diagonal().imag) if np.iscomplexobj(tangent) else tangent
    pushed = made.pushforward(asked.A, tangent)
    told = pairing(values_bar, pushed[0]) + pairing(vectors_bar, pushed[1]) if with_vectors else pairing(bar, pushed)
    assert abs(told - pairing(want, tangent)) <= VISIBLE * np.linalg.norm(want) * np.linalg.norm(tangent)


def test_mutants_are_never_registered() -> None:
    load_builtin()
    assert not [rule for rule in registered() if rule.name.startswith(PREFIX)]


def test_faults_are_many_and_have_names_of_their_own() -> None:
    names = [fault.name for fault in faults()]
    assert len(names) == len(set(names)) >= 50
    assert all("\n" not in fault.what + fault.needs for fault in faults())


def test_every_diagnosis_is_deserved_by_some_fault() -> None:
    """By a mutant, or by a rule that the tests of diagnoses make on the spot."""
    names, deserved = {known.name for known in diagnoses()}, {fault.diagnosis for fault in faults()} - {None}
    tests = Path(__file__).parents[2]
    names_of_files = (
        "test_slips",
        "test_factors",
        "test_along_vectors",
        "../test_diagnosing",
        "../test_right_elsewhere",
    )
    told = [tests / "check" / "diagnoses" / f"{name}.py" for name in names_of_files]
    asserted = "".join(path.read_text(encoding="utf-8") for path in told)
    assert deserved <= names
    assert {name for name in names - deserved if f'"{name}"' not in asserted} == set()


def test_a_mutant_is_found_by_its_key_with_a_memory_of_its_own() -> None:
    one = next(m for m in mutants() if m.fault.name == "late")
    again = mutant(one.rule.key)
    assert again.rule.key == one.rule.key
    assert again.rule.rrule is not one.rule.rrule
    with pytest.raises(KeyError):
        mutant(("mutant/none", "eigvals", "general", None))


def test_a_fault_sees_what_the_function_reads() -> None:
    A = np.array([[1.0, 7, 8], [2, 3, 9], [4, 5, 6]])
    of_function = {read: Setting("eigh", "general", read, A, A[0], A).shown for read in ("L", "U", None)}
    assert np.array_equal(of_function["L"], [[1, 2, 4], [2, 3, 5], [4, 5, 6]])
    assert np.array_equal(of_function["U"], [[1, 7, 8], [7, 3, 9], [8, 9, 6]])
    assert np.array_equal(of_function[None], A)
