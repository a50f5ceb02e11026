"""Each transformed problem by itself: spectrum, tangents and cotangents go where they belong."""

import numpy as np
import pytest

from eigcheck.model import Eigenpairs, unit_roundoff
from eigcheck.spectra.following import follow_to
from eigcheck.spectra.reads import read
from tests.check.checks.relations.stand import NAMES, RELATIONS, heard, place_of
from tests.check.stage import H3, N3, S, rule_named

C3 = N3 + 1j * np.rot90(N3)
TURNING = np.array([[1.0, -2, 0.5], [2, 1, 0], [0.5, 0, -1]])
MATRICES = {"S": S, "N3": N3, "H3": H3, "C3": C3, "turning": TURNING, "single": N3.astype(np.float32)}
ROOM = 64
"""Roundings that a few products of order 3 and a decomposition with a condition of about 10 take."""


def images_of(name, matrix, function="eig", domain="general"):
    """The images, and the place that they come from."""
    point, _, answers = heard(rule_named("numpy/lapack", function, domain), matrix)
    place = place_of(point, answers)
    return RELATIONS[name].images(place), place


def eigenpairs(matrix, triangle):
    """LAPACK's, of what is read."""
    seen = read(matrix, triangle)
    values, vectors = np.linalg.eigh(seen) if triangle else np.linalg.eig(seen)
    return Eigenpairs(values, vectors)


PLAIN = [(name, kind, "eig", "general") for name in NAMES for kind in MATRICES]
HERMITIAN = [
    (name, kind, "eigh", domain)
    for name in NAMES
    for kind in ("S", "H3")
    for domain in ("general", "symmetric", "upper", "lower")
]
EVERY = PLAIN + HERMITIAN
"""All relations on all matrices and the domains that these lie in."""


@pytest.mark.parametrize(("name", "kind", "function", "domain"), EVERY)
def test_the_pairs_of_the_image_are_those_of_the_matrix(name, kind, function, domain):
    images, place = images_of(name, MATRICES[kind], function, domain)
    if isinstance(images, str):
        if name == "unread-triangle":
            assert place.point.triangle is None or domain == "symmetric"
            return
        assert name in ("conjugation", "diagonal-unitary", "transposition")
        assert not np.iscomplexobj(MATRICES[kind])
        return
    u, state = unit_roundoff(place.matrix.dtype), place.point.state
    for image in images:
        assert image.matrix.dtype == place.matrix.dtype
        there = eigenpairs(image.matrix, place.point.triangle)
        seen = image.back(there)
        here = Eigenpairs(place.point.primal.values, None if seen.vectors is None else place.point.primal.vectors)
        followed = follow_to(here, seen, place.point.state)
        assert not np.any(followed.lost_values)
        assert np.max(np.abs(followed.values)) <= ROOM * u * state.size * np.max(state.kappa)
        if seen.vectors is not None:
            assert np.max(np.abs(followed.vectors)) <= ROOM * u * place.point.state.size * np.max(
                place.point.state.resolvent_norms
            )


@pytest.mark.parametrize(("name", "kind", "function", "domain"), EVERY)
def test_tangents_of_the_image_lie_on_the_domain(name, kind, function, domain):
    images, place = images_of(name, MATRICES[kind], function, domain)
    for image in () if isinstance(images, str) else images:
        assert len(image.tangents) >= len(place.tangents)
        for made in image.tangents:
            if domain == "symmetric":
                assert np.array_equal(made, made.conj().T)
            elif domain != "general":
                assert not np.any(np.tril(made, -1) if domain == "upper" else np.triu(made, 1))
                assert not np.any(np.diag(made).imag)
        if domain == "symmetric":
            assert np.array_equal(image.matrix, image.matrix.conj().T)


@pytest.mark.parametrize(("name", "kind", "function", "domain"), EVERY)
def test_values_move_along_mapped_tangents_as_they_do_at_the_matrix(name, kind, function, domain):
    """d lambda = w^H E v, by LAPACK's own left vectors on both sides."""
    images, place = images_of(name, MATRICES[kind], function, domain)
    weights = np.arange(1.0, place.n + 1)

    def response(pairs, tangents, bar):
        left = np.linalg.inv(pairs.vectors)
        moved = left @ read(tangents, place.point.triangle) @ pairs.vectors
        return np.real(np.diagonal(moved, axis1=1, axis2=2) @ np.conj(bar))

    here = Eigenpairs(place.point.primal.values, place.point.primal.vectors)
    want = response(here, place.tangents, weights)
    for image in () if isinstance(images, str) else images:
        there = eigenpairs(image.matrix, place.point.triangle)
        seen = image.back(there)
        first = here if seen.vectors is not None else Eigenpairs(here.values)
        carried = follow_to(first, seen, place.point.state).carry(Eigenpairs(weights))
        got = response(there, image.tangents, image.forth(carried, there).values)
        want_there = np.concatenate([want, np.zeros(len(got) - len(want))])
        u = unit_roundoff(place.matrix.dtype)
        assert np.max(np.abs(got - want_there)) <= ROOM**2 * u * np.max(place.point.state.kappa) ** 2


@pytest.mark.parametrize(
    ("name", "matrix", "why"),
    [
        ("scaling", np.array([[1e200, 0], [0, 2e200]]), "near the ends"),
        ("scaling", np.array([[1.0, 1e-305], [0, 2]]), "near the ends"),
        ("scaling", np.array([[1e12, 0], [0, 2]], np.float32), "near the ends"),
        ("signed-permutation", np.array([[3.0]]), "nothing to permute"),
        ("orthogonal", np.array([[3.0]]), "order 1"),
        ("diagonal-unitary", np.array([[3.0j]]), "order 1"),
        ("diagonal-unitary", N3, "real"),
        ("conjugation", S, "real"),
        ("embedding", np.array([[1e308, 0], [0, 1.5e308]]), "near the ends"),
        ("unread-triangle", N3, "every entry is read"),
        ("shift", np.array([[1e308, 0], [0, 1.5e308]]), "near the ends"),
    ],
)
def test_a_relation_that_cannot_be_asked_says_why(name, matrix, why):
    images, _ = images_of(name, matrix)
    if name == "scaling" and not isinstance(images, str):
        # one sense may be left
        assert len(images) == 1
        return
    assert isinstance(images, str)
    assert why in images


def test_a_symmetric_matrix_is_not_transposed_where_only_such_are_meant():
    assert isinstance(images_of("transposition", S, "eigh", "symmetric")[0], str)
    assert not isinstance(images_of("transposition", S)[0], str)


def test_no_place_stays_under_a_permutation_and_signs_differ():
    for n in (2, 3, 5):
        point, _, answers = heard(rule_named("numpy/lapack"), np.diag(np.arange(1.0, n + 1)) + np.triu(np.ones((n, n))))
        place = place_of(point, answers)
        (image,) = RELATIONS["signed-permutation"].images(place)
        assert np.all(np.diag(image.matrix) != np.diag(place.matrix))
        assert np.any(image.matrix < 0)
        assert np.array_equal(np.sort(np.abs(image.matrix), axis=None), np.sort(np.abs(place.matrix), axis=None))


def test_a_product_that_is_symmetric_by_chance_is_moved_off_symmetry():
    """Whether Q A Q^T comes out symmetric to the last bit depends on the processor."""
    for seed in range(4):
        (image,), place = images_of("orthogonal", np.diag(np.arange(1.0, 3 + seed)))
        assert not np.array_equal(image.matrix, image.matrix.T)
        assert image.defect is not None
        assert np.all(np.abs(image.matrix - image.matrix.T) <= 2 * image.defect + unit_roundoff(np.float64) * place.n)


@pytest.mark.parametrize("matrix", [S, H3], ids=["real", "complex"])
@pytest.mark.parametrize("domain", ["upper", "lower"])
def test_the_other_triangle_holds_other_numbers_or_none(domain, matrix):
    images, place = images_of("unread-triangle", matrix, "eigh", domain)
    other = np.triu if domain == "lower" else np.tril
    for image in images:
        assert np.array_equal(read(image.matrix, place.point.triangle), place.matrix)
        there = other(np.ones(matrix.shape), 1 if domain == "lower" else -1) > 0
        assert not np.any(image.matrix[there] == place.matrix[there]) or not np.any(image.matrix[there])
    assert [bool(np.any(np.isnan(image.matrix))) for image in images] == [False, False, True]
    assert [bool(np.any(image.matrix[there])) for image in images] == [True, False, True]
