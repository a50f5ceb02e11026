import numpy as np
import pytest

from eigcheck.casefile.kinds.parts import KindError, NeedsComplexError
from tests.casefile.kinds.test_kinds import array

ROUNDOFF = 2.0**-53


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("parameters", [{}, {"gap": 1e-4}, {"spectrum": (1.0, -2.0, 3.0, 3.0)}])
def test_symmetric_is_exactly_so(is_complex, parameters):
    for name in ("symmetric", "hermitian"):
        a = array(name, 4, 1, is_complex, **parameters)
        assert (a == a.conj().T).all()
        assert (np.diag(a).imag == 0).all()


def test_given_spectra_come_out():
    for name, is_complex, spectrum in (
        ("symmetric", False, (1.0, 2.0, -3.0)),
        ("hermitian", True, (1.0, 2.0, -3.0)),
        ("general", False, (1 + 2j, 1 - 2j, 3.0)),
        ("normal", False, (1 + 2j, 1 - 2j, 3.0)),
        ("normal", True, (1 + 2j, -2j, 3.0)),
        ("skew", False, (2j, -2j, 0.0)),
        ("skew", True, (2j, 1j, 0.0)),
        ("triangular", False, (1.0, 2.0, 3.0)),
    ):
        got = np.linalg.eigvals(array(name, 3, 5, is_complex, spectrum=spectrum))
        distances = abs(got[:, None] - np.array(spectrum)[None, :])
        # Eigenvalues of modulus about 4, condition at most 10 by default: 1e3 roundoffs are plenty.
        assert max(distances.min(axis=0).max(), distances.min(axis=1).max()) < 1e3 * ROUNDOFF * 4, name


def test_gap_is_between_the_first_two_eigenvalues():
    values = np.linalg.eigvalsh(array("symmetric", 5, 2, gap=1e-3))
    assert np.diff(values) == pytest.approx([1e-3, 1, 1, 1], abs=100 * ROUNDOFF * 6)


@pytest.mark.parametrize("condition", [1.0, 1e3])
@pytest.mark.parametrize("is_complex", [False, True])
def test_condition_is_about_that_of_the_eigenvectors(condition, is_complex):
    a = array("general", 5, 4, is_complex, condition=condition)
    got = np.linalg.cond(np.linalg.eig(a)[1])
    # Normalising the columns of V changes its condition by no more than the root of n either way (van der Sluis 1969).
    assert condition / np.sqrt(5) / 5 <= got <= condition * np.sqrt(5) * 1.01


@pytest.mark.parametrize("is_complex", [False, True])
def test_normal_and_orthogonal_to_roundoff(is_complex):
    for n in (1, 2, 5, 20):
        a = array("normal", n, 3, is_complex)
        assert np.linalg.norm(a @ a.conj().T - a.conj().T @ a) < 10 * n * ROUNDOFF * np.linalg.norm(a) ** 2
        q = array("orthogonal", n, 3, is_complex)
        assert np.linalg.norm(q.conj().T @ q - np.eye(n)) < 10 * n * ROUNDOFF


def test_orthogonal_has_both_determinants():
    signs = {round(np.linalg.det(array("orthogonal", 3, seed))) for seed in range(10)}
    assert signs == {-1, 1}


def test_skew_and_complex_symmetric_are_exact():
    for is_complex in (False, True):
        k = array("skew", 4, 1, is_complex)
        assert (k == -k.conj().T).all()
    c = array("complex-symmetric", 4, 1, True)
    assert (c == c.T).all()
    assert (c != c.conj().T).any()


def test_triangular():
    upper, lower = array("triangular", 4, 1), array("triangular", 4, 1, uplo="L")
    assert (np.tril(upper, -1) == 0).all()
    assert (np.triu(lower, 1) == 0).all()
    assert (np.triu(upper) != 0).sum() == 10


def test_parameters_that_cannot_be():
    with pytest.raises(KindError, match="imaginary"):
        array("skew", 2, spectrum=(1.0, 2.0))
    with pytest.raises(KindError, match="1 eigenvalues"):
        array("symmetric", 2, spectrum=(1.0,))
    with pytest.raises(NeedsComplexError):
        array("triangular", 1, spectrum=(1j,))
