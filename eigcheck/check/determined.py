"""Whether a cotangent determines a gradient: whether every loss with that cotangent has the same gradient here.

All eigenvalues simple: yes. Semisimple cluster: iff the values' cotangent is equal over it and the vectors' cotangent on
it is zero or absent. Defective cluster: no. Any other cotangent on a cluster: no. Nor does one that overflows.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.cotangents import Clusters
from eigcheck.model import Cotangent


def undetermined(cotangent: Cotangent, clusters: Clusters, semisimple: tuple[bool, ...]) -> str | None:
    """Why `cotangent` determines no gradient, or None if it does.

    Arguments:
        cotangent: in the order of the computed spectrum.
        clusters: index sets of repeated eigenvalues in that order.
        semisimple: for each of them whether it has a full set of eigenvectors.
    """
    if not cotangent.pairs.finite:
        return f"the cotangent of the {cotangent.label} overflows, so nothing can be asked with it"
    values, vectors = cotangent.pairs.values, cotangent.pairs.vectors
    for cluster, full in zip(clusters, semisimple, strict=True):
        members, named = list(cluster), ", ".join(map(str, cluster))
        if not full:
            return (
                f"eigenvalues {named} coincide and lack a full set of eigenvectors (a defective cluster): eigenvalues "
                "move like a root of the perturbation there, so no cotangent determines a gradient"
            )
        if cotangent.loss and vectors is not None:
            return f"eigenvalues {named} coincide and the loss depends on their eigenvectors, which are any basis there"
        if values is not None and np.any(values[members] != values[members[0]]):
            return (
                f"eigenvalues {named} coincide and the cotangent differs among them: losses with this cotangent have "
                "different gradients here"
            )
        if vectors is not None and np.any(vectors[:, members]):
            return (
                f"eigenvalues {named} coincide and the cotangent touches their eigenvectors, which are any basis of "
                "their eigenspace"
            )
    return None
