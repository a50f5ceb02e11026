"""What each deliberately wrong rule deserves, and a case that shows it: the table that the judge is tried by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

GENERAL = ("eigvals", "eig")
HERMITIAN = ("eigvalsh", "eigh")
ALL = GENERAL + HERMITIAN
VECTORS = ("eig", "eigh")


@dataclass(frozen=True)
class Expected:
    """`wrong/<name>`, of each of `functions` on `domain`, on the case `case` of CASES, has all of `findings`.

    `diagnosis` is the first one named; None means that there is to be none at all.
    """

    name: str
    functions: tuple[str, ...]
    case: str
    findings: tuple[str, ...] = ("mismatch",)
    diagnosis: str | None = None
    verdict: str = "fail"
    domain: str = "general"
    mode: str = "reverse"


def _rows(matrix: Any) -> list[list[Any]]:
    """Rows as a case file has them: floats, or strings such as `1.5-2j`."""
    if not np.iscomplexobj(matrix):
        return [[float(x) for x in row] for row in matrix]
    return [[f"{z.real:g}{z.imag:+g}j" for z in row] for row in matrix]


def _matrices() -> dict[str, Any]:
    rng = np.random.default_rng(20)
    real, big = rng.standard_normal((4, 4)).round(2), rng.standard_normal((8, 8)).round(2)
    rotated = np.array([[1.0, -2, 0.5, 0], [2, 1, 0, 0.25], [0.5, 0, -1, 3], [1, 0, -3, -1.5]])
    imaginary = rng.standard_normal((4, 4)).round(2)
    spread = np.array([[0.0, 1, 0, 0], [1, 1, 0.5, 0], [0, 0.5, 3, 1], [0, 0, 1, 6]])
    near = spread + 0.0
    near[1, 0] += 2.0**-32
    turned = np.array([[0, 1j, 0.25, 0], [-1j, 0, 0, 0.5j], [0.25, 0, 0, 1j], [0, -0.5j, -1j, 0]])
    return {
        "general": real,
        "oscillating": rotated,
        "complex": real + 1j * imaginary,
        "symmetric": spread,
        "hermitian": spread + turned,
        "triangular": np.triu(real, 1) + np.diag([1.0, 2.0, 4.0, 7.0]),
        "near-symmetric": near,
        "large": real * 2.0**20,
        "big": big,
        "tiny-cotangent": real,
    }


MATRICES: dict[str, Any] = _matrices()

CASES: dict[str, dict[str, Any]] = {name: {"matrix": _rows(matrix)} for name, matrix in MATRICES.items()}
"""The keys of a case file that make each case; name, function, domain and rules are the caller's."""
CASES["tiny-cotangent"]["cotangent"] = {"values": [1e-8, 2e-8, -1e-8, 1e-8]}

NAMED: tuple[Expected, ...] = (
    Expected("upper-triangle-collapse", GENERAL, "symmetric", ("mismatch", "jump"), "upper-triangle-collapse"),
    Expected("upper-triangle-collapse", GENERAL, "hermitian", ("mismatch", "jump"), "upper-triangle-collapse"),
    Expected("lower-triangle-collapse", GENERAL, "symmetric", ("mismatch", "jump"), "lower-triangle-collapse"),
    Expected("lower-triangle-collapse", GENERAL, "hermitian", ("mismatch", "jump"), "lower-triangle-collapse"),
    Expected("wrong-triangle", HERMITIAN, "symmetric", diagnosis="wrong-triangle"),
    Expected("wrong-triangle", HERMITIAN, "hermitian", diagnosis="wrong-triangle"),
    Expected("triangular-shortcut", GENERAL, "triangular", ("mismatch", "jump"), "triangular-shortcut"),
    Expected("right-vectors-for-inverse", GENERAL, "general", diagnosis="right-vectors-for-inverse"),
    Expected("right-vectors-for-inverse", GENERAL, "complex", diagnosis="right-vectors-for-inverse"),
    Expected("missing-normalisation", ("eig",), "general", diagnosis="missing-normalisation"),
    Expected("missing-normalisation", ("eig",), "complex", diagnosis="missing-normalisation"),
    Expected("sign-of-gap-matrix", VECTORS, "symmetric", diagnosis="sign-of-gap-matrix"),
    Expected("sign-of-gap-matrix", ("eig",), "complex", diagnosis="sign-of-gap-matrix"),
    Expected("sign-of-gap-matrix", ("eigh",), "symmetric", diagnosis="sign-of-gap-matrix", domain="general"),
    Expected("transposed", GENERAL, "general", diagnosis="transposed"),
    Expected("transposed", GENERAL, "complex", diagnosis="transposed"),
    Expected("missing-conjugate", GENERAL, "oscillating", diagnosis="missing-conjugate"),
    Expected("missing-conjugate", GENERAL, "complex", diagnosis="missing-conjugate"),
    Expected("conjugated-gradient", GENERAL, "complex", diagnosis="missing-conjugate"),
    Expected("unconjugated-gaps", ("eig",), "complex", diagnosis="missing-conjugate"),
    Expected("symmetrised", GENERAL, "general", diagnosis="symmetrised"),
    Expected("symmetrised", GENERAL, "complex", diagnosis="symmetrised"),
    Expected("symmetrised", HERMITIAN, "symmetric", diagnosis="symmetrised"),
    Expected("missing-fold", ("eigh",), "symmetric", diagnosis="missing-fold"),
    Expected("missing-fold", ("eigh",), "hermitian", diagnosis="missing-fold"),
    Expected("doubled-offdiagonal", HERMITIAN, "symmetric", diagnosis="doubled-offdiagonal"),
    Expected("doubled-offdiagonal", HERMITIAN, "hermitian", diagnosis="doubled-offdiagonal", domain="upper"),
    Expected("halved-offdiagonal", HERMITIAN, "symmetric", diagnosis="halved-offdiagonal"),
    Expected("halved-offdiagonal", HERMITIAN, "symmetric", diagnosis="halved-offdiagonal", domain="upper"),
    Expected("halved-offdiagonal", HERMITIAN, "hermitian", diagnosis="halved-offdiagonal", domain="lower"),
    Expected("one-triangle-only", GENERAL, "general", diagnosis="one-triangle-only"),
    Expected("dropped-imaginary", GENERAL, "oscillating", diagnosis="dropped-imaginary"),
    Expected("dropped-imaginary", GENERAL, "complex", diagnosis="dropped-imaginary"),
    Expected("missing-real-part", GENERAL, "oscillating", ("not-real",), "missing-real-part"),
    Expected("missing-eigenvector-part", VECTORS, "symmetric", diagnosis="missing-eigenvector-part"),
    Expected("missing-eigenvector-part", ("eig",), "complex", diagnosis="missing-eigenvector-part"),
    Expected("missing-eigenvalue-part", VECTORS, "symmetric", diagnosis="missing-eigenvalue-part"),
    Expected("order-swap", ALL, "symmetric", diagnosis="order-swap"),
    Expected("order-swap", GENERAL, "complex", diagnosis="order-swap"),
    Expected("lower-precision", GENERAL, "general", diagnosis="lower-precision"),
    Expected("lower-precision", GENERAL, "complex", diagnosis="lower-precision"),
    Expected("regularised-gap", VECTORS, "symmetric", diagnosis="regularised-gap"),
    Expected("regularised-gap", ("eig",), "complex", diagnosis="regularised-gap"),
    Expected("shifted-gap", VECTORS, "symmetric", diagnosis="regularised-gap"),
    Expected("negated", ALL, "symmetric", diagnosis="negated"),
    Expected("negated", GENERAL, "complex", diagnosis="negated"),
    Expected("zero-gradient", ALL, "symmetric", diagnosis="zero-gradient"),
    Expected("scaled-by-c", ALL, "symmetric", diagnosis="scaled-by-c"),
    Expected("scaled-by-c", GENERAL, "complex", diagnosis="scaled-by-c"),
    Expected("scaled-by-c", ALL, "hermitian", diagnosis="scaled-by-c", domain="symmetric"),
    Expected("loose-symmetry-test", GENERAL, "near-symmetric", diagnosis="upper-triangle-collapse"),
)
"""Faults with a name."""

GAUGE: tuple[Expected, ...] = (Expected("missing-phase", ("eig",), "complex", ("gauge",), "missing-phase"),)
"""Faults that only a cotangent which depends on the vectors' phase can see."""

NAMELESS: tuple[Expected, ...] = (
    Expected("one-entry-1e-3", GENERAL, "general"),
    Expected("one-entry-1e-3", ALL, "symmetric"),
    Expected("one-entry-1e-6", GENERAL, "complex"),
    Expected("one-entry-1e-6", ALL, "symmetric"),
    Expected("beyond-six", GENERAL, "big"),
    Expected("large-scale", GENERAL, "large"),
    Expected("noise", ALL, "symmetric"),
    Expected("noise", GENERAL, "complex"),
    Expected("small-losses", ("eigvals",), "tiny-cotangent"),
)
"""Faults that are found and have no name."""

MISCONDUCT: tuple[Expected, ...] = (
    Expected("loose-symmetry-test", GENERAL, "symmetric", ("jump",)),
    Expected("random", GENERAL, "general", ("nondeterministic",)),
    Expected("stateful", GENERAL, "general", ("nondeterministic",)),
    Expected("mutates-input", GENERAL, "general", ("mutates-input",)),
    Expected("writes-where-it-may", GENERAL, "general", ("mutates-input",)),
    Expected("clears-cotangent", ("eigvals",), "general", ("mutates-input",)),
    Expected("one-buffer", GENERAL, "general", ("nondeterministic",)),
    Expected("one-buffer", HERMITIAN, "hermitian", ("nondeterministic",)),
    Expected("overwrites-primal", ("eigvals",), "general", ("nondeterministic",)),
    Expected("known-by-id", ("eigvals",), "general", ("nondeterministic",)),
    Expected("one-state", ("eigvals",), "general", ("nondeterministic",)),
    Expected("last-vector-alone", VECTORS, "symmetric", ("not-linear",)),
    Expected("last-vector-alone", ("eig",), "complex", ("not-linear",)),
    Expected("nan", ALL, "symmetric", ("nonfinite",)),
    Expected("not-linear", GENERAL, "general", ("not-linear",)),
    Expected("wrong-values", ALL, "symmetric", ("primal",)),
    Expected("raises", ALL, "symmetric", ("exception",), verdict="error"),
    Expected("wrong-shape", ALL, "symmetric", ("shape",), verdict="error"),
    Expected("hangs", ("eigvals",), "general", ("timeout",), verdict="error"),
)
"""Faults of conduct: no diagnosis is asked for here, although one may be given."""

FORWARD: tuple[Expected, ...] = (
    Expected(
        "forward-collapse",
        ("eigvals",),
        "symmetric",
        ("mismatch", "pushforward"),
        "upper-triangle-collapse",
        mode="forward",
    ),
    Expected(
        "forward-scaled",
        ("eigvals",),
        "general",
        ("mismatch", "pushforward"),
        "scaled-by-c",
        mode="forward",
    ),
    Expected("forward-one-buffer", ("eigvals",), "general", ("nondeterministic",), mode="forward"),
    Expected("forward-diagonal", ("eigvals",), "general", ("not-linear",), mode="forward"),
)
"""Faults of pushforwards whose pullbacks are right."""

RIGHT: tuple[Expected, ...] = (
    Expected("none", GENERAL, "general", (), verdict="pass"),
    Expected("none", GENERAL, "complex", (), verdict="pass"),
    Expected("none", ALL, "symmetric", (), verdict="pass"),
    Expected("none", ALL, "hermitian", (), verdict="pass"),
    Expected("none", ALL, "symmetric", (), verdict="pass", domain="symmetric"),
)
"""The same rules without a fault."""

EXPECTED: tuple[Expected, ...] = NAMED + GAUGE + NAMELESS + MISCONDUCT + FORWARD + RIGHT
