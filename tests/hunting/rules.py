"""Rules that are wrong on purpose, each on a set of matrices, for hunts."""

import numpy as np

from eigcheck.model import Rule


def rule(name, wrong=lambda A: False, by=lambda G: 2 * G, **more):
    """A rule of eigvals whose gradient is changed where `wrong` says so."""

    def rrule(A):
        values, vectors = np.linalg.eig(A)

        def pullback(values_bar):
            G = np.linalg.solve(vectors.conj().T, np.asarray(values_bar)[:, None] * vectors.conj().T)
            G = G if np.iscomplexobj(A) else G.real
            return by(G) if wrong(A) else G

        return values, pullback

    return Rule(f"t/{name}", "eigvals", rrule=rrule, dtypes=("float64",), **more)


def collapsed(name="collapse"):
    """The upper triangle only, where A is exactly symmetric."""
    return rule(name, lambda A: np.array_equal(A, A.T), lambda G: np.triu(G + G.T, 1) + np.diag(np.diag(G)))
