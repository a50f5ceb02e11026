"""Evidence made of the deliberately wrong rules, in numbers only: no judge, no oracle, no registry."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

import eigcheck
from eigcheck.check.diagnoses import explain
from eigcheck.check.diagnoses.algebra import Pieces, pieces
from eigcheck.check.evidence import Evidence
from eigcheck.model import Array, Eigenpairs

LIBRARY = Path(__file__).parents[2] / "wrong_rules" / "rules.py"
HERMITIAN = ("eigvalsh", "eigh")
VECTORS = ("eig", "eigh")


@cache
def library() -> dict[tuple[str, str, str], tuple[Any, Any]]:
    """(name, function, domain) to (rrule, pushforward), without a trace in the real registry."""
    found: dict[tuple[str, str, str], tuple[Any, Any]] = {}

    def record(name: str, *, function: str, domain: str = "general", **options: Any) -> Callable[[Any], Any]:
        def keep(rrule: Any) -> Any:
            found[name.removeprefix("wrong/"), function, domain] = (rrule, options.get("pushforward"))
            return rrule

        return keep

    with patch.object(eigcheck, "rule", record, create=True):
        runpy.run_path(str(LIBRARY))
    return found


def matrix(kind: str, n: int, rng: np.random.Generator) -> Array:
    """A random matrix of norm about 1: `general` or `symmetric`, real or, with `complex-` in front, complex."""
    A = rng.standard_normal((n, n))
    if kind.startswith("complex"):
        A = A + 1j * rng.standard_normal((n, n))
    if kind.endswith("symmetric"):
        A = A + A.conj().T
    return np.asarray(A / np.linalg.norm(A, 2))


def cotangents(
    function: str, values: Array, vectors: Array, rng: np.random.Generator, invariant: bool = True
) -> tuple[Eigenpairs, ...]:
    """Basis and, where complex, i times the basis on values; random ones on vectors and on both."""
    n = len(values)
    free = np.iscomplexobj(values) or (np.iscomplexobj(vectors) and function not in HERMITIAN)
    bars = [Eigenpairs(row) for row in np.eye(n)] + ([Eigenpairs(1j * row) for row in np.eye(n)] if free else [])
    if function not in VECTORS:
        return tuple(bars)
    for both in (False, False, True):
        X = rng.standard_normal((n, n))
        if np.iscomplexobj(vectors):
            X = X + 1j * rng.standard_normal((n, n))
        if invariant:
            X = X - 1j * vectors * np.imag(np.sum(vectors.conj() * X, axis=0)) if np.iscomplexobj(X) else X
        bars.append(Eigenpairs(rng.standard_normal(n) if both else None, X))
    return tuple(bars)


def pulled(rrule: Any, A: Array, bars: tuple[Eigenpairs, ...], function: str) -> Array:
    """The rule's gradients of all cotangents, (C, n, n)."""
    _, pullback = rrule(A)
    return np.array([pullback((b.values, b.vectors) if function in VECTORS else b.values) for b in bars])


def evidence(
    name: str, function: str, A: Array, *, domain: str = "general", seed: int = 0, mode: str = "reverse"
) -> Evidence:
    """What the judge would know of the rule `wrong/<name>` at A."""
    rules = library()
    solve = np.linalg.eigh if function in HERMITIAN else np.linalg.eig
    values, vectors = solve(A, *("U",) * (domain == "upper"))
    bars = cotangents(function, values, vectors, np.random.default_rng(seed))
    want = pulled(rules["none", function, domain][0], A, bars, function)
    rrule, pushforward = rules[name, function, domain]
    got = pulled(rrule, A, bars, function) if mode == "reverse" else assembled(pushforward, A, bars)
    return Evidence(
        matrix=A,
        values=values,
        vectors=vectors,
        cotangents=bars,
        got=got,
        want=want,
        allowed=allowance(values, vectors, want),
        function=function,
        domain=domain,
        convention="free",
        real=not np.iscomplexobj(A),
    )


def assembled(pushforward: Any, A: Array, bars: tuple[Eigenpairs, ...]) -> Array:
    """The gradients that a pushforward of values amounts to, from all real basis tangents."""
    n = len(A)
    dots = [pushforward(A, E) for E in np.eye(n * n).reshape(-1, n, n)]
    return np.array([[np.vdot(b.values, dot).real for dot in dots] for b in bars]).reshape(-1, n, n)


def with_answer(known: Evidence, answer: Callable[[Pieces], Array]) -> Evidence:
    """The evidence of a rule that answers with this gradient of a free complex matrix."""
    p = pieces(known)
    assert p is not None
    return replace(known, got=known.on_domain(answer(p)))


def allowance(values: Array, vectors: Array, want: Array) -> Array:
    """A budget as the judge's: n u cond(V) / gap, of the largest entry of each gradient, (C, n, n)."""
    gaps = np.abs(values[:, None] - values[None, :])[~np.eye(len(values), dtype=bool)]
    relative = 4 * len(values) * 2.0**-53 * np.linalg.cond(vectors) * max(1.0, 1 / gaps.min(initial=1.0))
    scale = np.abs(want).max(axis=(1, 2), keepdims=True)
    # a cotangent of size 1 costs its rounding even where its gradient cancels
    return np.broadcast_to(relative * np.maximum(scale, 1.0), want.shape)


def diagnose(known: Evidence) -> tuple[str, ...]:
    """Names of the causes that explain it."""
    return tuple(found.name for found in explain(known))
