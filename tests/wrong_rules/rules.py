"""Rules that are wrong on purpose, to put the judge on trial. Load with `--load tests/wrong_rules/rules.py`.

Each is a right rule with one fault: a function from what the right rule computed (`Parts`) to the gradient
that the faulty one returns. `expected.py` beside this file says which finding and diagnosis each deserves.

    G = V^-H (diag(values_bar) + conj(F) o (M - V^H V diag(Re diag M))) V^H,  M = V^H vectors_bar
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from eigcheck import rule

GENERAL = ("eigvals", "eig")
HERMITIAN = ("eigvalsh", "eigh")
ALL = GENERAL + HERMITIAN
VECTORS = ("eig", "eigh")


@dataclass
class Parts:
    """What a right rule has in its hands: pairs, cotangents (zeros if absent), gradients."""

    function: str
    domain: str
    A: Any
    values: Any
    V: Any
    values_bar: Any
    vectors_bar: Any
    memory: dict[str, Any]

    @property
    def left(self) -> Any:
        return self.V if self.function in HERMITIAN else np.linalg.inv(self.V).conj().T

    def inner(self, values_bar: Any = None, vectors_bar: Any = None, gaps: Any = None, normalised: bool = True) -> Any:
        values_bar = self.values_bar if values_bar is None else values_bar
        vectors_bar = self.vectors_bar if vectors_bar is None else vectors_bar
        M = self.V.conj().T @ vectors_bar
        if normalised:
            M = M - (self.V.conj().T @ self.V) * np.diag(M).real
        return np.diag(values_bar) + np.conj(self.gaps if gaps is None else gaps) * M

    @property
    def differences(self) -> Any:
        return self.values[None, :] - self.values[:, None]

    @property
    def gaps(self) -> Any:
        D = self.differences
        return np.where(D == 0, 0, 1 / np.where(D == 0, 1, D))

    def free(self, inner: Any, left: Any = None) -> Any:
        """V^-H inner V^H, real for real matrices."""
        G = (self.left if left is None else left) @ inner @ self.V.conj().T
        return G if np.iscomplexobj(self.A) else G.real

    def gradient(self, inner: Any = None, left: Any = None) -> Any:
        G = self.free(self.inner() if inner is None else inner, left)
        if self.domain == "symmetric":
            return (G + G.conj().T) / 2
        if self.function in HERMITIAN:
            return fold(G, upper=self.domain == "upper")
        return G


def fold(G: Any, upper: bool) -> Any:
    both = G + G.conj().T
    return (np.triu(both, 1) if upper else np.tril(both, -1)) + np.diag(np.diag(both) / 2)


Fault = Callable[[Parts], Any]


def faulty(function: str, domain: str, fault: Fault, primal: Callable[..., Any] | None = None) -> Callable[[Any], Any]:
    """The rrule of `function` on `domain` with a fault in its pullback, and optionally in its primal."""
    memory: dict[str, Any] = {}

    def rrule(A: Any) -> Any:
        if function in HERMITIAN:
            values, V = np.linalg.eigh(A, UPLO="U" if domain == "upper" else "L")
        else:
            values, V = np.linalg.eig(A)
        if primal is not None:
            values = primal(values)

        def pullback(bar: Any) -> Any:
            values_bar, vectors_bar = bar if function in VECTORS else (bar, None)
            values_bar = np.zeros_like(values) if values_bar is None else np.asarray(values_bar)
            vectors_bar = np.zeros_like(V) if vectors_bar is None else np.asarray(vectors_bar)
            return fault(Parts(function, domain, A, values, V, values_bar, vectors_bar, memory))

        return ((values, V) if function in VECTORS else values), pullback

    return rrule


def wrong(
    name: str,
    functions: tuple[str, ...],
    fault: Fault,
    domains: tuple[str, ...] = ("general",),
    primal: Callable[..., Any] | None = None,
    convention: str = "free",
) -> None:
    """Register a fault as the rules `wrong/<name>` of all `functions` on all `domains`."""
    for function in functions:
        for domain in domains:
            register = rule(
                f"wrong/{name}",
                function=function,
                domain=domain,
                convention=convention,
                source=f"wrong on purpose: {name}",
            )
            register(faulty(function, domain, fault, primal))


def hermitian(A: Any) -> bool:
    return bool((A == A.conj().T).all())


# Faults with a name.

wrong("none", ALL, lambda p: p.gradient(), ("general", "symmetric"))
wrong("none", HERMITIAN, lambda p: p.gradient(), ("upper", "lower"))
wrong("upper-triangle-collapse", GENERAL, lambda p: fold(p.gradient(), True) if hermitian(p.A) else p.gradient())
wrong(
    "lower-triangle-collapse",
    GENERAL,
    lambda p: fold(p.gradient(), False) if hermitian(p.A) else p.gradient(),
)
wrong("wrong-triangle", HERMITIAN, lambda p: fold(p.free(p.inner()), True))
wrong("right-vectors-for-inverse", GENERAL, lambda p: p.gradient(left=p.V))
wrong("missing-normalisation", ("eig",), lambda p: p.gradient(p.inner(normalised=False)))
wrong("missing-phase", VECTORS, lambda p: p.gradient(), convention="lapack")
wrong("sign-of-gap-matrix", VECTORS, lambda p: p.gradient(p.inner(gaps=-p.gaps)))
wrong("transposed", GENERAL, lambda p: p.gradient().T)
wrong(
    "missing-conjugate",
    GENERAL,
    lambda p: p.gradient(p.inner(values_bar=p.values_bar.conj(), vectors_bar=p.vectors_bar.conj())),
)
wrong("conjugated-gradient", GENERAL, lambda p: p.gradient().conj())
wrong("unconjugated-gaps", ("eig",), lambda p: p.gradient(p.inner(gaps=p.gaps.conj())))
wrong("symmetrised", ALL, lambda p: (p.gradient() + p.gradient().conj().T) / 2)
wrong("missing-fold", HERMITIAN, lambda p: p.free(p.inner()), ("general", "upper"))
wrong(
    "doubled-offdiagonal",
    HERMITIAN,
    lambda p: 2 * p.gradient() - np.diag(np.diag(p.gradient())),
    ("general", "upper"),
)
wrong(
    "halved-offdiagonal",
    HERMITIAN,
    lambda p: (p.gradient() + np.diag(np.diag(p.gradient()))) / 2,
    ("general", "upper", "lower"),
)
wrong("one-triangle-only", GENERAL, lambda p: np.triu(p.gradient()))
wrong(
    "dropped-imaginary",
    GENERAL,
    lambda p: p.gradient(p.inner(values_bar=p.values_bar.real, vectors_bar=p.vectors_bar.real)),
)
wrong("missing-real-part", GENERAL, lambda p: p.left @ p.inner() @ p.V.conj().T)
wrong("missing-eigenvector-part", VECTORS, lambda p: p.gradient(np.diag(p.values_bar)))
wrong("missing-eigenvalue-part", VECTORS, lambda p: p.gradient(p.inner(values_bar=0 * p.values_bar)))
wrong(
    "order-swap",
    ALL,
    lambda p: p.gradient(p.inner(values_bar=p.values_bar[::-1], vectors_bar=p.vectors_bar[:, ::-1])),
)
wrong(
    "regularised-gap",
    VECTORS,
    lambda p: p.gradient(p.inner(gaps=p.differences.conj() / (abs(p.differences) ** 2 + 1e-3))),
)
wrong(
    "shifted-gap",
    VECTORS,
    lambda p: p.gradient(p.inner(gaps=(1 - np.eye(len(p.A))) / (p.differences + 1e-6))),
)
wrong("negated", ALL, lambda p: -p.gradient())
wrong("zero-gradient", ALL, lambda p: 0 * p.gradient())
wrong("scaled-by-c", ALL, lambda p: 1.5 * p.gradient(), ("general", "symmetric"))


def triangular_shortcut(p: Parts) -> Any:
    triangular = not np.tril(p.A, -1).any()
    return np.diag(p.values_bar) + 0 * p.gradient() if triangular else p.gradient()


def lower_precision(p: Parts) -> Any:
    single = np.complex64 if np.iscomplexobj(p.A) else np.float32
    values, V = np.linalg.eig(p.A.astype(single))
    return Parts(p.function, p.domain, p.A, values, V, p.values_bar, p.vectors_bar, {}).gradient()


wrong("triangular-shortcut", GENERAL, triangular_shortcut)
wrong("lower-precision", GENERAL, lower_precision)


# Faults without a name.


def one_entry_off(p: Parts, size: float) -> Any:
    G = p.gradient()
    G[1:2, :1] += size
    return G


def differently(p: Parts) -> Any:
    """A gradient wrong in a way that no cause explains: each column multiplied by another number."""
    return p.gradient() * (np.arange(len(p.A)) + 2.0)


def small_losses(p: Parts) -> Any:
    largest = max(np.abs(p.values_bar).max(initial=0), np.abs(p.vectors_bar).max(initial=0))
    return differently(p) if largest < 1e-6 else p.gradient()


def loose_symmetry_test(p: Parts) -> Any:
    symmetric = np.allclose(p.A, p.A.conj().T, rtol=1e-8, atol=0) and not hermitian(p.A)
    return fold(p.gradient(), True) if symmetric else p.gradient()


def noise(p: Parts, *seed: int) -> Any:
    G = p.gradient()
    return G * (1 + 1e-6 * np.random.default_rng(*seed).standard_normal(G.shape))


def stateful(p: Parts) -> Any:
    G = p.gradient()
    before = p.memory.get("before", G)  # of the cotangent that was asked about last
    p.memory["before"] = G
    return before if before.shape == G.shape else G


def mutates_input(p: Parts) -> Any:
    G = p.gradient()
    p.A.flags.writeable = True
    p.A[0, 0] += 1
    return G


def raises(p: Parts) -> Any:
    raise ZeroDivisionError("raised on purpose")


def hangs(p: Parts) -> Any:
    while True:
        pass


wrong("one-entry-1e-3", ALL, lambda p: one_entry_off(p, 1e-3))
wrong("one-entry-1e-6", ALL, lambda p: one_entry_off(p, 1e-6))
wrong("beyond-six", GENERAL, lambda p: differently(p) if len(p.A) > 6 else p.gradient())
wrong("small-losses", GENERAL, small_losses)
wrong("large-scale", GENERAL, lambda p: differently(p) if np.abs(p.A).max() >= 1e5 else p.gradient())
wrong("loose-symmetry-test", GENERAL, loose_symmetry_test)
wrong("noise", ALL, lambda p: noise(p, 7))
wrong("random", GENERAL, lambda p: noise(p))
wrong("stateful", GENERAL, stateful)
wrong("mutates-input", GENERAL, mutates_input)
wrong("nan", ALL, lambda p: p.gradient() * np.nan)
wrong("not-linear", GENERAL, lambda p: p.gradient() * (1 + np.linalg.norm(p.values_bar)))
wrong("wrong-values", ALL, lambda p: p.gradient(), primal=lambda values: values * (1 + 1e-6))
wrong("raises", ALL, raises)
wrong("wrong-shape", ALL, lambda p: p.gradient().ravel())
wrong("hangs", ("eigvals",), hangs)


# Pushforwards. The pullbacks beside them are right.


def forward(A: Any, tangent: Any) -> Any:
    """d lambda = diag(V^-1 dA V)."""
    V = np.linalg.eig(A)[1]
    return np.diag(np.linalg.solve(V, tangent @ V))


def forward_collapse(A: Any, tangent: Any) -> Any:
    return forward(A, np.triu(tangent) + np.triu(tangent, 1).conj().T if hermitian(A) else tangent)


for label, pushed in (("collapse", forward_collapse), ("scaled", lambda A, tangent: 3 * forward(A, tangent))):
    rule(
        f"wrong/forward-{label}",
        function="eigvals",
        pushforward=pushed,
        convention="free",
        source=f"wrong on purpose: forward {label}",
    )(faulty("eigvals", "general", lambda p: p.gradient()))
