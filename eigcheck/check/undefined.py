"""What is said where nothing can be judged: no spectrum, or no primal of the rule.

Raising is acceptable where nothing is defined; a wrong shape, a changed input, a dead or a hanging process never is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eigcheck.check.compare import NOT_COMPUTABLE, refused
from eigcheck.check.point import make_point
from eigcheck.check.verdict import verdict
from eigcheck.detail import Detail
from eigcheck.model import CotangentSpec, Reply, Rule
from eigcheck.names import Verdict
from eigcheck.outcome import Finding, Judgement
from eigcheck.spectra.survey import Spectrum


def without_spectrum(spectrum: Spectrum, reply: Reply) -> Judgement:
    """A matrix with NaN or infinities, or one beyond LAPACK, has no derivative."""
    if spectrum.finite:
        return _undefined(reply, "LAPACK finds no eigenvalues of this matrix", "inconclusive")
    silent = reply.primal is not None and np.all(np.isfinite(np.asarray(reply.primal.values)))
    note = Finding("silent", "the rule returns finite eigenvalues of a matrix that is not finite")
    why = "the matrix has entries that are not finite, so there is no derivative"
    return _undefined(reply, why, "undefined", [note] if silent else [])


def without_primal(spec: CotangentSpec, rule: Rule, spectrum: Spectrum, reply: Reply) -> Judgement:
    """The rule gave no primal: acceptable if something that the case asks for is not determined, or not computable."""
    assert reply.trouble is not None
    point = make_point(spec, rule, spectrum, spectrum.reference)
    why = next((reason for reason in point.reasons if reason is not None), None)
    if why is not None:
        return _undefined(reply, why, "undefined")
    if any(point.forgives(reply.trouble, c) for c in point.determined):
        if point.basis_lost:
            return _undefined(reply, refused(point.determined[0], reply.trouble.message).reason, "inconclusive")
        unbounded = f"{NOT_COMPUTABLE}: roundoff alone may change the gradient without a bound"
        return _undefined(reply, f"{unbounded}, and the rule answered: {reply.trouble.message}", "inconclusive")
    found = Finding(reply.trouble.kind, reply.trouble.message), *_misconduct(reply)
    return Judgement("error", found, detail=Detail(printed=reply.printed or None))


def _undefined(reply: Reply, why: str, word: Verdict, notes: Sequence[Finding] = ()) -> Judgement:
    """The verdict `word` unless the rule did what is acceptable nowhere: misbehave, or give another trouble than raising."""
    found, trouble, told = [*_misconduct(reply), *notes], reply.trouble, ""
    if trouble is not None and trouble.kind != "exception":
        found.insert(0, Finding(trouble.kind, trouble.message))
    elif trouble is not None and trouble.message not in why:
        told = f"the rule answered: {trouble.message}"
    stands = verdict(found, ())
    detail = Detail(why=why, notes=(told,) if told else (), printed=reply.printed or None)
    return Judgement(word if stands == "pass" else stands, tuple(found), detail=detail)


def _misconduct(reply: Reply) -> list[Finding]:
    return [Finding(kind, message) for kind, message in reply.misconduct]
