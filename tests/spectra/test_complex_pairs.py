"""Which pairs may be complex: told by the values, not by the dtype that they come in."""

import numpy as np
import pytest

from eigcheck.model import Eigenpairs
from eigcheck.spectra.complex_pairs import values_are_complex, vectors_are_complex


@pytest.mark.parametrize(
    ("values", "paired"),
    [
        ([1 + 1e-17j, 2 - 3e-17j, 0.5 + 1e-9j], [False, False, False]),
        ([0.5 + 1e-9j, 2 - 3e-17j, 0.5 - 1.0001e-9j], [True, False, True]),
        ([1, 1, -4 + 1e-300j], [False, False, False]),
        ([np.nan, np.inf, 1], [False, False, False]),
    ],
)
def test_an_imaginary_part_from_rounding_is_no_direction_of_a_real_matrix(values, paired):
    """A primal in complex arithmetic: an eigenvalue of a real matrix that is not real comes with its conjugate."""
    primal = Eigenpairs(np.array(values, complex), np.eye(3))
    assert list(values_are_complex(primal, np.eye(3), "eigvals")) == paired
    assert list(vectors_are_complex(primal, np.eye(3))) == paired
    assert all(values_are_complex(primal, np.eye(3, dtype=complex), "eigvals"))
    assert not any(values_are_complex(primal, np.eye(3), "eigvalsh"))
