"""From a problem to a group of test vectors: the oracle `certified` answers, the judge's own budget says what is allowed.

Cotangents are made for the listed eigenpairs, without what they say of phases, so that they are the same for every rule
whose vectors have unit 2-norm. What is allowed is the larger of what a rule may err that turns vectors by LAPACK's
convention and of what one may that does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from eigcheck.check.compare import CLEAR, NOT_COMPUTABLE, floored, overflow, signal_of
from eigcheck.check.point import Point, make_point
from eigcheck.domains.structures import structures, structures_of
from eigcheck.domains.tangents import BASIS_LIMITS, assemble, project, tangents_for
from eigcheck.errors import UsageError
from eigcheck.model import Array, Eigenpairs, Problem, Rule, Tangents, Testimony
from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS
from eigcheck.oracles.certified import testify
from eigcheck.oracles.certified_spectrum import Failure
from eigcheck.spectra.survey import Spectrum, survey
from eigcheck.tasks import Task
from eigcheck.vectors.listing import enclosed, listed
from eigcheck.vectors.shape import (
    BoundMatrix,
    ExactMatrix,
    ExactVector,
    Group,
    LeftOut,
    ListedCotangent,
    Test,
    bound,
    hexadecimal,
)

LARGEST: Final = 24
"""Largest order of a matrix that vectors are made of: a gradient for each of n cotangents has n^3 numbers."""
DIRECTIONS: Final = 2
"""Tangents in no special position in forward mode: a wrong linear map shows along any. A diagonal one and one of a single
entry follow, for which a rule may have a branch."""

_STEPS: Final = 8  # entries of tangents are multiples of one over this, so that they are exact in every precision
EXCEPTIONAL: Final = "exceptional-point"
NOT_FINITE: Final = "not-finite"
IMPRECISE: Final = "ill-conditioned"

NOTES: Final[dict[str, str]] = {
    **{str(one.name): one.meaning for one in structures()},
    EXCEPTIONAL: "eigenvalues coincide and lack a full set of eigenvectors, so that no derivative is bounded",
    NOT_FINITE: "what is read of the matrix holds NaN or infinities",
    IMPRECISE: (
        f"more than {CLEAR:g} of the largest number may be lost to roundoff: a rule that stays within that has passed, "
        "which says little of it"
    ),
}
"""What the flags mean."""


def tasks_of(problems: Sequence[Problem], texts: Sequence[str] = ()) -> tuple[Task, ...]:
    """What there may be a group of: each problem in each mode, where there are `texts` those whose id contains one.

    The rule is one that nobody has written: it knows the domain and the triangle.
    """
    every = (
        Task(problem, Rule("", problem.function, problem.domain, uplo=problem.uplo, convention="unit"), (mode,))
        for problem in problems
        for mode in problem.modes
    )
    return tuple(task for task in every if not texts or any(text in id_of(task) for text in texts))


def id_of(task: Task) -> str:
    """The id of the outcomes of this problem in this mode, without the rule."""
    return f"{task.problem.case}::{task.problem.function}::{task.modes[0]}"


def group_of(task: Task) -> Group | LeftOut:
    """The group of a problem in a mode, not verified yet; or why there is none."""
    problem = task.problem
    limit = min(LARGEST, BASIS_LIMITS[np.iscomplexobj(problem.matrix)])
    if len(problem.matrix) > limit:
        return LeftOut(id_of(task), f"order {len(problem.matrix)}; vectors are made up to order {limit}")
    if problem.off_domain is not None:
        return LeftOut(id_of(task), problem.off_domain)
    spectrum = survey(problem.matrix, task.rule.triangle)
    if not spectrum.finite:
        why = "the matrix has entries that are not finite: there is no derivative"
        return _group(task, spectrum, undetermined=why)
    if spectrum.state is None:
        return LeftOut(
            id_of(task), "LAPACK finds no eigenvalues of this matrix, so that nobody knows what a rule may err"
        )
    if spectrum.multiplicity.defective:
        why = "eigenvalues coincide and lack a full set of eigenvectors: no cotangent determines a gradient"
        return _group(task, spectrum, undetermined=why)
    exact = enclosed(spectrum.decomposed) if len(problem.matrix) else None
    if isinstance(exact, Failure):
        return LeftOut(id_of(task), exact.reason)
    with_vectors = problem.function in VECTOR_FUNCTIONS
    nothing = Eigenpairs(np.zeros(0), np.zeros((0, 0)) if with_vectors else None)
    hermitian = problem.function in HERMITIAN_FUNCTIONS or problem.domain in ("upper", "lower")
    primal = nothing if exact is None else listed(exact, hermitian=hermitian, with_vectors=with_vectors)
    tangents = _tangents(task)
    try:
        point = make_point(problem.cotangent, task.rule, spectrum, primal, tangents)
    except UsageError as error:
        return LeftOut(id_of(task), str(error))
    forward = tuple(map(ExactMatrix.of, tangents.matrices)) if task.modes[0] == "forward" else None
    return _group(task, spectrum, **_exactly(primal), tangents=forward, tests=tuple(_tests(task, point)))


def _group(task: Task, spectrum: Spectrum, **found: Any) -> Group:
    problem = task.problem
    named: dict[str, Any] = {
        key: getattr(problem, key) for key in ("case", "function", "domain", "dtype", "about", "source")
    }
    flags: tuple[str, ...] = structures_of(spectrum.matrix, spectrum.triangle)
    flags += (EXCEPTIONAL,) * spectrum.multiplicity.defective + (NOT_FINITE,) * (not spectrum.finite)
    return Group(
        **named,
        id=id_of(task),
        triangle=task.rule.triangle,  # type: ignore[arg-type]
        mode=task.modes[0],  # type: ignore[arg-type]
        n=len(problem.matrix),
        flags=flags,
        matrix=ExactMatrix.of(problem.matrix),
        **{"tests": ()} | found,
    )


def _exactly(pairs: Eigenpairs) -> dict[str, Any]:
    values, vectors = pairs.values, pairs.vectors
    return {
        "values": None if values is None else ExactVector.of(values),
        "vectors": None if vectors is None else ExactMatrix.of(vectors),
    }


def _tangents(task: Task) -> Tangents:
    """In reverse mode every entry; in forward mode some directions of exact entries."""
    problem = task.problem
    n, is_complex = len(problem.matrix), np.iscomplexobj(problem.matrix)
    if task.modes[0] == "reverse":
        return tangents_for(n, problem.domain, is_complex=is_complex, every=True)
    rng = np.random.default_rng([n, DIRECTIONS])
    drawn = [rng.integers(-_STEPS, _STEPS + 1, (DIRECTIONS, n, n)) / _STEPS for _ in range(1 + is_complex)]
    dense = drawn[0] + 1j * drawn[1] if is_complex else drawn[0]
    single = np.zeros((n, n))
    single[-1:, :1] = problem.domain == "lower"
    single[:1, -1:] += problem.domain != "lower"
    made = project(np.array([*dense, np.diag(np.diagonal(dense[0])), single]), problem.domain)
    return Tangents(made, (None,) * len(made), ("re",) * len(made))


def _tests(task: Task, point: Point) -> list[Test]:
    testimony = testify(point.question())
    allowed = _allowed(point, testimony)
    tests = []
    for c, cotangent in enumerate(point.cotangents):
        told = ListedCotangent(cotangent.label, **_exactly(cotangent.pairs))
        test = Test(id=f"{id_of(task)}::{c}", cotangent=told, status="uncertified")
        unanswered = testimony.abstained or testimony.reasons[c]
        if point.reasons[c] is not None:
            tests.append(replace(test, status="undetermined", why=point.reasons[c]))
        elif unanswered is not None:
            # it knows no other pairs than those of a rule
            tests.append(replace(test, why=unanswered.replace("the rule's", "the listed")))
        else:
            numbers, bars = _without_dust(testimony.numbers[c], testimony.bars[c])
            signal = signal_of(numbers, point.terms[c], point.roundoff, bars)
            floor = floored(allowed[c], point.roundoff, signal)
            tests.append(_answered(test, task, point.tangents, numbers, bars, floor, signal))
    return tests


def _without_dust(numbers: Array, bars: Array) -> tuple[Array, Array]:
    """What may be 0 is listed as 0, and its bar grows by what it was: its digits say nothing."""
    dust = np.abs(numbers) <= bars
    return np.where(dust, 0.0, numbers), np.where(dust, bars + np.abs(numbers), bars)


def _answered(
    test: Test, task: Task, tangents: Tangents, numbers: Array, bars: Array, allowed: Array, signal: float
) -> Test:
    """The test with its answer, unless roundoff or the range of the precision leave none that a rule can be held to."""
    matrix = task.problem.matrix
    if not np.isfinite(allowed).all():
        return replace(test, why=f"{NOT_COMPUTABLE}: roundoff alone may change the gradient without a bound")
    if signal > overflow(matrix.dtype):
        return replace(test, why=f"{NOT_COMPUTABLE}: what is on the way to the gradient overflows")
    vague = float(np.max(allowed + bars, initial=0.0)) > CLEAR * signal > 0
    test = replace(test, status="certified", flags=(IMPRECISE,) if vague else ())
    if task.modes[0] == "forward":
        return replace(
            test,
            derivatives=tuple(map(hexadecimal, numbers)),
            radius=tuple(map(bound, bars)),
            allowed=tuple(map(bound, allowed)),
        )
    n, is_complex = len(matrix), np.iscomplexobj(matrix)
    gradient, radius, errors = (
        np.asarray(assemble(one[None], tangents, n, task.problem.domain, is_complex=is_complex)[0])
        for one in (numbers, bars, allowed)
    )
    return replace(
        test, gradient=ExactMatrix.of(gradient), radius=BoundMatrix.of(radius), allowed=BoundMatrix.of(errors)
    )


def _allowed(point: Point, testimony: Testimony) -> Array:
    """What a right rule may err, (C, T), whether it turns vectors by LAPACK's convention or not.

    One that does may apply it to what rounding leaves of a cotangent's response to turns: the oracle's bars for such a
    rule are larger by that.
    """
    lapack = replace(point.rule, convention="lapack")
    allowed = np.maximum(point.allowed, replace(point, rule=lapack).allowed)
    turned = testify(replace(point.question(), convention="lapack"))
    if testimony.abstained is not None or turned.abstained is not None:
        return allowed
    with np.errstate(invalid="ignore"):
        more = turned.bars - testimony.bars
    return np.asarray(allowed + np.where(np.isfinite(more), np.maximum(more, 0.0), 0.0))
