"""A point: all that is known at one matrix when a rule is judged there.

The matrix and its spectrum, the rule's own primal, the cotangents that it is asked with, the tangents that gradients are
read along, and what a correct rule may err. A point can be made at any matrix: A, a neighbour, one some way off, a
transformed one. Budgets are made once for a point, entry by entry, and summed along tangents where they are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from eigcheck.check.budget import Budget, budget
from eigcheck.check.compare import CLEAR, Comparison, compare, refused
from eigcheck.check.cotangents import MANY, Place, build, without_overflow
from eigcheck.check.determined import undetermined
from eigcheck.domains.bounds import along_tangents, among_answers
from eigcheck.domains.tangents import all_asked, tangents_for
from eigcheck.model import Array, Cotangent, CotangentSpec, Eigenpairs, Question, Rule, Tangents, Testimony, Trouble
from eigcheck.names import HERMITIAN_FUNCTIONS
from eigcheck.pairs import evening
from eigcheck.spectra.complex_pairs import values_are_complex
from eigcheck.spectra.conditioning import Conditioning
from eigcheck.spectra.conventions import seen_anchors
from eigcheck.spectra.following import follow_to
from eigcheck.spectra.gauge import reach_of_lengths
from eigcheck.spectra.multiplicity import Multiplicity, assign_clusters
from eigcheck.spectra.survey import Spectrum

FAR = 2.0**10
"""How many times the sizes of its terms a number must be that no formula gives, be it right or wrong by a factor."""


@dataclass(frozen=True)
class Point:
    """A matrix with a spectrum, a rule, its primal there, C cotangents and T tangents.

    `clusters` are the repeated eigenvalues in the primal's order. `reasons[c]` says why cotangent c determines nothing,
    None where it does.
    """

    spectrum: Spectrum
    rule: Rule
    primal: Eigenpairs
    clusters: tuple[tuple[int, ...], ...]
    cotangents: tuple[Cotangent, ...]
    reasons: tuple[str | None, ...]
    tangents: Tangents
    spec: CotangentSpec
    whole: bool = True
    """Whether every cotangent and tangent is among these that could be asked for."""
    orthogonal: bool = False
    """Whether the rule is taken to solve with V by orthogonal factors (QR, or the SVD behind a pseudo-inverse)."""

    @property
    def matrix(self) -> Array:
        """The matrix as the rule gets it, (n, n)."""
        return self.spectrum.matrix

    @property
    def triangle(self) -> str | None:
        """The triangle that is read, None where the whole matrix is."""
        return self.spectrum.triangle

    @property
    def state(self) -> Conditioning:
        """How sensitive the eigenpairs are."""
        return self.spectrum.conditioning

    @property
    def multiplicity(self) -> Multiplicity:
        """Which eigenvalues are repeated, exactly."""
        return self.spectrum.multiplicity

    @property
    def roundoff(self) -> float:
        """The unit roundoff that the matrix is stored and computed with."""
        return self.spectrum.roundoff

    @property
    def free(self) -> bool:
        """Whether the rule's convention fixes no length or phase."""
        return self.rule.convention == "free"

    @property
    def is_complex(self) -> bool:
        """Whether the matrix has a complex dtype."""
        return np.iscomplexobj(self.matrix)

    @property
    def pairs(self) -> tuple[Eigenpairs, ...]:
        """The cotangents without their labels."""
        return tuple(c.pairs for c in self.cotangents)

    @property
    def determined(self) -> tuple[int, ...]:
        """The cotangents that determine a gradient here."""
        return tuple(c for c, why in enumerate(self.reasons) if why is None)

    @cached_property
    def computable(self) -> tuple[int, ...]:
        """Those of them of which is known what a right rule may err: eigenvalues that roundoff tells apart are theirs."""
        return tuple(c for c in self.determined if np.all(np.isfinite(self.allowed[c])))

    @cached_property
    def entrywise(self) -> Budget:
        """The budget of each cotangent by entry of the gradient."""
        return self.budget(self.roundoff)

    def budget(self, roundoff: float) -> Budget:
        """The same in a given unit roundoff."""
        state, spectrum, rule = self.state, self.spectrum, self.rule
        followed = follow_to(self.primal, spectrum.reference, state)
        reach, anchors = np.zeros(state.values.size), spectrum.anchor_rows(rule.function, rule.convention)
        if rule.convention != "lapack" and self.primal.vectors is not None:
            anchors[followed.places] = seen_anchors(self.primal.vectors)
            if self.free:
                reach[followed.places] = reach_of_lengths(self.primal.vectors, rule.lengths_move)
        return budget(
            state,
            tuple(followed.carry(c) for c in self.pairs),
            roundoff,
            anchors,
            reach,
            shown=spectrum.shown(rule.function),
            orthonormal=rule.function in HERMITIAN_FUNCTIONS,
            orthogonal=self.orthogonal,
        )

    @cached_property
    def allowed(self) -> Array:
        """What a correct rule's numbers may differ from the true ones by, (C, T)."""
        return along_tangents(self.entrywise.allowed, self.tangents, self.triangle)

    @cached_property
    def terms(self) -> Array:
        """Sizes of the terms whose sums the numbers are, (C, T)."""
        return along_tangents(self.entrywise.terms, self.tangents, self.triangle)

    @cached_property
    def own(self) -> Array:
        """`allowed` where the rule's numbers are held against each other, not against the truth: (C, T)."""
        return among_answers(self.entrywise.allowed, self.tangents, self.triangle)

    def compared(
        self, c: int, got: Array, testimonies: Sequence[Testimony], trouble: Trouble | None = None
    ) -> Comparison:
        """The rule's numbers (T,) for cotangent c against those of the oracles, within the budget here."""
        if (why := self.reasons[c]) is not None:
            return Comparison(c, "undetermined", why, got=got)
        made = compare(c, got, testimonies, self.allowed[c], self.terms[c], self.roundoff, self.matrix.dtype)
        if made.status == "differs" and self.widest is not self:
            wider = self.widest.compared(c, got, testimonies, trouble)
            made = made if wider.status == "differs" else wider
        refusing = trouble is not None and self.basis_lost
        if refusing or (made.status in ("differs", "nonfinite") and self.excuses(got, self.terms[c])):
            return refused(c, trouble.message if trouble else f"numbers that are not those of {made.oracle}")
        return made

    def excuses(self, numbers: Array, terms: Array) -> bool:
        """Whether a right rule may give such numbers, the sizes of whose `terms` are known.

        Any, where its vectors are no basis as elimination sees them. Where they are none as orthogonal factors do, a
        singular value is as good as 0, and who divides by it gives none, or some that are far beyond all terms.
        """
        return self.basis_lost or (self.spectrum.factors_lost and not np.all(np.abs(numbers) <= FAR * terms))

    @cached_property
    def widest(self) -> Point:
        """The same for a rule that solves with V by orthogonal factors, which lose more than elimination at small rows."""
        return self if self.orthogonal or self.state.hermitian else replace(self, orthogonal=True)

    def asked_with(self, pairs: Sequence[Eigenpairs], tangents: Tangents | None = None) -> Point:
        """The same for other cotangents, each of which determines a gradient, and other tangents if they are given."""
        cotangents = tuple(Cotangent(c, "") for c in pairs)
        return replace(self, cotangents=cotangents, reasons=(None,) * len(pairs), tangents=tangents or self.tangents)

    def carried_to(self, spectrum: Spectrum, primal: Eigenpairs) -> Point:
        """The point beside this one whose cotangents followed their pairs, with nothing that a convention leaves open."""
        followed = follow_to(self.primal, primal, self.state)
        pairs = [followed.carry(c, invariant=True, free=self.free) for c in self.pairs]
        return replace(self.asked_with(pairs), spectrum=spectrum, primal=primal)

    @property
    def basis_lost(self) -> bool:
        """See `Spectrum.basis_lost`."""
        return self.spectrum.basis_lost(self.rule.function)

    def forgives(self, trouble: Trouble, c: int) -> bool:
        """Whether a rule may raise instead of answering for cotangent c.

        It may where nothing is determined or computable, and where it has no vectors to compute with.
        """
        return trouble.kind == "exception" and (
            self.reasons[c] is not None or self.basis_lost or c not in self.computable
        )

    def question(self, cotangents: tuple[Cotangent, ...] | None = None) -> Question:
        """What an oracle is asked."""
        return Question(
            matrix=self.matrix,
            function=self.rule.function,
            domain=self.rule.domain,
            triangle=self.triangle,
            convention=self.rule.convention,
            roundoff=self.roundoff,
            primal=self.primal,
            cotangents=self.cotangents if cotangents is None else cotangents,
            tangents=self.tangents,
            spec=self.spec,
        )


def make_point(
    spec: CotangentSpec,
    rule: Rule,
    spectrum: Spectrum,
    primal: Eigenpairs,
    tangents: Tangents | None = None,
    *,
    every: bool = False,
) -> Point:
    """The point of a rule at its own primal, with the cotangents that `spec` asks for.

    The tangents are those of the rule's domain unless others are given. Where there are many of either, a few are chosen
    unless `every` one is wanted. Raises UsageError for a cotangent that cannot be, ValueError where there is no spectrum.
    """
    matrix, values, simple = spectrum.matrix, np.asarray(primal.values), spectrum.multiplicity.simple
    is_complex, clusters = np.iscomplexobj(matrix), assign_clusters(spectrum.multiplicity, values)
    many = spec.kind == "default" and np.sum(1 + values_are_complex(primal, matrix, rule.function)) > MANY
    shares = spectrum.shares(values) if many and simple else None
    semisimple = tuple(cluster.semisimple for cluster in spectrum.multiplicity.clusters)

    def weighed(even: Array | None = None) -> Point:
        at = Place(primal, matrix, rule.function, clusters, rule.convention, shares, even, every)
        made = build(spec, at)
        return Point(
            spectrum=spectrum,
            rule=rule,
            primal=primal,
            clusters=clusters,
            cotangents=without_overflow(made),
            reasons=tuple(undetermined(c, clusters, semisimple) for c in made),
            tangents=tangents or tangents_for(len(matrix), rule.domain, is_complex=is_complex, every=every),
            spec=spec,
            whole=every or (shares is None and all_asked(len(matrix), rule.domain, is_complex=is_complex)),
        )

    point = weighed()
    if not simple or spec.kind != "default" or primal.vectors is None:
        return point
    even = evening(1 / spectrum.shares(values, vectors=True))
    if np.all(even == 1.0):
        return point
    # unless roundoff may swallow what is asked of those of small budgets, too
    more = weighed(even)
    added = slice(len(point.cotangents), None)
    sizes = (np.max(numbers[added], axis=1, initial=0.0) for numbers in (more.allowed, CLEAR * more.terms))
    return more if np.all(np.less_equal(*sizes)) else point
