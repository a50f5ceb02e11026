"""Matrices of the families that the docstring of the budget claims to hold for."""

import numpy as np


def _families():
    rng = np.random.default_rng(3)
    n = 4
    G, H = rng.standard_normal((2, n, n))
    C = G + 1j * H
    Q, R = np.linalg.qr(G)[0], np.linalg.qr(H)[0]
    skewed = Q @ np.diag([1, 1e-1, 1e-2, 1e-3]) @ R
    grades, spread = 10.0 ** np.array([0, -2, -4, -6]), 10.0 ** np.array([0, 4, -4, 2])
    return {
        "real": G,
        "complex": C,
        "symmetric": G + G.T,
        "hermitian": C + C.conj().T,
        "triangular": np.triu(G) + np.diag([1.0, 3, 5, 7]),
        "cond 1e3": skewed @ np.diag([1.0, 2, 3, 4]) @ np.linalg.inv(skewed),
        "gap 1e-4": Q @ np.diag([1, 1.0001, 3, 4]) @ Q.T,
        "cond 1e3, gap 1e-4": skewed @ np.diag([1, 1.0001, 3, 4]) @ np.linalg.inv(skewed),
        "graded": grades[:, None] * G * grades,
        "graded complex": grades[:, None] * C * grades,
        "D B D^-1": spread[:, None] * G / spread,
        "D B D^-1 complex": spread[:, None] * C / spread,
        "components nearly 0": np.array([[1, 0, 1e-14, 0], [0, 1 + 1e-10, 0, 0], [1e-14, 0, 3, 1], [0, 0, 1, 0]]),
        "rows nearly 0": np.array([[1, 0, 1e-14, 2], [0, 1 + 1e-10, 0, 0], [1e-13, 0, 3, 1], [0, 0, 1, 0]]),
        "companion": np.vstack([[10.0, -35, 50, -24], np.eye(3, 4)]),
        "large": G * 2.0**400,
        "small complex": C * 2.0**-400,
    }


FAMILIES = _families()
