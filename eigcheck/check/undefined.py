"""What is said where nothing can be judged: no spectrum, or no primal of the rule.

Raising is acceptable where nothing is defined; a dead or a hanging process never is.
"""

from __future__ import annotations

import numpy as np

from eigcheck.check.compare import refused
from eigcheck.check.point import make_point
from eigcheck.detail import Detail
from eigcheck.model import CotangentSpec, Reply, Rule, Trouble
from eigcheck.names import Verdict
from eigcheck.outcome import Finding, Judgement
from eigcheck.spectra.survey import Spectrum


def without_spectrum(spectrum: Spectrum, reply: Reply) -> Judgement:
    """A matrix with NaN or infinities, or one beyond LAPACK, has no derivative."""
    verdict: Verdict = "inconclusive" if spectrum.finite else "undefined"
    if spectrum.finite:
        why = "LAPACK finds no eigenvalues of this matrix"
    else:
        why = "the matrix has entries that are not finite, so there is no derivative"
    if reply.trouble is not None:
        return _with_trouble(reply.trouble, why, verdict)
    silent = reply.primal is not None and np.all(np.isfinite(np.asarray(reply.primal.values))) and not spectrum.finite
    note = Finding("silent", "the rule returns finite eigenvalues of a matrix that is not finite")
    return Judgement(verdict, (note,) if silent else (), detail=Detail(why=why))


def without_primal(spec: CotangentSpec, rule: Rule, spectrum: Spectrum, reply: Reply) -> Judgement:
    """The rule gave no primal: acceptable if nothing that the case asks for is determined."""
    assert reply.trouble is not None
    point = make_point(spec, rule, spectrum, spectrum.reference)
    if point.reasons and not point.determined and reply.trouble.kind == "exception":
        return _with_trouble(reply.trouble, point.reasons[0] or "", "undefined")
    if point.determined and point.forgives(reply.trouble, point.determined[0]):
        why = refused(point.determined[0], reply.trouble.message).reason
        return Judgement("inconclusive", (), detail=Detail(why=why))
    detail = Detail(printed=reply.printed or None)
    return Judgement("error", (Finding(reply.trouble.kind, reply.trouble.message),), detail=detail)


def _with_trouble(trouble: Trouble, why: str, verdict: Verdict) -> Judgement:
    if trouble.kind in ("timeout", "died"):
        return Judgement("error", (Finding(trouble.kind, trouble.message),), detail=Detail(why=why))
    return Judgement(verdict, (), detail=Detail(why=why, notes=(f"the rule answered: {trouble.message}",)))
