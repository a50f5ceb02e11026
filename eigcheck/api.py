"""The library: in Python what the commands do. Callables in memory run in this process, since a closure cannot be sent."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from numbers import Integral, Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from eigcheck import engine, names
from eigcheck.check.settings import Settings
from eigcheck.errors import UsageError
from eigcheck.execution.perform import LocalRunner
from eigcheck.model import Array, CotangentSpec, Problem, Pushforward, Rrule, Rule
from eigcheck.names import DEFAULT_OUTCOME_TIMEOUT, MODES, Convention, Domain, Function, Mode, Structure, Uplo
from eigcheck.outcome import Outcome
from eigcheck.pairs import frozen
from eigcheck.reports.reproducer import cotangent_text
from eigcheck.rules.declarations import orders_of
from eigcheck.rules.frameworks.plain import made_rule
from eigcheck.rules.registry import builtin_names
from eigcheck.rules.registry import get_rule as get_rule
from eigcheck.sources import Wanted, loads_of, opened
from eigcheck.words import choices, one_of, some_of, words_of

CasePath: TypeAlias = str | os.PathLike[str]
"""A case file or a folder of them."""


def check(
    rrule: Rrule | Callable[[Any], Any] | None,
    matrix: ArrayLike,
    *,
    function: Function = "eigvals",
    domain: Domain = "general",
    uplo: Uplo | None = None,
    mode: Mode | Sequence[Mode] = MODES,
    pushforward: Pushforward | None = None,
    orders: int | Iterable[int] | None = None,
    convention: Convention = "lapack",
    cotangent: CotangentSpec | str | None = None,
    structures: Structure | Sequence[Structure] | None = None,
    name: str = "rule",
    seed: int = 0,
    framework: str | None = None,
    outcome_timeout: float = DEFAULT_OUTCOME_TIMEOUT,
) -> tuple[Outcome, ...]:
    """Judge a callable at one matrix: an outcome for each `mode` that it has.

    Arguments:
        rrule: `rrule(A) -> (primal, pullback)`; runs in this process, on read-only copies. With a `framework`
            (`torch`, `jax`, `autograd`, `pytensor` or `tensorflow`), or found to be of one: a plain function of that
            framework's arrays, which it differentiates, in the modes in which it can. None: a `pushforward` alone.
        matrix: (n, n), converted to one of the four dtypes.
        function, domain, uplo, convention, orders: what the rule claims to be; `orders` are the n that it takes.
        mode: `reverse`, `forward` or both.
        cotangent: what to pull back, as it stands in a case file (`"{kind: random, of: [vectors]}"`) or as a
            CotangentSpec; by default what a case without a `cotangent` gets.
        structures: along which random directions stay, besides moves by single ULPs; by default those of the matrix.
        outcome_timeout: seconds that one outcome may take in all; after them it is `error` with `timeout`.

    Raises UsageError for an unknown word, for a matrix that is not square or not on the domain, and where the rule has
    none of the modes.
    """
    problem = _problem("check", matrix, function, domain, uplo, mode, cotangent)
    declared = declaration(name, function, domain, uplo, convention, names.DTYPES, orders)
    rule = made_rule(rrule, pushforward, framework, declared)
    if structures is not None:
        problem = replace(problem, structures=words_of(structures, names.STRUCTURES, "structure"))
    plan = engine.select((problem,), (rule,), rule_globs=("*",))
    if not plan.tasks:
        raise UsageError("nothing to judge: " + "; ".join(dict.fromkeys(note.reason for note in plan.not_run)))
    return tuple(engine.run(plan, settings_of(seed, outcome_timeout), LocalRunner()))


def probe(
    matrix: ArrayLike,
    *,
    rule: str | Sequence[str] = "numpy/*",
    function: Function = "eigvals",
    domain: Domain = "general",
    uplo: Uplo | None = None,
    mode: Mode | Sequence[Mode] = "reverse",
    cotangent: CotangentSpec | str | None = None,
    ulps: int | Sequence[int] = (1, 2, 4),
    seed: int = 0,
    exec_: str | Sequence[str] = (),
    outcome_timeout: float = DEFAULT_OUTCOME_TIMEOUT,
) -> tuple[Outcome, ...]:
    """Judge registered rules, and those of the programs `exec_`, at one matrix.

    Its entries are moved by single units in the last place. An outcome that is not there within `outcome_timeout`
    seconds is `error` with `timeout`.
    """
    problem = _problem("probe", matrix, function, domain, uplo, mode, cotangent)
    counts = tuple(_whole(count, 1, names.MOST_ULPS, "each of ulps") for count in choices(ulps))
    outcomes = _outcomes((problem,), rule, settings_of(seed, outcome_timeout, ulps=counts, every=True), exec_)
    if not outcomes:
        raise UsageError(f"nothing to judge: none of {', '.join(choices(rule))} fits this function, domain and matrix")
    return outcomes


def run(
    paths: CasePath | Sequence[CasePath] = ("cases",),
    *,
    rule: str | Sequence[str] = (),
    seed: int = 0,
    allow_large: bool = False,
    exec_: str | Sequence[str] = (),
    outcome_timeout: float = DEFAULT_OUTCOME_TIMEOUT,
) -> tuple[Outcome, ...]:
    """Judge registered rules, and those of the programs `exec_`, on case files and folders.

    Raises CaseFileError with all mistakes of all files, and RuleError for a program that offers no rules.
    """
    from eigcheck.casefile.load import load_cases

    problems = load_cases(choices(paths), builtin_rules=builtin_names(), allow_large=allow_large)
    return _outcomes(problems, rule, settings_of(seed, outcome_timeout), exec_)


def settings_of(seed: int, outcome_timeout: float = DEFAULT_OUTCOME_TIMEOUT, **more: Any) -> Settings:
    """How a rule is examined. Raises UsageError for what is no seed or time."""
    if not (isinstance(outcome_timeout, Real) and 0 < outcome_timeout < math.inf):
        raise UsageError(f"outcome_timeout is a positive number of seconds, not {outcome_timeout!r}")
    return Settings(seed=_whole(seed, 0, 2**63 - 1, "seed"), outcome_timeout=float(outcome_timeout), **more)


def _whole(given: int, least: int, most: int, what: str) -> int:
    if isinstance(given, bool) or not isinstance(given, Integral) or not least <= given <= most:
        raise UsageError(f"{what} is a whole number from {least} to {most}, not {given!r}")
    return int(given)


def _outcomes(
    problems: Sequence[Problem], globs: str | Sequence[str], settings: Settings, programs: str | Sequence[str]
) -> tuple[Outcome, ...]:
    """Of registered rules and, in other processes, those of installed packages, frameworks (by name) and programs."""
    wish = Wanted(rules=choices(globs), commands=choices(programs))
    for what, given in (("rule", wish.rules), ("exec_", wish.commands)):
        if not all(isinstance(one, str) for one in given):
            raise UsageError(f"{what} is a text, or several, not {given[0] if len(given) == 1 else given!r}")
    with opened(wish, loads_of(wish, problems)) as found:
        plan = found.plan(wish, problems)
        return tuple(engine.run(plan, settings, found.runner))


def as_matrix(matrix: ArrayLike) -> Array:
    """A square, contiguous, read-only matrix of one of the four dtypes; integers become float64, foreign bytes native."""
    if np.ma.is_masked(matrix):
        raise UsageError("a matrix with masked entries is not judged: fill them")
    try:
        array: Any = np.asarray(matrix)
    except ValueError as error:  # rows of several lengths above all
        raise UsageError(f"this is no matrix: {error}") from None
    if array.dtype.kind in "biu":
        array = array.astype(np.float64)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if str(array.dtype) not in names.DTYPES:
        raise UsageError(f"a matrix of dtype {array.dtype} is not judged; there are {', '.join(names.DTYPES)}")
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise UsageError(f"a matrix of shape {array.shape} is not square")
    return frozen(np.array(array, copy=True))


def _problem(
    case: str,
    matrix: ArrayLike,
    function: str,
    domain: str,
    uplo: str | None,
    mode: str | Sequence[str],
    cotangent: CotangentSpec | str | None,
) -> Problem:
    function = one_of(function, names.FUNCTIONS, "function")
    domain = one_of(domain, names.DOMAINS, "domain")
    read = as_matrix(matrix)
    return Problem(
        case=case,
        matrix=read,
        function=function,
        domain=domain,
        dtype=str(read.dtype),
        uplo=None if uplo is None else one_of(uplo, names.UPLOS, "uplo"),
        modes=some_of(mode, MODES, "mode"),
        cotangent=_spec(cotangent, function, read),
    )


def _spec(cotangent: CotangentSpec | str | None, function: str, matrix: Array) -> CotangentSpec:
    if cotangent is None:
        return CotangentSpec()
    from eigcheck.casefile.cotangents import parse_cotangent

    read = partial(parse_cotangent, function=function, n=len(matrix), dtype=str(matrix.dtype))
    if isinstance(cotangent, str):
        return read(cotangent)
    if not isinstance(cotangent, CotangentSpec):
        kind = type(cotangent).__name__
        raise UsageError(f"a cotangent is a text as in a case file or a CotangentSpec, not a {kind}")
    one_of(cotangent.kind, names.COTANGENTS, "kind of cotangent")
    of = None if cotangent.of is None else some_of(cotangent.of, ("values", "vectors"), "part of a cotangent")
    spec = replace(cotangent, of=of, **_arrays(cotangent, function, len(matrix)))
    for kind in ("random", "trace-power"):  # between them they have all that is no array
        read(cotangent_text(replace(spec, kind=kind, weight=None)))
    return spec


def _arrays(spec: CotangentSpec, function: str, n: int) -> dict[str, Any]:
    """The arrays of a cotangent that are there. Raises UsageError for what are none, for other shapes and for too few."""
    given = {name: part for name in ("values", "vectors", "weight") if (part := getattr(spec, name)) is not None}
    needed = {"explicit": {"values", "vectors"}, "matrix-power": {"weight"}}.get(spec.kind)
    if needed is not None and not needed & given.keys():
        raise UsageError(f"a cotangent of kind {spec.kind} needs {' or '.join(sorted(needed))}")
    if "vectors" in given and function not in names.VECTOR_FUNCTIONS:
        raise UsageError(f"{function} has no vectors to give a cotangent of")
    found = {}
    for name, part in given.items():
        shape = (n,) if name == "values" else (n, n)
        try:
            array = np.array(part)
        except ValueError as error:
            raise UsageError(f"the cotangent: {name}: {error}") from None
        if array.shape != shape or array.dtype.kind not in "biufc" or not np.all(np.isfinite(array)):
            raise UsageError(f"the cotangent: {name} is an array of finite numbers of shape {shape}, not {array!r}")
        found[name] = frozen(np.asarray(array, np.result_type(array.dtype, np.float64)))
    return found


def declaration(
    name: str,
    function: str,
    domain: str,
    uplo: str | None,
    convention: str,
    dtypes: str | Sequence[str],
    orders: int | Iterable[int] | None,
) -> Rule:
    """What a callable claims to be. Raises UsageError for an unknown word, RuleError for what are no orders."""
    if not isinstance(name, str):
        raise UsageError(f"a rule's name is a text, not {name!r}")
    return Rule(
        name,
        one_of(function, names.FUNCTIONS, "function"),
        one_of(domain, names.DOMAINS, "domain"),
        None if uplo is None else one_of(uplo, names.UPLOS, "uplo"),
        some_of(dtypes, names.DTYPES, "dtype"),
        orders_of(name, orders),
        one_of(convention, names.CONVENTIONS, "convention"),
    )
