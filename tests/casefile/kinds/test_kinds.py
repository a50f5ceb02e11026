"""What must hold for every kind, and the bits that they must have everywhere."""

import hashlib

import numpy as np
import pytest

from eigcheck.casefile import kinds
from eigcheck.casefile.kinds import COMMON, PARAMETER_TYPES, Numbers, kind, matrix_kinds
from eigcheck.casefile.kinds.parts import Parts, Plan, zeros

KINDS = sorted(matrix_kinds())


def made(name, n, seed=0, is_complex=False, **parameters):
    return matrix_kinds()[name].build(Plan(n, seed, is_complex), **parameters)


def array(name, n, seed=0, is_complex=False, **parameters):
    real, *imaginary = made(name, n, seed, is_complex, **parameters)
    return real + 1j * imaginary[0] if imaginary else real


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("is_complex", [False, True])
def test_every_kind_is_square_finite_and_repeatable(name, is_complex):
    for n in [matrix_kinds()[name].order] if matrix_kinds()[name].order else [0, 1, 2, 3, 6]:
        parts = made(name, n, 1, is_complex)
        assert parts.shape in [(1, n, n), (1 + is_complex, n, n)]
        assert np.isfinite(parts).all()
        assert parts.tobytes() == made(name, n, 1, is_complex).tobytes()


def digest(name, n, seed, is_complex, parameters):
    parts = made(name, n, seed, is_complex, **parameters)
    both = [*parts, np.zeros((n, n))][:2]
    return hashlib.sha256(b"".join(part.tobytes() for part in both)).hexdigest()[:16]


BITS = [
    ("general", 6, 0, False, {}, "110f18ed1e512ae7"),
    ("general", 6, 0, True, {}, "7e597ce35a8bdad6"),
    ("general", 8, 4, False, {"condition": 1e6, "gap": 1e-6}, "2f5abc711a50968d"),
    ("general", 5, 4, True, {"condition": 10.0}, "9769644731f65dd6"),
    ("symmetric", 7, 3, False, {}, "6e374993223b3222"),
    ("symmetric", 7, 3, False, {"gap": 1e-8}, "90f54311a8c18d31"),
    ("hermitian", 5, 32, True, {}, "e6fe068964d11135"),
    ("hermitian", 4, 1, True, {"spectrum": (1.0, 2.0, 2.5, -3.0)}, "f2b1f8bd62d49210"),
    ("skew", 5, 2, False, {}, "b2ebe94c45427e5d"),
    ("normal", 4, 53, False, {}, "0f2078acc300233d"),
    ("normal", 4, 53, True, {}, "cb20daf202709f9d"),
    ("orthogonal", 5, 52, False, {}, "b04639b0fb8ac58c"),
    ("orthogonal", 5, 52, True, {}, "ce8fbba9c38d36dd"),
    ("defective", 6, 1, False, {"blocks": (3, 2, 1)}, "c2be1d88d1b0009d"),
    ("repeated", 5, 1, False, {}, "2ec47d7ee518edb6"),
    ("toeplitz", 5, 1, True, {}, "41059615af7c992d"),
    ("circulant", 5, 1, False, {}, "c490a9744ebbd6df"),
    ("kahan", 6, 0, False, {"angle": (1.0, 3.0)}, "00531a1b9199a628"),
    ("clement", 6, 0, False, {"symmetric": True}, "b405ff02ebdbaffe"),
    ("hilbert", 6, 0, False, {}, "3eb685e0ac19764b"),
    ("companion", 12, 0, False, {}, "dc9fbfa34e963b1f"),
    ("graded", 5, 2, False, {}, "ee4515c81c63b2cf"),
    ("unbalanced", 5, 2, True, {"ratio": 0.1}, "c301c3e77283e184"),
]


@pytest.mark.parametrize(("name", "n", "seed", "is_complex", "parameters", "want"), BITS)
def test_the_same_text_gives_the_same_bits_everywhere(name, n, seed, is_complex, parameters, want):
    assert digest(name, n, seed, is_complex, parameters) == want


def test_some_entries_in_full():
    assert [x.hex() for x in array("general", 2, 0).ravel()] == [
        "0x1.7ca0f5cf02630p-5",
        "0x1.6208bbe84155ap+0",
        "0x1.18e177f03ffe8p-3",
        "-0x1.b120f2e8b8696p+0",
    ]
    assert [x.hex() for x in array("orthogonal", 2, 1).ravel()] == [
        "0x1.6b3d801381f70p-1",
        "0x1.68d54684419e0p-1",
        "-0x1.68d54684419e1p-1",
        "0x1.6b3d801381f72p-1",
    ]


@pytest.fixture
def scratch(monkeypatch):
    monkeypatch.setattr(kinds, "_KINDS", {})


def test_the_signature_declares_the_parameters(scratch):
    @kind("new")
    def new(plan: Plan, *, weights: Numbers | None = None, flag: bool = False) -> Parts:
        """One line.

        More.
        """
        return zeros(plan.n)

    made = kinds._KINDS["new"]
    assert made.summary == "One line."
    assert made.parameters == {"weights": "numbers", "flag": "flag"}
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
