"""Which problems may show what docs/findings.md tells already: to name what a hunt finds, and to hunt elsewhere.

Where a finding may show is drawn wide rather than narrow. A fault there may still be another one: it is told as `like` the
finding, and a hunt that leaves all of these problems out sees what they would hide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Final

import numpy as np

from eigcheck.model import Array, Problem
from eigcheck.names import HERMITIAN_FUNCTIONS, VECTOR_FUNCTIONS

FAR: Final = 8.0
"""Entries beyond this are large, those below its inverse are small: integers that a hunt draws first are below."""
SINGLE: Final = ("float32", "complex64")
CLOSE: Final = 2.0**-6
"""Gaps below this part of the largest entry, or below this number, are small."""


@dataclass(frozen=True)
class Traits:
    """What a problem puts to a rule."""

    problem: Problem

    @cached_property
    def matrix(self) -> Array:
        """The matrix that is meant: where a triangle is read, with its mirror image."""
        A = np.asarray(self.problem.matrix)
        if self.problem.function not in HERMITIAN_FUNCTIONS or self.problem.domain == "symmetric":
            return A
        upper = self.problem.domain == "upper" or self.problem.uplo == "U"
        half = np.triu(A, 1) if upper else np.tril(A, -1)
        return np.asarray(half + half.conj().T + np.diag(np.diag(A).real))

    @cached_property
    def largest(self) -> float:
        """The largest entry."""
        return float(np.max(np.abs(self.matrix), initial=0.0))

    @cached_property
    def gap(self) -> float:
        """The smallest distance of two eigenvalues; infinite where there is one."""
        values = np.linalg.eigvals(self.matrix.astype(complex)) if np.isfinite(self.largest) else np.zeros(0)
        apart = np.abs(values[:, None] - values[None, :])[np.triu_indices(len(values), 1)]
        return float(np.min(apart, initial=np.inf))

    @property
    def large(self) -> bool:
        return not self.largest <= FAR

    @property
    def small(self) -> bool:
        return self.largest < 1 / FAR

    def beyond(self, single: int, double: int) -> bool:
        """Whether the largest entry is that power of two or more in its precision, or one over it or less.

        A finding's own power is some more, since eigenvalues outgrow the entries.
        """
        power = single if self.problem.dtype in SINGLE else double
        return self.largest >= 2.0**power or 0 < self.largest <= 2.0**-power

    @property
    def close(self) -> bool:
        """Eigenvalues that are equal or near."""
        return self.gap < CLOSE * max(self.largest, 1.0)

    @property
    def uneven(self) -> bool:
        """Entries that balancing would bring nearer to each other, or that lose the smaller ones."""
        sizes = np.abs(self.matrix)
        return self.largest > FAR**2 * float(np.min(sizes, where=sizes > 0, initial=np.inf))

    @property
    def is_complex(self) -> bool:
        return self.problem.dtype.startswith("complex")

    @property
    def phases(self) -> bool:
        """Whether the cotangent may see the phase of complex eigenvectors."""
        spec = self.problem.cotangent
        sees = spec.vectors is not None or spec.gauge != "invariant"
        return sees and (self.is_complex or self.problem.function not in HERMITIAN_FUNCTIONS)

    @property
    def loud(self) -> bool:
        """A cotangent so large that rounding of it is beyond a hundredth."""
        spec = self.problem.cotangent
        parts = [np.abs(part) for part in (spec.values, spec.vectors, spec.weight) if part is not None]
        return any(float(np.max(part, initial=0.0)) > FAR**3 for part in parts)

    @property
    def tiny(self) -> bool:
        """A number so small that it has lost digits."""
        sizes = np.abs(self.matrix)
        least = float(np.finfo(self.problem.dtype).tiny)
        return bool(np.any((sizes > 0) & (sizes < least)))

    @property
    def unread(self) -> bool:
        """Something that is not finite in the triangle that is not read."""
        return not bool(np.all(np.isfinite(self.problem.matrix)))


@dataclass(frozen=True)
class Known:
    """A finding of docs/findings.md, by its heading: the rules, functions and findings that it is about, and where."""

    heading: str
    rules: str
    functions: Collection[str]
    findings: frozenset[str]
    where: Callable[[Traits], bool]

    def may_show(self, rule: str, traits: Traits) -> bool:
        """Whether it may show at a problem of this rule."""
        return traits.problem.function in self.functions and fnmatchcase(rule, self.rules) and self.where(traits)


_WRONG: Final = frozenset({"mismatch", "jump", "not-linear", "pushforward"})
_VECTORS: Final = VECTOR_FUNCTIONS
_NAN: Final = frozenset({"nonfinite"})
_PRIMAL: Final = frozenset({"primal"})


def always(_: Traits) -> bool:
    """Everywhere: elsewhere there is nothing of such a rule to hunt."""
    return True


def _nan(rules: str, suffix: str = "") -> Known:
    return Known(f"NaN for vectors that are determined{suffix}", rules, _VECTORS, _NAN, lambda t: t.close)


def _phase(rules: str, suffix: str) -> Known:
    heading = f"The phase of eigenvectors, without a word{suffix}"
    return Known(heading, rules, _VECTORS, frozenset({"gauge"}) | _WRONG, lambda t: t.phases)


def _past_one(t: Traits) -> bool:
    """Eigenvalues so large that 1 is lost beside them: some bits before that, since they may outgrow the entries."""
    return t.beyond(20, 50)


KNOWN: Final = (
    Known(
        "`torch.linalg.eig` loses digits as the matrix grows",
        "torch/*",
        ("eig",),
        _WRONG | {"gauge"},
        lambda t: t.large,
    ),
    Known(
        "`torch.linalg.eigh` of a complex matrix: the same, squared",
        "torch/*",
        ("eigh",),
        _WRONG,
        lambda t: t.large and t.is_complex,
    ),
    Known(
        "Losses that see the phase of eigenvectors: an error, or silence",
        "torch/*",
        _VECTORS,
        _WRONG | {"gauge", "exception"},
        lambda t: t.phases,
    ),
    Known(
        "Losses without a phase are refused if they are large",
        "torch/*",
        _VECTORS,
        frozenset({"exception"}),
        lambda t: t.loud,
    ),
    _nan("torch/*"),
    Known("`torch.linalg.eigvals` beside a denormal number", "torch/*", ("eigvals", "eig"), _PRIMAL, lambda t: t.tiny),
    Known(
        "The value of `eigh` changes when it is differentiated",
        "jax/lax-eigh-triangle",
        ("eigvalsh", "eigh"),
        _WRONG | _PRIMAL | {"gauge", "invariance", "nonfinite"},
        always,
    ),
    Known("`eigh` gives NaN where eigenvalues are large", "jax/*", ("eigh",), _NAN, _past_one),
    Known("`jax.lax.linalg.eig` gives NaN where eigenvalues are large", "jax/*", ("eig",), _NAN, _past_one),
    Known(
        "`eigh` puts rounding of 1 + w - w on the diagonal",
        "jax/*",
        ("eigh",),
        _WRONG,
        lambda t: t.large or t.uneven,
    ),
    _nan("jax/*", " (JAX)"),
    Known("`eigvals` of badly scaled matrices", "jax/*", ("eigvals", "eig"), _PRIMAL, lambda t: t.beyond(36, 450)),
    Known("`eigvalsh` takes denormal numbers for zero", "jax/*", ("eigvalsh", "eigh"), _PRIMAL, lambda t: t.tiny),
    Known("Symmetrising overflows", "jax/*", ("eigvalsh", "eigh"), _NAN | _PRIMAL, lambda t: t.largest > 1e38),
    _phase("jax/*", " (JAX)"),
    Known(
        "`jax.lax.linalg.eig` of an empty matrix",
        "jax/lax-eig",
        ("eig",),
        frozenset({"exception"}),
        lambda t: not len(t.matrix),
    ),
    Known("`eig` adds 1e-20 to each gap", "autograd/*", ("eig",), _WRONG, lambda t: t.close or t.small),
    _phase("autograd/*", " (autograd)"),
    _nan("autograd/*", " (autograd)"),
    Known(
        "Complex Hermitian matrices: `eigvalsh` is wrong, `eigh` raises",
        "pytensor/*",
        ("eigvalsh", "eigh"),
        _WRONG | {"exception", "gauge", "primal"},
        lambda t: t.is_complex,
    ),
    Known(
        "The triangle that is not read must be finite",
        "pytensor/*",
        ("eigvalsh", "eigh"),
        frozenset({"exception"}),
        lambda t: t.unread,
    ),
    _nan("pytensor/*", " (PyTensor)"),
    Known(
        "Small gaps are regularised, without a word",
        "tensorflow/*",
        _VECTORS,
        _WRONG | {"gauge"},
        lambda t: t.close or t.small,
    ),
    Known("Large gaps overflow, without a word", "tensorflow/*", _VECTORS, _WRONG | _NAN, lambda t: t.beyond(60, 500)),
    Known("`eigvals` does not balance", "tensorflow/*", ("eigvals", "eig"), _WRONG | _PRIMAL, lambda t: t.uneven),
    _phase("tensorflow/*", " (TensorFlow)"),
)
"""All of them but those on SciPy."""


def at(rule: str, problem: Problem) -> tuple[Known, ...]:
    """The findings that may show there."""
    traits = Traits(problem)
    return tuple(one for one in KNOWN if one.may_show(rule, traits))


def hopeless(rule: str, function: str) -> bool:
    """Whether a finding shows at every problem of this rule, so that nothing is left elsewhere."""
    return any(one.where is always and function in one.functions and fnmatchcase(rule, one.rules) for one in KNOWN)


def like(rule: str, problem: Problem, findings: Iterable[str]) -> Known | None:
    """What the first of these kinds of findings may be, at a problem; None for one that is new."""
    first = next(iter(findings), "")
    return next((one for one in at(rule, problem) if first in one.findings), None)


def anchor(heading: str) -> str:
    """The end of a link to a heading of a Markdown page, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
