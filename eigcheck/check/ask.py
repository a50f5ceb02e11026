"""The rule as the judge hears it: primals at many matrices, and numbers `<y_bar, y_dot>` in either mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from eigcheck.domains.tangents import pair_with
from eigcheck.execution import RuleRunner
from eigcheck.model import Array, Eigenpairs, ForwardCall, Reply, ReverseCall, Rule, Tangents, Trouble
from eigcheck.outcome import Finding
from eigcheck.spectra.reads import read


@dataclass(frozen=True)
class Heard:
    """What a rule answered at one matrix: primal and numbers (C, T), None for what it did not give, and `trouble` why."""

    primal: Eigenpairs | None
    numbers: Array | None
    trouble: Trouble | None


@dataclass(frozen=True)
class Answers:
    """What a rule said in one mode.

    `numbers` (C, T) and `gradients` (C, n, n), in forward mode assembled from the pushforward (NaN beyond the orders
    for which the basis is asked). `troubles[c]` is what came instead of an answer; `common` concerns all of them.
    `linear` is what further questions found, `unproved` why it proves nothing that they did not.
    """

    numbers: Array
    gradients: Array
    troubles: tuple[Trouble | None, ...]
    common: Trouble | None
    misconduct: tuple[tuple[str, str], ...]
    linear: Finding | None = None
    unproved: str | None = None
    printed: str = ""


Respond = Callable[[Sequence[Array], Sequence[tuple[Eigenpairs, ...]]], Sequence[Heard]]
"""What the rule says at many matrices, each with cotangents of its own."""


@dataclass(frozen=True)
class Ask:
    """A rule together with the place where it runs, and the mode in which it is asked."""

    runner: RuleRunner
    rule: Rule
    mode: str

    def primals(self, matrices: Sequence[Array]) -> list[Eigenpairs | None]:
        """The rule's primal at each matrix, None where it has none; nor is it asked where a step left the range."""
        kept = [bool(np.all(np.isfinite(read(matrix, self.rule.triangle)))) for matrix in matrices]
        replies = iter(self.runner.ask(self.rule, [ReverseCall(m) for m, ok in zip(matrices, kept, strict=True) if ok]))
        return [next(replies).primal if finite else None for finite in kept]

    def hear(
        self, matrices: Sequence[Array], cotangents: Sequence[tuple[Eigenpairs, ...]], tangents: Tangents
    ) -> list[Heard]:
        """Primal and (C, T) numbers at each matrix for its own cotangents."""
        if self.mode == "reverse":
            replies = self.runner.ask(self.rule, [ReverseCall(m, c) for m, c in zip(matrices, cotangents, strict=True)])
            return [Heard(reply.primal, reverse_numbers(reply, tangents), reply.trouble) for reply in replies]
        pushed = [ForwardCall(m, directions(tangents, m)) for m in matrices]
        replies = self.runner.ask(self.rule, [*pushed, *(ReverseCall(matrix) for matrix in matrices)])
        both = zip(replies[: len(pushed)], replies[len(pushed) :], cotangents, strict=True)
        return [
            Heard(plain.primal, forward_numbers(push, bars), push.trouble or plain.trouble)
            for push, plain, bars in both
        ]

    def numbers(self, matrix: Array, cotangents: tuple[Eigenpairs, ...], tangents: Tangents) -> Array | None:
        """(C, T) numbers at one matrix."""
        return self.hear([matrix], [cotangents], tangents)[0].numbers

    def along(self, tangents: Tangents) -> Respond:
        """`hear` along the given tangents."""
        return partial(self.hear, tangents=tangents)


def directions(tangents: Tangents, matrix: Array) -> Array:
    """Tangents in the dtype of the matrix, (T, n, n)."""
    return np.asarray(tangents.matrices, matrix.dtype)


def reverse_numbers(reply: Reply, tangents: Tangents) -> Array | None:
    """`<G_c, E_t>`; NaN rows where a pullback gave no gradient."""
    told = reply.primal is not None and reply.answers
    return pair_with(np.stack(gradients_of(reply)), tangents) if told else None


def gradients_of(reply: Reply) -> list[Array]:
    """The gradients of a reverse reply, NaN for those that did not come, each (n, n) in double precision."""
    n = np.asarray(reply.primal.values).size if reply.primal is not None else 0
    missing = np.full((n, n), np.nan)
    gradients = [a if isinstance(a, np.ndarray) else missing for a in reply.answers]
    dtype = np.complex128 if any(map(np.iscomplexobj, gradients)) else np.float64
    return [gradient.astype(dtype, copy=False) for gradient in gradients]


def forward_numbers(reply: Reply, cotangents: Sequence[Eigenpairs]) -> Array | None:
    """`<y_bar_c, y_dot_t>` of a forward reply; NaN columns where a pushforward gave nothing.

    The parts of a cotangent that are zero take no part, so that NaN there stays there.
    """
    if reply.trouble is not None and not reply.answers:
        return None
    numbers = np.zeros((len(cotangents), len(reply.answers)))
    for part in ("values", "vectors"):
        bars = [(c, bar) for c, one in enumerate(cotangents) if (bar := getattr(one, part)) is not None]
        if not (bars and reply.answers):
            continue
        given = [getattr(answer, part, None) for answer in reply.answers]
        dots = np.array([bars[0][1] * np.nan if dot is None else dot for dot in given])
        for c, bar in bars:
            touched = bar != 0
            with np.errstate(over="ignore", invalid="ignore"):
                numbers[c] += np.sum(np.conj(bar[touched]) * dots[:, touched], axis=1).real
    numbers[:, [isinstance(answer, Trouble) for answer in reply.answers]] = np.nan
    return numbers
