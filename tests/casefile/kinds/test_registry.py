import pytest

from eigcheck.casefile.kinds import matrix_kinds, registry
from eigcheck.casefile.kinds.parts import Parts, zeros
from eigcheck.casefile.kinds.registry import COMMON, PARAMETER_TYPES, Numbers, Plan, kind


@pytest.fixture
def scratch(monkeypatch):
    monkeypatch.setattr(registry, "_KINDS", {})


def test_the_signature_declares_the_parameters(scratch):
    @kind("new")
    def new(plan: Plan, *, weights: Numbers | None = None, flag: bool = False) -> Parts:
        """One line.

        More.
        """
        return zeros(plan.n)

    made = registry.registered()["new"]
    assert made.summary == "One line."
    assert made.parameters == {"weights": "numbers", "flag": "flag"}
    assert made.known == (*COMMON, "weights", "flag")
    assert made.build is new


def test_a_name_is_taken_once(scratch):
    kind("new")(zeros_kind)
    with pytest.raises(ValueError, match="there already"):
        kind("new")(zeros_kind)


def zeros_kind(plan: Plan) -> Parts:
    """Zeros."""
    return zeros(plan.n)


def test_parameters_that_no_file_can_give(scratch):
    def odd(plan: Plan, *, thing: object) -> Parts:
        return zeros(plan.n)

    with pytest.raises(TypeError, match="thing"):
        kind("odd")(odd)


def test_the_kinds_of_the_contract_are_there():
    wanted = (
        "symmetric hermitian general skew triangular orthogonal normal defective companion frank grcar wilkinson rosser"
    )
    more = (
        "toeplitz circulant clement hilbert pascal kahan lehmer minij tridiagonal jordan diagonal identity zeros ones"
    )
    assert set(f"{wanted} {more}".split()) <= set(matrix_kinds())


def test_every_kind_says_what_it_is():
    for name, made in matrix_kinds().items():
        assert made.name == name
        assert made.summary.endswith((".", ")")), name
        assert set(made.parameters.values()) <= set(PARAMETER_TYPES.values())
        assert not set(made.parameters) & set(COMMON)
