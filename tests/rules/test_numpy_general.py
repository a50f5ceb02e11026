import numpy as np
import pytest

from eigcheck.rules.registry import get_rule


def test_a_defective_matrix_raises_only_where_there_is_a_cotangent():
    A = np.array([[1, 2], [-0.5, -1]])
    (values, _), pullback = get_rule("numpy/lapack", "eig")(A)
    assert not pullback((np.zeros(2), np.zeros((2, 2)))).any()
    if np.linalg.eig(A)[1].dtype.kind == "f":
        with pytest.raises(np.linalg.LinAlgError):
            pullback((np.ones_like(values), None))


@pytest.mark.parametrize("name", ["numpy/lapack", "numpy/left-vectors"])
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_a_semisimple_cluster_of_a_matrix_that_is_not_normal(name, dtype):
    A = np.array([[1, 0, 1, 0], [0, 1, 0, 2], [0, 0, 3, 0], [0, 0, 0, 3]], dtype=dtype)
    values, pullback = get_rule(name, "eigvals")(A)
    np.testing.assert_allclose(pullback(np.conj(2 * values)), 2 * A.T, atol=1e-14)
    (values, vectors), pullback = get_rule(name, "eig")(A)
    np.testing.assert_allclose(pullback((np.conj(2 * values), 0 * vectors)), 2 * A.T, atol=1e-14)
