from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from eigcheck.check.evidence import Evidence, adjoint, diagonal_part, fold
from eigcheck.model import Array, Eigenpairs


def known(got: Any, want: Any, allowed: Any, **options: Any) -> Evidence:
    got, want = np.asarray(got), np.asarray(want)
    n = got.shape[-1]
    bars = tuple(Eigenpairs(np.ones(n)) for _ in got)
    options.setdefault("function", "eigvals")
    return Evidence(np.eye(n), np.ones(n), np.eye(n), bars, got, want, np.asarray(allowed), **options)


Z = np.array([[1 + 1j, 2 + 3j], [5 - 1j, 4 - 2j]])


def tangents(domain: str, complex_: bool) -> list[Array]:
    """Every real direction of a 2 x 2 matrix on a domain, written out."""
    up, down = np.array([[0.0, 1], [0, 0]]), np.array([[0.0, 0], [1, 0]])
    first, last = np.diag([1.0, 0]), np.diag([0, 1.0])
    if domain == "symmetric":
        return [first, last, up + down, *([1j * up - 1j * down] if complex_ else [])]
    side = up if domain == "upper" else down
    return [first, last, side, *([1j * side] if complex_ else [])]


@pytest.mark.parametrize("domain", ["symmetric", "upper", "lower"])
@pytest.mark.parametrize("G", [Z, Z.real])
def test_the_gradient_on_a_domain_answers_as_the_free_one_does(domain: str, G: Array) -> None:
    real = not np.iscomplexobj(G)
    one = known([G], [G], [0.0], domain=domain, function="eigh", real=real)
    on_domain = one.on_domain(one.got)[0]
    for E in tangents(domain, not real):
        full = E if domain == "symmetric" else E + E.conj().T - np.diag(np.diag(E))
        assert np.vdot(on_domain, E).real == pytest.approx(np.vdot(G, full).real)
    assert (one.visible(on_domain[None]) == on_domain).all()


@pytest.mark.parametrize("domain", ["symmetric", "upper", "lower"])
def test_what_tangents_cannot_see_is_not_visible(domain: str) -> None:
    one = known([Z], [Z], [0.0], domain=domain, function="eigh", real=False)
    seen = one.visible(one.got)[0]
    for E in tangents(domain, True):
        assert np.vdot(seen, E).real == pytest.approx(np.vdot(Z, E).real)


def test_a_free_real_matrix_has_the_real_part() -> None:
    one = known([Z], [Z], [0.0], real=True)
    assert (one.on_domain(one.got)[0] == Z.real).all()
    assert (one.visible(one.got)[0] == Z).all()


@pytest.mark.parametrize(
    ("function", "domain", "uplo", "triangle"),
    [
        ("eigvals", "general", None, None),
        ("eigh", "general", None, "L"),
        ("eigh", "general", "U", "U"),
        ("eigh", "symmetric", "U", None),
        ("eigvalsh", "upper", None, "U"),
        ("eigvalsh", "lower", None, "L"),
    ],
)
def test_triangle(function: str, domain: str, uplo: str | None, triangle: str | None) -> None:
    assert known([Z], [Z], [0.0], function=function, domain=domain, uplo=uplo).triangle == triangle


def test_failing_counts_each_entry_and_what_is_not_finite() -> None:
    want = np.zeros((3, 2, 2))
    got = want.copy()
    got[0, 1, 0] = 1e-3
    got[2, 0, 0] = np.nan
    allowed = np.full((3, 2, 2), 1e-6)
    assert known(got, want, allowed).failing.tolist() == [True, False, True]
    allowed[0, 1, 0] = 1e-2
    assert known(got, want, allowed).failing.tolist() == [False, False, True]
    assert known(got, want, np.full(3, 1e-2)).failing.tolist() == [False, False, True]


def test_the_error_is_how_far_the_rule_is_from_the_truth() -> None:
    one = known([Z, Z], [Z, Z + 3j], [0.0, 0.0], real=False)
    assert one.error.tolist() == [0.0, 3.0]
    assert one.off(one.got - np.eye(2)).tolist() == [1.0, 1.0]
    assert one.only(np.array([False, True])).error.tolist() == [3.0]


def test_only_keeps_what_belongs_together() -> None:
    want = np.arange(12.0).reshape(3, 2, 2)
    part = known(want, want + 1, [1.0, 2.0, 3.0]).only(np.array([True, False, True]))
    assert part.got[1].tolist() == want[2].tolist()
    assert part.allowances.tolist() == [1.0, 3.0]
    assert len(part.cotangents) == 2


def test_fold_adjoint_and_diagonal_part() -> None:
    assert fold(Z, "U").tolist() == [[1, 7 + 4j], [0, 4]]
    assert fold(Z, "L").tolist() == [[1, 0], [7 - 4j, 4]]
    assert adjoint(Z).tolist() == [[1 - 1j, 5 + 1j], [2 - 3j, 4 + 2j]]
    assert diagonal_part(Z).tolist() == [[1 + 1j, 0], [0, 4 - 2j]]
