"""Which gradient a rule returns, measured: on which entries it is free, how it is paired, and of which primal.

The loss is f = Re sum conj(c_k) lambda_k + sum C_ik abs(V_ik)^2, which no phase changes; its cotangents are c and
2 C o V. Central differences of f on free entries of a reference (NumPy's `eigvals` and `eig` of A; its `eigvalsh` and
`eigh` of (A + A^H)/2) give the gradient G under the pairing Re tr(X^H Y), and what other conventions make of it:

- `general`: G;
- `symmetric split`: its Hermitian part, an off-diagonal entry's share half at each of its two places;
- `symmetric split + skew`: a matrix of which that is the Hermitian part, the same to symmetric tangents;
- `lower-doubled`, `upper-doubled`: the Hermitian part folded onto one triangle;
- each of them conjugated, which is the same gradient under the pairing Re sum(x y).

The same differences of the rule's own primal tell whether its gradient is that primal's derivative.
With steps h = u^(1/3) norm(A) differences err by about u^(2/3); the fixed matrices are well conditioned, and what
agrees to u^(1/2) is taken for the same: conventions differ by numbers of order 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from eigcheck.check.ask import forward_numbers
from eigcheck.choosing import place_of_foremost
from eigcheck.domains.tangents import assemble, basis, project
from eigcheck.execution import RuleRunner
from eigcheck.model import Array, Eigenpairs, ForwardCall, ReverseCall, Rule, Tangents, Trouble, unit_roundoff
from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS

MATRICES: Final[Mapping[str, Array]] = {
    "real symmetric": np.array([[1.0, 2.0, 0.5], [2.0, 3.0, -1.0], [0.5, -1.0, 6.0]]),
    "Hermitian": np.array([[2, 1 - 1j, 0.5j], [1 + 1j, 3, 0.25 + 1j], [-0.5j, 0.25 - 1j, 5]]),
    "real, complex pair": np.array([[1.0, -2.0, 0.5], [2.0, 0.5, 1.0], [0.25, 0.5, 4.0]]),
    "complex": np.array([[1 + 1j, 2, 0.5j], [0.5, 3 - 1j, 1], [0.25j, -1, 5 + 2j]]),
}
"""Well-conditioned matrices of each kind, by what they are."""

_U: Final = unit_roundoff(np.float64)
_STEP: Final = _U ** (1 / 3)
_SAME: Final = _U**0.5


@dataclass(frozen=True)
class Convention:
    """What one rule returns at one matrix.

    `gradient` names the conventions that agree, in the order above; empty if none does. `errors` are
    the distances to all of them, relative to the gradient. `own` says on which tangents the gradient is the
    derivative of the rule's own primal: `every entry`, `the declared domain`, `none`; `where` an entry that shows why.
    `forward` says the same of the pushforward, of which the pullback is the adjoint there; empty if there is none.
    """

    rule: Rule
    matrix: str
    gradient: tuple[str, ...] = ()
    conjugated: bool | None = None
    errors: Mapping[str, float] = field(default_factory=dict)
    own: str = "none"
    where: str = ""
    forward: str = ""
    trouble: str = ""


def measure(rule: Rule, runner: RuleRunner) -> tuple[Convention, ...]:
    """The conventions of a rule at each of `MATRICES` that it takes. Its own trouble is told, never raised."""
    symmetric_only = rule.function in HERMITIAN_FUNCTIONS or rule.domain != "general"
    found = []
    for name, matrix in MATRICES.items():
        hermitian = np.array_equal(matrix, matrix.conj().T)
        if str(matrix.dtype) in rule.dtypes and rule.has_reverse and (hermitian or not symmetric_only):
            found.append(_at(rule, runner, name, matrix))
    return tuple(found)


def _at(rule: Rule, runner: RuleRunner, name: str, matrix: Array) -> Convention:
    primal = runner.ask(rule, [ReverseCall(matrix)])[0]
    if primal.primal is None:
        return Convention(rule, name, trouble=_told(primal.trouble))
    bars = _cotangents(primal.primal, rule.function, matrix)
    (answer,) = runner.ask(rule, [ReverseCall(matrix, (bars,))])[0].answers or (primal.trouble,)
    if not isinstance(answer, np.ndarray):
        return Convention(rule, name, trouble=_told(answer if isinstance(answer, Trouble) else None))
    answer, loss = np.asarray(answer), _loss_at(primal.primal)
    truth = _differences(lambda matrices: [loss(_reference(A, rule.function)) for A in matrices], matrix)
    errors = _distances(answer, _candidates(truth, rule))
    if min(errors.values()) > _SAME:
        seen, right = project(answer, "symmetric"), project(truth, "symmetric")
        errors |= _distances(seen, {"symmetric split + skew": right})
    kinds = [kind for kind, error in errors.items() if error <= _SAME]
    plain = [kind for kind in kinds if not kind.endswith(_CONJUGATED)]
    own, where = _own(rule, runner, matrix, answer, loss)
    forward = _forward(rule, runner, matrix, answer, bars)
    told = None if matrix.dtype.kind == "f" or not kinds else not plain
    gradient = tuple(dict.fromkeys(kind.removesuffix(_CONJUGATED) for kind in plain or kinds))
    return Convention(rule, name, gradient, told, errors, own, where, forward)


_CONJUGATED: Final = ", conjugated"
_EVERYWHERE: Final = "every entry"


def _told(trouble: Trouble | None) -> str:
    return "it gave no answer" if trouble is None else trouble.message


def _weights(n: int) -> tuple[Array, Array]:
    """c, complex, and C of the loss: fixed numbers of order 1, no two alike."""
    k = np.arange(1, n + 1)
    return np.cos(k) + 1j * np.sin(2 * k), np.sin(np.outer(k, k**2) + k)


def _cotangents(primal: Eigenpairs, function: str, matrix: Array) -> Eigenpairs:
    values = np.asarray(primal.values)
    c, C = _weights(values.size)
    c = c if values.dtype.kind == "c" and function not in HERMITIAN_FUNCTIONS else c.real
    if function not in VECTOR_FUNCTIONS:
        return Eigenpairs(c)
    vectors = np.asarray(primal.vectors)
    return Eigenpairs(c, 2 * C * (vectors if np.iscomplexobj(matrix) or np.iscomplexobj(values) else vectors.real))


def _loss_at(base: Eigenpairs) -> Callable[[Eigenpairs | None], float]:
    """f of a primal near `base`, whose pairs keep their weights: each goes to the nearest value of `base`."""
    values = np.asarray(base.values)
    c, C = _weights(values.size)
    c = c if values.dtype.kind == "c" else c.real

    def loss(primal: Eigenpairs | None) -> float:
        if primal is None:
            return float("nan")
        order = np.argmin(np.abs(np.asarray(primal.values)[None, :] - values[:, None]), axis=1)
        value = float(np.sum(np.conj(c) * np.asarray(primal.values)[order]).real)
        if primal.vectors is None or base.vectors is None:
            return value
        return value + float(np.sum(C * np.abs(np.asarray(primal.vectors)[:, order]) ** 2))

    return loss


def _reference(A: Array, function: str) -> Eigenpairs:
    if function in HERMITIAN_FUNCTIONS:
        values, vectors = np.linalg.eigh((A + A.conj().T) / 2)
    else:
        values, vectors = np.linalg.eig(A)
    return Eigenpairs(values, vectors if function in VECTOR_FUNCTIONS else None)


def _differences(losses: Callable[[list[Array]], list[float]], matrix: Array) -> Array:
    """df/dRe A_ij + i df/dIm A_ij by central differences on free entries."""
    h, ways = _STEP * float(np.linalg.norm(matrix)), _free(matrix)
    found = losses([matrix + sign * h * E for E in ways.matrices for sign in (1, -1)])
    return _gradient(np.asarray(found).reshape(-1, 2) @ np.array([1, -1]) / (2 * h), ways, matrix)


def _free(matrix: Array) -> Tangents:
    """Each entry by itself, in a complex matrix along 1 and i."""
    return basis(len(matrix), "general", is_complex=np.iscomplexobj(matrix))


def _gradient(slopes: Array, ways: Tangents, matrix: Array) -> Array:
    """The gradient (n, n) from the slopes along free entries."""
    return np.asarray(assemble(slopes[None], ways, len(matrix), "general", is_complex=np.iscomplexobj(matrix))[0])


def _candidates(truth: Array, rule: Rule) -> dict[str, Array]:
    split = project(truth, "symmetric")
    diagonal = np.diag(np.diag(split).real)
    made = {
        "general": truth,
        "symmetric split": split,
        "lower-doubled": 2 * np.tril(split, -1) + diagonal,
        "upper-doubled": 2 * np.triu(split, 1) + diagonal,
    }
    if rule.function in HERMITIAN_FUNCTIONS:
        del made["general"]  # these read one triangle, so that on free entries it is one of the doubled ones
    if np.iscomplexobj(truth):
        made |= {kind + _CONJUGATED: gradient.conj() for kind, gradient in made.items()}
    return made


def _distances(gradient: Array, candidates: Mapping[str, Array]) -> dict[str, float]:
    return {
        kind: float(np.linalg.norm(gradient - candidate) / np.linalg.norm(candidate))
        for kind, candidate in candidates.items()
    }


def _own(
    rule: Rule, runner: RuleRunner, matrix: Array, gradient: Array, loss: Callable[[Eigenpairs | None], float]
) -> tuple[str, str]:
    """Of what the gradient is the derivative of the rule's own primal, and an entry where it is not."""

    def losses(matrices: Sequence[Array]) -> list[float]:
        return [loss(reply.primal) for reply in runner.ask(rule, [ReverseCall(A) for A in matrices])]

    own = _differences(losses, matrix)
    extent = _extent(gradient, own, rule)
    if extent == _EVERYWHERE:
        return extent, ""
    off = np.abs(gradient - own)
    i, j = place_of_foremost(off)
    where = f"entry ({i}, {j}): the gradient is {gradient[i, j]:.4g}, the primal moves by {own[i, j]:.4g}"
    return extent, where


def _forward(rule: Rule, runner: RuleRunner, matrix: Array, gradient: Array, bars: Eigenpairs) -> str:
    """Where the pushforward, paired with the cotangents, is the adjoint of the pullback."""
    if not rule.has_forward:
        return ""
    ways = _free(matrix)
    reply = runner.ask(rule, [ForwardCall(matrix, ways.matrices)])[0]
    for answer in reply.answers:
        if not isinstance(answer, Eigenpairs):
            return f"it gave no answer: {answer.message}" if isinstance(answer, Trouble) else "it gave no answer"
    numbers = forward_numbers(reply, (bars,))
    return "it gave no answer" if numbers is None else _extent(gradient, _gradient(numbers[0], ways, matrix), rule)


def _extent(gradient: Array, other: Array, rule: Rule) -> str:
    """On which tangents two gradients agree."""
    bound = _SAME * float(np.max(np.abs(other)))
    if np.all(np.abs(gradient - other) <= bound):
        return _EVERYWHERE
    seen = project(gradient, rule.domain) - project(other, rule.domain)
    return "the declared domain" if np.all(np.abs(seen) <= bound) else "none"
